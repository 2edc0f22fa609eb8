import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { simpleParser } from 'mailparser';
import { setTimeout as pause } from 'node:timers/promises';
import { personal } from '../cases/persons.js';
import { openRegion, openSituation } from '../cases/situation.js';
import { oin } from '../cases/steps.js';
import { dnsPeer, type DnsPeer } from '../fixtures/dns-peer.js';
import { smtpPeer, type SmtpPeer } from '../fixtures/smtp-peer.js';
import { tlsFixture } from '../fixtures/tls-certificates.js';
import { openTestConsole, type TestConsole, type Visitor } from '../harness/console.js';
import { untilNoon } from '../harness/day.js';
import type { TestHub } from '../harness/hub.js';

const here = '/mijn/mail';
const hour = 3_600_000;
const day = 24 * hour;

describe('mail to people at the console', () => {
  let hub: TestHub;
  let desk: TestConsole;
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
      mailRoutes: { resolver: `127.0.0.1:${dns.port}`, within: [], allowed: ['127.0.0.0/8'], reportContact: null }, mailPlaces: { mailPort: peer.port, ca: tls.ca },
    } });
    // Who hears daily is due at seven: from noon on no step of these tests ends shortly before that.
    await hub.advance(untilNoon(hub.now()));
    desk = await openTestConsole(hub);
  });
  afterAll(async () => {
    await hub.checkLog();
    await desk.close();
    await hub.close();
    await Promise.all([peer.close(), dns.close()]);
  });

  const worker = (account: string): Promise<Visitor> => desk.as('case-worker', oin.veiligThuis, { account });
  const wish = async (visitor: Visitor, answers: Readonly<Record<string, string>>) => visitor.send(await visitor.get(here), here, { adres: `${answers['waarover'] ?? 'geen'}@werk.example`, hoevaak: 'hourly', ...answers });
  const mailsTo = (address: string): readonly string[] => peer.mails().filter((mail) => mail.includes(`To: ${address}`));
  const dueOf = async (account: string) => (await hub.database.pool.query<{ due_at: Date; told_to: Date }>('select due_at, told_to from person_notice where account = $1', [account])).rows[0];
  /** Moves on, and waits until whoever was due has been seen to: whoever is held for sending is due again within ten minutes, everybody else after a quarter. */
  const later = async (ms: number): Promise<void> => {
    await hub.advance(ms);
    await hub.settle();
    for (let waited = 0; waited < 10_000; waited += 20) {
      const { rowCount } = await hub.database.pool.query("select from person_notice where due_at <= $1::timestamptz + interval '14 minutes'", [hub.now()]);
      if (rowCount === 0) return;
      await pause(20);
    }
    throw new Error('somebody waits for mail for ever');
  };

  const figuresSent = async (): Promise<void> => {
    for (let waited = 0; waited < 10_000; waited += 20) {
      const { rowCount } = await hub.database.pool.query("select from figures_mail where due_at <= $1::timestamptz + interval '31 minutes'", [hub.now()]);
      if (rowCount === 0) return;
      await pause(20);
    }
    throw new Error('somebody waits for figures for ever');
  };

  test('is off, is chosen by event, and is switched off on the same page', async () => {
    const visitor = await desk.as('case-worker', oin.veiligThuis, { account: 'vt-keuze', mail: 'voorstel@werk.example' });
    const page = await visitor.get(here);
    expect(page.text).toContain('U krijgt geen mail');
    expect(page.html).toContain('value="voorstel@werk.example"');
    expect(page.html).not.toContain('value="task-opened"');
    expect((await visitor.get('/zaakmeldingen')).html).toContain(`href="${here}"`);
    const saved = await wish(visitor, { waarover: 'new-notice', adres: 'Iemand@Werk.example', hoevaak: 'daily' });
    expect(saved.text).toContain('Aan iemand@werk.example.');
    const stopped = await visitor.send(await visitor.get(here), `${here}/uit`, {});
    expect(stopped.text).toContain('U krijgt geen mail meer');
    expect(await dueOf('vt-keuze')).toBeUndefined();
  });

  test('is not kept when the answers are nothing one can ask for, and says what is wrong', async () => {
    const visitor = await worker('vt-fout');
    const spoiled: readonly Readonly<Record<string, string>>[] = [
      {}, { waarover: 'task-opened' }, { waarover: 'iets' }, { waarover: 'new-notice', adres: 'geen adres' }, { waarover: 'new-notice', adres: 'a@b.example\r\nBcc: x@y.example' },
      { waarover: 'new-notice', adres: `${'x'.repeat(300)}@werk.example` }, { waarover: 'new-notice', hoevaak: 'steeds' },
    ];
    for (const answers of spoiled) {
      const page = await wish(visitor, answers);
      expect([answers, page.status]).toEqual([answers, 422]);
    }
    expect(await dueOf('vt-fout')).toBeUndefined();
    // A role without anything to hear of has no form, and a sent one is refused just the same.
    const integrator = await desk.as('integrator', oin.veiligThuis, { account: 'vt-techniek' });
    expect((await integrator.get(here)).text).toContain('Bij uw rol hoort niets');
  });

  test('says that there is something, and nothing of what; once, and at its own pace', async () => {
    await wish(await worker('vt-uur'), { waarover: 'new-notice', adres: 'uur@werk.example' });
    await wish(await worker('vt-dag'), { waarover: 'new-notice', adres: 'dag@werk.example', hoevaak: 'daily' });
    await later(2 * hour);
    expect([mailsTo('uur@werk.example'), mailsTo('dag@werk.example')]).toEqual([[], []]);
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    await later(2 * hour);
    const [mail = ''] = mailsTo('uur@werk.example');
    const read = await simpleParser(mail);
    expect([read.subject, read.headers.get('auto-submitted')]).toEqual(['Er is nieuws in Ketensluis', 'auto-generated']);
    expect(read.text).toMatch(/- er is een nieuwe melding\nMeld u aan om het te zien: http:\/\/localhost:\d+\/\nDeze mail uitzetten: http:\/\/localhost:\d+\/mijn\/mail\n[^]*- there is a new notice/);
    expect([...personal, situation.number, 'Waterveen', 'huisverbod', 'vt-uur', 'Veilig'].filter((value) => mail.includes(value))).toEqual([]);
    await later(2 * hour);
    expect(mailsTo('uur@werk.example')).toHaveLength(1);
    await later(day);
    await later(day);
    expect(mailsTo('dag@werk.example')).toHaveLength(1);
  });

  test('does not say so of another party, of what was there before, or of what was confirmed already', async () => {
    await wish(await desk.as('case-worker', oin.ggd, { account: 'ggd-1' }), { waarover: 'new-notice', adres: 'ggd@werk.example' });
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    const visitor = await worker('vt-later');
    await wish(visitor, { waarover: 'new-notice', adres: 'later@werk.example' });
    const second = openSituation(hub);
    await second.send('huisverbod.opgelegd', 'waterveen');
    const list = await visitor.get('/zaakmeldingen');
    const at = new RegExp(`href="(/zaakmeldingen/[0-9a-f-]{36})"[^>]*>${second.number}<`).exec(list.html)?.[1] ?? '';
    await visitor.send(await visitor.get(at), `${at}/ontvangst`, {});
    await later(2 * hour);
    expect([mailsTo('ggd@werk.example'), mailsTo('later@werk.example')]).toEqual([[], []]);
  });

  test('tells an operator of tasks and a municipality of a proposal of somebody else', async () => {
    await wish(await desk.as('operator', null, { account: 'beheer-1' }), { waarover: 'task-opened', adres: 'beheer@werk.example' });
    const officer = (account: string) => desk.as('municipality-officer', oin.waterveen, { account });
    await wish(await officer('gem-1'), { waarover: 'task-opened', adres: 'gem1@werk.example' });
    await wish(await officer('gem-2'), { waarover: 'task-opened', adres: 'gem2@werk.example' });
    await hub.database.pool.query("insert into task (id, kind, ref, party, cause, opened_at) values (gen_random_uuid(), 'reconcile', 'proef', null, 'proef', $1)", [hub.now()]);
    await hub.database.pool.query(
      `insert into change_proposal (id, party, kind, key, base_version, body, reason, trial, checks, proposed_by, proposed_name, proposed_at, expires_at, state)
       values (gen_random_uuid(), $1, 'setting', 'proef', 0, '{}', 'proef', '{}', '{}', 'gem-1', 'G. Een', $2, $2::timestamptz + interval '14 days', 'offered')`, [oin.waterveen, hub.now()]);
    await later(2 * hour);
    expect([mailsTo('beheer@werk.example'), mailsTo('gem1@werk.example'), mailsTo('gem2@werk.example')].map(({ length }) => length)).toEqual([1, 0, 1]);
  });

  test('tells that a term is near, once', async () => {
    await wish(await desk.as('municipality-officer', oin.waterveen, { account: 'gem-termijn' }), { waarover: 'term-near', adres: 'termijn@werk.example' });
    const { rows: [row] } = await hub.database.pool.query('select id from case_file where municipality = $1 limit 1', ['9901']);
    const { rows: [message] } = await hub.database.pool.query('select id from message where case_id = $1 limit 1', [row.id]);
    await hub.database.pool.query(
      `insert into duty (case_id, key, rule, article, bearer, toward, message_id, authority, opened_at, due_at) values ($1, 'proef', 'WTH-08', '', 'BM', 'VT', $2, 'policy', $3, $3::timestamptz + interval '3 days')`, [row.id, message.id, hub.now()]);
    await later(day);
    const before = mailsTo('termijn@werk.example').length;
    await later(day + hour);
    expect(mailsTo('termijn@werk.example').length - before).toBe(1);
    await later(3 * hour);
    expect(mailsTo('termijn@werk.example').length - before).toBe(1);
  });

  test('brings a municipality its own figures when the month turns, with small numbers hidden as on the page, and ends on the page', async () => {
    const officer = await desk.as('municipality-officer', oin.waterveen, { account: 'gem-cijfers' });
    expect((await officer.send(await officer.get('/monitor'), '/monitor/mail', { adres: 'geen adres' })).status).toBe(422);
    expect((await officer.send(await officer.get('/monitor'), '/monitor/mail', { adres: 'Cijfers@werk.example' })).text).toContain('aan cijfers@werk.example.');
    const other = await desk.as('municipality-officer', oin.hoogland, { account: 'gem-andere' });
    await other.send(await other.get('/monitor'), '/monitor/mail', { adres: 'andere@werk.example' });
    expect(mailsTo('cijfers@werk.example')).toEqual([]);
    const page = (await officer.get('/monitor')).html;
    await later(32 * day);
    await figuresSent();
    const [mail = '', ...more] = mailsTo('cijfers@werk.example');
    expect(more).toEqual([]);
    const { subject, text, attachments: [file] } = await simpleParser(mail);
    expect([subject, file?.contentType]).toEqual(['Uw cijfers uit Ketensluis', 'text/csv']);
    expect(file?.filename).toMatch(/^monitor-huisverbod-20\d\d-[12]\.csv$/);
    const csv = file?.content.toString('utf8') ?? '';
    const answer = /data-head="Vraag">1<\/td>.*?data-head="Aantal">([^<]*)</s.exec(page)?.[1] ?? 'niets';
    expect(csv).toContain(`1;Opgelegde huisverboden;${answer};`);
    expect(csv).not.toMatch(/;[1-4];/);
    expect([...personal, 'Waterveen', 'gem-cijfers'].filter((value) => `${subject} ${text} ${csv}`.includes(value))).toEqual([]);
    // Of another municipality there are none, and that is what its own file says.
    const { attachments: [theirs] } = await simpleParser(mailsTo('andere@werk.example')[0] ?? '');
    expect(theirs?.content.toString('utf8')).toContain('1;Opgelegde huisverboden;0;');
    const again = await desk.as('municipality-officer', oin.waterveen, { account: 'gem-cijfers' });
    expect((await again.send(await again.get('/monitor'), '/monitor/mail/uit', {})).text).toContain('niet meer per mail');
    // Who works for another municipality by now gets no figures of this one.
    await desk.as('municipality-officer', oin.waterveen, { account: 'gem-andere' });
    expect((await hub.database.pool.query('select from figures_mail')).rowCount).toBe(0);
  });

  test('is tried again where a server takes none now, and again the same mail; who stays away hears nothing any more', async () => {
    await wish(await worker('vt-druk'), { waarover: 'new-notice', adres: 'druk@werk.example' });
    peer.play({ dot: '451 4.3.0 not now' });
    await openSituation(hub).send('huisverbod.opgelegd', 'waterveen');
    await later(2 * hour);
    peer.play({});
    await later(hour);
    const ids = mailsTo('druk@werk.example').map((mail) => /Message-ID: <([^>]+)>/.exec(mail)?.[1]);
    expect(ids.length).toBeGreaterThan(1);
    expect(new Set(ids).size).toBe(1);
    await later(91 * day);
    expect(await dueOf('vt-druk')).toBeUndefined();
    // Signing in keeps it, with the roles of now.
    await wish(await worker('vt-blijft'), { waarover: 'new-notice', adres: 'blijft@werk.example' });
    await later(60 * day);
    await desk.as('operator', null, { account: 'vt-blijft' });
    await later(60 * day);
    expect((await hub.database.pool.query('select roles, party from person_notice where account = $1', ['vt-blijft'])).rows).toEqual([{ roles: ['operator'], party: null }]);
  });
});
