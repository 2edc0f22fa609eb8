import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { cut, messageTypes, type MessageType } from '@ketensluis/domain';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import xmllint from 'xmllint-wasm';
import { exampleBody, exampleBytes } from '../../test/harness/examples.js';
import { messageOf } from '../../test/harness/message-arbitrary.js';
import { generateSchemas, writeDisclosure, writeMessage, type DisclosureDocument } from './index.js';

const folder = new URL('../../config/schema/', import.meta.url);
const generated = new Map(generateSchemas().map((file) => [file.name, file.content]));
const schema = (name: string): string => generated.get(name) ?? '';
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

const isJsonValid = (name: string, json: string): boolean => {
  const ajv = new Ajv2020({ strict: true, allErrors: true });
  addFormats.default(ajv);
  ajv.addKeyword('x-categorie');
  return ajv.validate(JSON.parse(schema(name)), JSON.parse(json));
};

// libxml2 reads all documents of one type in one start; the answer is what it finds wrong.
const xmlFaults = async (name: string, documents: readonly string[]): Promise<readonly string[]> => {
  const result = await xmllint.validateXML({ xml: documents.map((contents, index) => ({ fileName: `document-${index}.xml`, contents })), schema: schema(name) });
  return result.errors.map((error) => error.message);
};

const disclosureOf = (type: MessageType): DisclosureDocument => {
  const { fields: _, attachments: __, ...envelope } = exampleBody(type);
  return {
    ...envelope, fields: {}, attachments: [], receivedAt: new Date('2026-03-23T21:00:00Z'), recipient: { oin: '00000001999010003000', role: 'VT' },
    ground: { rule: 'WTH-09', article: 'Wth art. 2(8)', authority: 'law', mode: 'mandatory', agreement: null, setting: null, categories: ['C-REF', 'C-ORDER'] },
    omitted: cut(exampleBody(type), []).omitted,
  };
};

test('the committed schemas are those the definitions give', () => {
  expect(readdirSync(folder).sort()).toEqual([...generated.keys()].sort());
  const different = [...generated].filter(([name, content]) => readFileSync(new URL(name, folder), 'utf8') !== content).map(([name]) => name);
  expect(different).toEqual([]);
});

describe('outside validators', () => {
  test.each(messageTypes)('libxml2 and Ajv accept what the hub writes of %s', async (type) => {
    const messages = fc.sample(messageOf(type), { numRuns: 4, seed: 20260323 });
    const json = [text(exampleBytes(type, 'json')), ...messages.map((message) => text(writeMessage(message, 'application/json')))];
    expect(json.filter((one) => !isJsonValid(`${type}.schema.json`, one))).toEqual([]);
    const xml = [text(exampleBytes(type, 'xml')), ...messages.map((message) => text(writeMessage(message, 'application/xml')))];
    expect(await xmlFaults(`${type}.xsd`, xml)).toEqual([]);
  });

  test.each(messageTypes)('libxml2 and Ajv accept a disclosure of %s of which little or all is left', async (type) => {
    const full = { ...exampleBody(type), ...disclosureOf(type), fields: exampleBody(type).fields, attachments: exampleBody(type).attachments };
    const documents = [disclosureOf(type), full];
    expect(documents.filter((one) => !isJsonValid(`${type}.verstrekking.schema.json`, text(writeDisclosure(one, 'application/json'))))).toEqual([]);
    expect(await xmlFaults(`${type}.verstrekking.xsd`, documents.map((one) => text(writeDisclosure(one, 'application/xml'))))).toEqual([]);
  });

  test('libxml2 and Ajv refuse a field that does not exist, a wrong day and a role that may not send', async () => {
    const xml = text(exampleBytes('hulp.bevestigd', 'xml'));
    const changes = [['<hulp_aanvaard>', '<hulp_aangevraagd/><hulp_aanvaard>'], ['2026-03-27T15:45:00+01:00', '2026-03-27T15:45:00'], ['INST', 'POL']] as const;
    for (const [from, to] of changes) expect(await xmlFaults('hulp.bevestigd.xsd', [xml.replace(from, to)])).not.toEqual([]);
    const json = text(exampleBytes('hulp.bevestigd', 'json'));
    const jsonChanges = [['"hulp_aanvaard"', '"hulp_aangevraagd"'], ['2026-03-27T15:45:00+01:00', '2026-03-27T15:45:00'], ['INST', 'POL']] as const;
    for (const [from, to] of jsonChanges) expect(isJsonValid('hulp.bevestigd.schema.json', json.replace(from, to))).toBe(false);
  });
});
