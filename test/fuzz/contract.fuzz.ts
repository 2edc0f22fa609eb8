import { readDisclosure, readMessage, writeMessage } from '@ketensluis/contract';
import { messageTypes } from '@ketensluis/domain';
import fc from 'fast-check';
import { exampleBytes } from '../harness/examples.js';
import { mutationOf } from '../harness/message-arbitrary.js';

const kinds = [['application/xml', 'xml'], ['application/json', 'json']] as const;
const documents = messageTypes.flatMap((type) => kinds.map(([mediaType, extension]) => ({ mediaType, bytes: exampleBytes(type, extension) })));

/** Changed examples of every type: the readers never throw, and what they accept comes back from the writer. */
export const run = (cases: number): void => {
  const input = fc.constantFrom(...documents).chain(({ mediaType, bytes }) => fc.tuple(fc.constant(mediaType), mutationOf(bytes)));
  fc.assert(fc.property(input, ([mediaType, bytes]) => {
    readDisclosure(bytes, mediaType);
    const outcome = readMessage(bytes, mediaType);
    if (outcome.kind === 'refused') return outcome.problems.length > 0;
    const again = readMessage(writeMessage(outcome.message, mediaType), mediaType);
    return again.kind === 'read' && JSON.stringify(again.message) === JSON.stringify(outcome.message);
  }), { numRuns: cases });
};
