import { describe, expect, test } from '@jest/globals';
import { readListing, type DisclosureDocument } from '@ketensluis/contract';
import type { NewFeedItem, OutgoingDisclosure } from '@ketensluis/flow';
import { feedAdapter } from './adapter.js';

const at = new Date('2026-11-22T10:00:00Z');
const secretWord = 'geheimwoord';
const content: DisclosureDocument = {
  id: 'd-1', version: 1, type: 'uitspraak.voorziening', case: { law: 'WTH', municipality: '9901', number: 'WV-2026-0001' }, sentAt: at, receivedAt: at,
  sender: { oin: '00000001900000000301', role: 'RB', function: null }, recipient: { oin: '00000001900000000001', role: 'POL' }, event: null, endsAt: null,
  fields: { dictum: 'afgewezen', zaaknummer_rechtbank: 'TST 26/1001', instantie: 'RBTST', toelichting: secretWord }, attachments: [], omitted: [],
  ground: { rule: 'WTH-17', article: '', authority: 'law', mode: 'mandatory', agreement: null, senderAgreement: null, setting: null, categories: ['C-REF', 'C-RULDOC'] },
};
const proof: OutgoingDisclosure['proof'] = { leaf: Buffer.from(secretWord), opening: Buffer.from(secretWord), proof: Buffer.from(secretWord) };
const disclosure = (id = 'd-1'): OutgoingDisclosure => ({
  id, caseId: 'c-1', number: 1, messageType: 'uitspraak.voorziening', document: Buffer.from(secretWord), mediaType: 'application/xml', content, attachments: [], proof,
});

/** A feed that keeps what is listed in it, as slowly or badly as it is told. */
const open = (answer: () => Promise<void> = () => Promise.resolve()) => {
  const items: NewFeedItem[] = [];
  const adapter = feedAdapter({ party: '00000001900000000001', list: async (item) => { await answer(); items.push(item); } });
  return { items, adapter };
};

describe('the feed keeps the promises of a party adapter that a channel without a peer can keep', () => {
  test('announces, and does not say that anything was delivered: its party has fetched nothing', async () => {
    const { items, adapter } = open();
    expect(await adapter.deliver(disclosure(), at)).toEqual({ kind: 'announced', receipt: null });
    expect(items.map(({ kind, mid, caseId, party }) => [kind, mid, caseId, party])).toEqual([['entry', 'd-1', 'c-1', '00000001900000000001']]);
  });

  test('lists codes, and no content, proof or opening', async () => {
    const { items, adapter } = open();
    await adapter.deliver(disclosure(), at);
    expect(readListing(items[0]?.listing ?? new Uint8Array())).toMatchObject({ type: 'uitspraak.voorziening', outcome: 'afgewezen', courtCase: 'TST 26/1001' });
    expect(Buffer.from(items[0]?.listing ?? []).toString()).not.toContain(secretWord);
  });

  test('a repeat carries the same id', async () => {
    const { items, adapter } = open();
    await adapter.deliver(disclosure('d-7'), at);
    await adapter.deliver(disclosure('d-7'), at);
    expect(items.map(({ mid }) => mid)).toEqual(['d-7', 'd-7']);
  });

  test('the proof that was owed is announced by itself, without codes', async () => {
    const { items, adapter } = open();
    expect(await adapter.prove({ id: 'd-1', caseId: 'c-1', number: 1, proof }, at)).toEqual({ kind: 'announced', receipt: null });
    expect(items).toEqual([{ party: '00000001900000000001', kind: 'proof', mid: 'd-1', caseId: 'c-1', listing: null }]);
  });

  test('what cannot be read is not listed', async () => {
    const { items, adapter } = open();
    const { content: _, ...unread } = disclosure();
    expect(await adapter.deliver(unread, at)).toMatchObject({ kind: 'unusable', code: 'not-as-logged' });
    expect(items).toEqual([]);
  });

  test('says announced only after the item is durable; a fault of the database is thrown, and tried again by the worker', async () => {
    const { items, adapter } = open(() => Promise.reject(new Error('no database')));
    await expect(adapter.deliver(disclosure(), at)).rejects.toThrow('no database');
    expect(items).toEqual([]);
  });

  test('close waits for what is under way; afterwards nothing is listed', async () => {
    let go = (): void => undefined;
    const { items, adapter } = open(() => new Promise((resolve) => { go = resolve; }));
    const trying = adapter.deliver(disclosure(), at);
    let isClosed = false;
    const closing = adapter.close().then(() => { isClosed = true; });
    await new Promise((resolve) => setImmediate(resolve));
    expect(isClosed).toBe(false);
    go();
    await closing;
    expect(await trying).toMatchObject({ kind: 'announced' });
    expect(await adapter.deliver(disclosure('d-2'), at)).toMatchObject({ kind: 'deferred', cause: 'adapter-closed' });
    expect(await adapter.prove({ id: 'd-1', caseId: 'c-1', number: 1, proof }, at)).toMatchObject({ kind: 'deferred', cause: 'adapter-closed' });
    expect(items.map(({ mid }) => mid)).toEqual(['d-1']);
  });
});
