import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { openRegion, openSituation } from '../cases/situation.js';
import { oin, underMandate } from '../cases/steps.js';
import { openTestConsole, type TestConsole, type Visited, type Visitor } from '../harness/console.js';
import { dutchDay, untilNoon } from '../harness/day.js';
import type { TestHub } from '../harness/hub.js';

const path = '/mandaten';
const reason = 'Besluit van de burgemeester van deze week.';

describe('the mandates of a municipality', () => {
  let hub: TestHub;
  let desk: TestConsole;
  beforeAll(async () => {
    hub = await openRegion();
    await hub.advance(untilNoon(hub.now()));
    desk = await openTestConsole(hub);
  });
  afterEach(() => hub.checkLog());
  afterAll(async () => {
    await desk.close();
    await hub.close();
  });

  const officer = (party: string = oin.waterveen, account = 'ambtenaar-1') => desk.as('municipality-officer', party, { account });
  const second = () => officer(oin.waterveen, 'ambtenaar-2');
  const dayOf = (offset: number): string => dutchDay(hub.now(), offset);
  const endOf = ({ html }: Visited, key: string): string => new RegExp(`href="(/mandaten/${key}/beeindigen)"`).exec(html)?.[1] ?? '';
  const versionOf = async (key: string) => (await hub.hub.pool.query("select version, applied_by from register_version where kind = 'mandate' and key = $1 order by version desc limit 1", [key])).rows[0];
  /** A draft that is offered: its address. */
  const offered = async (visitor: Visitor, draft: Visited): Promise<string> => {
    const at = draft.at.split('?')[0] ?? '';
    expect((await visitor.send(draft, `${at}/aanbieden`, {})).text).toContain('Een collega kan dit nu goedkeuren');
    return at;
  };

  test('stand in a list, with who may do what under which decision', async () => {
    const list = await (await officer()).get(path);
    for (const text of ['Geldt', 'het huisverbod opleggen', 'Mandaatbesluit huisverbod Waterveen 2026', 'geen einde']) expect(list.text).toContain(text);
    expect(list.text).not.toContain('Hoogland');
  });

  test('end once a second person approves, with both accounts and the reason in the log; a ban of that hulpofficier is then refused', async () => {
    const visitor = await officer();
    const to = endOf(await visitor.get(path), 'mandaat-9901-hovj-1');
    const form = await visitor.get(to);
    const wrong = await visitor.send(form, to, { laatste: '31-02-2026', reden: '' });
    expect([wrong.status, wrong.text.includes('vandaag of later'), wrong.text.includes('reden in van ten minste')]).toEqual([422, true, true]);
    expect((await visitor.send(form, to, { laatste: dayOf(-1), reden: reason })).status).toBe(422);
    const draft = await visitor.send(form, to, { laatste: dayOf(0), reden: reason });
    expect(draft.at).toMatch(/^\/ter-goedkeuring\//);
    for (const text of ['Voorstel: mandaat', 'Dit verandert er', 'geen einde', 'en daarna niet meer', reason]) expect(draft.text).toContain(text);
    const at = await offered(visitor, draft);
    expect((await visitor.get(path)).text).toContain('Een voorstel wacht op een tweede medewerker');
    // Who proposed it cannot approve it: there is no button, and the database refuses as well.
    const own = await visitor.get(at);
    expect(own.html).not.toContain(`action="${at}/goedkeuren"`);
    expect((await visitor.send({ ...own, html: own.html.replace('/intrekken"', '/goedkeuren"') }, `${at}/goedkeuren`, {})).status).toBe(409);
    expect(await versionOf('mandaat-9901-hovj-1')).toMatchObject({ version: 1 });
    expect(await hub.document('mandate', 'mandaat-9901-hovj-1')).toMatchObject({ to: null });
    const colleague = await second();
    const done = await colleague.send(await colleague.get(at), `${at}/goedkeuren`, {});
    expect(done.text).toContain('Goedgekeurd. Dit geldt vanaf nu.');
    expect(await hub.document('mandate', 'mandaat-9901-hovj-1')).toMatchObject({ to: expect.any(String) });
    expect(await versionOf('mandaat-9901-hovj-1')).toEqual({ version: 2, applied_by: 'ambtenaar-1, ambtenaar-2' });
    await hub.advance(25 * 3_600_000);
    const refused = await openSituation(hub).send('huisverbod.opgelegd', 'hovj1', underMandate);
    expect(refused.state).toBe('refused');
    // The session of a day ago is over.
    expect((await (await officer()).get(to)).status).toBe(404);
  });

  const post = async (visitor: Visitor, to: string, more: readonly (readonly [string, string])[]): Promise<Visited> => {
    const form = await visitor.get(to);
    const hidden = [...(/<form[^>]*action="\/mandaten[^]*?<\/form>/.exec(form.html)?.[0] ?? '').matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(([, name = '', value = '']): [string, string] => [name, value]);
    const body = new URLSearchParams([...hidden, ...more.map(([name, value]): [string, string] => [name, value])]);
    const reply = await fetch(new URL(to, desk.url), { method: 'POST', redirect: 'manual', body, headers: { cookie: visitor.cookie, origin: desk.url.origin, 'sec-fetch-site': 'same-origin' } });
    return visitor.get(reply.headers.get('location') ?? '/geen');
  };
  const filled = (holder: string): readonly (readonly [string, string])[] => [
    ['houder', `${oin.police}/${holder}`], ['kenmerk', 'MAND-9901-HOVJ'], ['besluit', 'Mandaatbesluit 2027'], ['ondertekend', 'Burgemeester van Waterveen'], ['van', dayOf(-1)], ['tot', ''], ['reden', reason],
    ...['2(1)', '2(3)', '2(7)', '2(8)', '5(1)'].map((power) => ['bevoegdheid', power] as const),
  ];

  test('are added under a key of their own once a second person approves, and a ban under it goes through', async () => {
    const visitor = await officer();
    const form = await visitor.get(`${path}/nieuw`);
    const wrong = await visitor.send(form, `${path}/nieuw`, { van: 'morgen', reden: 'x' });
    expect(wrong.status).toBe(422);
    for (const text of ['Kies de functie', 'Kies ten minste één bevoegdheid', 'wie het besluit ondertekende', 'Vul een dag in als dd-mm-jjjj', 'Vul een reden in']) expect(wrong.text).toContain(text);
    const draft = await post(visitor, `${path}/nieuw`, filled('hovj-1'));
    expect(draft.text).toContain('Mandaat, nieuw mandaat-9901-hovj-1-2');
    for (const text of ['het huisverbod opleggen; overleggen met Veilig Thuis', 'mag vanaf', 'Mandaatbesluit 2027']) expect(draft.text).toContain(text);
    // A draft is its maker's alone, and a colleague of another municipality sees none of it at all.
    expect((await (await second()).get(draft.at)).status).toBe(404);
    const at = await offered(visitor, draft);
    expect((await (await officer(oin.hoogland, 'elders-1')).get(at)).status).toBe(404);
    expect((await openSituation(hub).send('huisverbod.opgelegd', 'hovj1', underMandate)).state).toBe('refused');
    const colleague = await second();
    expect((await colleague.get('/ter-goedkeuring')).text).toContain('Mandaat (mandaat-9901-hovj-1-2)');
    const page = await colleague.get(at);
    const [once, twice] = [await colleague.send(page, `${at}/goedkeuren`, {}), await colleague.send(page, `${at}/goedkeuren`, {})];
    expect([once.status, twice.status, twice.at]).toEqual([200, 200, once.at]);
    expect(await versionOf('mandaat-9901-hovj-1-2')).toEqual({ version: 1, applied_by: 'ambtenaar-1, ambtenaar-2' });
    expect((await openSituation(hub).send('huisverbod.opgelegd', 'hovj1', underMandate)).state).toBe('applied');
  });

  test('are not changed by a refused proposal, nor by one whose last day went by while it waited', async () => {
    const visitor = await officer();
    const to = endOf(await visitor.get(path), 'mandaat-9901-hovj-1-2');
    const refusedAt = await offered(visitor, await visitor.send(await visitor.get(to), to, { laatste: dayOf(3), reden: reason }));
    const colleague = await second();
    expect((await colleague.send(await colleague.get(refusedAt), `${refusedAt}/weigeren`, { reden: 'Te vroeg.' })).text).toContain('Geweigerd. Er is niets gewijzigd.');
    const lateAt = await offered(visitor, await visitor.send(await visitor.get(to), to, { laatste: dayOf(0), reden: reason }));
    await hub.advance(25 * 3_600_000);
    const later = await second();
    const page = await later.send(await later.get(lateAt), `${lateAt}/goedkeuren`, {});
    expect([page.status, page.text.includes('De laatste dag van dit mandaat is voorbij')]).toEqual([409, true]);
    expect(await versionOf('mandaat-9901-hovj-1-2')).toMatchObject({ version: 1 });
    expect((await openSituation(hub).send('huisverbod.opgelegd', 'hovj1', underMandate)).state).toBe('applied');
    expect((await later.send(page, `${lateAt}/weigeren`, { reden: 'Stel een latere dag voor.' })).text).toContain('Geweigerd');
  });

  test('of another municipality are not there, nor for another role', async () => {
    expect((await (await officer()).get(`${path}/mandaat-9902-hovj-1/beeindigen`)).status).toBe(404);
    const theirs = await officer(oin.hoogland);
    const to = endOf(await theirs.get(path), 'mandaat-9902-hovj-1');
    const form = await theirs.get(to);
    const visitor = await officer();
    const own = await visitor.get(path);
    const sent = new URLSearchParams([['_teken', /name="_teken" value="([^"]*)"/.exec(own.html)?.[1] ?? ''], ['laatste', dayOf(1)], ['reden', reason]]);
    expect(form.status).toBe(200);
    expect((await fetch(new URL(to, desk.url), { method: 'POST', redirect: 'manual', body: sent, headers: { cookie: visitor.cookie, origin: desk.url.origin } })).status).toBe(404);
    expect(await hub.document('mandate', 'mandaat-9902-hovj-1')).toMatchObject({ to: null });
    expect((await (await desk.as('privacy-officer', oin.waterveen)).get(path)).status).toBe(403);
  });
});
