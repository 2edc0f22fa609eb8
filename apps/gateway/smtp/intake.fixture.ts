import { expect } from '@jest/globals';
import { createTransport } from 'nodemailer';
import { smtpDialogue } from '../../../test/fixtures/smtp-dialogue.js';
import { tlsFixture } from '../../../test/fixtures/tls-certificates.js';
import { type IncomingMail, type SmtpIntake, type SmtpIntakeOptions, startSmtpIntake } from './server.js';

/** Certificate of the intake under test. */
export const tls = tlsFixture('localhost');
const running: SmtpIntake[] = [];

/** Closes every intake a test opened. */
export async function closeIntakes(): Promise<void> {
  await Promise.all(running.splice(0).map((intake) => intake.close()));
}
/** The test closes this one itself. */
export function leaveToTest(port: number): void {
  running.splice(running.findIndex((one) => one.port === port), 1);
}

/** An intake on a free port, and what it took, refused, failed at and answered. */
export async function intake(changes: Partial<SmtpIntakeOptions> = {}) {
  const received: IncomingMail[] = [];
  const refusals: string[] = [];
  const faults: unknown[] = [];
  const answered: string[] = [];
  const started = await startSmtpIntake({
    host: '127.0.0.1',
    port: 0,
    tls,
    name: 'sluis.example',
    receive: async (mail) => {
      received.push(mail);
      return { kind: 'accepted', id: `M${received.length}` };
    },
    isForUs: (address) => address.toLowerCase().endsWith('@sluis.example'),
    onAnswered: (id) => answered.push(id),
    onRefused: (event) => refusals.push(event.reason),
    onFault: (error) => faults.push(error),
    drainMs: 2_000,
    ...changes,
  });
  running.push(started);
  return { ...started, received, refusals, faults, answered };
}

/** A peer that did STARTTLS and EHLO. */
export async function secured(port: number) {
  const peer = await smtpDialogue(port);
  await peer.reply();
  await peer.startTls(tls.ca);
  await peer.say('EHLO politie.example');
  return peer;
}

/** MAIL, RCPT and DATA; the content is next. */
export async function envelope(peer: Awaited<ReturnType<typeof secured>>) {
  expect(await peer.say('MAIL FROM:<meldkamer@politie.example>')).toMatch(/^250/);
  expect(await peer.say('RCPT TO:<intake@sluis.example>')).toMatch(/^250/);
  expect(await peer.say('DATA')).toMatch(/^354/);
}

/** A nodemailer client of the intake. */
export const transport = (port: number, more: object = {}) =>
  createTransport({ host: '127.0.0.1', port, name: 'politie.example', requireTLS: true, tls: { ca: tls.ca, servername: 'localhost' }, ...more });
/** One mail for the intake. */
export const mail = (bytes: string | Buffer) => ({ envelope: { from: 'meldkamer@politie.example', to: 'intake@sluis.example' }, raw: bytes });
