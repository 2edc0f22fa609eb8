import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openTestConsole, type TestConsole, type Visited, type Visitor } from '../harness/console.js';
import type { TestHub } from '../harness/hub.js';
import { openRegion, openSituation, type Situation } from '../cases/situation.js';
import { oin } from '../cases/steps.js';
import { personal } from '../cases/persons.js';

const veiligThuis = 'veilig-thuis-noorderwaard';
const reason = 'De server van de partij is hersteld.';

/** Every link of a page whose text is a number, with that number. */
const numbersOf = ({ html }: Visited): readonly { readonly href: string; readonly value: number }[] =>
  [...html.matchAll(/<a href="([^"]*)"[^>]*>(.*?)<\/a>/gs)].flatMap(([, href = '', inner = '']) => {
    const value = /<span class="tile__value">(\d+)<\/span>/.exec(inner)?.[1] ?? /^(\d+)$/.exec(inner)?.[1];
    return value === undefined ? [] : [{ href: href.replaceAll('&amp;', '&'), value: Number(value) }];
  });

/** Rows of the table of this name, over all pages. */
const rowsAt = async (visitor: Visitor, href: string): Promise<number> => {
  let [at, count]: [string | null, number] = [href, 0];
  while (at !== null) {
    const page: Visited = await visitor.get(at);
    expect(page.status).toBe(200);
    const list = new RegExp(`id="${at.split('#')[1] ?? 'lijst'}".*?<tbody>(.*?)</tbody>`, 's').exec(page.html)?.[1] ?? '';
    count += list.match(/<tr>/g)?.length ?? 0;
    at = /rel="next" href="([^"]*)"/.exec(page.html)?.[1]?.replaceAll('&amp;', '&') ?? null;
  }
  return count;
};

