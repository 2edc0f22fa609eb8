import { request } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import { mailTls } from '@ketensluis/mail';

/** The text of a policy, or why there is none; the codes are those of RFC 8460 §4.3. */
export type StsFetched =
  | { readonly kind: 'fetched'; readonly text: string }
  | { readonly kind: 'failed'; readonly code: 'sts-policy-fetch-error' | 'sts-webpki-invalid'; readonly cause: string };

/** Where a policy is fetched; the address was looked up and allowed before, so that the name cannot lead elsewhere meanwhile. */
export interface StsFetch {
  readonly domain: string;
  readonly address: string;
  readonly port: number;
  /** PEM; absent: the roots that came with Node. */
  readonly ca?: string;
  readonly limits: StsFetchLimits;
}

/** What bounds one fetch. */
export interface StsFetchLimits {
  readonly timeoutMs: number;
  readonly sizeMaxBytes: number;
}

/** RFC 8461 §3.3 suggests a minute and 64 kilobytes; a mail waits meanwhile, so the time is less. */
export const stsFetchLimits: StsFetchLimits = { timeoutMs: 20_000, sizeMaxBytes: 64 * 1024 };

/** Fetches a policy over HTTPS with a certificate that is proven for its host; redirects are not followed (RFC 8461 §3.3). Never rejects. */
export function fetchStsPolicy({ domain, address, port, ca, limits }: StsFetch): Promise<StsFetched> {
  const host = `mta-sts.${domain}`;
  return new Promise((resolve) => {
    const settle = (fetched: StsFetched) => {
      clearTimeout(deadline);
      asking.destroy();
      resolve(fetched);
    };
    const fail = (cause: string) => settle({ kind: 'failed', code: 'sts-policy-fetch-error', cause });
    const asking = request({
      method: 'GET', path: '/.well-known/mta-sts.txt', host, port, servername: host, agent: false, headers: { host, accept: 'text/plain', 'accept-encoding': 'identity' },
      lookup: (_name, options, callback) => (options.all === true ? callback(null, [{ address, family: familyOf(address) }]) : callback(null, address, familyOf(address))),
      ...mailTls, rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }), maxHeaderSize: 8 * 1024, insecureHTTPParser: false,
    });
    const deadline = setTimeout(() => fail('timeout'), limits.timeoutMs);
    asking.on('error', (error: NodeJS.ErrnoException) => settle(failureOf(error)));
    asking.on('response', (response) => {
      const problem = problemOf(response);
      if (problem !== null) return fail(problem);
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('error', () => fail('connection-lost'));
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > limits.sizeMaxBytes) return fail('too-large');
        chunks.push(chunk);
      });
      response.on('end', () => (response.complete ? settle({ kind: 'fetched', text: Buffer.concat(chunks).toString('latin1') }) : fail('connection-lost')));
    });
    asking.end();
  });
}

const familyOf = (address: string): 4 | 6 => (isIPv6(address) ? 6 : 4);

function problemOf({ statusCode = 0, headers }: IncomingMessage): string | null {
  if (statusCode !== 200) return `status ${statusCode}`;
  // RFC 8461 §3.2: whoever may put files on the host, but not set their type, must not be able to set a policy.
  return /^text\/plain\s*(;|$)/i.test(headers['content-type'] ?? '') ? null : 'media-type';
}

function failureOf(error: NodeJS.ErrnoException): StsFetched {
  const code = error.code ?? 'unknown';
  const isCertificate = /^(CERT_|ERR_TLS_CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|INVALID_|HOSTNAME_|PATH_LENGTH_)/.test(code);
  return { kind: 'failed', code: isCertificate ? 'sts-webpki-invalid' : 'sts-policy-fetch-error', cause: code.slice(0, 60) };
}
