import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openRegion, openSituation } from '../cases/situation.js';
import { oin } from '../cases/steps.js';
import { openTestConsole, type TestConsole, type Visited, type Visitor } from '../harness/console.js';
import type { TestHub } from '../harness/hub.js';
import { forge, formOf, sendBoxes } from './repeated-fields.js';

const dayMs = 86_400_000;
const fresh = {
  kind: 'party', key: 'gemeente-nieuwland', oin: '00000001900000000104', name: 'Gemeente Nieuwland', roles: ['GEM', 'BM', 'OOV'], municipality: '9904', serves: ['9904'],
  functions: [], addresses: ['huisverbod@nieuwland.example'], channel: { kind: 'smime-mail', address: 'huisverbod@nieuwland.example' }, from: '2026-01-01T00:00:00+01:00', to: null,
};

describe('what a municipality shares', () => {
  let hub: TestHub;
  let desk: TestConsole;
  let first: Visitor;
  let second: Visitor;
  let third: Visitor;
  const officer = (party: string, account: string): Promise<Visitor> => desk.as('municipality-officer', party, { account, name: `Persoon ${account}` });
  beforeAll(async () => {
    hub = await openRegion({ documents: [fresh] });
    desk = await openTestConsole(hub);
    [first, second, third] = await Promise.all([officer(oin.hoogland, 'een'), officer(oin.hoogland, 'twee'), officer(oin.hoogland, 'drie')]);
  });
  afterAll(async () => {
    await desk.close();
    await hub.checkLog();
    await hub.close();
  });

  /** Ticks or unticks one rule, and shows its trial. */
  const tryRule = async (visitor: Visitor, rule: string, reason = 'Afgesproken met de burgemeester.'): Promise<Visited> =>
    sendBoxes(desk, visitor, {
      page: await visitor.get('/gegevensdeling'), to: '/gegevensdeling/proef', pairs: [['reden', reason]],
      change: (ticked) => (ticked.some(([, value]) => value === rule) ? ticked.filter(([, value]) => value !== rule) : [...ticked, ['regel', rule]]),
    });
  const act = (visitor: Visitor, page: Visited, what: string, answers: Readonly<Record<string, string>> = {}): Promise<Visited> => visitor.send(page, `${addressOf(page)}/${what}`, answers);
  const addressOf = (page: Visited): string => page.at.split('?')[0] ?? '';
  const offered = async (rule: string): Promise<string> => addressOf(await act(first, await tryRule(first, rule), 'aanbieden'));
  const setting = async (): Promise<Readonly<Record<string, unknown>>> => ({ ...(await hub.document('setting', 'setting-hoogland-aan-zee')) });
  const versions = async (): Promise<number> => (await hub.hub.pool.query("select from register_version where kind = 'setting' and key = 'setting-hoogland-aan-zee'")).rowCount ?? 0;

  test('a duty is text, what the law permits is a box, and every number leads to what it counts', async () => {
    const page = await first.get('/gegevensdeling');
    expect(page.status).toBe(200);
    expect(page.html).toMatch(/type="checkbox"[^>]*value="WTH-08b"/);
    expect(page.html).not.toMatch(/value="WTH-03"/);
    expect(page.text).toContain('Wth art. 2 lid 3 (WTH-03)');
    for (const [, filter, value] of page.html.matchAll(/href="\/gegevensdeling\?toon=(\w+)".*?tile__value">(\d+)</g)) {
      const shown = await first.get(`/gegevensdeling?toon=${filter}`);
      expect([filter, [...shown.html.matchAll(/<tr><th scope="row"|<li><div class="check"/g)].length]).toEqual([filter, Number(value)]);
    }
  });

  test('consent is named only where it is the ground', async () => {
    const page = await first.get('/gegevensdeling');
    expect(page.text).toContain('Er is nu geen toestemming van kracht.');
    expect(page.text.match(/Met toestemming/g)).toHaveLength(1);
  });

  test('tells all that is wrong with a change at once, and keeps what was filled in', async () => {
    const page = await sendBoxes(desk, first, { page: await first.get('/gegevensdeling'), to: '/gegevensdeling/proef', pairs: [['reden', ' ']], change: (ticked) => ticked });
    expect(page.status).toBe(422);
    expect(page.html).toContain('<title>Fout:');
    expect(page.text).toContain('U heeft niets gewijzigd.');
    expect(page.text).toContain('Schrijf op waarom u dit wijzigt.');
    const chosen = await tryRule(first, 'WTH-08b', '');
    expect(chosen.html).toMatch(/checked="" value="WTH-08b"/);
    expect(chosen.text).toContain('Nu uit');
  });

  test('shows what would have gone, asks a second person, and then lets go what was held', async () => {
    const situation = openSituation(hub, '9902');
    await situation.send('huisverbod.opgelegd', 'hoogland', { aangewezen_instantie: { naam: 'GGD', oin: oin.ggd } });
    const told = await situation.send('bereikbaarheid.opgegeven', 'hoogland');
    expect(told.holds).toEqual({ [oin.ggd]: 'setting-off' });

    const trial = await tryRule(first, 'WTH-08b');
    expect(trial.text).toContain('1 bericht had ook naar GGD Noorderwaard');
    expect(trial.text).toContain(told.id);
    expect(trial.text).not.toContain(situation.number);
    expect((await second.get(addressOf(trial))).status).toBe(404);
    expect((await setting())['rules']).toMatchObject({ 'WTH-08b': 'off' });

    const waits = await act(first, trial, 'aanbieden');
    expect(waits.text).toContain('Dit wacht op een collega');
    expect((await second.get('/gegevensdeling')).text).toContain('Wacht op goedkeuring');
    expect(formCount(await second.get('/gegevensdeling'), '/gegevensdeling/proef')).toBe(0);
    expect((await situation.received('ggd-noorderwaard')).map(({ rule }) => rule)).not.toContain('WTH-08b');

    const done = await act(second, await second.get(addressOf(trial)), 'goedkeuren');
    expect(done.text).toContain('Goedgekeurd. Dit geldt vanaf nu.');
    await hub.settle();
    expect(await setting()).toMatchObject({ rules: { 'WTH-08b': 'on' }, proposedBy: 'een', approvedBy: 'twee', reason: 'Afgesproken met de burgemeester.' });
    expect((await hub.decisions(told.id)).map(({ recipient, kind, rule }) => [recipient, kind, rule])).toContainEqual([oin.ggd, 'permit', 'WTH-08b']);
    const entry = (await hub.entries()).findLast(({ kind }) => kind === 'policy');
    expect(entry?.schema).toBe('setting/setting-hoogland-aan-zee@2');
  });

  test('nobody approves his own proposal, also not by hand', async () => {
    const to = await offered('WTH-23');
    expect(formCount(await first.get(to), `${to}/goedkeuren`)).toBe(0);
    const forged = await forge(desk, first, `${to}/goedkeuren`);
    expect(forged.status).toBe(409);
    expect(forged.text).toContain('U heeft dit zelf voorgesteld.');
    const loud = await officer(oin.hoogland, 'EEN');
    expect((await forge(desk, loud, `${to}/goedkeuren`)).status).toBe(409);
    expect((await setting())['rules']).toMatchObject({ 'WTH-23': 'off' });
    await act(first, await first.get(to), 'intrekken');
  });

  test('of two who approve at once one wins, and the other is told', async () => {
    const to = await offered('WTH-23');
    const before = await versions();
    const pages = await Promise.all([second.get(to), third.get(to)]);
    const answers = await Promise.all([act(second, pages[0], 'goedkeuren'), act(third, pages[1], 'goedkeuren')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(answers.find(({ status }) => status === 409)?.text).toContain('Een ander was u voor.');
    expect(await versions()).toBe(before + 1);
  });

  test('a refusal needs a reason, which the proposer reads', async () => {
    const to = await offered('WTH-23');
    const empty = await act(second, await second.get(to), 'weigeren', { reden: '' });
    expect([empty.status, empty.text.includes('Schrijf op waarom u weigert.')]).toEqual([422, true]);
    expect((await act(second, await second.get(to), 'weigeren', { reden: 'Niet besproken.' })).text).toContain('Geweigerd.');
    expect((await first.get(to)).text).toContain('Niet besproken.');
    expect((await first.get('/ter-goedkeuring')).text).toContain('Geweigerd');
    expect((await forge(desk, third, `${to}/goedkeuren`)).status).toBe(409);
  });

  test('sent twice, a form makes one proposal', async () => {
    const count = async (): Promise<number> => (await hub.hub.pool.query('select from change_proposal')).rowCount ?? 0;
    const page = await first.get('/gegevensdeling');
    const before = await count();
    const sent = { page, to: '/gegevensdeling/proef', pairs: [['reden', 'Twee keer.']] as const, change: (ticked: readonly (readonly [string, string | Blob])[]) => ticked.filter(([, value]) => value !== 'WTH-23') };
    const [one, other] = [await sendBoxes(desk, first, sent), await sendBoxes(desk, first, sent)];
    expect(other.at).toBe(one.at);
    expect(await count()).toBe(before + 1);
    await act(first, one, 'intrekken');
  });

  test('while one change waits another cannot be offered', async () => {
    const [mine, theirs] = [await tryRule(first, 'WTH-23'), await tryRule(second, 'WTH-04')];
    const to = addressOf(await act(first, mine, 'aanbieden'));
    const late = await act(second, theirs, 'aanbieden');
    expect([late.status, late.text.includes('Er wacht al een ander voorstel')]).toEqual([409, true]);
    await act(first, await first.get(to), 'intrekken');
    expect((await act(second, await second.get(addressOf(theirs)), 'aanbieden')).text).toContain('Aangeboden.');
    await act(second, await second.get(addressOf(theirs)), 'intrekken');
  });

  test('a proposal on a version that is gone is closed, and nothing changes', async () => {
    const to = await offered('WTH-23');
    await hub.apply({ ...(await setting()), reason: 'Door de beheerder vastgelegd.' });
    const late = await act(second, await second.get(to), 'goedkeuren');
    expect(late.text).toContain('op een andere manier gewijzigd');
    expect((await setting())['reason']).toBe('Door de beheerder vastgelegd.');
  });

  test('belongs to one municipality: elsewhere it is not there, and in another role it is refused', async () => {
    const to = await offered('WTH-23');
    const stranger = await officer(oin.waterveen, 'elders');
    expect((await stranger.get(to)).status).toBe(404);
    expect((await forge(desk, stranger, `${to}/goedkeuren`)).status).toBe(404);
    expect((await stranger.get('/ter-goedkeuring')).text).not.toContain('Persoon een');
    expect((await (await officer(oin.veiligThuis, 'geen-gemeente')).get('/gegevensdeling')).status).toBe(404);
    for (const role of ['privacy-officer', 'case-worker'] as const) expect((await (await desk.as(role, oin.hoogland)).get(to)).status).toBe(403);
    await act(first, await first.get(to), 'intrekken');
  });

  test('a municipality that set nothing reads so, with the four steps', async () => {
    const page = await (await officer('00000001900000000104', 'nieuw')).get('/gegevensdeling');
    expect(page.text).toContain('Nog niets ingesteld: er wordt niets gedeeld.');
    for (const step of ['Contactpersonen', 'Overeenkomst', 'Gegevens', 'Proefbericht']) expect(page.text).toContain(`${step} (nog te doen)`);
    expect(formOf(page, '/gegevensdeling/proef')).not.toContain('checked=""');
  });

  test('has a page for the college, and speaks English', async () => {
    expect((await first.get('/gegevensdeling/overzicht')).text).toContain('Dit deelt Gemeente Hoogland aan Zee');
    const english = await fetch(new URL('/gegevensdeling', desk.url), { headers: { cookie: `${first.cookie}; __Host-taal=en` } });
    const text = await english.text();
    expect(text).toContain('What you must share');
    expect(text).not.toContain('Verplicht');
  });

  // Last: the clock does not go back.
  test('an offer nobody decided about ends by itself', async () => {
    const to = await offered('WTH-23');
    await hub.advance(15 * dayMs);
    const [late, early] = await Promise.all([officer(oin.hoogland, 'laat'), officer(oin.hoogland, 'een')]);
    expect((await late.get(to)).text).toContain('Verlopen');
    expect((await forge(desk, late, `${to}/goedkeuren`)).text).toContain('Dit voorstel is verlopen.');
    expect((await late.get('/ter-goedkeuring')).text).toContain('Niets wacht op goedkeuring.');
    first = early;
    expect((await first.get(await offered('WTH-23'))).status).toBe(200);
  });
});

const formCount = (page: Visited, to: string): number => page.html.split(`action="${to}"`).length - 1;
