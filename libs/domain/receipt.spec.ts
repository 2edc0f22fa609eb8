import { describe, expect, test } from '@jest/globals';
import { channelSchema } from './channel.js';
import { awaitedReceipt, judgeReport, type ReportClaim, type ReportedDelivery } from './receipt.js';

const delivered: ReportedDelivery = { state: 'delivered', awaits: null, attempt: { number: 2, outcome: 'delivered' }, lastTaken: 2, receipts: ['smtp-250'] };
const dsn = (action: Extract<ReportClaim, { kind: 'dsn' }>['action'], status = '2.0.0'): ReportClaim => ({ kind: 'dsn', action, status });
const mdn = (type: string): ReportClaim => ({ kind: 'mdn', type, isAutomatic: false });

describe('a report on a mail of ours', () => {
  const rows: readonly (readonly [string, ReportClaim, Partial<ReportedDelivery>, object])[] = [
    ['delivered is a receipt', dsn('delivered'), {}, { kind: 'receipt', receipt: 'dsn', closesDuty: false }],
    ['delivered closes the duty where that was awaited', dsn('delivered'), { awaits: 'dsn' }, { kind: 'receipt', receipt: 'dsn', closesDuty: true }],
    ['delivered does not close it where reading was awaited', dsn('delivered'), { awaits: 'mdn' }, { kind: 'receipt', receipt: 'dsn', closesDuty: false }],
    ['delivered while the next try is due: kept, and the next try ends it', dsn('delivered'), { state: 'waiting', awaits: 'dsn', attempt: { number: 1, outcome: 'unknown' } }, { kind: 'receipt', closesDuty: false }],
    ['delivered a second time', dsn('delivered'), { receipts: ['smtp-250', 'dsn'] }, { kind: 'noted', code: 'dsn-repeated' }],
    ['failed after our 250: the party does not have it', dsn('failed', '5.1.1'), {}, { kind: 'failed', status: '5.1.1' }],
    ['failed of an earlier try', dsn('failed', '5.1.1'), { attempt: { number: 1, outcome: 'unknown' } }, { kind: 'noted', code: 'dsn-failed-of-earlier-try' }],
    ['failed after a receipt', dsn('failed', '5.1.1'), { receipts: ['dsn'] }, { kind: 'noted', code: 'dsn-failed-after-receipt' }],
    ['failed of what is a dead letter already', dsn('failed', '5.1.1'), { state: 'dead' }, { kind: 'noted' }],
    ['delayed', dsn('delayed', '4.4.7'), {}, { kind: 'noted', code: 'dsn-delayed' }],
    ['relayed is no end (RFC 3464 §2.3.3)', dsn('relayed'), { awaits: 'dsn' }, { kind: 'noted', code: 'dsn-relayed' }],
    ['expanded is no end', dsn('expanded'), { awaits: 'dsn' }, { kind: 'noted', code: 'dsn-expanded' }],
    ['displayed is a receipt', mdn('displayed'), { awaits: 'mdn' }, { kind: 'receipt', receipt: 'mdn', closesDuty: true }],
    ['processed by a machine is one too', mdn('processed'), { awaits: 'mdn' }, { kind: 'receipt', receipt: 'mdn', closesDuty: true }],
    ['deleted is none', mdn('deleted'), { awaits: 'mdn' }, { kind: 'noted', code: 'mdn-deleted' }],
    ['dispatched is none', mdn('dispatched'), { awaits: 'mdn' }, { kind: 'noted', code: 'mdn-dispatched' }],
    ['signed does for any other', { kind: 'signed' }, { awaits: 'dsn' }, { kind: 'receipt', receipt: 'signed', closesDuty: true }],
    ['before the try itself is written down', dsn('delivered'), { state: 'waiting', attempt: { number: 2, outcome: null } }, { kind: 'later' }],
    ['of a try that a crash left without an end', dsn('delivered'), { attempt: { number: 1, outcome: null } }, { kind: 'receipt' }],
    ['of what was never sent', dsn('delivered'), { attempt: null }, { kind: 'refused', code: 'never-sent' }],
  ];
  test.each(rows)('%s', (_name, claim, change, expected) => expect(judgeReport(claim, { ...delivered, ...change })).toMatchObject(expected));
});

describe('the channel says which receipt closes the duty', () => {
  const mail = { kind: 'smime-mail', address: 'Post@Party.example' };
  const rows: readonly (readonly [string, object, string | null | 'refused'])[] = [
    ['as it was: the answer of the mail server', mail, null],
    ['a status notification, which is asked for by itself', { ...mail, closesBy: 'dsn' }, 'dsn'],
    ['reading, which must be asked for', { ...mail, closesBy: 'mdn' }, 'refused'],
    ['reading', { ...mail, closesBy: 'mdn', receipts: { mdn: true } }, 'mdn'],
    ['a signed receipt', { ...mail, closesBy: 'signed', receipts: { signed: true } }, 'signed'],
    ['a status notification that is switched off', { ...mail, closesBy: 'dsn', receipts: { dsn: false } }, 'refused'],
    ['a signed receipt over mail that is not signed', { kind: 'secure-mail', address: 'a@b.example', closesBy: 'signed' }, 'refused'],
    ['a status notification of secure mail', { kind: 'secure-mail', address: 'a@b.example', closesBy: 'dsn' }, 'dsn'],
    ['a feed', { kind: 'feed' }, null],
  ];
  test.each(rows)('%s', (_name, channel, expected) => {
    const read = channelSchema.safeParse(channel);
    expect(read.success ? awaitedReceipt(read.data) : 'refused').toBe(expected);
  });
});
