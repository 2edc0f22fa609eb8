import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { processorMs } from '../../../test/harness/processor-time.js';
import { readEnvelopeId, writeEnvelopeId } from './envelope-id.js';
import { stripForeignStatus } from './foreign-status.js';
import { isReport, readReport } from './read-report.js';
import { headersOf, writeReport, type ReportInput } from './write-report.js';

const id = '019a1b2c-3d4e-7f60-8a1b-2c3d4e5f6071';
const text = (...lines: readonly string[]): Buffer => Buffer.from(lines.join('\r\n'));

/** As Postfix writes it. */
const bounce = (change: { readonly status?: readonly string[]; readonly recipient?: readonly string[]; readonly returned?: readonly string[]; readonly type?: string } = {}): Buffer => text(
  'Return-Path: <>', 'From: MAILER-DAEMON@mx.party.example (Mail Delivery System)', 'Subject: Undelivered Mail Returned to Sender', 'To: hub@sluis.example',
  'Auto-Submitted: auto-replied', 'MIME-Version: 1.0', `Content-Type: multipart/report; report-type=${change.type ?? 'delivery-status'};`, '\tboundary="4A/mx.party.example"', '',
  'This is a MIME-encapsulated message.', '', '--4A/mx.party.example', 'Content-Description: Notification', 'Content-Type: text/plain; charset=us-ascii', '', 'I am sorry.', '',
  '--4A/mx.party.example', 'Content-Description: Delivery report', 'Content-Type: message/delivery-status', '',
  ...(change.status ?? ['Reporting-MTA: dns; mx.party.example', `Original-Envelope-Id: ${id}.1.abc`, 'X-Postfix-Queue-ID: 4A', 'Arrival-Date: Mon,  2 Mar 2026 09:00:00 +0100 (CET)']), '',
  ...(change.recipient ?? ['Final-Recipient: rfc822; WTH@party.example', 'Original-Recipient: rfc822;wth@party.example', 'Action: failed', 'Status: 5.1.1', 'Diagnostic-Code: smtp; 550 5.1.1 <wth@party.example>:', '    no such user']),
  '', '--4A/mx.party.example', 'Content-Description: Undelivered Message Headers', ...(change.returned ?? ['Content-Type: text/rfc822-headers', '', 'From: hub@sluis.example', `Message-ID: <${id}@sluis.example>`]),
  '', '--4A/mx.party.example--', '',
);

const notification = (disposition: string, more: readonly string[] = []): Buffer => text(
  'From: wth@party.example', 'To: hub@sluis.example', 'MIME-Version: 1.0', 'Content-Type: multipart/report; report-type=disposition-notification; boundary=b', '',
  '--b', '', 'Gelezen.', '--b', 'Content-Type: message/disposition-notification', '', 'Reporting-UA: post.example; Outlook', 'Final-Recipient: rfc822;wth@party.example',
  `Original-Message-ID: <${id}@sluis.example>`, `Disposition: ${disposition}`, ...more, '', '--b--', '',
);

