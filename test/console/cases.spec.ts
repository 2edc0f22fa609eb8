import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { evicted, home, partner, reach } from '../cases/persons.js';
import { openRegion, openSituation, type Situation } from '../cases/situation.js';
import { oin } from '../cases/steps.js';
import { openTestConsole, type TestConsole, type Visited } from '../harness/console.js';
import { untilNoon } from '../harness/day.js';
import type { TestHub } from '../harness/hub.js';

describe('the cases of a municipality', () => {
  let hub: TestHub;
  let desk: TestConsole;
  let imposed: Situation;
  beforeAll(async () => {
    hub = await openRegion();
    await hub.advance(untilNoon(hub.now()));
    desk = await openTestConsole(hub);
    imposed = openSituation(hub);
    await imposed.send('rihg.afgerond', 'hovj1');
    await imposed.send('huisverbod.opgelegd', 'waterveen');
    await openSituation(hub).send('rihg.geen-verbod', 'hovj1');
  });
  afterEach(() => hub.checkLog());
  afterAll(async () => {
    await desk.close();
    await hub.close();
  });

  const officer = (party: string = oin.waterveen) => desk.as('municipality-officer', party, { account: 'ambtenaar-1' });
  const pathOf = (list: Visited, number: string): string => new RegExp(`<a href="(/zaken/[0-9a-f-]{36})">${number}</a>`).exec(list.html)?.[1] ?? '';
  const rowsOf = ({ html }: Visited): number => html.match(/<a href="\/zaken\/[0-9a-f-]{36}">/g)?.length ?? 0;
  const looks = async (): Promise<readonly { readonly actor: string; readonly action: string; readonly controller: string | null; readonly objects: readonly string[] }[]> =>
    (await hub.hub.pool.query('select actor, action, controller, objects from access order by seq')).rows;

  test('stand in a list without anybody in it, and each number leads to exactly the rows it counts', async () => {
    const visitor = await officer();
    const list = await visitor.get('/zaken');
    expect(list.status).toBe(200);
    expect(list.text).toContain(imposed.number);
    for (const name of [evicted.naam, partner.naam, evicted.bsn, home.adres.straat]) expect(list.html).not.toContain(name);
    const tiles = [...list.html.matchAll(/<a href="(\/zaken[^"]*)"><span class="tile__label">[^<]*<\/span><span class="tile__value">(\d+)</g)];
    expect(tiles).toHaveLength(4);
    for (const [, href = '', value] of tiles) expect([href, rowsOf(await visitor.get(href.replaceAll('&amp;', '&')))]).toEqual([href, Number(value)]);
    expect(rowsOf(await visitor.get('/zaken?stand=zonder'))).toBe(1);
    expect(rowsOf(await visitor.get('/zaken?stand=loopt'))).toBe(1);
    expect((await visitor.get('/zaken?stand=afgelopen')).text).toContain('Geen zaken met dit filter.');
  });

  test('say when a case is to be destroyed: five years after the decision, half a year where no ban followed', async () => {
    const { html } = await (await officer()).get('/zaken');
    const years = [...html.matchAll(/data-head="Vernietigen vanaf"><time dateTime="(\d{4})/g)].map(([, year]) => Number(year) - hub.now().getUTCFullYear());
    expect(years).toHaveLength(2);
    expect(years.sort()).toEqual([expect.any(Number), 5]);
    expect(years[0]).toBeLessThanOrEqual(1);
  });

  test('open with what was done, owed and shared and whom it is about, without how to reach them; the look is written down', async () => {
    const visitor = await officer();
    const before = (await looks()).length;
    const page = await visitor.get(pathOf(await visitor.get('/zaken'), imposed.number));
    expect(page.status).toBe(200);
    for (const text of ['Huisverbod opgelegd', 'Wth art. 2', 'Veilig Thuis', 'Verstrekt', evicted.naam, partner.naam, '14-06-1985']) expect(page.text).toContain(text);
    expect(page.text).not.toContain('huisverbod.opgelegd@');
    for (const secret of [evicted.bsn, partner.contact.telefoon, reach.telefoon, 'Grondtekst']) expect(page.html).not.toContain(secret);
    expect(page.html).not.toMatch(new RegExp(`<title>[^<]*(${imposed.number}|${evicted.naam})`));
    const seen = (await looks()).slice(before);
    expect(seen).toMatchObject([{ actor: 'ambtenaar-1', action: 'open', controller: oin.waterveen }]);
    expect(seen[0]?.objects.length).toBeGreaterThan(2);
  });

  test('are not there for another municipality, for another role, or by an id nobody has; that somebody tried is written down', async () => {
    const path = pathOf(await (await officer()).get('/zaken'), imposed.number);
    const other = await officer(oin.hoogland);
    expect(rowsOf(await other.get('/zaken'))).toBe(0);
    const before = (await looks()).length;
    const [theirs, none] = [await other.get(path), await other.get('/zaken/00000000-0000-7000-8000-000000000000')];
    expect([theirs.status, none.status, theirs.text]).toEqual([404, 404, none.text]);
    expect((await looks()).slice(before).map(({ action, objects }) => [action, objects])).toEqual([['open', []], ['open', []]]);
    expect((await (await desk.as('case-worker', oin.veiligThuis)).get(path)).status).toBe(403);
    expect((await (await desk.as('privacy-officer', oin.waterveen)).get('/zaken')).status).toBe(403);
    expect((await officer(oin.veiligThuis).then((visitor) => visitor.get('/zaken'))).status).toBe(404);
  });

  test('has a duty closed that was done outside the hub, once, with how in the log; faults are told and what was written stays', async () => {
    const visitor = await officer();
    const path = pathOf(await visitor.get('/zaken'), imposed.number);
    const page = await visitor.get(path);
    const form = await visitor.get((/href="(\/zaken\/[^"]+\/plicht\?plicht=[^"]+)"/.exec(page.html)?.[1] ?? '').replaceAll('&amp;', '&'));
    const name = /name="plicht" value="([^"]+)"/.exec(form.html)?.[1] ?? '';
    const wrong = await visitor.send(form, `${path}/plicht`, { hoe: 'kort' });
    expect([wrong.status, wrong.html.includes('<title>Fout:'), wrong.text.includes('tien tekens'), wrong.html.includes('>kort</textarea>')]).toEqual([422, true, true, true]);
    const done = await visitor.send(wrong, `${path}/plicht`, { hoe: 'Piketambtenaar vertelde het om 21.40 uur aan de deur.' });
    expect([done.at, done.text.includes('De plicht is gesloten')]).toEqual([`${path}?gedaan=plicht`, true]);
    const duty = (await hub.hub.pool.query("select closed_by from duty where name = $1 and case_id = $2", [name, path.split('/').at(-1)])).rows[0];
    expect(duty).toEqual({ closed_by: 'outside:ambtenaar-1' });
    const leaves = (await hub.entries()).filter(({ kind, code }) => kind === 'outcome' && code === 'done-outside-hub').length;
    const again = await visitor.send(wrong, `${path}/plicht`, { hoe: 'Piketambtenaar vertelde het om 21.40 uur aan de deur.' });
    expect(again.at).toBe(`${path}?gedaan=plicht`);
    const late = await visitor.send(form, `${path}/plicht`, { hoe: 'Nog een keer verteld om 22.00 uur.' });
    expect([late.status, late.text.includes('al gesloten')]).toEqual([422, true]);
    expect((await hub.entries()).filter(({ kind, code }) => kind === 'outcome' && code === 'done-outside-hub')).toHaveLength(leaves);
    const theirs = await officer(oin.hoogland);
    expect((await theirs.get(`${path}/plicht?plicht=${encodeURIComponent(name)}`)).status).toBe(404);
  });

  test('a late duty is counted in the menu and said first, and both languages are whole', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    await situation.moveTo({ hours: 30 });
    const visitor = await officer();
    const list = await visitor.get('/zaken');
    expect(list.html).toMatch(/href="\/zaken"[^>]*>(?:(?!<\/a>).)*class="count"/s);
    const page = await visitor.get(pathOf(list, situation.number));
    expect(page.text).toMatch(/plicht(en)? te laat/);
    const reply = await fetch(new URL('/zaken', desk.url), { headers: { cookie: `${visitor.cookie}; __Host-taal=en` } });
    expect(await reply.text()).toContain('The bans of your municipality');
  });

  test('an empty list says what will come', async () => {
    expect((await (await officer(oin.berkenrade)).get('/zaken')).text).toContain('Nog geen zaken.');
  });
});
