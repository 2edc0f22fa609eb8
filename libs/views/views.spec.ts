import { beforeAll, describe, expect, test } from '@jest/globals';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { viewedEntry } from '../../test/harness/log-leaf-arbitrary.js';
import { adlRecord, isProcessing, ldvLines, nen7513Line, otlpRequest, verwerkingsactie, viewSettingsSchema, type ViewSettings } from './index.js';

const validators = new Map<string, ValidateFunction>();
let settings: ViewSettings;
beforeAll(async () => {
  const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });
  addFormats.default(ajv);
  for (const name of ['ldv', 'ldv-otlp', 'vng-verwerkingsactie', 'nen7513', 'adl']) {
    validators.set(name, ajv.compile(JSON.parse(await readFile(`config/schema/views/${name}.schema.json`, 'utf8'))));
  }
  settings = viewSettingsSchema.parse(parse(await readFile('config/views/practice.yaml', 'utf8')));
});
const faults = (name: string, value: unknown): unknown => {
  const validate = validators.get(name);
  // As it is written: what is undefined is not there.
  return validate?.(JSON.parse(JSON.stringify(value))) === true ? null : validate?.errors;
};

describe('of any entry', () => {
  test('Logboek dataverwerkingen has one line for each person, each under the line of the action', () => {
    fc.assert(fc.property(viewedEntry, (entry) => {
      const lines = ldvLines(entry, settings);
      expect(lines.map((line) => faults('ldv', line)).filter((fault) => fault !== null)).toEqual([]);
      const [action, ...persons] = lines;
      expect(action !== undefined).toBe(isProcessing(entry));
      if (action === undefined) return;
      expect(persons.map(({ attributes }) => attributes['dpl.core.data_subject_id'])).toEqual((entry.persons ?? []).map(({ pseudonym }) => pseudonym));
      expect(persons.every(({ parent_span_id, trace_id }) => parent_span_id === action.span_id && trace_id === action.trace_id)).toBe(true);
      expect(new Set(lines.map(({ span_id }) => span_id)).size).toBe(lines.length);
      expect(action.end_time).toBeGreaterThanOrEqual(action.start_time);
      // No user identity: neither who acted nor in which function.
      if (entry.leaf.role !== undefined && entry.leaf.role.length > 12) expect(JSON.stringify(lines.map(({ attributes }) => attributes))).not.toContain(JSON.stringify(entry.leaf.role));
    }));
  });

  test('OTLP has the same lines', () => {
    fc.assert(fc.property(viewedEntry, (entry) => {
      const request = otlpRequest(entry, settings);
      const lines = ldvLines(entry, settings);
      if (request === null) return expect(lines).toEqual([]);
      expect(faults('ldv-otlp', request)).toBeNull();
      const spans = request.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans: each }) => each));
      expect(spans.map(({ spanId, startTimeUnixNano }) => [spanId, Number(startTimeUnixNano.slice(0, -6))])).toEqual(lines.map(({ span_id, start_time }) => [span_id, start_time]));
    }));
  });

  test('VNG Verwerkingenlogging has an action, and a recipient only where something was given', () => {
    fc.assert(fc.property(viewedEntry, (entry) => {
      const action = verwerkingsactie(entry, settings);
      if (action === null) return expect(isProcessing(entry)).toBe(false);
      expect(faults('vng-verwerkingsactie', action)).toBeNull();
      expect(action.afnemerId).toBe(entry.leaf.kind === 'disclosure' ? entry.leaf.to : undefined);
      expect(action.vertrouwelijkheid).toBe(entry.isDeferred ? 'vertrouwelijk' : 'normaal');
    }));
  });

  test('NEN 7513 has its users and participants', () => {
    fc.assert(fc.property(viewedEntry, (entry) => {
      const line = nen7513Line(entry, settings);
      if (line === null) return expect(isProcessing(entry)).toBe(false);
      expect(faults('nen7513', line)).toBeNull();
    }));
  });

  test('the decision log has the decision, and permits nothing but a permit', () => {
    fc.assert(fc.property(viewedEntry, (entry) => {
      const record = adlRecord(entry, settings);
      if (record === null) return expect(entry.leaf.decision === undefined || (entry.leaf.to === undefined && entry.leaf.toRole === undefined)).toBe(true);
      // The hub decides by a law pack always; here it may be absent.
      if (Object.keys(record.attributes['adl.core.policies']).length > 0) expect(faults('adl', record)).toBeNull();
      expect(record.body['adl.core.response'].decision).toBe(entry.leaf.decision === 'permit');
      expect(record.span_id).not.toBe(record.parent_span_id);
    }));
  });

  test('an export made again is the same, so that a receiver drops what it has', () => {
    fc.assert(fc.property(viewedEntry, (entry) => {
      for (const view of [ldvLines, otlpRequest, verwerkingsactie, nen7513Line, adlRecord]) expect(view(entry, settings)).toEqual(view(structuredClone(entry), settings));
    }));
  });
});

describe('settings', () => {
  test.each([
    ['an activity twice', { activities: [1, 2].map(() => ({ id: '5a9f0f5e-6f0a-4c0e-9d0b-0c4a1f1c0001', uri: 'https://register.example/1', name: 'x' })) }],
    ['no activity', { activities: [] }],
    ['an address that is none', { activities: [{ id: '5a9f0f5e-6f0a-4c0e-9d0b-0c4a1f1c0001', uri: 'javascript:alert(1)', name: 'x' }] }],
    ['a term without unit', { retention: '5' }],
    ['a key nobody knows', { sampling: 0.5 }],
  ])('with %s are refused', (_, change) => {
    expect(viewSettingsSchema.safeParse({ ...settings, ...change }).success).toBe(false);
  });
});
