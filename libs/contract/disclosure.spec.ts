import { describe, expect, test } from '@jest/globals';
import { categories, cut, messageTypes, tellableOmissions, type Category, type MessageBody } from '@ketensluis/domain';
import fc from 'fast-check';
import { exampleBody } from '../../test/harness/examples.js';
import { messageOf } from '../../test/harness/message-arbitrary.js';
import { readDisclosure, readMessage, rereadDisclosure, writeDisclosure, type DisclosureDocument } from './index.js';

const mediaTypes = ['application/xml', 'application/json'] as const;

const disclosureOf = (message: MessageBody, permitted: readonly Category[]): DisclosureDocument => ({
  ...message, ...cut(message, permitted),
  receivedAt: new Date('2026-03-23T20:31:00.250Z'),
  recipient: { oin: '00000001999010004000', role: 'INST' },
  event: null, endsAt: new Date('2026-04-02T18:00:00Z'),
  ground: { rule: 'WTH-08', article: 'Wth art. 2(8) s.2', authority: 'law', mode: 'mandatory', agreement: 'overeenkomst-9901@3', senderAgreement: 'overeenkomst-politie@1', setting: null, categories: permitted },
});

describe('a disclosure', () => {
  test.each(messageTypes)('of %s comes back as it was written, whatever was left out', (type) => {
    fc.assert(fc.property(messageOf(type), fc.subarray([...categories]), fc.constantFrom(...mediaTypes), (message, permitted, mediaType) => {
      const document = disclosureOf(message, permitted);
      const outcome = readDisclosure(writeDisclosure(document, mediaType), mediaType);
      expect(outcome).toEqual({ kind: 'read', disclosure: { ...document, omitted: tellableOmissions(type, document.omitted) } });
      if (mediaType === 'application/json') expect({ kind: 'read', disclosure: rereadDisclosure(writeDisclosure(document, mediaType)) }).toStrictEqual(outcome);
    }), { numRuns: type.startsWith('rihg.') ? 3 : 10 });
  });

  test('names what was left out and never says it', () => {
    const message = exampleBody('huisverbod.opgelegd');
    const text = new TextDecoder().decode(writeDisclosure(disclosureOf(message, ['C-REF', 'C-ID', 'C-ORDER']), 'application/xml'));
    expect(text).toContain('<weglating pad="feiten_en_omstandigheden" categorie="C-GROUND"/>');
    // Not even that there is something: who reads that contact data were left out knows that there are any.
    for (const hint of ['vt_overleg', 'minderjarigen', 'contact', 'bereikbaarheid']) expect(text).not.toContain(hint);
    for (const secret of ['06 00000001', 'Eva Proef', 'Noor', 'Opvangweg', '999900018', 'mr. T. Toga', 'beschikking.pdf', 'sloeg']) expect(text).not.toContain(secret);
    expect(text).toContain('Voorbeeld');
  });

  test('that was kept and is no disclosure any more is not shown in part', () => {
    const bytes = writeDisclosure(disclosureOf(exampleBody('hulp.bevestigd'), categories), 'application/json');
    const kept = new TextDecoder().decode(bytes);
    expect(rereadDisclosure(bytes)?.type).toBe('hulp.bevestigd');
    for (const other of [kept.slice(0, -4), kept.replace('"versie": 1', '"versie": 2'), kept.replace('hulp.bevestigd', 'hulp.vergeten'), kept.replace('"ontvangen"', '"ontvangst"'), '[]', '']) {
      expect(rereadDisclosure(new TextEncoder().encode(other))).toBeNull();
    }
  });

  test('is no message: nobody can send on what he got as if it were his own', () => {
    const bytes = writeDisclosure(disclosureOf(exampleBody('hulp.bevestigd'), categories), 'application/xml');
    expect(readMessage(bytes, 'application/xml')).toMatchObject({ kind: 'refused', code: 'unknown-type' });
  });
});
