import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import * as formats from 'ajv-formats';
import { CloudEvent as TheirEvent, HTTP } from 'cloudevents';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { cloudEventMediaType, eventSizeMaxBytes, eventTypes, readCloudEvent, writeCloudEvent, type CloudEvent } from './cloud-event.js';

const schema: unknown = JSON.parse(readFileSync(new URL('../../test/fixtures/cloudevents/cloudevents-1.0.schema.json', import.meta.url), 'utf8'));
const ajv = new Ajv({ strict: false });
formats.default.default(ajv);
const validate = ajv.compile(schema as object);

const thin: CloudEvent = {
  id: '01930000-0000-7000-8000-000000000001', source: { oin: '00000001234567890000', system: 'ketensluis' }, type: eventTypes.available,
  time: new Date('2026-03-02T09:00:00.123Z'), subject: '01930000-0000-7000-8000-00000000000a', sequence: 3, dataContentType: null, dataSchema: null,
  dataRef: 'https://hub.example/api/v1/verstrekkingen/01930000-0000-7000-8000-000000000001', data: undefined, isBase64: false,
};
const full: CloudEvent = { ...thin, type: eventTypes.disclosed, dataContentType: 'application/json', dataSchema: 'https://hub.example/schema', dataRef: null, data: { a: [1, null, 'é'], b: false } };
const jsonOf = (event: CloudEvent): Record<string, unknown> => JSON.parse(Buffer.from(writeCloudEvent(event)).toString('utf8'));
const bytesOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const invalid = { specversion: '1.0', id: 'x', source: 'urn:nld:oin:00000001234567890000:systeem:x', type: 'nl.ketensluis.proefbericht.v1' };

describe('an event', () => {
  test('comes back as it was written', () => {
    for (const event of [thin, full, { ...full, data: 'AAEC', isBase64: true }, { ...thin, time: null, subject: null, sequence: null, dataRef: null }]) {
      expect(readCloudEvent(writeCloudEvent(event))).toEqual({ kind: 'event', event });
    }
  });

  test('is valid by the JSON schema of CloudEvents', () => {
    for (const event of [thin, full, { ...full, data: 'AAEC', isBase64: true }]) expect([validate(jsonOf(event)), validate.errors]).toEqual([true, null]);
  });

  test('is read by npm cloudevents, and theirs by us', () => {
    for (const event of [thin, full]) {
      const theirs = HTTP.toEvent({ headers: { 'content-type': cloudEventMediaType }, body: Buffer.from(writeCloudEvent(event)).toString('utf8') });
      if (!(theirs instanceof TheirEvent)) throw new Error('one event was expected');
      expect(theirs.validate()).toBe(true);
      expect(theirs.toJSON()).toEqual(jsonOf(event));
      const { body } = HTTP.structured(new TheirEvent({ ...jsonOf(event) }));
      expect(readCloudEvent(Buffer.from(String(body)))).toEqual({ kind: 'event', event });
    }
  });

  test('has nothing but identifiers outside its data', () => {
    expect(Object.keys(jsonOf(full)).sort()).toEqual(['data', 'datacontenttype', 'dataschema', 'id', 'sequence', 'sequencetype', 'source', 'specversion', 'subject', 'time', 'type']);
  });

  test('of ours that breaks its form is a bug', () => {
    expect(() => writeCloudEvent({ ...thin, id: 'a.b' })).toThrow(/^bug: .*id/);
    expect(() => writeCloudEvent({ ...thin, source: { oin: '1', system: 'x' } })).toThrow(/^bug: .*source/);
    expect(() => writeCloudEvent({ ...thin, dataRef: 'http://hub.example/' })).toThrow(/^bug: .*dataref/);
  });
});

describe('a reader', () => {
  test('tells all problems at once, and none of the values', () => {
    const read = readCloudEvent(bytesOf({
      specversion: '0.3', id: 'geheim.woord', source: 'https://geheim.example', time: '2026-02-30', type: 'geheim', datacontenttype: 7, dataref: 'ftp://geheim.example',
      Geheim: 'x', geheim: { a: 1 }, data: {}, data_base64: '***',
    }));
    if (read.kind !== 'refused') throw new Error('it was read');
    expect(read.code).toBe('invalid');
    expect(read.problems.map(({ field }) => field)).toEqual(['specversion', 'id', 'source', 'time', 'type', 'datacontenttype', 'dataref', '', '', 'data_base64']);
    expect(JSON.stringify(read)).not.toMatch(/geheim/i);
  });

  test('names what is missing', () => {
    const read = readCloudEvent(Buffer.from('{}'));
    expect(read.kind === 'refused' ? read.problems.map(({ field, rule }) => [field, rule]) : null).toEqual(['specversion', 'id', 'source', 'type'].map((name) => [name, 'required']));
  });

  const codes: readonly (readonly [string, Uint8Array, string])[] = [
    ['no JSON', Buffer.from('<xml/>'), 'not-well-formed'],
    ['half an event', bytesOf(invalid).subarray(0, 40), 'not-well-formed'],
    ['a list', Buffer.from('[]'), 'not-well-formed'],
    ['null', Buffer.from('null'), 'not-well-formed'],
    ['the same attribute twice', Buffer.from('{"id":"a","id":"b"}'), 'not-well-formed'],
    ['a key into the prototype', Buffer.from('{"__proto__":{"id":"x"}}'), 'forbidden'],
    ['no UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), 'not-utf8'],
    ['too many bytes', Buffer.alloc(eventSizeMaxBytes + 1, 0x20), 'too-large'],
    ['nesting without end', Buffer.from('['.repeat(10_000)), 'too-deep'],
    ['too many attributes', bytesOf({ ...invalid, ...Object.fromEntries(Array.from({ length: 60 }, (_none, index) => [`x${index}`, 'y'])) }), 'invalid'],
    ['a long attribute', bytesOf({ ...invalid, x: 'y'.repeat(1_001) }), 'invalid'],
    ['a day that does not exist', bytesOf({ ...invalid, time: '2026-02-30T00:00:00Z' }), 'invalid'],
    ['a number that is no integer of 32 bits', bytesOf({ ...invalid, x: 2 ** 40 }), 'invalid'],
  ];
  test.each(codes)('refuses %s', (_name, bytes, code) => expect(readCloudEvent(bytes)).toMatchObject({ kind: 'refused', code }));

  test('leaves extensions aside that it does not know', () => {
    expect(readCloudEvent(bytesOf({ ...invalid, traceparent: '00-x', x: true, y: -3 })).kind).toBe('event');
  });

  test('never throws, whatever comes in', () => {
    const names = fc.constantFrom('specversion', 'id', 'source', 'type', 'time', 'data', 'data_base64', 'dataref', 'sequence', 'constructor', 'toString', 'hasownproperty');
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom('1.0', invalid.source, invalid.type, 'AAAA'));
    fc.assert(fc.property(fc.oneof(fc.uint8Array(), fc.dictionary(fc.oneof(names, fc.string()), value).map(bytesOf), fc.string({ unit: 'binary' }).map((text) => Buffer.from(text))), (bytes) => {
      const read = readCloudEvent(bytes);
      // What we accept, the schema accepts.
      if (read.kind === 'event') expect(validate(JSON.parse(Buffer.from(bytes).toString('utf8')))).toBe(true);
    }), { numRuns: 1_000 });
  });
});
