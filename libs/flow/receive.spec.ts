import { describe, expect, test } from '@jest/globals';
import { registersOf, type Party, type Registers } from '@ketensluis/domain';
import type { OpenedMail } from '@ketensluis/mail';
import { exampleBytes } from '../../test/harness/examples.js';
import { law, noon, oin, registers } from '../domain/case.fixture.js';
import type { EntryDraft } from './entry.js';
import type { AcceptedMail } from './intake-ports.js';
import { receive } from './receive.js';

const mailFrom = (from: string, content: Uint8Array): OpenedMail => ({
  kind: 'opened', from, messageId: null, subject: 'bericht', date: null, signatureSha256: '00'.repeat(32),
  signer: { sha256: '11'.repeat(32), subject: 'CN=oefening', addresses: [from], notAfter: noon },
  parts: [{ contentType: 'application/json', name: 'bericht.json', content, sha256: '22'.repeat(32) }],
  raw: new Uint8Array(1),
} as unknown as OpenedMail);

// What a mail leaves behind: kept messages and refusals, as the database would hold them.
const received = async (used: Registers, { from, content }: { readonly from: string; readonly content: Uint8Array }) => {
  const kept: AcceptedMail[] = [];
  const refusals: EntryDraft[] = [];
  const verdict = await receive(new Uint8Array(1), {
    clock: { now: () => noon },
    ids: { next: () => '0191e7a0-0000-7000-8000-000000000001' },
    mail: { open: () => Promise.resolve(mailFrom(from, content)) },
    registers: { current: () => Promise.resolve({ registers: used, pack: law, mark: '1' }) },
    intake: {
      saveAccepted: (mail) => { kept.push(mail); return Promise.resolve({ kind: 'saved' }); },
      recordRefusal: (entry) => { refusals.push(entry); return Promise.resolve(); },
    },
  });
  return { verdict: verdict.kind, kept: kept.length, codes: refusals.map(({ facts }) => facts.code) };
};

describe('a mail from a party', () => {
  const text = new TextDecoder().decode(exampleBytes('hulp.bevestigd', 'json'));
  const { oin: written } = JSON.parse(text).afzender as { oin: string };
  const content = new TextEncoder().encode(text.replaceAll(written, oin.vt));
  const serving = (serves: readonly string[]): Registers => ({
    ...registers,
    parties: registersOf(registers.parties.map(({ version, ...body }) => ({ version, body: body.oin === oin.vt ? { ...body, serves } : body }))).parties,
  });

  test('that works for the municipality of the case is kept', async () => {
    expect(await received(serving(['9901']), { from: 'huisverbod@veiligthuis.example', content })).toEqual({ verdict: 'accepted', kept: 1, codes: [] });
  });

  test('that does not work for it is refused before anything is kept (I10)', async () => {
    expect(await received(serving(['9902']), { from: 'huisverbod@veiligthuis.example', content })).toEqual({ verdict: 'refused', kept: 0, codes: ['other-tenant'] });
  });

  const naming = (change: Partial<Pick<Party, 'certificateSha256' | 'functions'>>): Registers => ({
    ...registers,
    parties: registersOf(registers.parties.map(({ version, ...body }) => ({ version, body: body.oin === oin.vt ? { ...body, ...change } : body }))).parties,
  });
  const post = { code: 'meldkamer', name: 'Meldkamer', role: 'INST' as const, addresses: ['huisverbod@veiligthuis.example'] };
  const [used, other] = ['11'.repeat(32), '22'.repeat(32)];
  const rows: readonly (readonly [name: string, change: Parameters<typeof naming>[0], codes: readonly string[]])[] = [
    ['a certificate of the party', { certificateSha256: [other, used] }, []],
    ['another one than the party names', { certificateSha256: [other] }, ['unknown-certificate']],
    ['a certificate of the post, though not of the party', { certificateSha256: [other], functions: [{ ...post, certificateSha256: [used] }] }, ['wrong-function']],
    ['a certificate of the party, though not of the post', { certificateSha256: [used], functions: [{ ...post, certificateSha256: [other] }] }, ['unknown-certificate']],
    ['a certificate of the party, from a post that names none', { certificateSha256: [other], functions: [{ ...post, certificateSha256: [] }] }, ['unknown-certificate']],
  ];
  test.each(rows)('signed with %s', async (_name, change, codes) => {
    expect((await received(naming(change), { from: 'huisverbod@veiligthuis.example', content })).codes).toEqual(codes);
  });
});
