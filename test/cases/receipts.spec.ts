import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Channel } from '@ketensluis/domain';
import { reconcileList, type MailVerdict } from '@ketensluis/flow';
import { headersOf, openSignedReceipt, readReport, writeEnvelopeId, writeReport, writeSignedReceipt } from '@ketensluis/mail';
import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { submit } from '../../apps/practice/submit.js';
import type { TestHub } from '../harness/hub.js';
import { openRegion, openSituation, type Situation } from './situation.js';
import { oin } from './steps.js';

const veiligThuis = 'veilig-thuis-noorderwaard';
const mailbox = 'huisverbod@veiligthuis.example';
const hubAddress = 'hub@ketensluis.example';
const hour = 60 * 60 * 1_000;

let hub: TestHub;
let said: MailVerdict = { kind: 'not-judged' }; // What DNS says of the next mails.
beforeAll(async () => void (hub = await openRegion({ judge: async () => said })));
afterAll(() => hub.close());
afterEach(async () => {
  said = { kind: 'not-judged' };
  hub.behave(veiligThuis, 'normal');
  await hub.checkLog();
});

/** Asks of Veilig Thuis what this channel says. */
const channel = async (change: object): Promise<void> => {
  const party = await hub.document('party', veiligThuis);
  if (party.kind !== 'party') throw new Error('not a party');
  await hub.apply({ ...party, channel: { kind: 'smime-mail', address: mailbox, ...change }, name: `Veilig Thuis Noorderwaard ${randomUUID()}` });
};

const imposed = async (): Promise<{ readonly situation: Situation; readonly mid: string }> => {
  const situation = openSituation(hub);
  await situation.send('huisverbod.opgelegd', 'waterveen');
  const attempt = (await hub.attempts(oin.veiligThuis)).filter(({ caseNumber }) => caseNumber === situation.number).at(-1);
  return { situation, mid: attempt?.mid ?? '' };
};

const receipts = async (mid: string) => (await hub.database.pool.query('select kind, facts from receipt where mid = $1 order by at, kind', [mid])).rows;
const codes = async (mid: string) => (await hub.entries()).filter(({ kind, msg }) => kind === 'outcome' && msg === mid).map(({ code }) => code);
const stateOf = async (mid: string) => (await hub.database.pool.query<{ state: string }>('select state from delivery where mid = $1', [mid])).rows[0]?.state;
const refusals = async () => (await hub.entries()).filter(({ kind }) => kind === 'refusal').map(({ code }) => code);
const taskOf = async (ref: string) => (await hub.tasks()).filter((task) => task.ref === ref);

/** A report comes in its own time, after the 250. */
const until = async (look: () => Promise<boolean>): Promise<void> => {
  for (let waited = 0; waited < 15_000; waited += 50) {
    if (await look()) return;
    await pause(50);
  }
  throw new Error('it did not come to that');
};

const bring = async (raw: Uint8Array): Promise<number> => {
  const tlsCa = await readFile(join(hub.practiceFolder, 'ca', 'root.cert.pem'), 'utf8');
  return (await submit(raw, { from: '', to: hubAddress }, { host: '127.0.0.1', port: hub.port, tlsCa, name: 'mx.elders.example' })).code;
};

interface Said extends Partial<Readonly<Record<'action' | 'recipient' | 'envelopeId' | 'about', string>>> {
  readonly mid: string;
  readonly attempt?: number;
}

/** A status notification as a mail system writes it, with something changed. */
const status = ({ mid, attempt = 1, action = 'delivered', recipient = mailbox, envelopeId, about }: Said): Uint8Array => writeReport({
  from: 'mailer-daemon@veiligthuis.example', to: hubAddress, subject: 'Status', messageId: `<${randomUUID()}@veiligthuis.example>`, date: hub.now(), text: 'Status.', type: 'delivery-status',
  returned: headersOf(Buffer.from(`From: ${hubAddress}\r\nMessage-ID: ${about ?? `<${mid}@ketensluis.example>`}\r\n\r\n`)),
  groups: [
    [['Original-Envelope-Id', envelopeId ?? writeEnvelopeId(hub.hub.reportSecret, { id: mid, attempt })], ['Reporting-MTA', 'dns; veiligthuis.example']],
    [['Final-Recipient', `rfc822; ${recipient}`], ['Action', action], ['Status', action === 'failed' ? '5.1.1' : action === 'delayed' ? '4.4.7' : '2.1.5']],
  ],
});

