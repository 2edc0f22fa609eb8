import { request } from 'node:https';

/** With what a party proves who it is when it calls the hub; PEM. */
export interface PartyClient {
  readonly key: string;
  readonly cert: string;
}

/** One request of a party to the hub. */
export interface Question {
  readonly url: string;
  /** Root certificate to believe; PEM. */
  readonly ca: string;
  /** Null for what is proven by a signature in the request. */
  readonly client: PartyClient | null;
  readonly headers: Readonly<Record<string, string>>;
  /** Posted; null asks with GET. */
  readonly body: Uint8Array | null;
}

/** What the hub answered, as a whole. */
export interface HubAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
}

const answerMaxBytes = 48 * 1024 * 1024;
const answerMaxMs = 20_000;

/** Asks over a connection of its own. Throws when no whole answer came: then nobody here knows what the hub did. */
export const askHub = ({ url, ca, client, headers, body }: Question): Promise<HubAnswer> =>
  new Promise((resolve, reject) => {
    const options = {
      ca, ...(client === null ? {} : { key: client.key, cert: client.cert }), minVersion: 'TLSv1.2', rejectUnauthorized: true, agent: false,
      method: body === null ? 'GET' : 'POST', headers: { ...headers, ...(body === null ? {} : { 'content-length': body.length }) }, signal: AbortSignal.timeout(answerMaxMs),
    } as const;
    const asked = request(url, options, (answer) => {
      const parts: Buffer[] = [];
      let size = 0;
      answer.on('data', (part: Buffer) => {
        size += part.length;
        if (size > answerMaxBytes) asked.destroy(new Error('the answer is too large'));
        else parts.push(part);
      });
      answer.on('error', reject);
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(parts) }));
    });
    asked.on('error', reject);
    asked.end(body ?? undefined);
  });