describe('a status notification', () => {
  test('as Postfix writes it is read', () => {
    expect(isReport(bounce())).toBe(true);
    expect(readReport(bounce())).toEqual({
      kind: 'dsn', envelopeId: `${id}.1.abc`, messageId: `<${id}@sluis.example>`,
      recipients: [{ finalRecipient: 'wth@party.example', originalRecipient: 'wth@party.example', action: 'failed', status: '5.1.1' }],
    });
  });

  test('with the whole mail behind it gives no more than its headers', () => {
    expect(readReport(bounce({ returned: ['Content-Type: message/rfc822', '', `Message-ID: <${id}@sluis.example>`, '', 'body'] }))).toMatchObject({ messageId: `<${id}@sluis.example>` });
  });

  test('without what it is about has no identifiers', () => {
    expect(readReport(bounce({ status: ['Reporting-MTA: dns; a'], returned: ['Content-Type: text/plain', '', 'x'] }))).toMatchObject({ envelopeId: null, messageId: null });
  });

  test.each([
    ['an action nobody knows', { recipient: ['Final-Recipient: rfc822; a@b.example', 'Action: exploded', 'Status: 5.0.0'] }],
    ['two actions', { recipient: ['Final-Recipient: rfc822; a@b.example', 'Action: failed', 'Action: delivered', 'Status: 5.0.0'] }],
    ['no action', { recipient: ['Final-Recipient: rfc822; a@b.example', 'Status: 5.0.0'] }],
    ['no status', { recipient: ['Final-Recipient: rfc822; a@b.example', 'Action: failed'] }],
    ['a status that is no code', { recipient: ['Final-Recipient: rfc822; a@b.example', 'Action: failed', 'Status: bad'] }],
    ['no recipient', { recipient: [] }],
    ['a recipient that is no address', { recipient: ['Final-Recipient: rfc822; nobody', 'Action: failed', 'Status: 5.0.0'] }],
    ['a recipient of another kind', { recipient: ['Final-Recipient: x400; a@b.example', 'Action: failed', 'Status: 5.0.0'] }],
    ['two envelope ids', { status: ['Original-Envelope-Id: a', 'Original-Envelope-Id: b'] }],
    ['an endless value', { status: [`Original-Envelope-Id: ${'a'.repeat(400)}`] }],
    ['more recipients than anybody has', { recipient: Array.from({ length: 60 }, () => ['Final-Recipient: rfc822; a@b.example', 'Action: failed', 'Status: 5.0.0', '']).flat() }],
    ['fields as long as a book', { status: Array.from({ length: 300 }, (_, place) => `X-${place}: ${'a'.repeat(300)}`) }],
    ['two Message-IDs', { returned: ['Content-Type: text/rfc822-headers', '', 'Message-ID: <a@b>', 'Message-ID: <c@d>'] }],
    ['the type of another report', { type: 'disposition-notification' }],
    ['a type nobody knows', { type: 'feedback-report' }],
  ])('with %s is refused', (_name, change) => expect(readReport(bounce(change))).toMatchObject({ kind: 'malformed' }));

  test('cut short anywhere is refused, or says what the whole said', () => {
    const whole = bounce();
    for (let length = 0; length < whole.length - 4; length += 1) expect(readReport(whole.subarray(0, length))).toMatchObject({ kind: 'malformed' });
  });
});

describe('a disposition notification', () => {
  test.each([
    ['manual-action/MDN-sent-manually; displayed', 'displayed', false],
    ['automatic-action/MDN-sent-automatically; processed', 'processed', true],
    ['manual-action/MDN-sent-automatically; displayed/error', 'displayed', false],
    ['Manual-Action/mdn-sent-manually ; Deleted', 'deleted', false],
  ])('%s', (value, disposition, isAutomatic) => {
    expect(readReport(notification(value))).toEqual({
      kind: 'mdn', messageId: `<${id}@sluis.example>`, finalRecipient: 'wth@party.example', originalRecipient: null, disposition, isAutomatic,
    });
  });

  test.each(['displayed', 'manual-action; displayed', 'manual-action/MDN-sent-manually; seen', '', 'manual-action/MDN-sent-manually; displayed; processed'])('%p is refused', (value) =>
    expect(readReport(notification(value))).toMatchObject({ kind: 'malformed' }));

  test('with two dispositions is refused', () =>
    expect(readReport(notification('manual-action/MDN-sent-manually; displayed', ['Disposition: manual-action/MDN-sent-manually; deleted']))).toMatchObject({ kind: 'malformed' }));
});

describe('bytes from outside', () => {
  test('never make it throw, and are read in bounded time', () => {
    const piece = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.constantFrom('\r\n', '\r\n\r\n', '--4A/mx.party.example', 'Action: delivered\r\n', 'Content-Type: message/delivery-status\r\n\r\n'));
    const mutated = fc.tuple(fc.nat(2_000), fc.nat(40), piece).map(([at, cut, into]) => {
      const whole = bounce();
      const place = at % whole.length;
      return Buffer.concat([whole.subarray(0, place), Buffer.from(into, 'latin1'), whole.subarray(Math.min(whole.length, place + cut))]);
    });
    fc.assert(fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 500 })), (raw) => {
      const read = readReport(raw);
      if (read.kind === 'dsn') for (const { finalRecipient, status } of read.recipients) expect(`${finalRecipient} ${status}`).toMatch(/^[^\s@]+@[^\s@]+ [245]\.\d+\.\d+$/);
    }), { numRuns: 2_000 });
  });

  test('of a hostile size cost no more than reading them', () => {
    const start = processorMs();
    for (const filling of ['\r\n', 'a:\r\n', '--4A/mx.party.example\n', ' ']) readReport(bounce({ status: [filling.repeat(2_000_000 / filling.length)] }));
    expect(processorMs() - start).toBeLessThan(4_000);
  });
});