const disposition = (mid: string, change: { readonly recipient?: string; readonly value?: string } = {}): Uint8Array => writeReport({
  from: mailbox, to: hubAddress, subject: 'Gelezen', messageId: `<${randomUUID()}@veiligthuis.example>`, date: hub.now(), text: 'Gelezen.', type: 'disposition-notification', returned: null,
  groups: [[['Final-Recipient', `rfc822; ${change.recipient ?? mailbox}`], ['Original-Message-ID', `<${mid}@ketensluis.example>`], ['Disposition', change.value ?? 'manual-action/MDN-sent-manually; displayed']]],
});

describe('what the mail system of a party says afterwards', () => {
  test('nothing, as most: the 250 is the receipt, and closes the duty', async () => {
    const { situation, mid } = await imposed();
    expect(await receipts(mid)).toEqual([{ kind: 'smtp-250', facts: { attempt: 1, code: 250 } }]);
    expect((await situation.duty('E8:INST'))?.closedBy).toBe(`delivery:${mid}`);
  });

  test('delivered: one more receipt and one more entry, once', async () => {
    hub.behave(veiligThuis, 'dsn');
    const { mid } = await imposed();
    await until(async () => (await receipts(mid)).length === 2);
    expect(await receipts(mid)).toMatchObject([{ kind: 'smtp-250' }, { kind: 'dsn', facts: { attempt: 1, action: 'delivered', status: '2.1.5' } }]);
    expect(await bring(status({ mid }))).toBe(250);
    expect(await codes(mid)).toEqual(['delivered', 'receipt-dsn']);
  });

  test('not delivered after all: a dead letter with its cause, and the duty is open again; a new try mends both', async () => {
    hub.behave(veiligThuis, 'bounce');
    const { situation, mid } = await imposed();
    await until(async () => (await stateOf(mid)) === 'dead');
    expect(await taskOf(mid)).toMatchObject([{ kind: 'dead-letter', party: oin.veiligThuis, cause: expect.stringContaining('5.1.1') }]);
    expect((await situation.duty('E8:INST'))?.closedBy).toBeNull();
    expect(await codes(mid)).toEqual(['delivered', 'failed']);
    hub.behave(veiligThuis, 'normal');
    await hub.database.pool.query("update delivery set state = 'waiting', since = $2 where mid = $1", [mid, hub.now()]);
    await hub.database.pool.query("insert into queue (kind, ref, lane, due_at) values ('deliver', $1, $2, $3)", [mid, oin.veiligThuis, hub.now()]);
    await hub.advance(1_000);
    await hub.settle();
    expect((await situation.duty('E8:INST'))?.closedBy).toBe(`delivery:${mid}`);
    // The same bounce again is about the first try, which does not matter any more.
    expect(await bring(status({ mid, action: 'failed' }))).toBe(250);
    expect(await stateOf(mid)).toBe('delivered');
  });

  test.each(['delayed', 'relayed', 'expanded'])('%s: a note and nothing else', async (action) => {
    const { situation, mid } = await imposed();
    expect(await bring(status({ mid, action }))).toBe(250);
    expect(await receipts(mid)).toHaveLength(1);
    expect(await codes(mid)).toEqual(['delivered']);
    expect((await situation.duty('E8:INST'))?.closedBy).toBe(`delivery:${mid}`);
  });

  const forged: readonly (readonly [string, (mid: string, other: string) => Said, string])[] = [
    ['an envelope id somebody made up', (mid) => ({ mid, envelopeId: `${mid}.1.${'0'.repeat(24)}` }), 'report-unknown-envelope'],
    ['no envelope id of ours', (mid) => ({ mid, envelopeId: 'QQ123' }), 'report-unknown-envelope'],
    ['the envelope id of one mail and the headers of another', (mid, other) => ({ mid, about: `<${other}@ketensluis.example>` }), 'report-other-message'],
    ['the headers of a mail that is not ours', (mid) => ({ mid, about: `<${mid}@elders.example>` }), 'report-other-message'],
    ['another recipient', (mid) => ({ mid, recipient: 'iemand@elders.example' }), 'report-other-recipient'],
    ['a try that never was', (mid) => ({ mid, attempt: 7 }), 'report-never-sent'],
    ['a delivery that is not there', () => ({ mid: '01900000-0000-7000-8000-000000000000' }), 'report-unknown-delivery'],
  ];
  test.each(forged)('failed, with %s: taken, on record as refused, and nothing changes', async (_name, said, code) => {
    const [{ mid, situation }, other] = [await imposed(), await imposed()];
    const before = await refusals();
    expect(await bring(status({ action: 'failed', ...said(mid, other.mid) }))).toBe(250);
    expect((await refusals()).slice(before.length)).toEqual([code]);
    expect([await stateOf(mid), await stateOf(other.mid)]).toEqual(['delivered', 'delivered']);
    expect((await situation.duty('E8:INST'))?.closedBy).toBe(`delivery:${mid}`);
  });

  test('failed, by a mailbox that makes it up: nothing changes', async () => {
    const before = (await refusals()).length;
    hub.behave(veiligThuis, 'false-dsn');
    const { mid } = await imposed();
    await until(async () => (await refusals()).length > before);
    expect((await refusals()).slice(before)).toEqual(['report-unknown-envelope']);
    expect(await stateOf(mid)).toBe('delivered');
  });

  test('something that cannot be read: taken, and on record', async () => {
    const before = (await refusals()).length;
    expect(await bring(Buffer.from('From: a@b.example\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n--x\r\n\r\n?\r\n'))).toBe(250);
    expect((await refusals()).slice(before)).toEqual(['report-malformed']);
  });
});

