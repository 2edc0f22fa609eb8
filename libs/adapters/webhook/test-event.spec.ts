import { expect, test } from '@jest/globals';
import { readEventMessage } from '@ketensluis/contract';
import { testEvent } from './event.js';

test('a test is an event that says so, and nothing else', () => {
  const id = '019ab000-0000-7000-8000-000000000001';
  const bytes = testEvent(id, { source: { oin: '00000001900000000900', system: 'ketensluis' }, publicUrl: 'https://hub.example' });
  expect(JSON.parse(Buffer.from(bytes).toString('utf8'))).toEqual({
    specversion: '1.0', id, source: 'urn:nld:oin:00000001900000000900:systeem:ketensluis', type: 'nl.ketensluis.proefbericht.v1', datacontenttype: 'application/json', data: { proef: true },
  });
  expect(readEventMessage(bytes, id)).toMatchObject({ kind: 'test' });
});

test('an example in a test does not make it anything else', () => {
  const id = '019ab000-0000-7000-8000-000000000001';
  const bytes = testEvent(id, { source: { oin: '00000001900000000900', system: 'ketensluis' }, publicUrl: 'https://hub.example' }, { type: 'hulp.gestart', document: { soort: 'hulp.gestart' } });
  expect(JSON.parse(Buffer.from(bytes).toString('utf8'))).toMatchObject({ type: 'nl.ketensluis.proefbericht.v1', data: { proef: true, voorbeeld: { soort: 'hulp.gestart' } } });
  expect(readEventMessage(bytes, id)).toMatchObject({ kind: 'test' });
});
