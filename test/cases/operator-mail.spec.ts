import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { movePracticeClock, openTask } from '@ketensluis/store';
import { simpleParser } from 'mailparser';
import { setTimeout as pause } from 'node:timers/promises';
import { dnsPeer, type DnsPeer } from '../fixtures/dns-peer.js';
import { smtpPeer, type SmtpPeer } from '../fixtures/smtp-peer.js';
import { tlsFixture } from '../fixtures/tls-certificates.js';
import { untilNoon } from '../harness/day.js';
import type { TestHub } from '../harness/hub.js';
import { openRegion } from './situation.js';

const day = 24 * 3_600_000;
const mailbox = 'beheer@werk.example';

describe('the mail to the operator', () => {
  let hub: TestHub;
  let peer: SmtpPeer;
  let dns: DnsPeer;
  beforeAll(async () => {
    const tls = tlsFixture('mx.werk.example');
    [peer, dns] = await Promise.all([smtpPeer(tls), dnsPeer()]);
    dns.tell({
      'werk.example MX': { answers: [{ name: 'werk.example', type: 'MX', data: { preference: 10, exchange: 'mx.werk.example' } }] },
      'mx.werk.example A': { answers: [{ name: 'mx.werk.example', type: 'A', data: '127.0.0.1' }] },
    });
    hub = await openRegion({ apart: true, outside: {
      mailRoutes: { resolver: `127.0.0.1:${dns.port}`, within: [], allowed: ['127.0.0.0/8'], reportContact: null, operatorContact: mailbox }, mailPlaces: { mailPort: peer.port, ca: tls.ca },
    } });
    await until(untilNoon(hub.now()));
  });
  afterAll(async () => {
    await hub.close();
    await Promise.all([peer.close(), dns.close()]);
  });

  /** Waits for the row that says when the next mail is due to be as described. */
  const seen = async (holds: (dueInMs: number) => boolean): Promise<void> => {
    for (let waited = 0; waited < 20_000; waited += 20) {
      const { rows: [row] } = await hub.database.pool.query<{ due_at: Date }>('select due_at from operator_mail');
      if (row !== undefined && holds(row.due_at.getTime() - hub.now().getTime())) return;
      await pause(20);
    }
    throw new Error('the operator is not seen to');
  };
  /** Time passes for the hub, and for the database as in practice. */
  const pass = async (ms: number): Promise<void> => {
    await movePracticeClock(hub.database.pool, ms);
    await hub.advance(ms);
  };
  /** So much further, and until what was due in between is settled; whoever is held for sending is due again within half an hour. */
  const until = async (ms: number): Promise<void> => {
    await pass(ms);
    await seen((dueInMs) => dueInMs > 31 * 60_000);
  };
  const nextDay = (): Promise<void> => until(day);
  const unstuffed = (mail: string): Buffer => Buffer.from(mail.replace(/(^|\r\n)\./g, '$1'), 'latin1');
  const last = async () => simpleParser(unstuffed(peer.mails().at(-1) ?? ''));
  const task = { kind: 'duty-late', ref: '01900000-0000-7000-8000-000000000001', party: null, cause: 'WTH-09 voor Bram Test Voorbeeld' } as const;

  test('comes each morning while something is wrong, says what was mended, and then is silent', async () => {
    await nextDay();
    const quiet = peer.mails().length;
    await openTask(hub.database.pool, task, hub.now());
    await nextDay();
    expect(peer.mails()).toHaveLength(quiet + 1);
    const first = await last();
    expect([first.subject, [first.to].flat()[0]?.text]).toEqual(['Controle van Ketensluis', mailbox]);
    const text = first.text ?? '';
    expect(text).toMatch(/Nu doen:\s+- 1 open taak \(duty-late\), de oudste van 20[^]*ketensluis todo[^]*Do now:\s+- 1 open task \(duty-late\), the oldest of 20/);
    expect(text).not.toMatch(/Bram|Voorbeeld|WTH-09|01900000/);
    expect(text).not.toContain('reservekopie');
    await nextDay();
    expect(peer.mails()).toHaveLength(quiet + 2);
    expect((await last()).messageId).not.toBe(first.messageId);
    await hub.database.pool.query('update task set closed_at = $1 where kind = $2', [hub.now(), task.kind]);
    await nextDay();
    expect((await last()).text).toMatch(/Hersteld:\s+- 1 open taak \(duty-late\)[^]*Mended:/);
    expect((await last()).text).not.toContain('Nu doen:');
    const mended = peer.mails().length;
    await nextDay();
    expect(peer.mails()).toHaveLength(mended);
  }, 120_000);

  test('that is not taken goes again after half an hour, as the same mail', async () => {
    await openTask(hub.database.pool, { ...task, ref: '01900000-0000-7000-8000-000000000002' }, hub.now());
    const before = peer.mails().length;
    peer.play({ mail: '451 4.3.0 later' });
    await pass(day);
    await seen((dueInMs) => dueInMs > 0 && dueInMs <= 30 * 60_000);
    expect(peer.mails()).toHaveLength(before);
    peer.play({});
    await until(31 * 60_000);
    expect(peer.mails()).toHaveLength(before + 1);
    expect((await last()).text).toContain('Nu doen:');
  }, 60_000);
});

test('is off where nobody is named', async () => {
  const hub = await openRegion({ apart: true });
  expect(hub.hub.operatorMail).toBeNull();
  await hub.close();
});
