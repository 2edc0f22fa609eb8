import { caseLawPageMaxBytes, readCaseLawPage } from '@ketensluis/contract';
import { wallClock } from '@ketensluis/domain';
import type { CaseLawFailure, CaseLawSource, CaseLawWindow } from '@ketensluis/flow';
import { mailTls } from '@ketensluis/mail';
import { request, type RequestOptions } from 'node:https';
import type { BlockList } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { guardedLookup, isHostAllowed, systemNames } from '../egress-address.js';

/** What bounds a request to the public feed. */
export interface CaseLawClientLimits {
  readonly timeoutMs: number;
  readonly sizeMaxBytes: number;
  /** "Don't hammer the server" (technical documentation of Rechtspraak open data). */
  readonly spacingMs: number;
  /** Most entries of a page; Rechtspraak open data gives no more than 1000. */
  readonly pageEntries: number;
}

/** What is asked for at a time, and in what time; Rechtspraak open data gives no more than 1000 entries. */
export const caseLawClientLimits: CaseLawClientLimits = { timeoutMs: 60_000, sizeMaxBytes: caseLawPageMaxBytes, spacingMs: 1_000, pageEntries: 1_000 };

/** Where the public feed is: this one address, over HTTPS. */
export interface CaseLawClientOptions {
  readonly address: string;
  /** PEM; absent: the roots that came with Node.js. */
  readonly ca?: string;
  /** Networks of our own that may be called all the same. */
  readonly allowed?: BlockList;
  readonly limits?: CaseLawClientLimits;
}

/**
 * Reads Rechtspraak open data, or what speaks like it: a window of `modified` in Dutch wall-clock time, oldest change first, by offset. One request at a time with room
 * between them; nothing is followed, nothing decompressed, and a page is bounded in bytes and time. Never rejects.
 */
export const caseLawSource = ({ address, ca, allowed, limits = caseLawClientLimits }: CaseLawClientOptions): CaseLawSource => {
  let before = Promise.resolve<unknown>(undefined);
  const ask = async (window: CaseLawWindow, after: number) => {
    const url = pageAddress(address, window, { after, most: limits.pageEntries });
    if (!isHostAllowed(url.hostname, allowed ?? null)) return { kind: 'failed', code: 'not-allowed' } as const;
    const got = await get(url, { ca, allowed: allowed ?? null, limits });
    if (got.kind === 'failed') return got;
    const page = readCaseLawPage(got.bytes);
    return page.kind === 'refused' ? ({ kind: 'failed', code: 'not-readable' } as const) : page;
  };
  return {
    pageEntries: limits.pageEntries,
    page: (window, after) => {
      const one = before.then(() => ask(window, after));
      before = one.then(() => pause(limits.spacingMs, undefined, { ref: false }));
      return one;
    },
  };
};

const pageAddress = (address: string, { from, to }: CaseLawWindow, { after, most }: { readonly after: number; readonly most: number }): URL => {
  const url = new URL(address);
  url.searchParams.append('modified', wallClock(from));
  url.searchParams.append('modified', wallClock(to));
  url.searchParams.set('sort', 'ASC');
  url.searchParams.set('max', String(most));
  // The documentation does not say whether the first entry is number 0 or 1: at worst the last entry comes twice, and none is left out.
  if (after > 0) url.searchParams.set('from', String(after));
  return url;
};

type Got = { readonly kind: 'got'; readonly bytes: Uint8Array } | { readonly kind: 'failed'; readonly code: CaseLawFailure };

interface Getting {
  readonly ca: string | undefined;
  readonly allowed: BlockList | null;
  readonly limits: CaseLawClientLimits;
}

const get = (url: URL, { ca, allowed, limits }: Getting): Promise<Got> => new Promise((resolve) => {
  const options: RequestOptions = {
    method: 'GET', agent: false, headers: { accept: 'application/atom+xml, application/xml;q=0.9', 'accept-encoding': 'identity' },
    lookup: guardedLookup(systemNames, allowed), ...mailTls, rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }), maxHeaderSize: 16 * 1024, insecureHTTPParser: false,
  };
  const asking = request(url, options);
  const settle = (got: Got): void => {
    clearTimeout(deadline);
    asking.destroy();
    resolve(got);
  };
  const fail = (code: CaseLawFailure): void => settle({ kind: 'failed', code });
  const deadline = setTimeout(() => fail('timeout'), limits.timeoutMs);
  asking.on('error', (fault: NodeJS.ErrnoException) => fail(failureOf(fault)));
  asking.on('response', (response) => {
    // A redirect is refused like every other answer: it could lead anywhere.
    if (response.statusCode !== 200) return fail('refused');
    const chunks: Buffer[] = [];
    let size = 0;
    response.on('error', () => fail('not-reached'));
    response.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limits.sizeMaxBytes) return fail('too-large');
      chunks.push(chunk);
    });
    response.on('end', () => (response.complete ? settle({ kind: 'got', bytes: Buffer.concat(chunks) }) : fail('not-reached')));
  });
  asking.end();
});

const failureOf = ({ code = '' }: NodeJS.ErrnoException): CaseLawFailure => {
  if (code === 'ADDRESS_NOT_ALLOWED') return 'not-allowed';
  return /^(CERT_|ERR_TLS_CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|INVALID_|HOSTNAME_|PATH_LENGTH_)/.test(code) ? 'not-trusted' : 'not-reached';
};
