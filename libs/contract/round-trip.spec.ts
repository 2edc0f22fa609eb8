import { describe, expect, test } from '@jest/globals';
import { messageTypes, type MessageBody } from '@ketensluis/domain';
import fc from 'fast-check';
import { exampleBytes } from '../../test/harness/examples.js';
import { messageOf } from '../../test/harness/message-arbitrary.js';
import { readMessage, writeMessage, type DocumentMediaType } from './index.js';

const read = (bytes: Uint8Array, mediaType: DocumentMediaType): MessageBody => {
  const outcome = readMessage(bytes, mediaType);
  if (outcome.kind === 'refused') throw new Error(`refused: ${JSON.stringify(outcome.problems)}`);
  return outcome.message;
};
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe('the committed examples', () => {
  test.each(messageTypes)('%s says the same in XML as in JSON, byte for byte as the hub writes it', (type) => {
    const message = read(exampleBytes(type, 'json'), 'application/json');
    expect(read(exampleBytes(type, 'xml'), 'application/xml')).toEqual(message);
    expect(text(writeMessage(message, 'application/json'))).toBe(text(exampleBytes(type, 'json')));
    expect(text(writeMessage(message, 'application/xml'))).toBe(text(exampleBytes(type, 'xml')));
  });
});

describe('generated messages', () => {
  test.each(messageTypes)('%s keeps its bytes from XML through JSON and back', (type) => {
    fc.assert(fc.property(messageOf(type), (message) => {
      const xml = writeMessage(message, 'application/xml');
      const fromXml = read(xml, 'application/xml');
      const fromJson = read(writeMessage(fromXml, 'application/json'), 'application/json');
      expect(fromXml).toEqual(message);
      expect(fromJson).toEqual(message);
      expect(text(writeMessage(fromJson, 'application/xml'))).toBe(text(xml));
    }), { numRuns: type.startsWith('rihg.') ? 5 : 25 });
  });
});

test('refuses to write a value that no field knows', () => {
  const message = read(exampleBytes('hulp.bevestigd', 'json'), 'application/json');
  expect(() => writeMessage({ ...message, fields: { ...message.fields, vrij: 'tekst' } }, 'application/xml')).toThrow('bug:');
});
