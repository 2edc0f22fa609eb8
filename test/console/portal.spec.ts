import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { simpleParser } from 'mailparser';
import { personal } from '../cases/persons.js';
import { openRegion, openSituation, type Situation } from '../cases/situation.js';
import { oin } from '../cases/steps.js';
import { smtpPeer, type SmtpPeer } from '../fixtures/smtp-peer.js';
import { tlsFixture } from '../fixtures/tls-certificates.js';
import { openTestConsole, type TestConsole, type Visitor } from '../harness/console.js';
import type { TestHub } from '../harness/hub.js';

const key = 'veilig-thuis-noorderwaard';
const portalNotice = 'balie@veiligthuis.example';
const hour = 3_600_000;

describe('a party that is reached at the console', () => {
  let hub: TestHub;
  let desk: TestConsole;
  let peer: SmtpPeer;
  let worker: Visitor;
  beforeAll(async () => {
    const tls = tlsFixture('mx.veiligthuis.example');
    peer = await smtpPeer(tls);
    const server = { host: '127.0.0.1', port: peer.port, servername: 'mx.veiligthuis.example', tlsCa: tls.ca };
    hub = await openRegion({ apart: true, route: (practice) => (party) => (party.oin === oin.veiligThuis ? server : practice(party)) });
    desk = await openTestConsole(hub);
    worker = await signIn();
  });
  afterAll(async () => {
    await desk.close();
    await hub.close();
    await peer.close();
  });
  afterEach(async () => {
    peer.play({});
    await hub.checkLog();
  });

  const signIn = (): Promise<Visitor> => desk.as('case-worker', oin.veiligThuis, { account: 'vt-1', name: 'V. Een' });
  const channel = async (wanted: object): Promise<void> => {
    await hub.apply({ ...(await hub.document('party', key)), channel: wanted });
    await hub.settle();
  };
  interface Waiting {
    readonly situation: Situation;
    readonly mid: string;
    readonly at: string;
  }
  const imposed = async (): Promise<Waiting> => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    const { rows: [row] } = await hub.database.pool.query<{ mid: string; case_id: string }>(
      'select mid, case_id from delivery join case_file on case_file.id = case_id where recipient = $1 and case_file.number = $2 order by mid limit 1', [oin.veiligThuis, situation.number]);
    return { situation, mid: row?.mid ?? '', at: `/zaakmeldingen/${row?.case_id ?? ''}` };
  };
  const delivery = async (mid: string) => (await hub.database.pool.query<{ state: string; awaits: string | null }>('select state, awaits from delivery where mid = $1', [mid])).rows[0];
  const receipts = async (mid: string) => (await hub.database.pool.query('select kind from receipt where mid = $1', [mid])).rows.map(({ kind }) => kind);
  const duties = async ({ situation, mid }: Waiting) => (await hub.duties(situation.number)).filter(({ toward, recipient }) => toward === 'INST' && ['', oin.veiligThuis].includes(recipient)).map(({ closedBy }) => closedBy?.replace(mid, 'mid') ?? null);
  const codes = async (mid: string) => (await hub.entries()).filter(({ kind, msg }) => kind === 'outcome' && msg === mid).map(({ code }) => code);
  const tasks = async (mid: string) => (await hub.tasks()).filter(({ ref }) => ref === mid).map(({ kind, cause }) => `${kind}: ${cause}`);
  const open = async ({ at }: Waiting, visitor = worker) => visitor.send(await visitor.get(at), `${at}/openen`, {});
  const confirm = async ({ at }: Waiting, visitor = worker) => visitor.send(await visitor.get(at), `${at}/ontvangst`, {});

  test('hears by mail that something waits, and nothing of what; before it is opened the page has nothing of it either', async () => {
    await channel({ kind: 'portal', portalNotice });
    const before = peer.mails().length;
    const waiting = await imposed();
    expect(await delivery(waiting.mid)).toEqual({ state: 'announced', awaits: null });
    const mails = peer.mails().slice(before);
    expect(mails.length).toBeGreaterThan(0);
    const read = await simpleParser(mails[0] ?? '');
    expect(read.subject).toBe('Nieuw bericht in Ketensluis');
    expect(read.text).toContain('http://localhost:');
    expect(read.messageId).toBe(`<${waiting.mid}@ketensluis.example>`);
    for (const mail of mails) expect([...personal, waiting.situation.number, 'huisverbod', 'Waterveen', '9901'].filter((value) => mail.includes(value))).toEqual([]);
    const list = await worker.get('/zaakmeldingen');
    expect(list.text).toContain(waiting.situation.number);
    const page = await worker.get(waiting.at);
    expect(page.text).toContain('Openen');
    expect(personal.filter((value) => page.html.includes(value))).toEqual([]);
    expect(await duties(waiting)).toEqual([null]);
  });

  test('opens it, which the log has sealed before anything is shown; the duty waits until somebody says that it is known', async () => {
    const waiting = await imposed();
    const second = await worker.get(waiting.at);
    const opened = await open(waiting);
    expect(opened.text).toContain('Grondtekst: hij sloeg zijn echtgenote');
    expect(await codes(waiting.mid)).toEqual(['fetched']);
    expect(await delivery(waiting.mid)).toEqual({ state: 'delivered', awaits: 'portal' });
    expect([await duties(waiting), await receipts(waiting.mid)]).toEqual([[null], []]);
    // From a second window that was open already: another fetch, which closes no more than the first.
    await worker.send(second, `${waiting.at}/openen`, {});
    expect([await codes(waiting.mid), await duties(waiting), await receipts(waiting.mid)]).toEqual([['fetched', 'fetched'], [null], []]);
    await confirm(waiting);
    expect([await duties(waiting), await receipts(waiting.mid)]).toEqual([['delivery:mid'], ['portal']]);
    expect(await codes(waiting.mid)).toEqual(['fetched', 'fetched', 'confirmed']);
    expect(await delivery(waiting.mid)).toEqual({ state: 'delivered', awaits: null });
    expect((await confirm(waiting).catch((fault: Error) => fault.message))).toContain('has no form');
  });

  test('that does not open it hears of it again, and somebody is told before the term', async () => {
    const waiting = await imposed();
    const before = peer.mails().length;
    await hub.advance(25 * hour);
    await hub.settle();
    worker = await signIn();
    expect(await tasks(waiting.mid)).toContain('not-fetched: announced, and not fetched');
    expect(peer.mails().slice(before).some((mail) => mail.includes(`<${waiting.mid}@`))).toBe(true);
    await open(waiting);
    expect(await tasks(waiting.mid)).toEqual([]);
  });

  test('that opens it and says nothing is a task as well, which its word closes', async () => {
    const waiting = await imposed();
    await open(waiting);
    await hub.advance(25 * hour);
    await hub.settle();
    worker = await signIn();
    expect(await tasks(waiting.mid)).toEqual(['receipt-missing: no portal receipt, which closes the duty']);
    await confirm(waiting);
    expect(await tasks(waiting.mid)).toEqual([]);
    expect(await duties(waiting)).toEqual(['delivery:mid']);
  });

  test('opens what waits also when its mail server takes no word of it now', async () => {
    peer.play({ mail: '451 4.3.0 not now' });
    const waiting = await imposed();
    expect((await delivery(waiting.mid))?.state).toBe('waiting');
    await open(waiting);
    expect(await delivery(waiting.mid)).toEqual({ state: 'delivered', awaits: 'portal' });
    const before = peer.mails().length;
    peer.play({});
    await hub.advance(hour);
    await hub.settle();
    worker = await signIn();
    expect(peer.mails().slice(before).some((mail) => mail.includes(`<${waiting.mid}@`))).toBe(false);
  });

  test('opens nothing of another party, and hears no other answer than for what is not there', async () => {
    const waiting = await imposed();
    const page = await worker.get(waiting.at);
    const { rows: [foreign] } = await hub.database.pool.query<{ mid: string }>('select mid from delivery where recipient = $1 order by mid desc limit 1', [oin.police]);
    const answers: number[] = [];
    for (const mid of [foreign?.mid ?? '', '00000000-0000-7000-8000-000000000000', 'geen-id', '']) {
      const spoiled = { ...page, html: page.html.replace(/name="bericht" value="[^"]*"/g, `name="bericht" value="${mid}"`) };
      answers.push((await worker.send(spoiled, `${waiting.at}/openen`, {})).status);
    }
    expect(answers).toEqual([404, 404, 404, 404]);
    const other = await desk.as('case-worker', oin.ggd);
    expect((await other.get(waiting.at)).status).toBe(404);
    expect(await codes(waiting.mid)).toEqual([]);
  });

  test('asks for it at Connect with its address, and tries it with a test that is about nobody', async () => {
    const integrator = await desk.as('integrator', oin.ggd, { account: 'ggd-techniek' });
    const form = await integrator.get('/aansluiten/adres');
    expect((await integrator.send(form, '/aansluiten/adres', { soort: 'portal', mail: 'geen adres', waarom: 'geen eigen systeem' })).status).toBe(422);
    const asked = await integrator.send(form, '/aansluiten/adres', { soort: 'portal', mail: 'balie@ggd.example', waarom: 'geen eigen systeem' });
    expect(asked.text).toContain('portal, balie@ggd.example');
    const before = peer.mails().length;
    const adapter = await hub.part('deliver').adapterOf(oin.veiligThuis);
    expect(await adapter?.test?.('018f2f6e-0000-7000-8000-000000000009', hub.now())).toMatchObject({ kind: 'announced', receipt: { code: 250 } });
    expect(peer.mails().slice(before).map((mail) => /^Subject: (\S+)/m.exec(mail)?.[1])).toEqual(['Proefbericht']);
  });

  test('by mail that has no safe way now reads it here instead; where mail has one, or the party named no address for word of it, nothing changes', async () => {
    await channel({ kind: 'secure-mail', address: 'huisverbod@veiligthuis.example' });
    const held = await imposed();
    expect((await delivery(held.mid))?.state).toBe('held');
    expect(await tasks(held.mid)).toEqual([expect.stringContaining('certificate: no safe route')]);
    await channel({ kind: 'secure-mail', address: 'huisverbod@veiligthuis.example', portalNotice });
    const waiting = await imposed();
    expect((await delivery(waiting.mid))?.state).toBe('announced');
    const { rows: [tried] } = await hub.database.pool.query("select evidence -> 'route' ->> 'way' as way from attempt where mid = $1", [waiting.mid]);
    expect(tried).toEqual({ way: 'closed' });
    await open(waiting);
    expect(await duties(waiting)).toEqual([null]);
    await confirm(waiting);
    expect(await duties(waiting)).toEqual(['delivery:mid']);
  });

  test('a test message is asked for at the console, which brings nothing to anybody by itself, and made by whoever delivers; the page has how it ended', async () => {
    await channel({ kind: 'portal', portalNotice });
    const operator = await desk.as('operator', null);
    const asked = await operator.send(await operator.get(`/partijen/${key}`), `/partijen/${key}/proefbericht`, {});
    expect((await operator.get(`${asked.at}/volgen`)).text).toContain('Het proefbericht staat klaar om te lezen.');
    await hub.advance(11_000);
    const own = await desk.as('integrator', oin.veiligThuis);
    const tried = await own.send(await own.get('/aansluiten/proefbericht'), '/aansluiten/proefbericht/sturen', {});
    expect((await own.get(`${tried.at}/volgen`)).text).toContain('Aangekomen');
    expect((await own.get('/aansluiten/proefbericht')).text).toContain('Laatste proef');
    expect((await hub.entries()).filter(({ code }) => code === 'test.sent').map(({ schema }) => schema)).toEqual([asked, tried].map(({ at }) => `test/${at.split('/').at(-1) ?? ''}`));
  });
});
