import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { cut, messageTypes, type MessageBody, type MessageType } from '@ketensluis/domain';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import xmllint from 'xmllint-wasm';
import { exampleBody, exampleBytes } from '../../test/harness/examples.js';
import { messageOf } from '../../test/harness/message-arbitrary.js';
import { generateSchemas, namespace, writeDisclosure, writeMessage, type DisclosureDocument } from './index.js';

const folder = new URL('../../config/schema/', import.meta.url);
const generated = new Map(generateSchemas().map((file) => [file.name, file.content]));
const schema = (name: string): string => generated.get(name) ?? '';
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

// The documents the schema does not accept.
const jsonFaults = (name: string, documents: readonly string[]): readonly string[] => {
  const ajv = new Ajv2020({ strict: true, allErrors: true });
  addFormats.default(ajv);
  ajv.addKeyword('x-categorie');
  const isValid = ajv.compile(JSON.parse(schema(name)));
  return documents.filter((document) => !isValid(JSON.parse(document)));
};

interface XmlCase {
  readonly schema: string;
  readonly document: string;
}

// libxml2 starts slowly, so it reads all documents with all schemas in one start. Two schemas of one namespace cannot be told apart, so
// each gets a namespace of its own, in schema and documents alike; nothing else of them changes. The answer is, per document, what is wrong.
const xmlFaults = async (cases: readonly XmlCase[]): Promise<readonly (readonly string[])[]> => {
  const names = [...new Set(cases.map((one) => one.schema))];
  const own = (name: string): string => `${namespace}:${names.indexOf(name)}`;
  const moved = (name: string, content: string): string => content.replaceAll(`xmlns="${namespace}"`, `xmlns="${own(name)}"`).replaceAll(`targetNamespace="${namespace}"`, `targetNamespace="${own(name)}"`);
  const all = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">${names.map((name, index) => `<xs:import namespace="${own(name)}" schemaLocation="s${index}.xsd"/>`).join('')}</xs:schema>`;
  const result = await xmllint.validateXML({
    xml: cases.map((one, index) => ({ fileName: `d${index}.xml`, contents: moved(one.schema, one.document) })), schema: all,
    preload: names.map((name, index) => ({ fileName: `s${index}.xsd`, contents: moved(name, schema(name)) })), maxMemoryPages: 8_192,
  });
  const validated = new Set([...result.rawOutput.matchAll(/^d([0-9]+)\.xml validates$/gm)].map(([, index]) => Number(index)));
  return cases.map((_, index) => {
    const faults = result.errors.filter(({ loc }) => loc?.fileName === `d${index}.xml`).map(({ message }) => message);
    return faults.length > 0 || validated.has(index) ? faults : ['libxml2 did not say that it validates'];
  });
};

const disclosureOf = (type: MessageType): DisclosureDocument => {
  const { fields: _, attachments: __, ...envelope } = exampleBody(type);
  return {
    ...envelope, fields: {}, attachments: [], receivedAt: new Date('2026-03-23T21:00:00Z'), recipient: { oin: '00000001999010003000', role: 'VT' },
    event: null, endsAt: new Date('2026-04-02T18:00:00Z'),
    ground: { rule: 'WTH-09', article: 'Wth art. 2(8)', authority: 'law', mode: 'mandatory', agreement: null, senderAgreement: null, setting: null, categories: ['C-REF', 'C-ORDER'] },
    omitted: cut(exampleBody(type), []).omitted,
  };
};

test('the committed schemas are those the definitions give', () => {
  const committed = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  expect(committed.map(({ name }) => name).sort()).toEqual([...generated.keys()].sort());
  const different = [...generated].filter(([name, content]) => readFileSync(new URL(name, folder), 'utf8') !== content).map(([name]) => name);
  expect(different).toEqual([]);
});

const messages = new Map<MessageType, readonly MessageBody[]>(messageTypes.map((type) => [type, fc.sample(messageOf(type), { numRuns: 4, seed: 20260323 })]));
const writtenOf = (type: MessageType, extension: 'xml' | 'json'): readonly string[] =>
  [text(exampleBytes(type, extension)), ...(messages.get(type) ?? []).map((message) => text(writeMessage(message, `application/${extension}`)))];
const disclosedOf = (type: MessageType, extension: 'xml' | 'json'): readonly string[] => {
  const full = { ...exampleBody(type), ...disclosureOf(type), fields: exampleBody(type).fields, attachments: exampleBody(type).attachments };
  return [disclosureOf(type), full].map((document) => text(writeDisclosure(document, `application/${extension}`)));
};

describe('outside validators', () => {
  test.each(messageTypes)('Ajv accepts what the hub writes of %s', (type) => {
    expect(jsonFaults(`${type}.schema.json`, writtenOf(type, 'json'))).toEqual([]);
  });

  test.each(messageTypes)('Ajv accepts a disclosure of %s of which little or all is left', (type) => {
    expect(jsonFaults(`${type}.verstrekking.schema.json`, disclosedOf(type, 'json'))).toEqual([]);
  });

  test('libxml2 accepts what the hub writes of every type, and disclosures of which little or all is left', async () => {
    const cases = messageTypes.flatMap((type) => [
      ...writtenOf(type, 'xml').map((document) => ({ schema: `${type}.xsd`, document })),
      ...disclosedOf(type, 'xml').map((document) => ({ schema: `${type}.verstrekking.xsd`, document })),
    ]);
    const faults = await xmlFaults(cases);
    expect(cases).toHaveLength(messageTypes.length * 7);
    expect(cases.map((one, index) => `${one.schema}: ${(faults[index] ?? []).join(' ')}`).filter((line) => !line.endsWith(': '))).toEqual([]);
  });

  test('every schema of libxml2 refuses a field that does not exist', async () => {
    const broken = messageTypes.flatMap((type) => [
      { schema: `${type}.xsd`, document: text(exampleBytes(type, 'xml')) }, ...disclosedOf(type, 'xml').map((document) => ({ schema: `${type}.verstrekking.xsd`, document })),
    ]).map((one) => ({ ...one, document: one.document.replace('<kenmerk>', '<vrij/><kenmerk>') }));
    const faults = await xmlFaults(broken);
    expect(broken.filter((_, index) => (faults[index] ?? []).length === 0)).toEqual([]);
  });

  test('libxml2 and Ajv refuse a field that does not exist, a wrong day and a role that may not send', async () => {
    const xml = text(exampleBytes('hulp.bevestigd', 'xml'));
    const changes = [['<hulp_aanvaard>', '<hulp_aangevraagd/><hulp_aanvaard>'], ['2026-03-27T15:45:00+01:00', '2026-03-27T15:45:00'], ['INST', 'POL']] as const;
    const faults = await xmlFaults(changes.map(([from, to]) => ({ schema: 'hulp.bevestigd.xsd', document: xml.replace(from, to) })));
    expect(faults.map((found) => found.length > 0)).toEqual([true, true, true]);
    const json = text(exampleBytes('hulp.bevestigd', 'json'));
    const jsonChanges = [['"hulp_aanvaard"', '"hulp_aangevraagd"'], ['2026-03-27T15:45:00+01:00', '2026-03-27T15:45:00'], ['INST', 'POL']] as const;
    for (const [from, to] of jsonChanges) expect(jsonFaults('hulp.bevestigd.schema.json', [json.replace(from, to)])).toHaveLength(1);
  });
});
