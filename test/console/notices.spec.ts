import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { personal } from '../cases/persons.js';
import { openRegion, openSituation, type Situation } from '../cases/situation.js';
import { forChildAbuse, oin, underMandate } from '../cases/steps.js';
import { openTestConsole, type TestConsole, type Visitor } from '../harness/console.js';
import type { TestHub } from '../harness/hub.js';

describe('the notices of a party', () => {
  let hub: TestHub;
  let desk: TestConsole;
  let worker: Visitor;
  beforeAll(async () => {
    hub = await openRegion();
    desk = await openTestConsole(hub);
    worker = await desk.as('case-worker', oin.veiligThuis, { account: 'vt-1', name: 'V. Een' });
  });
  afterAll(async () => {
    await hub.checkLog();
    await desk.close();
    await hub.close();
  });

  const imposed = async (municipality = '9901'): Promise<Situation> => {
    const situation = openSituation(hub, municipality);
    await situation.send('huisverbod.opgelegd', municipality === '9901' ? 'waterveen' : 'hoogland');
    return situation;
  };
  const caseOf = async (situation: Situation, visitor = worker): Promise<string> => {
    const list = await visitor.get('/zaakmeldingen');
    return new RegExp(`href="(/zaakmeldingen/[0-9a-f-]{36})"[^>]*>${situation.number}<`).exec(list.html)?.[1] ?? '';
  };
  const looks = async (): Promise<number> => (await hub.hub.pool.query("select 1 from access where purpose = 'zaakbehandeling'")).rowCount ?? 0;

  test('are none where nothing happened, and the page says what to do', async () => {
    const page = await worker.get('/zaakmeldingen');
    expect(page.text).toContain('Geen lopende huisverboden in uw regio');
    expect((await (await desk.as('case-worker', oin.veiligThuis)).get('/zaakmeldingen?status=nieuw')).status).toBe(200);
  });

  test('name case, municipality, term and how many are concerned, and nobody', async () => {
    const situation = await imposed();
    const list = await worker.get('/zaakmeldingen');
    expect(list.text).toContain('1 nieuwe melding wacht op ontvangst');
    expect(list.text).toMatch(new RegExp(`${situation.number} , Gemeente Waterveen, vóór `));
    // Of the child the instance gets the name alone (C-HH, WTH-08); the police get none of it, and are told of none.
    expect(list.text).toContain('1 uithuisgeplaatste, 1 volwassene, 1 kind');
    expect(personal.filter((value) => list.html.includes(value))).toEqual([]);
    expect(list.text).toContain('Zaakmeldingen 1');
  });

  test('open with what was disclosed to this party, and what was left out and why; that it was opened stands in the access log', async () => {
    const situation = await imposed();
    const before = await looks();
    const page = await worker.get(await caseOf(situation));
    expect(page.text).toContain('Grondtekst: hij sloeg zijn echtgenote');
    expect(page.text).toContain('WTH-08');
    expect(page.text).toMatch(/\d+ veld(en)? weggelaten: niet toegestaan/);
    expect(page.text).toContain('Horen van de uithuisgeplaatste');
    // What he said is the burgemeester's, and so is the order as a file (WTH-08 gives fields only).
    expect(page.text).not.toContain('Verklaringtekst');
    expect(page.html).not.toContain('/bijlage/');
    expect(page.html).toContain('<title>Zaakmelding - Ketensluis</title>');
    expect(await looks()).toBe(before + 1);
    const { rows: [look] } = await hub.hub.pool.query("select actor, function, controller, object_count from access where purpose = 'zaakbehandeling' order by seq desc limit 1");
    expect(look).toEqual({ actor: 'vt-1', function: 'case-worker', controller: oin.waterveen, object_count: 1 });
  });

  test('of another party, of no party and of another role are not there', async () => {
    const situation = await imposed();
    const at = await caseOf(situation);
    const ggd = await desk.as('case-worker', oin.ggd);
    expect((await ggd.get(at)).status).toBe(404);
    expect((await ggd.get('/zaakmeldingen')).text).not.toContain(situation.number);
    expect((await worker.get('/zaakmeldingen/00000000-0000-7000-8000-000000000000')).status).toBe(404);
    expect((await worker.get('/zaakmeldingen/nergens')).status).toBe(404);
    expect((await (await desk.as('operator', null)).get(at)).status).toBe(403);
    expect((await desk.stranger.get(at)).text).not.toContain(situation.number);
  });

  test('are confirmed once, which the log says; a second page that confirms the same changes nothing', async () => {
    const situation = await imposed();
    const at = await caseOf(situation);
    const [page, other] = [await worker.get(at), await worker.get(at)];
    const done = await worker.send(page, `${at}/ontvangst`, {});
    expect(done.text).toContain('De ontvangst is bevestigd');
    expect(done.html).not.toContain(`action="${at}/ontvangst"`);
    await worker.send(other, `${at}/ontvangst`, {});
    const mid = /name="bericht" value="([^"]+)"/.exec(page.html)?.[1];
    expect((await hub.entries()).filter(({ msg, code }) => msg === mid && code === 'confirmed')).toHaveLength(1);
    expect((await worker.get('/zaakmeldingen?status=ontvangen')).text).toContain(situation.number);
  });

  test('of another party are not confirmed by a form that names them', async () => {
    const at = await caseOf(await imposed());
    const page = await worker.get(at);
    const { rows: [foreign] } = await hub.hub.pool.query('select mid from delivery where recipient = $1 limit 1', [oin.police]);
    const spoiled = { ...page, html: page.html.replace(/name="bericht" value="[^"]+"/g, `name="bericht" value="${foreign.mid}"`) };
    expect((await worker.send(spoiled, `${at}/ontvangst`, {})).status).toBe(404);
    expect((await hub.hub.pool.query('select 1 from delivery where mid = $1 and confirmed_at is not null', [foreign.mid])).rowCount).toBe(0);
  });

  test('are assigned to oneself and to a colleague who is known; mine are the ones I have', async () => {
    const situation = await imposed();
    const at = await caseOf(situation);
    await desk.as('case-worker', oin.veiligThuis, { account: 'vt-2', name: 'V. Twee' });
    await worker.send(await worker.get(at), `${at}/toewijzen`, { aan: 'vt-1' });
    expect((await worker.get('/zaakmeldingen?wie=mijn')).text).toContain(situation.number);
    expect((await worker.send(await worker.get(at), `${at}/toewijzen`, { aan: 'iemand-anders' })).status).toBe(404);
    await worker.send(await worker.get(at), `${at}/toewijzen`, { aan: 'vt-2' });
    expect((await worker.get('/zaakmeldingen?wie=mijn')).text).not.toContain(`${situation.number} Nieuw`);
    expect((await worker.get(at)).text).toContain('V. Twee');
  });

  test('take advice as a message that is decided and delivered; an incomplete one comes back with what is wrong, and with what was filled in', async () => {
    const situation = await imposed();
    const at = await caseOf(situation);
    const form = await worker.get(`${at}/advies`);
    const wrong = await worker.send(form, `${at}/advies`, { betreft: 'verlengen', toelichting: '' });
    expect(wrong.status).toBe(422);
    expect(wrong.html).toContain('<title>Fout: Advies sturen');
    expect(wrong.html).toContain('href="#v-toelichting"');
    expect(wrong.html).toContain('href="#v-advies"');
    expect(wrong.html).toMatch(/value="verlengen"[^>]*checked|checked[^>]*value="verlengen"/);
    const pdf = new Blob(['%PDF-1.7 advies'], { type: 'application/pdf' });
    const done = await worker.send(wrong, `${at}/advies`, { betreft: 'verlengen', advies: 'verlengen', toelichting: 'Het gevaar duurt voort.', hulp_aangeboden: 'ja', bijlage: pdf });
    expect(done.text).toContain('Het bericht is aangenomen');
    await hub.settle();
    const [advice] = (await situation.received('gemeente-waterveen')).filter(({ disclosure }) => disclosure.type === 'advies.gegeven');
    expect(advice).toMatchObject({ rule: 'WTH-29', disclosure: { fields: { toelichting: 'Het gevaar duurt voort.', hulp_aangeboden: true }, sender: { role: 'INST' } } });
    expect((await worker.get(at)).text).toContain('Verwerkt');
    expect((await hub.hub.pool.query("select 1 from message where channel = 'console'")).rowCount).toBe(1);
  });

  test('that were withdrawn wait once more, and asked for advice near the end', async () => {
    const situation = await imposed();
    const at = await caseOf(situation);
    await worker.send(await worker.get(at), `${at}/ontvangst`, {});
    await situation.send('huisverbod.ingetrokken', 'waterveen');
    const page = await worker.get(at);
    expect(page.text).toContain('Ingetrokken');
    expect(page.html).toContain(`action="${at}/ontvangst"`);
    expect((await worker.get('/zaakmeldingen?status=nieuw')).text).toContain(situation.number);
  });

  test('are given back with a reason of the list: a task for the sender, without a word about anybody', async () => {
    const situation = await imposed();
    const at = await caseOf(situation);
    const form = await worker.get(`${at}/niet-voor-ons`);
    expect((await worker.send(form, `${at}/niet-voor-ons`, { reden: 'zomaar' })).status).toBe(422);
    const done = await worker.send(form, `${at}/niet-voor-ons`, { reden: 'andere-regio' });
    expect(done.text).toContain('teruggegeven');
    expect(await hub.tasks()).toContainEqual(expect.objectContaining({ kind: 'returned', party: oin.waterveen, cause: 'andere-regio' }));
    expect((await worker.get('/zaakmeldingen')).text).not.toContain(`${situation.number} Nieuw`);
    expect((await worker.get('/zaakmeldingen?status=teruggegeven')).text).toContain(situation.number);
    const question = await worker.get(`${at}/vraag`);
    expect((await worker.send(question, `${at}/vraag`, { reden: 'termijn' })).text).toContain('verzoek om u te bellen');
    expect((await worker.send(await worker.get(`${at}/vraag`), `${at}/vraag`, { reden: 'termijn' })).text).toContain('al gezegd');
    expect((await hub.entries()).filter(({ code }) => code === 'question')).toHaveLength(1);
  });

  test('answer a consultation, and give no advice where no ban was told', async () => {
    const situation = openSituation(hub);
    await situation.send('overleg.gevraagd', 'waterveen');
    const at = await caseOf(situation);
    expect((await worker.get(`${at}/advies`)).status).toBe(404);
    const form = await worker.get(`${at}/antwoord`);
    const done = await worker.send(form, `${at}/antwoord`, { gesproken_met: 'Vertrouwensarts', advies: 'opleggen' });
    expect(done.text).toContain('aangenomen');
    await hub.settle();
    expect((await situation.received('gemeente-waterveen')).map(({ disclosure }) => disclosure.type)).toContain('overleg.antwoord');
  });

  test('that the mail system of the party does not take are opened here: that is the fetch, in the log before anything is shown', async () => {
    await hub.behave('veilig-thuis-noorderwaard', '5xx');
    const situation = openSituation(hub);
    await situation.post('huisverbod.opgelegd', 'waterveen', forChildAbuse);
    await hub.settle();
    const at = await caseOf(situation);
    const page = await worker.get(at);
    expect(page.text).toContain('nog niet bij u afgeleverd');
    expect(page.text).not.toContain('Grondtekst');
    expect((await worker.get('/zaakmeldingen')).text).toContain('na openen');
    const opened = await worker.send(page, `${at}/openen`, {});
    expect(opened.text).toContain('Grondtekst');
    const fetched = (await hub.entries()).filter(({ code }) => code === 'fetched');
    expect(fetched).toHaveLength(1);
    expect((await situation.duty('E9:VT'))?.closedBy).not.toBeNull();
    await hub.behave('veilig-thuis-noorderwaard', 'normal');
  });

  test('hand out a file with the hash the document names, which is logged', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'hovj1', underMandate);
    const municipality = await desk.as('case-worker', oin.waterveen, { account: 'gem-1' });
    const at = await caseOf(situation, municipality);
    const page = await municipality.get(at);
    const link = /href="([^"]*\/bijlage\/[^"]*)"/.exec(page.html)?.[1] ?? '';
    const before = await looks();
    const file = await municipality.get(link);
    expect(file.html).toContain('Beschikkingtekst');
    expect(file.headers.get('content-disposition')).toMatch(/^attachment; filename="bijlage-1\.pdf"/);
    expect(await looks()).toBe(before + 1);
    expect((await worker.get(link)).status).toBe(404);
  });

  test('of a party in English too, filtered by municipality, each number leading to that many rows', async () => {
    await imposed('9902');
    const cookie = `${worker.cookie}; __Host-taal=en`;
    const html = await (await fetch(new URL('/zaakmeldingen', desk.url), { headers: { cookie } })).text();
    expect(html).toContain('Case notices');
    const links = [...html.matchAll(/id="keuze-[^"]*" href="([^"]+)"[^>]*>[^<]*<span class="number">(\d+)</g)];
    expect(links.length).toBeGreaterThan(4);
    for (const [, href = '', count] of links) {
      const page = await worker.get(href.replaceAll('&amp;', '&'));
      expect([href, (page.html.match(/id="zaak-/g) ?? []).length]).toEqual([href, Number(count)]);
    }
  });

  test('come by themselves: the piece that follows holds the new case', async () => {
    const list = await worker.get('/zaakmeldingen');
    const live = /data-live="([^"]+)"/.exec(list.html)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const gone = new AbortController();
    const reply = await fetch(new URL(live, desk.url), { headers: { cookie: worker.cookie }, signal: gone.signal });
    expect(reply.headers.get('content-type')).toContain('text/event-stream');
    const situation = await imposed();
    let text = '';
    for await (const part of reply.body ?? []) {
      text += Buffer.from(part).toString('utf8');
      if (text.includes(situation.number)) break;
    }
    gone.abort();
    expect(text).toContain('event: piece');
  });
});
