import { everything, matrix } from '@ketensluis/flow';
import { createAudit, openAuditDesk } from '@ketensluis/platform';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { dirname } from 'node:path';
import { openTestConsole, type TestConsole, type Visited, type Visitor } from '../harness/console.js';
import type { TestHub } from '../harness/hub.js';
import { evicted } from '../cases/persons.js';
import { openRegion, openSituation } from '../cases/situation.js';
import { oin, underMandate } from '../cases/steps.js';

describe('the rooms of the privacy officer', () => {
  let hub: TestHub;
  let desk: TestConsole;
  let fg: Visitor;
  beforeAll(async () => {
    hub = await openRegion();
    desk = await openTestConsole(hub);
    const waterveen = openSituation(hub);
    await waterveen.send('huisverbod.aangezegd', 'hovj1', underMandate);
    await waterveen.send('raadsman.gewenst', 'waterveen');
    await openSituation(hub, '9902').send('huisverbod.aangezegd', 'hoogland');
    await hub.settle();
    fg = await desk.as('privacy-officer', oin.waterveen);
  }, 120_000);
  afterAll(async () => {
    await desk.close();
    await hub.close();
  });

  const count = async (table: string): Promise<number> => (await hub.hub.pool.query(`select count(*)::int as n from ${table}`)).rows[0].n;
  /** Rows of the tables of a page. */
  const rowsOf = ({ html }: Visited): readonly string[] => (html.match(/<tbody>.*?<\/tbody>/gs) ?? []).flatMap((body) => body.match(/<tr>.*?<\/tr>/gs) ?? []);
  const hrefsOf = ({ html }: Visited, start: string): readonly string[] => [...html.matchAll(/href="([^"]+)"/g)].map(([, href]) => (href ?? '').replaceAll('&amp;', '&')).filter((href) => href.startsWith(start));
  const searched = async (visitor: Visitor): Promise<Visited> =>
    visitor.send(await visitor.get('/verstrekkingen/zoek'), '/verstrekkingen/zoek', { doel: 'avg.inzage', op: 'bsn', bsn: evicted.bsn });
  /** The list once nothing is being made any more. */
  const whenMade = async (visitor: Visitor): Promise<Visited> => {
    for (;;) {
      const page = await visitor.get('/rapporten');
      if (!/in de maak/.test(page.text)) return page;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };

  test('shows own decisions and nobody else\'s, and each look is recorded', async () => {
    const before = await count('access');
    const page = await fg.get('/verstrekkingen');
    expect(page.status).toBe(200);
    expect(page.text).toContain('Veilig Thuis Noorderwaard');
    expect(await count('access')).toBe(before + 1);
    const { rows } = await hub.hub.pool.query("select l.seq from tlog_leaf l join entry e on e.id = l.id where e.controller = $1 and e.kind in ('disclosure', 'hold', 'refusal') order by e.at desc, l.seq desc limit 25", [oin.waterveen]);
    expect(rowsOf(page).map((row) => /href="\/verstrekkingen\/(\d+)/.exec(row)?.[1])).toEqual(rows.map(({ seq }) => seq));
    expect(page.text).toMatch(/p-[0-9a-f]{6}/);
    expect(page.html).not.toContain(evicted.bsn);
  });

  test('narrows by what stands in the address, and every filter that cannot be meant is told at once', async () => {
    const page = await fg.get('/verstrekkingen?besluit=wacht&doel=incident');
    expect(rowsOf(page).length).toBeGreaterThan(0);
    for (const row of rowsOf(page)) expect(row).toContain('Wacht');
    const bad = await fg.get('/verstrekkingen?van=31-02-2026&grond=%3Cx%3E');
    expect(bad.status).toBe(422);
    expect(bad.text).toContain('Schrijf een dag als');
    expect(bad.text).toContain('Deze waarde bestaat niet');
  });

  test('says when there is nothing, and which period has something', async () => {
    const page = await fg.get('/verstrekkingen?van=01-01-2024&tot=02-01-2024');
    expect(page.text).toContain('Geen verstrekkingen in deze periode');
    const [whole] = hrefsOf(page, '/verstrekkingen?van=');
    expect(rowsOf(await fg.get(whole ?? '')).length).toBeGreaterThan(0);
    expect((await (await desk.as('privacy-officer', oin.berkenrade)).get('/verstrekkingen')).text).toContain('Van uw organisatie is nog niets verstrekt');
  });

  test('gives the same rows as a file', async () => {
    const file = await fg.get('/verstrekkingen/csv?besluit=toegestaan');
    expect(file.headers.get('content-type')).toContain('text/csv');
    expect(file.html.trim().split('\r\n').length - 1).toBe(rowsOf(await fg.get('/verstrekkingen?besluit=toegestaan')).length);
  });

  test('opens an entry in sentences with its proof, and no entry of another controller', async () => {
    const [href = ''] = hrefsOf(await fg.get('/verstrekkingen?besluit=toegestaan'), '/verstrekkingen/').filter((one) => /\/\d+\?/.test(one));
    const page = await fg.get(href);
    expect(page.text).toContain('kreeg deze gegevens');
    expect(page.text).toContain('ketensluis log proof');
    const index = /\/(\d+)\?/.exec(href)?.[1] ?? '';
    for (const file of ['leaf', 'tlog-proof', 'vkey']) expect((await fg.get(`/verstrekkingen/${index}/${file}`)).status).toBe(200);
    expect((await fg.get(`/verstrekkingen/${index}/detail`)).status).toBe(404);
    const other = await desk.as('privacy-officer', oin.hoogland);
    const unknown = await other.get('/verstrekkingen/999999');
    const theirs = await other.get(`/verstrekkingen/${index}`);
    expect([theirs.status, theirs.text]).toEqual([404, unknown.text]);
  });

  test('looks for a person by a form, with purpose first; the person is in no address and in no record of access', async () => {
    const form = await fg.get('/verstrekkingen/zoek');
    const bad = await fg.send(form, '/verstrekkingen/zoek', { op: 'naam', geboren: '31-02-1980' });
    expect(bad.status).toBe(422);
    for (const fault of ['Kies waarom u zoekt', 'Vul de naam in', 'Schrijf de geboortedatum']) expect(bad.text).toContain(fault);
    const found = await searched(fg);
    expect(found.at).toMatch(/^\/verstrekkingen\?zoekvraag=[0-9a-f-]{36}$/);
    expect(rowsOf(found).length).toBeGreaterThan(4);
    expect(found.html).not.toContain(evicted.bsn);
    const { rows: [row] } = await hub.hub.pool.query('select * from access order by seq desc limit 1');
    expect(row).toMatchObject({ purpose: 'avg.inzage', actor: 'test-privacy-officer', action: 'search' });
    expect(JSON.stringify(row) + JSON.stringify((await hub.hub.pool.query('select id, account, party, purpose, sealed::text from stored_search')).rows)).not.toContain(evicted.bsn);
    const colleague = await desk.as('privacy-officer', oin.waterveen, { account: 'test-fg-2' });
    expect((await colleague.get(found.at)).text).toContain('Deze zoekvraag is er niet meer');
  });

  test('a search ends after ten hours', async () => {
    const found = await searched(fg);
    await hub.hub.pool.query("update stored_search set at = at - interval '10 hours'");
    expect((await fg.get(found.at)).text).toContain('Deze zoekvraag is er niet meer');
  });

  test('makes the report on a person as a task; its file has the hash that is shown, and taking it is recorded', async () => {
    const found = await searched(fg);
    const asked = await fg.send(found, '/rapporten/persoon', { zoekvraag: /zoekvraag=(.*)$/.exec(found.at)?.[1] ?? '' });
    expect(asked.at).toBe('/rapporten?gedaan=gevraagd');
    const page = await whenMade(fg);
    expect(page.text).toContain('Inzageverzoek');
    const [pdf = ''] = hrefsOf(page, '/rapporten/').filter((href) => href.endsWith('verstrekkingen.pdf'));
    const before = await count('access');
    const file = await fg.get(pdf);
    expect(file.headers.get('content-type')).toBe('application/pdf');
    expect(await count('access')).toBe(before + 1);
    expect((await fg.get(pdf.replace(/[^/]+$/, 'alles.zip'))).headers.get('content-type')).toBe('application/zip');
    expect((await hub.hub.pool.query('select sealed from report_task')).rows.every(({ sealed }) => sealed === null)).toBe(true);
    for (const other of [await desk.as('privacy-officer', oin.hoogland)]) expect((await other.get(pdf)).status).toBe(404);
    expect((await (await desk.as('operator', null)).get(pdf)).status).toBe(403);
  });

  test('a report left behind by a process that ended is made after all', async () => {
    await hub.hub.pool.query(
      `insert into report_task (id, kind, account, party, purpose, from_at, to_at, state, step, steps, attempts, leased_until, made_at, started_at)
       values (gen_random_uuid(), 'processing', 'test', $1, 'toezicht.fg', $2, $3, 'running', 1, 3, 1, $2, $2, $2)`, [oin.waterveen, new Date(hub.now().getTime() - 86_400_000), hub.now()],
    );
    const page = await whenMade(fg);
    expect(page.html).toContain('verwerkingsregister.pdf');
    expect((await hub.hub.pool.query("select state, attempts from report_task where kind = 'processing'")).rows).toEqual([{ state: 'done', attempts: 2 }]);
  });

  test('checks the log, says so on every page of it, and makes the other reports once however often they are sent', async () => {
    const page = await fg.get('/rapporten');
    const [one] = await Promise.all([fg.send(page, '/rapporten/kwartaal', { kwartaal: /<option value="(\d{4}-Q\d)"/.exec(page.html)?.[1] ?? '' }), fg.send(page, '/rapporten/controle', {})]);
    expect(one.status).toBe(200);
    await fg.send(page, '/rapporten/controle', {});
    const made = await whenMade(fg);
    expect(made.text).toContain('ongewijzigd');
    expect(made.html).toContain('kwartaalrapport.csv');
    expect((await hub.hub.pool.query("select count(*)::int as n from report_task where kind = 'log-check'")).rows[0].n).toBe(1);
    expect((await fg.get('/verstrekkingen')).text).toContain('Controle van het logboek: ongewijzigd');
    const bad = await fg.send(page, '/rapporten/kwartaal', { kwartaal: '1999-Q1', _eenmaal: '00000000-0000-4000-8000-000000000001' });
    expect(bad.status === 422 || bad.at === '/rapporten?gedaan=gevraagd').toBe(true);
  });

  test('every number of who shares what is a link to as many rows, and the figures are those of the log', async () => {
    const page = await fg.get('/wie-deelt-wat');
    const links = [...page.html.matchAll(/<a href="(\/verstrekkingen\?[^"]+)">(?:wacht )?(\d+)/g)];
    expect(links.length).toBeGreaterThan(2);
    for (const [, href = '', number] of links) expect(rowsOf(await fg.get(href.replaceAll('&amp;', '&'))).length).toBe(Math.min(25, Number(number)));
    const ports = { ...(await createAudit(hub.hub.pool, { dataFolder: dirname(hub.practiceFolder) })), clock: hub.hub.clock };
    const whole = everything(new Date(hub.now().getTime() - 40 * 86_400_000), new Date(hub.now().getTime() + 86_400_000));
    const found = await matrix({ filter: whole, perCategory: 'each' }, { account: 'x', function: 'fg', purpose: 'toezicht.fg', controller: oin.waterveen }, ports);
    if (found.kind === 'refused') throw new Error(found.detail);
    const { figures } = await openAuditDesk(hub.hub.pool, { dataFolder: dirname(hub.practiceFolder) });
    for (const category of new Set(found.cells.map((cell) => cell.category))) {
      const rows = await figures.read({ controller: oin.waterveen, first: '2000-01', last: '2999-12', category });
      const sum = rows.filter(({ kind }) => kind === 'disclosure').reduce((total, row) => total + row.count, 0);
      expect([category, sum]).toEqual([category, found.cells.filter((cell) => cell.category === category).reduce((total, cell) => total + cell.count, 0)]);
    }
    expect((await fg.get('/wie-deelt-wat?per=grond')).text).toContain('wth:2.8');
  });

  test('shows who shares and gets most where there are too many to read across, and everybody to who asks', async () => {
    // Figures as the log has them after years; of another municipality, whose links nobody follows here.
    await hub.hub.pool.query(`insert into log_figure (controller, month, category, sender, recipient, kind, basis, count)
      select $1, to_char($2::timestamptz at time zone 'Europe/Amsterdam', 'YYYY-MM'), '', '00000001900000000001', '000000019200000' || lpad(n::text, 5, '0'), 'disclosure', 'wth:2.8', n from generate_series(1, 40) n`, [oin.berkenrade, hub.now()]);
    const other = await desk.as('privacy-officer', oin.berkenrade);
    const columnsOf = ({ html }: Visited): number => html.match(/<th scope="col">/g)?.length ?? 0;
    const page = await other.get('/wie-deelt-wat');
    expect([columnsOf(page), page.text.includes('30 van 40 ontvangers')]).toEqual([30, true]);
    expect([page.text.includes('00000001920000000040'), page.text.includes('00000001920000000011'), page.text.includes('00000001920000000010')]).toEqual([true, true, false]);
    const [all = ''] = hrefsOf(page, '/wie-deelt-wat?').filter((href) => href.includes('wie=alle'));
    const whole = await other.get(all);
    expect([columnsOf(whole), whole.text.includes('van 40 ontvangers')]).toEqual([40, false]);
  });

  test('shows who looked, by whom and what, and none of another controller', async () => {
    await (await desk.as('privacy-officer', oin.hoogland, { account: 'test-fg-hoogland' })).get('/verstrekkingen');
    const page = await fg.get('/toegang?wat=zoeken');
    expect(rowsOf(page).length).toBeGreaterThan(2);
    for (const row of rowsOf(page)) expect(row).toContain('zocht in het logboek');
    expect((await fg.get('/toegang')).text).not.toContain('test-fg-hoogland');
    expect((await fg.get('/toegang?wat=programma')).text).toContain('Niemand keek op deze manier');
    const [next = ''] = hrefsOf(await fg.get('/toegang'), '/toegang?na=');
    expect(rowsOf(await fg.get(next)).length).toBeGreaterThan(0);
  });

  test('draws a sample by a seed that is shown, and takes judgements', async () => {
    const start = await fg.get('/steekproef');
    expect(start.text).toContain('Nog geen steekproef');
    const drawn = await fg.send(start, '/steekproef', { periode: /<option value="(\d{4})"/.exec(start.html)?.[1] ?? '' });
    expect(drawn.at).toMatch(/^\/steekproef\/[0-9a-f-]{36}$/);
    const [entry = ''] = hrefsOf(drawn, `${drawn.at}/`);
    const form = await fg.get(entry);
    const bad = await fg.send(form, entry, { oordeel: 'incident' });
    expect([bad.status, bad.text.includes('Schrijf bij een vraag of incident')]).toEqual([422, true]);
    const judged = await fg.send(await fg.get(entry), entry, { oordeel: 'question', toelichting: 'Waarom ging dit mee?' });
    expect(judged.text).toContain('Het oordeel is vastgelegd');
    expect((await fg.get(entry)).text).toContain('Waarom ging dit mee?');
    expect((await (await desk.as('privacy-officer', oin.hoogland)).get(drawn.at)).status).toBe(404);
    expect((await fg.get('/steekproef')).html).toMatch(/class="count">\d+/);
  });

  test('is for privacy officers of a party, in both languages', async () => {
    const others = [await desk.as('operator', oin.waterveen), await desk.as('municipality-officer', oin.waterveen), await desk.as('privacy-officer', null, { account: 'test-nobody' })];
    for (const path of ['/verstrekkingen', '/verstrekkingen/1', '/wie-deelt-wat', '/toegang', '/steekproef', '/rapporten']) {
      for (const other of others) expect((await other.get(path)).status).toBe(403);
    }
    for (const path of ['/verstrekkingen', '/verstrekkingen/zoek', '/wie-deelt-wat', '/toegang', '/steekproef', '/rapporten']) {
      const reply = await fetch(new URL(path, desk.url), { headers: { cookie: `${fg.cookie}; __Host-taal=en` } });
      expect([path, reply.status, (await reply.text()).includes('<html lang="en"')]).toEqual([path, 200, true]);
    }
  });
});