describe('a report of ours', () => {
  const input = (change: Partial<ReportInput> = {}): ReportInput => ({
    from: 'wth@party.example', to: 'hub@sluis.example', subject: 'Afgeleverd', messageId: '<r1@party.example>', date: new Date('2026-03-02T09:00:00Z'), text: 'Afgeleverd.',
    type: 'delivery-status', returned: headersOf(text('From: hub@sluis.example', `Message-ID: <${id}@sluis.example>`, '', 'body')),
    groups: [[['Reporting-MTA', 'dns; party.example'], ['Original-Envelope-Id', 'e1']], [['Final-Recipient', 'rfc822; wth@party.example'], ['Action', 'delivered'], ['Status', '2.0.0']]],
    ...change,
  });

  test('is one we read', () => {
    expect(readReport(writeReport(input()))).toEqual({
      kind: 'dsn', envelopeId: 'e1', messageId: `<${id}@sluis.example>`,
      recipients: [{ finalRecipient: 'wth@party.example', originalRecipient: null, action: 'delivered', status: '2.0.0' }],
    });
  });

  test('takes no value that would begin another field', () => expect(() => writeReport(input({ subject: 'a\r\nBcc: b@c.example' }))).toThrow(RangeError));
});

describe('the id of a try on the envelope', () => {
  const [secret, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
  test('is read back by whoever made it and by nobody else', () => {
    fc.assert(fc.property(fc.uuid(), fc.integer({ min: 1, max: 999_999 }), (one, attempt) => {
      const written = writeEnvelopeId(secret, { id: one, attempt });
      expect(written.length).toBeLessThanOrEqual(100); // RFC 3461 §4.4
      expect(readEnvelopeId(secret, written)).toEqual({ id: one, attempt });
      expect(readEnvelopeId(other, written)).toBeNull();
      expect(readEnvelopeId(secret, written.replace(`.${attempt}.`, `.${attempt + 1}.`))).toBeNull();
    }));
  });
  test('is never read out of anything else', () => fc.assert(fc.property(fc.string(), (any) => expect(readEnvelopeId(secret, any)).toBeNull())));
});

describe('what other systems say they found', () => {
  const claims = ['Authentication-Results: hub.example; dkim=pass', 'X-SMIME-Status: valid', 'X-NTA7516: compliant', 'NTA7516-Status: ok', 'Received-SPF: pass', 'authentication-results : x;\r\n dmarc=pass\r\n\tfolded'];
  test.each(claims)('%p is taken off, folded lines included, and nothing else', (claim) => {
    const mail = (...claimed: readonly string[]): Buffer => text('From: a@b.example', ...claimed, 'Subject: x', '', 'Authentication-Results: in the body', '');
    expect(stripForeignStatus(mail(claim)).toString()).toBe(mail().toString());
    expect(stripForeignStatus(text(claim, 'From: a@b.example', '', 'x')).toString()).toBe(text('From: a@b.example', '', 'x').toString());
  });
  test('leaves a mail without them as it is, the very same bytes', () => {
    const mail = text('From: a@b.example', 'X-Authentication: mine', '', 'Authentication-Results: in the body');
    expect(stripForeignStatus(mail)).toBe(mail);
  });
  test('never leaves one behind', () => {
    const line = fc.constantFrom('From: a@b', ' folded', '\tfolded', 'Authentication-Results: x', 'X-SMIME-Status: y', 'Subject: z');
    fc.assert(fc.property(fc.array(line, { maxLength: 12 }), fc.constantFrom('\r\n', '\n'), (lines, end) => {
      const head = Buffer.from(stripForeignStatus(Buffer.from([...lines, '', 'body'].join(end)))).toString().split(`${end}${end}`)[0] ?? '';
      expect(head).not.toMatch(/authentication-results|x-smime/i);
    }));
  });
});