describe('a channel whose duty another receipt closes', () => {
  afterAll(() => channel({}));

  test('a status notification: delivered and open until it comes', async () => {
    await channel({ closesBy: 'dsn' });
    const { situation, mid } = await imposed();
    expect(await stateOf(mid)).toBe('delivered');
    expect((await situation.duty('E8:INST'))?.closedBy).toBeNull();
    expect(await bring(status({ mid }))).toBe(250);
    expect((await situation.duty('E8:INST'))?.closedBy).toBe(`delivery:${mid}`);
  });

  test('missing: a task when three quarters of the time is gone, closed when it comes after all', async () => {
    await channel({ closesBy: 'dsn' });
    const { situation, mid } = await imposed();
    const due = (await situation.duty('E8:INST'))?.dueAt ?? new Date(hub.now().getTime() + 24 * hour);
    await hub.advance(Math.max(0, due.getTime() - hub.now().getTime() - 60_000));
    expect(await taskOf(mid)).toMatchObject([{ kind: 'receipt-missing', party: oin.veiligThuis }]);
    expect(await bring(status({ mid }))).toBe(250);
    expect(await taskOf(mid)).toEqual([]);
    expect((await situation.duty('E8:INST'))?.closedBy).toBe(`delivery:${mid}`);
  });

  test('reading: asked for in the mail, and a status notification does not do for it', async () => {
    await channel({ closesBy: 'mdn', receipts: { mdn: true } });
    hub.behave(veiligThuis, 'mdn');
    const { situation, mid } = await imposed();
    await until(async () => (await situation.duty('E8:INST'))?.closedBy === `delivery:${mid}`);
    expect(await receipts(mid)).toMatchObject([{ kind: 'smtp-250' }, { kind: 'mdn', facts: { disposition: 'displayed', automatic: false } }]);
    expect(await codes(mid)).toEqual(['delivered', 'receipt-mdn']);
  });

  const noReceipt: readonly (readonly [string, Parameters<typeof disposition>[1], string | null])[] = [
    ['by another mailbox', { recipient: 'iemand@elders.example' }, 'report-other-recipient'],
    ['deleted unread', { value: 'manual-action/MDN-sent-manually; deleted' }, null],
    ['passed on by a rule', { value: 'automatic-action/MDN-sent-automatically; dispatched' }, null],
  ];
  test.each(noReceipt)('reading, said %s: the duty stays open', async (_name, change, refused) => {
    await channel({ closesBy: 'mdn', receipts: { mdn: true } });
    const { situation, mid } = await imposed();
    const before = (await refusals()).length;
    expect(await bring(disposition(mid, change))).toBe(250);
    expect((await refusals()).slice(before)).toEqual(refused === null ? [] : [refused]);
    expect((await situation.duty('E8:INST'))?.closedBy).toBeNull();
  });

  test('a channel that awaits what it does not ask for is refused', async () => {
    await expect(channel({ closesBy: 'mdn' } satisfies Partial<Channel>)).rejects.toThrow('not asked for');
  });
});

