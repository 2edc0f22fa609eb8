import { pointerTo, type Problem } from '@ketensluis/contract';
import type { EventVerdict } from '@ketensluis/flow';
import type { HttpReply } from '@ketensluis/platform';
import { apiProblem } from './problem.js';

const json = (status: number, value: unknown): HttpReply => ({
  status, headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' }, body: Buffer.from(JSON.stringify(value)),
});

/** Codes of what is too large to be read; everything else that is wrong with a message is malformed. */
const tooLarge = 'too-large';

/** The answer to a message that came over HTTP. 202 says that it is stored (I5); a refusal lists every problem and repeats nothing of what was sent. */
export const messageAnswer = (verdict: EventVerdict): HttpReply => {
  switch (verdict.kind) {
    case 'accepted': return json(202, { id: verdict.id });
    // A test that fits; nothing was kept, so there is nothing to name.
    case 'tested': return { status: 204, headers: { 'cache-control': 'no-store' }, body: new Uint8Array() };
    case 'unproven': return apiProblem(401, { detail: `The signature of a connected party, made with a key in force within five minutes, is missing. Reference ${verdict.id}.` });
    case 'busy': return busy(verdict.waitSeconds);
    case 'conflict': return apiProblem(409, { detail: `The name of this request, or the id of this message, was used before for something else. Reference ${verdict.id}.` });
    case 'invalid':
      return verdict.code === tooLarge ? apiProblem(413) : apiProblem(400, { detail: `The message is not taken; errors lists everything that is wrong. Reference ${verdict.id}.`, errors: verdict.problems.map(errorOf) });
  }
};

const errorOf = ({ field, remedy }: Problem) => ({ pointer: pointerTo(field), detail: remedy.en });

/** The answer while nothing can be stored: the sender keeps it and comes back (RFC 9110 §10.2.3). */
export const comeBack = (seconds: number): HttpReply => apiProblem(503, { headers: { 'retry-after': String(seconds) } });

/** The answer to whoever asks too often. */
export const busy = (seconds: number): HttpReply => apiProblem(429, { headers: { 'retry-after': String(seconds) } });
