import type { WitnessClient } from '@ketensluis/flow';
import { answerMaxBytes } from '@ketensluis/tlog';

/** A witness in the same country answers in tens of milliseconds; who takes longer than this does not count in this round. */
const witnessTimeoutMs = 3_000;

/** Asks witnesses over HTTP, on connections that are kept. Follows no redirect and reads no more of an answer than it may have. */
export const witnessClient = (timeoutMs = witnessTimeoutMs): WitnessClient => {
  const busy = new Set<string>();
  return {
    add: async (url, body) => {
      // A slow one would otherwise gather a request for every tick.
      if (busy.has(url)) return { kind: 'silent', cause: 'busy' };
      busy.add(url);
      try {
        const response = await fetch(`${url.replace(/\/$/, '')}/add-checkpoint`, {
          method: 'POST', body: Buffer.from(body), redirect: 'manual', signal: AbortSignal.timeout(timeoutMs), headers: { 'content-type': 'text/plain' },
        });
        const read = await bodyOf(response);
        if (read === null) return { kind: 'silent', cause: 'answer-too-large' };
        return { kind: 'answered', answer: { status: response.status, contentType: response.headers.get('content-type'), body: read } };
      } catch (fault) {
        return { kind: 'silent', cause: typeof fault === 'object' && fault !== null && 'name' in fault && fault.name === 'TimeoutError' ? 'timeout' : 'no-connection' };
      } finally {
        busy.delete(url);
      }
    },
  };
};

const bodyOf = async (response: Response): Promise<Uint8Array | null> => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    // Leaving the loop closes the connection: the rest is not fetched.
    if (bytes > answerMaxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};