describe('a party that says what it received', () => {
  const compare = (list: unknown) => {
    // Midnight may lie between a delivery and its list, and what was delivered in the last minutes of a period would be left for the next list.
    const at = hub.now().getTime();
    return reconcileList({ party: oin.veiligThuis, list, from: new Date(at - 24 * hour), to: new Date(at + 24 * hour) }, { clock: hub.hub.clock, ids: hub.hub.ids, reconciling: hub.hub.store.reconciling });
  };
  const received = async () => (await hub.inbox(veiligThuis)).map(({ mail, disclosure }) => {
    const document = mail.parts.find(({ name }) => name === 'verstrekking.xml');
    return { id: disclosure.id, receivedAt: hub.now().toISOString(), sha256: document?.sha256 ?? '' };
  });
  const unique = <T extends { readonly id: string }>(lines: readonly T[]): readonly T[] => [...new Map(lines.map((line) => [line.id, line])).values()];

  test('the same as we delivered: nothing to do, and the numbers stand in the log', async () => {
    await imposed();
    const list = unique(await received());
    expect(await compare(list)).toEqual({ kind: 'compared', listed: list.length, matched: list.length, differences: [] });
    expect((await hub.entries()).filter(({ code }) => code === 'reconciled')).toMatchObject([{ kind: 'outcome', to: oin.veiligThuis, count: 0 }]);
  });

  test('one missing, one we never sent, one with another document: a task each, once', async () => {
    const [gone, other] = [await imposed(), await imposed()];
    const list = unique(await received()).filter(({ id }) => id !== gone.mid).map((line) => (line.id === other.mid ? { ...line, sha256: 'a'.repeat(64) } : line));
    const stranger = '01900000-0000-7000-8000-000000000001';
    const asked = [...list, { id: stranger, receivedAt: hub.now().toISOString() }];
    const found = await compare(asked);
    const expected = [{ id: gone.mid, kind: 'not-received' }, { id: stranger, kind: 'not-sent' }, { id: other.mid, kind: 'other-document' }];
    expect(found.kind === 'compared' ? [...found.differences].sort((a, b) => a.kind.localeCompare(b.kind)) : found).toEqual(expected);
    await compare(asked);
    expect((await hub.tasks()).filter(({ kind }) => kind === 'reconcile').map(({ ref, cause }) => ({ id: ref, kind: cause })).sort((a, b) => a.kind.localeCompare(b.kind))).toEqual(expected);
  });

  test.each<readonly [string, unknown, RegExp]>([['no list', {}, /^expected a JSON list of at most \d+ lines such as \{"id".*; Invalid input: expected array/], ['a line without a moment', [{ id: '01900000-0000-7000-8000-000000000001' }], /; line 1, receivedAt: /]])('%s is refused, with what was expected', async (_name, list, detail) => {
    expect(await compare(list)).toMatchObject({ kind: 'refused', code: 'invalid-list', detail: expect.stringMatching(detail) });
  });
});

describe('what DNS says of who brought a mail', () => {
  const failing: MailVerdict = { kind: 'judged', spf: 'fail', dkim: [], dmarc: 'fail', policy: 'reject', fromDomain: 'veiligthuis.example' };

  test('a report its domain disowns is refused, and a domain that asks for less is not', async () => {
    const { mid } = await imposed();
    said = failing;
    const before = (await refusals()).length;
    expect(await bring(status({ mid, action: 'failed' }))).toBe(550);
    expect((await refusals()).slice(before)).toEqual(['report-dmarc-fail']);
    expect(await stateOf(mid)).toBe('delivered');
    said = { ...failing, policy: 'none' };
    expect(await bring(status({ mid }))).toBe(250);
    expect(await codes(mid)).toEqual(['delivered', 'receipt-dsn']);
  });

  test('a message that S/MIME proves is taken whatever it says, and it is kept with the message; what others claim to have found is not', async () => {
    said = failing;
    const situation = openSituation(hub);
    const raw = await hub.seal(situation.step('huisverbod.opgelegd', 'waterveen'), situation.start);
    const claims = 'Authentication-Results: ketensluis.example; dmarc=pass\r\nX-SMIME-Status: forged\r\n';
    const reply = await hub.submit(Buffer.concat([Buffer.from(claims), raw]), 'huisverbod@waterveen.example');
    expect(reply.code).toBe(250);
    await hub.settle();
    const verdict = async () => (await hub.database.pool.query('select verdict from message_verdict where message_id = $1', [reply.id])).rows[0]?.verdict;
    await until(async () => (await verdict()) !== undefined);
    expect(await verdict()).toEqual(failing);
  });
});

describe('a party that asks to be told that its message was processed', () => {
  const sender = 'huisverbod@waterveen.example';
  const told = async (): Promise<readonly Buffer[]> => {
    const folder = join(hub.practiceFolder, 'gemeente-waterveen', 'reports');
    return Promise.all((await readdir(folder).catch(() => [])).filter((file) => file.endsWith('.eml')).sort().map((file) => readFile(join(folder, file))));
  };
  const owed = async () => (await hub.database.pool.query('select kind, to_address, sent_at is not null as sent, given_up_at from receipt_due order by due_at')).rows;
  const sendAsking = async (notifyTo: string | null) => {
    const situation = openSituation(hub);
    const messageId = `<${randomUUID()}@waterveen.example>`;
    const reply = await hub.submit(await hub.seal(situation.step('huisverbod.opgelegd', 'waterveen'), situation.start, { messageId, ...(notifyTo === null ? {} : { notifyTo }) }), sender);
    expect(reply.code).toBe(250);
    await hub.settle();
    return messageId;
  };

  test('is told so once, at its proven address, signed by our domain', async () => {
    const messageId = await sendAsking(sender);
    await until(async () => (await told()).length > 0);
    const [mail, ...more] = await told();
    expect(more).toEqual([]);
    expect(readReport(mail ?? Buffer.alloc(0))).toEqual({ kind: 'mdn', messageId, finalRecipient: hubAddress, originalRecipient: null, disposition: 'processed', isAutomatic: true });
    expect(mail?.toString()).toMatch(/^DKIM-Signature: /);
    await until(async () => (await owed()).every(({ sent }) => sent));
    expect(await owed()).toEqual([{ kind: 'mdn', to_address: sender, sent: true, given_up_at: null }]);
  });

  test.each([['does not ask', null], ['asks on behalf of somebody else', 'iemand@elders.example']])('one that %s is told nothing', async (_name, notifyTo) => {
    const before = (await owed()).length;
    await sendAsking(notifyTo);
    expect(await owed()).toHaveLength(before);
  });
});

describe('a crash while a report is written down', () => {
  // The last write of the transaction fails, as when the process or the database ends there.
  const failing = `create function fail_here() returns trigger language plpgsql as $$ begin raise exception 'cut off'; end $$;
    create trigger fail_here before update of closed_at on duty for each row execute function fail_here()`;

  test('leaves nothing behind, is answered with later, and the same report then counts once', async () => {
    await channel({ closesBy: 'dsn' });
    const { situation, mid } = await imposed();
    const report = status({ mid });
    await hub.database.pool.query(failing);
    expect(await bring(report)).toBe(451);
    expect([await receipts(mid), await codes(mid)]).toMatchObject([[{ kind: 'smtp-250' }], ['delivered']]);
    await hub.database.pool.query('drop function fail_here() cascade');
    expect([await bring(report), await bring(report)]).toEqual([250, 250]);
    expect([await receipts(mid), await codes(mid)]).toMatchObject([[{ kind: 'smtp-250' }, { kind: 'dsn' }], ['delivered', 'receipt-dsn']]);
    expect((await situation.duty('E8:INST'))?.closedBy).toBe(`delivery:${mid}`);
    await channel({});
  });

  test('while the database is away it is answered with later', async () => {
    const { mid } = await imposed();
    const report = status({ mid });
    await hub.denyDatabase();
    expect(await bring(report)).toBe(451);
    await hub.allowDatabase();
    await until(async () => (await bring(report).catch(() => 0)) === 250);
    expect(await codes(mid)).toEqual(['delivered', 'receipt-dsn']);
  });

  test('before the try itself is written down it is asked for again', async () => {
    const { mid } = await imposed();
    const report = status({ mid });
    await hub.database.pool.query("update delivery set state = 'waiting' where mid = $1", [mid]);
    await hub.database.pool.query('update attempt set outcome = null where mid = $1', [mid]);
    expect(await bring(report)).toBe(451);
    await hub.database.pool.query("update attempt set outcome = 'delivered' where mid = $1", [mid]);
    await hub.database.pool.query("update delivery set state = 'delivered' where mid = $1", [mid]);
    expect(await bring(report)).toBe(250);
  });
});

describe('signed receipts between hubs', () => {
  afterAll(() => channel({}));
  const sender = 'huisverbod@waterveen.example';
  const asking = () => channel({ closesBy: 'signed', receipts: { signed: true } });

  test('the receipt of the party is the one we kept, and closes the duty', async () => {
    await asking();
    hub.behave(veiligThuis, 'signed');
    const { situation, mid } = await imposed();
    await until(async () => (await situation.duty('E8:INST'))?.closedBy === `delivery:${mid}`);
    expect(await receipts(mid)).toMatchObject([{ kind: 'smtp-250' }, { kind: 'signed', facts: { attempt: 1 } }]);
    expect(await codes(mid)).toEqual(['delivered', 'receipt-signed']);
  });

  /** A receipt as Veilig Thuis would sign it, with something changed. */
  const receiptOf = async (mid: string, change: { readonly signer?: string; readonly spoil?: boolean } = {}): Promise<Uint8Array> => {
    const found = (await hub.inbox(veiligThuis)).find(({ disclosure }) => disclosure.id === mid);
    const request = found?.mail.receiptRequest ?? null;
    if (request === null) throw new Error('no receipt was asked for');
    const { signer = veiligThuis, spoil = false } = change;
    return writeSignedReceipt({
      from: signer === veiligThuis ? mailbox : sender, to: hubAddress, messageId: `<${randomUUID()}@party.example>`, date: hub.now(), signer: await hub.keysOf(signer),
      request: spoil ? { ...request, messageSignatureDigest: Buffer.alloc(request.messageSignatureDigest.length, 7) } : request,
    });
  };

  test.each([
    ['signed by another party', { signer: 'gemeente-waterveen' }, 'receipt-other-signer'],
    ['about other content than was sent', { spoil: true }, 'receipt-other-content'],
  ])('%s is refused, and nothing changes', async (_name, change, code) => {
    await asking();
    const { situation, mid } = await imposed();
    const before = (await refusals()).length;
    expect(await bring(await receiptOf(mid, change))).toBe(550);
    expect((await refusals()).slice(before)).toEqual([code]);
    expect((await situation.duty('E8:INST'))?.closedBy).toBeNull();
    const genuine = await receiptOf(mid);
    expect([await bring(genuine), await bring(genuine)]).toEqual([250, 250]);
    expect(await codes(mid)).toEqual(['delivered', 'receipt-signed']);
  });

  test('a proven sender that asks gets one from us, over what it sent', async () => {
    const situation = openSituation(hub);
    const messageId = `<${randomUUID()}@waterveen.example>`;
    const reply = await hub.submit(await hub.seal(situation.step('huisverbod.opgelegd', 'waterveen'), situation.start, { messageId, receiptTo: sender }), sender);
    expect(reply.code).toBe(250);
    const { rows: [owed] } = await hub.database.pool.query('select kind, to_address, mail from receipt_due where message_id = $1', [reply.id]);
    expect(owed).toMatchObject({ kind: 'signed', to_address: sender });
    expect(openSignedReceipt(owed.mail, { trust: hub.chain.trust, at: hub.now() })).toMatchObject({ kind: 'receipt', from: hubAddress, contentIdentifier: messageId });
  });
});
