import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { pointerTo, postedFrom, postedMarks, readPosted, requestBytes, within } from './posted-message.js';

const bytes = (value: unknown): Uint8Array => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
const posted = (value: unknown) => {
  const read = readPosted(bytes(value), 'application/json');
  if (read.kind === 'refused') throw new Error(read.detail);
  return read;
};

describe('a posted message', () => {
  test('is the document itself, as JSON or as XML', () => {
    expect(posted({ soort: 'x', versie: 1 })).toMatchObject({ place: '', files: [], problems: [], mediaType: 'application/json' });
    expect(readPosted(bytes('<bericht/>'), 'application/xml')).toMatchObject({ place: '', mediaType: 'application/xml' });
  });

  test('is the document with its files, each with the hash of what it holds', () => {
    const content = Buffer.from('%PDF');
    const { document, files, place, problems } = posted({ bericht: { soort: 'x' }, bijlagen: [{ naam: 'a.pdf', inhoud: content.toString('base64') }, { naam: 'b.txt', inhoud: '' }] });
    expect({ document: Buffer.from(document).toString(), place, problems }).toEqual({ document: '{"soort":"x"}', place: 'bericht', problems: [] });
    expect(files.map(({ name, sha256 }) => [name, sha256])).toEqual([
      ['a.pdf', createHash('sha256').update(content).digest('hex')], ['b.txt', createHash('sha256').update('').digest('hex')],
    ]);
  });

  test('has an XML document as text', () => {
    expect(posted({ bericht: '<bericht/>' })).toMatchObject({ mediaType: 'application/xml', place: 'bericht' });
    expect(postedFrom('<bericht/>')).toMatchObject({ mediaType: 'application/xml', place: '' });
  });

  test('tells everything that is wrong with its wrapping together, and repeats no name of the sender', () => {
    const { problems } = posted({ bericht: {}, geheim: 1, bijlagen: [{ naam: 'a' }, { naam: 1, inhoud: '' }, { naam: 'b', inhoud: 'A' }, 7, { naam: 'c', inhoud: '', sha256: '' }] });
    expect(problems.map(({ field }) => field)).toEqual(['*[1]', 'bijlagen[1].inhoud', 'bijlagen[2].naam', 'bijlagen[3].inhoud', 'bijlagen[4]', 'bijlagen[5]']);
    expect(JSON.stringify(problems)).not.toContain('geheim');
    expect(posted({ bericht: {}, bijlagen: Array.from({ length: 21 }, () => ({})) }).problems).toMatchObject([{ field: 'bijlagen', rule: 'list' }]);
  });

  test.each([
    ['[]', 'not-well-formed'], ['7', 'not-well-formed'], ['', 'not-well-formed'], ['{"bericht":{},"bericht":{}}', 'not-well-formed'], ['{"__proto__":{}}', 'forbidden'], ['\uFEFF{}', 'not-well-formed'],
  ])('%j is none', (text, code) => expect(readPosted(bytes(text), 'application/json')).toMatchObject({ kind: 'refused', code }));

  test('that is no UTF-8 is none', () => expect(readPosted(Buffer.from([0x22, 0xff, 0x22]), 'application/json')).toMatchObject({ code: 'not-utf8' }));

  test('of any form never throws, and what it takes apart is bounded', () => {
    const value = fc.record({ bericht: fc.jsonValue(), bijlagen: fc.oneof(fc.jsonValue(), fc.array(fc.record({ naam: fc.jsonValue(), inhoud: fc.jsonValue() }), { maxLength: 30 })) });
    fc.assert(fc.property(fc.oneof(value.map((one) => JSON.stringify(one)), fc.json(), fc.string()), (text) => {
      const read = readPosted(bytes(text), 'application/json');
      if (read.kind === 'posted') expect(read.files.length + read.problems.length).toBeLessThanOrEqual(21);
    }), { numRuns: 1_000 });
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (raw) => void readPosted(raw, 'application/json')), { numRuns: 1_000 });
  });
});

test.each([
  ['', '#'], ['inhoud', '#/inhoud'], ['inhoud.minderjarigen[2].naam', '#/inhoud/minderjarigen/1/naam'], ['inhoud.*[3]', '#/inhoud'], ['*[1]', '#'], ['a.?', '#/a'],
])('a problem at %j is pointed to by %s', (field, pointer) => expect(pointerTo(field)).toBe(pointer));

test('a problem of the document stands where the document stands', () => {
  const remedy = { nl: '', en: '' };
  expect(within('bericht', { field: 'kenmerk', rule: 'text', remedy }).field).toBe('bericht.kenmerk');
  expect(within('bericht', { field: '', rule: 'invalid', remedy }).field).toBe('bericht');
  expect(within('', { field: 'kenmerk', rule: 'text', remedy }).field).toBe('kenmerk');
});

test('a request is kept so that its body can be found in it again, and is known by way, party, key and body', () => {
  const body = Buffer.from('{"a":1}');
  const kept = Buffer.from(requestBytes('/webhooks/in', { 'webhook-id': 'm1' }, body)).toString();
  expect(kept.slice(kept.indexOf('\r\n\r\n') + 4)).toBe(body.toString());
  const marks = (key: string, other = body) => postedMarks({ way: 'api', oin: '1', key, body: other }).requestSha256;
  expect(new Set([marks('a'), marks('b'), marks('a', Buffer.from('{}'))]).size).toBe(3);
});