describe('the rooms of the operator', () => {
  let hub: TestHub;
  let desk: TestConsole;
  let operator: Visitor;
  let other: Visitor;
  let stuck: Situation;
  // The same bit twice is the case as it was.
  const flip = async ({ number }: Situation): Promise<void> => void (await hub.hub.pool.query('update case_file set body = set_byte(body, 40, get_byte(body, 40) # 1) where number = $1', [number]));
  const idOf = async (situation: Situation): Promise<string> => (await hub.attempts(oin.veiligThuis)).filter(({ caseNumber }) => caseNumber === situation.number).at(-1)?.mid ?? '';

  beforeAll(async () => {
    hub = await openRegion();
    desk = await openTestConsole(hub);
    operator = await desk.as('operator', null);
    other = await desk.as('operator', null, { account: 'test-operator-2' });
  });
  afterAll(async () => {
    await desk.close();
    await hub.checkLog();
    await hub.close();
  });

  test('say that all is delivered while there is nothing', async () => {
    expect((await operator.get('/leveringen')).text).toContain('Alles afgeleverd.');
    expect((await operator.get('/vastgelopen')).text).toContain('Alles afgeleverd.');
    expect((await operator.get('/termijnen')).text).toContain('Er loopt geen termijn.');
  });

  test('are for the operator only', async () => {
    const worker = await desk.as('case-worker', oin.veiligThuis);
    for (const path of ['/leveringen', '/vastgelopen', '/termijnen', '/certificaten', '/partijen', '/controlelijst', '/leveringen/csv', `/partijen/${veiligThuis}`]) expect((await worker.get(path)).status).toBe(403);
  });

  test('show what was delivered and what is stuck, with its cause, and nobody by name', async () => {
    const fine = openSituation(hub);
    await fine.send('huisverbod.opgelegd', 'waterveen');
    hub.behave(veiligThuis, '5xx');
    stuck = openSituation(hub);
    await stuck.send('huisverbod.opgelegd', 'waterveen');
    const page = await operator.get('/leveringen');
    expect(page.status).toBe(200);
    expect(page.text).toContain(fine.number);
    expect(page.text).toContain('weigerde dit bericht');
    const groups = await operator.get('/vastgelopen');
    expect(groups.text).toContain('weigerde dit bericht');
    for (const text of [page.html, groups.html, (await operator.get(`/leveringen/${await idOf(stuck)}`)).html, (await operator.get('/termijnen')).html, (await operator.get('/termijnen/bellijst')).html]) {
      for (const value of personal) expect(text).not.toContain(value);
    }
  });

  test('give each number as a link to exactly the rows it counts', async () => {
    for (const path of ['/leveringen', '/vastgelopen', '/termijnen', '/partijen', '/certificaten', '/controlelijst']) {
      const numbers = numbersOf(await operator.get(path));
      expect(numbers.length).toBeGreaterThan(0);
      for (const { href, value } of numbers) expect({ path, href, rows: await rowsAt(operator, href) }).toEqual({ path, href, rows: value });
    }
  });

  test('find a case by its number and a message by its reference, without putting the number in an address', async () => {
    const page = await operator.get('/leveringen');
    const found = await operator.send(page, '/leveringen/zoeken', { kenmerk: stuck.number });
    expect(found.at).toMatch(/^\/leveringen\?zaak=[0-9a-f-]{36}$/);
    expect(found.text).toContain(stuck.number);
    const mid = await idOf(stuck);
    expect((await operator.send(await operator.get('/leveringen'), '/leveringen/zoeken', { kenmerk: `<${mid}@hub.example>` })).at).toBe(`/leveringen/${mid}`);
    const none = await operator.send(await operator.get('/leveringen'), '/leveringen/zoeken', { kenmerk: 'Jansen' });
    expect(none.status).toBe(422);
    expect(none.text).toContain('Niets gevonden');
  });

  test('give the list of the filter as a file that spreadsheets open safely', async () => {
    const reply = await fetch(new URL('/leveringen/csv?status=vastgelopen', desk.url), { headers: { cookie: operator.cookie } });
    const lines = (await reply.text()).trimEnd().split('\r\n');
    expect(reply.headers.get('content-disposition')).toMatch(/leveringen-\d{4}-\d\d-\d\d\.csv/);
    expect(lines).toHaveLength(1 + await rowsAt(operator, '/leveringen?status=vastgelopen'));
    expect(lines.join()).toContain(stuck.number);
  });

  test('want a reason, and bring a stuck delivery once more under the same id, with the reason in the log', async () => {
    const mid = await idOf(stuck);
    const page = await operator.get(`/leveringen/${mid}`);
    expect(page.text).toContain('weigerde dit bericht');
    const refused = await operator.send(page, `/leveringen/${mid}/opnieuw`, { reden: ' ' });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('Vul een reden in.');
    hub.behave(veiligThuis, 'normal');
    const [first, second] = await Promise.all([operator.send(page, `/leveringen/${mid}/opnieuw`, { reden: reason }), operator.send(page, `/leveringen/${mid}/opnieuw`, { reden: reason })]);
    expect([first, second].some(({ at }) => at === `/leveringen/${mid}?gedaan=opnieuw`)).toBe(true);
    await hub.settle();
    expect((await hub.entries()).filter(({ code, msg }) => code === 'replay' && msg === mid)).toHaveLength(1);
    const done = await operator.get(`/leveringen/${mid}`);
    expect(done.text).toContain('Dit is aangekomen.');
    expect(done.text).toContain('Opnieuw aangeboden door een beheerder');
    expect(await stuck.received(veiligThuis)).toHaveLength(1);
  });

  test('let the first ten go, and the others only when those arrived', async () => {
    hub.behave(veiligThuis, '5xx');
    for (let count = 0; count < 12; count += 1) await openSituation(hub).send('huisverbod.opgelegd', 'waterveen');
    const query = `?status=vastgelopen&partij=${oin.veiligThuis}&periode=alles`;
    const confirm = await operator.get(`/leveringen/opnieuw${query}`);
    expect(confirm.text).toContain('U biedt 12 leveringen opnieuw aan.');
    const failed = await operator.send(confirm, `/leveringen/opnieuw${query}`, { reden: reason });
    expect(failed.at).toMatch(/^\/leveringen\/opnieuw\/[0-9a-f-]{36}$/);
    await hub.settle();
    expect((await operator.get(failed.at)).text).toContain('De rest gaat niet.');
    hub.behave(veiligThuis, 'normal');
    const again = await operator.send(await operator.get(`/leveringen/opnieuw${query}`), `/leveringen/opnieuw${query}`, { reden: reason });
    await hub.settle();
    const half = await operator.get(again.at);
    expect(half.text).toContain('Er wachten er nog 2.');
    for (const { href, value } of numbersOf(half)) expect({ href, rows: await rowsAt(operator, href) }).toEqual({ href, rows: value });
    const rest = await operator.send(half, again.at, {});
    await hub.settle();
    expect((await operator.get(rest.at)).text).toContain('Alles is aangekomen.');
    expect(numbersOf(await operator.get('/leveringen')).find(({ href }) => href.includes('vastgelopen'))?.value).toBe(0);
  });

  test('close what is stuck with a reason: sender and privacy officer get a task, the log an entry, and the duty stays open', async () => {
    hub.behave(veiligThuis, '5xx');
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    const mid = await idOf(situation);
    const page = await operator.get(`/vastgelopen/sluiten?id=${mid}`);
    expect((await operator.send(page, `/vastgelopen/sluiten?id=${mid}`, { reden: '' })).status).toBe(422);
    const closed = await operator.send(page, `/vastgelopen/sluiten?id=${mid}`, { reden: 'De partij is gebeld.' });
    expect(closed.text).toContain('Gesloten.');
    const tasks = await hub.tasks();
    expect(tasks.filter(({ ref }) => ref === mid).map(({ kind, party }) => ({ kind, party })).toSorted((a, b) => a.kind.localeCompare(b.kind))).toEqual([
      { kind: 'undelivered', party: oin.waterveen }, { kind: 'undelivered-privacy', party: oin.waterveen },
    ]);
    await hub.settle();
    expect((await hub.entries()).filter(({ code, msg }) => code === 'given-up' && msg === mid)).toHaveLength(1);
    expect((await operator.get(`/leveringen/${mid}`)).text).toContain('Een beheerder heeft deze levering opgegeven.');
    expect((await hub.duties(situation.number)).some(({ recipient, closedBy }) => recipient === oin.veiligThuis && closedBy === null)).toBe(true);
    hub.behave(veiligThuis, 'normal');
  });

  test('pause a party within seconds, and resume it; both with a reason', async () => {
    const page = await operator.get(`/partijen/${veiligThuis}`);
    expect((await operator.send(page, `/partijen/${veiligThuis}/pauze`, { reden: '' })).status).toBe(422);
    expect((await operator.send(page, `/partijen/${veiligThuis}/pauze`, { reden: 'Storing bij de partij.' })).text).toContain('Gepauzeerd.');
    const before = (await hub.attempts(oin.veiligThuis)).filter(({ outcome }) => outcome === 'delivered').length;
    await openSituation(hub).send('huisverbod.opgelegd', 'waterveen');
    expect((await hub.attempts(oin.veiligThuis)).filter(({ outcome }) => outcome === 'delivered')).toHaveLength(before);
    expect((await operator.get('/controlelijst')).text).toContain('is gepauzeerd');
    const paused = await operator.get(`/partijen/${veiligThuis}`);
    expect((await operator.send(paused, `/partijen/${veiligThuis}/pauze`, { reden: 'Hersteld.' })).text).toContain('Hervat.');
    await hub.settle();
    expect((await operator.get('/partijen')).text).not.toContain('Gepauzeerd');
  });

  test('send a test message and take an acceptance run', async () => {
    const page = await operator.get(`/partijen/${veiligThuis}`);
    const asked = await operator.send(page, `/partijen/${veiligThuis}/proefbericht`, {});
    expect((await operator.get(`${asked.at}/volgen`)).text).toContain('Het proefbericht is aangenomen.');
    expect((await operator.get(asked.at)).text).toContain('Het proefbericht is aangenomen.');
    const run = await operator.send(await operator.get(`/partijen/${veiligThuis}`), `/partijen/${veiligThuis}/aansluitproef`, {});
    const piece = await fetch(new URL(`${run.at}/volgen`, desk.url), { headers: { cookie: operator.cookie } });
    expect(await piece.text()).toContain('Nam een proefbericht aan');
    expect((await operator.get(run.at)).text).toContain('De aansluitproef is geslaagd.');
  });

  test('bring a party into use only by way of practice and an acceptance run that passed', async () => {
    const party = await hub.document('party', veiligThuis);
    await hub.apply({ ...party, key: 'nieuwe-partij', oin: '00000001900000000777', name: 'Nieuwe partij', addresses: ['post@nieuw.example'], channel: null, stage: 'practice', functions: [] });
    const at = '/partijen/nieuwe-partij';
    const refused = await operator.send(await operator.get(at), `${at}/staat`, { staat: 'active', 'reden-staat': 'Klaar.' });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('Doe eerst de aansluitproef.');
    expect((await operator.send(await operator.get(at), `${at}/staat`, { staat: 'concept', 'reden-staat': 'Terug.' })).status).toBe(422);
    expect((await operator.send(await operator.get(at), `${at}/staat`, { staat: 'active', 'reden-staat': 'Getekend besluit.', zonder: 'ja' })).text).toContain('De staat is veranderd');
    expect((await operator.get('/controlelijst')).text).toContain('Nieuwe partij is actief en heeft geen kanaal.');
  });

  test('turn over a key of the hub with overlap', async () => {
    const made = await operator.send(await operator.get('/certificaten'), '/certificaten/sleutels', { rol: 'sign' });
    expect(made.text).toContain('De sleutel is gemaakt.');
    const at = made.at.split('?')[0] ?? '';
    const pem = await (await fetch(new URL(`${at}/aanvraag?organisatie=Ketensluis`, desk.url), { headers: { cookie: operator.cookie } })).text();
    expect(pem).toContain('BEGIN CERTIFICATE REQUEST');
    expect((await operator.send(await operator.get(at), `${at}/stap`, {})).status).toBe(422);
    const bad = await operator.send(await operator.get(at), `${at}/stap`, { certificaat: new Blob([pem]) });
    expect(bad.text).toContain('Niet gedaan');
  });

  test('answer an unknown id as one that is not there', async () => {
    for (const path of ['/leveringen/0190c2f0-0000-7000-8000-000000000000', '/leveringen/x', '/leveringen/opnieuw/x', '/certificaten/x', '/certificaten/sleutels/x', '/partijen/onbekend']) expect((await operator.get(path)).status).toBe(404);
  });

  test('speak English, and are the same for a second operator', async () => {
    await other.get('/taal/en');
    const reply = await fetch(new URL('/leveringen', desk.url), { headers: { cookie: `${other.cookie}; __Host-taal=en` } });
    expect(await reply.text()).toContain('Attempts per hour');
  });

  test('say of a case that stands still what happened and what to do, and no more than its reference', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    await flip(situation);
    const stopped = await situation.post('raadsman.gewenst', 'waterveen');
    for (let tries = 0; tries < 3; tries += 1) {
      await hub.advance(6_000);
      await hub.settle();
    }
    for (const [path, said] of [['/vastgelopen', 'laat de zaak dan verder gaan'], ['/controlelijst/taken?soort=parked-case', 'drie keer niet verwerken']] as const) {
      const page = await operator.get(path);
      expect([path, page.text.includes(said), page.text.includes(stopped.id)]).toEqual([path, true, true]);
      for (const secret of personal) expect(page.html).not.toContain(secret);
    }
    await flip(situation);
    expect((await operator.send(await operator.get('/vastgelopen'), `/vastgelopen/zaken/${stopped.id}`, {})).status).toBe(200);
    await hub.settle();
    expect((await operator.get('/vastgelopen')).text).not.toContain(stopped.id);
  });
});
