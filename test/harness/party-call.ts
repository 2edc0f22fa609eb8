import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import type { SecureVersion } from 'node:tls';

/** Certificate and key with which a caller says who it is; PEM, the chain after the certificate. */
export interface ClientKeys {
  readonly cert: string;
  readonly key: string;
}

/** One request of a party. */
export interface PartyCall {
  readonly method?: string;
  readonly as?: ClientKeys | null;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly tls?: { readonly maxVersion?: SecureVersion; readonly ciphers?: string };
}

/** What came back. */
export interface PartyAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

/** The keys of a practice party, as `certs` made them in its folder. */
export const clientKeys = async (practiceFolder: string, party: string): Promise<ClientKeys> => {
  const [cert, key, chain] = await Promise.all(['tls.cert.pem', 'tls.key.pem', 'chain.pem'].map((name) => readFile(join(practiceFolder, party, name), 'utf8')));
  return { cert: `${cert}\n${chain}`, key: key ?? '' };
};

const answerMaxMs = 20_000;

/** Calls a hub on this machine as a party would, over a connection of its own, and believes the practice root only. The path goes out as it is written. */
export const callParty = (place: { readonly port: number; readonly root: string }, path: string, call: PartyCall = {}): Promise<PartyAnswer> =>
  new Promise((resolve, reject) => {
    const { method = 'GET', as = null, token, headers = {}, body, tls = {} } = call;
    const sent = request({
      host: '127.0.0.1', servername: 'localhost', port: place.port, path, method, ca: place.root, agent: false, timeout: answerMaxMs, ...tls,
      ...(as === null ? {} : as),
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }), ...headers,
      },
    }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => void chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text: Buffer.concat(chunks).toString('utf8') }));
    });
    sent.on('timeout', () => sent.destroy(new Error(`no answer in ${answerMaxMs} ms`)));
    sent.on('error', reject);
    sent.end(body);
  });
