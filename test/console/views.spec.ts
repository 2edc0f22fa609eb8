import type { DeskRole } from '@ketensluis/domain';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { rooms } from '../../apps/console/routes.js';
import { keptLists } from '../../apps/console/views/lists.js';
import { oin } from '../cases/steps.js';
import { openTestConsole, type TestConsole, type Visited, type Visitor } from '../harness/console.js';
import { openTestHub, type TestHub } from '../harness/hub.js';

const partyOf: Readonly<Record<DeskRole, string | null>> = {
  'case-worker': oin.veiligThuis, 'court-clerk': oin.court, 'municipality-officer': oin.waterveen, 'privacy-officer': oin.waterveen, operator: null, integrator: oin.veiligThuis,
};

describe('views of a list that a person keeps', () => {
  let hub: TestHub;
  let desk: TestConsole;
  beforeAll(async () => {
    hub = await openTestHub();
    desk = await openTestConsole(hub);
  });
  afterAll(async () => {
    await desk.close();
    await hub.close();
  });

  const operator = (account: string): Promise<Visitor> => desk.as('operator', null, { account });
  const keep = async (visitor: Visitor, address: string, name: string): Promise<Visited> => visitor.send(await visitor.get(address), '/weergaven', { naam: name });
  const linkOf = ({ html }: Visited, name: string): string | undefined => new RegExp(`<a id="weergave-[0-9a-f-]{36}" href="([^"]*)"[^>]*>${name}</a>`).exec(html)?.[1]?.replaceAll('&amp;', '&');
  /** What no page offers, with a token of this session. */
  const forge = async (visitor: Visitor, from: string, answers: Readonly<Record<string, string>>): Promise<Visited> => {
    const page = await visitor.get(from);
    const html = page.html.replace(/<input type="hidden" name="(lijst|filters)"[^>]*>/g, '');
    return visitor.send({ ...page, html }, '/weergaven', answers);
  };

  test('stand as links above the list, mark the one that is shown, and are deleted there', async () => {
    const visitor = await operator('beheer-1');
    expect((await visitor.get('/leveringen')).html).not.toContain('action="/weergaven"');
    const kept = await keep(visitor, '/leveringen?periode=7d&status=vastgelopen&na=x&onzin=1', 'Wat vastzit');
    expect(kept.at).toBe('/leveringen?status=vastgelopen&periode=7d');
    expect(linkOf(await visitor.get('/leveringen'), 'Wat vastzit')).toBe('/leveringen?status=vastgelopen&periode=7d');
    const shown = await visitor.get('/leveringen?status=vastgelopen&periode=7d');
    expect(shown.html).toMatch(/aria-current="true">Wat vastzit</);
    expect(linkOf(await visitor.get('/termijnen'), 'Wat vastzit')).toBeUndefined();
    const to = /action="(\/weergaven\/[0-9a-f-]{36}\/weg)"/.exec(shown.html)?.[1] ?? '';
    expect((await visitor.send(shown, to, {})).at).toBe('/leveringen');
    expect(linkOf(await visitor.get('/leveringen'), 'Wat vastzit')).toBeUndefined();
  });

  test('are there for every list that has filters, for whoever may see it', async () => {
    const examples: Readonly<Record<string, string>> = {
      '/zaakmeldingen': 'status=in+behandeling', '/uitspraken': 'toon=nieuw', '/zaken': 'stand=loopt', '/verstrekkingen': `ontvanger=${oin.police}&besluit=geweigerd`, '/toegang': 'buiten=ja', '/leveringen': 'periode=30d', '/termijnen': 'tonen=laat',
    };
    expect(Object.keys(examples).sort()).toEqual(Object.keys(keptLists).sort());
    for (const [path, query] of Object.entries(examples)) {
      const role = keptLists[path]?.roles[0] ?? 'operator';
      const visitor = await desk.as(role, partyOf[role], { account: `alle-${role}` });
      expect([path, linkOf(await keep(visitor, `${path}?${query}`, 'Mijn werk'), 'Mijn werk')]).toEqual([path, `${path}?${query}`]);
    }
    // The table names addresses there are, with the roles that may go there.
    const routes = rooms.flatMap((room) => room.routes).filter(({ method }) => method === 'GET');
    expect(Object.entries(keptLists).filter(([path, { roles }]) => String(routes.find((route) => route.path === path)?.roles) !== String(roles))).toEqual([]);
  });

  test('never hold a search for a person, a case, a message, or what somebody typed', async () => {
    const officer = await desk.as('privacy-officer', oin.waterveen, { account: 'fg-1' });
    const id = '00000000-0000-4000-8000-000000000000';
    const typed = ['zoekvraag=' + id + '&besluit=geweigerd', 'ontvanger=123456782', 'regel=123456782', 'grond=Jansen%0A1', 'van=01-01-2026', 'kanaal=%3Cscript%3E', 'wet=' + 'x'.repeat(100)];
    for (const filters of typed) {
      const page = await forge(officer, '/verstrekkingen?besluit=wacht', { lijst: '/verstrekkingen', filters, naam: 'Proef' });
      expect([filters, page.status, page.text.includes('nooit bewaard')]).toEqual([filters, 422, true]);
    }
    const visitor = await operator('beheer-2');
    for (const filters of [`zaak=${id}`, `bericht=${id}`, `id=${id}`, 'oorzaak=123456782']) expect((await forge(visitor, '/leveringen?periode=7d', { lijst: '/leveringen', filters, naam: 'Proef' })).status).toBe(422);
    expect((await hub.database.pool.query("select from saved_view where name = 'Proef'")).rowCount).toBe(0);
  });

  test('need a name that is nobody\'s number; what was filled in is still there', async () => {
    const visitor = await operator('beheer-3');
    for (const [name, said] of [['  ', 'een naam'], ['x'.repeat(61), '60 tekens'], ['BSN 123456782', 'lange nummers'], ['1234 56 782', 'lange nummers']] as const) {
      const page = await keep(visitor, '/leveringen?periode=7d', name);
      expect([name, page.status, page.text.includes(said)]).toEqual([name, 422, true]);
      expect(page.html).toContain('value="periode=7d"');
    }
    expect((await keep(visitor, '/leveringen?periode=7d', '<b>"Week"</b>')).html).toContain('&lt;b&gt;&quot;Week&quot;&lt;/b&gt;');
  });

  test('are nobody else\'s: an id of somebody else is not there, and a list of another role neither', async () => {
    const [mine, other] = [await operator('beheer-4'), await operator('beheer-5')];
    const shown = await keep(mine, '/leveringen?periode=7d', 'Alleen van mij');
    expect((await other.get('/leveringen')).text).not.toContain('Alleen van mij');
    const to = /action="(\/weergaven\/[0-9a-f-]{36}\/weg)"/.exec(shown.html)?.[1] ?? '';
    const theirs = await keep(other, '/leveringen?status=opnieuw', 'Van een ander');
    const own = /action="(\/weergaven\/[0-9a-f-]{36}\/weg)"/.exec(theirs.html)?.[1] ?? '';
    for (const address of [to, '/weergaven/00000000-0000-4000-8000-000000000000/weg', '/weergaven/geen-id/weg']) {
      const answer = await other.send({ ...theirs, html: theirs.html.replace(own, address) }, address, {});
      expect([address, answer.status]).toEqual([address, 404]);
    }
    expect(linkOf(await mine.get('/leveringen'), 'Alleen van mij')).toBe('/leveringen?periode=7d');
    for (const lijst of ['/zaken', '/mandaten', 'https://elders.example/', '', '__proto__']) expect((await forge(other, '/leveringen?periode=30d', { lijst, filters: 'stand=loopt', naam: 'x' })).status).toBe(404);
  });

  test('are replaced under the same name, and at most twenty of a list', async () => {
    const visitor = await operator('beheer-6');
    await keep(visitor, '/leveringen?periode=7d', 'Zelfde');
    await keep(visitor, '/leveringen?periode=30d', 'Zelfde');
    expect(linkOf(await visitor.get('/leveringen'), 'Zelfde')).toBe('/leveringen?periode=30d');
    await hub.database.pool.query("insert into saved_view (id, account, page, name, query, made_at) select gen_random_uuid(), 'beheer-6', '/leveringen', 'Nummer ' || n, 'status=opnieuw', now() from generate_series(1, 19) n");
    expect((await keep(visitor, '/leveringen?periode=7d', 'Te veel')).text).toContain('al twintig weergaven');
    expect((await keep(visitor, '/leveringen?periode=7d', 'Zelfde')).at).toBe('/leveringen?periode=7d');
  });
});
