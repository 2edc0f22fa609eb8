import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { contractParts } from '@ketensluis/domain';
import { createHash } from 'node:crypto';
import { openRegion, openSituation, type Outcome } from '../cases/situation.js';
import { oin } from '../cases/steps.js';
import { openTestConsole, type TestConsole, type Visited, type Visitor } from '../harness/console.js';
import { dutchDay, untilNoon } from '../harness/day.js';
import type { TestHub } from '../harness/hub.js';
import { sendBoxes, type Pair } from './repeated-fields.js';

const pdf = Buffer.from('%PDF-1.7\nGetekend door mr. B. Stuur\n%%EOF\n');

describe('processor agreements of a municipality', () => {
  let hub: TestHub;
  let desk: TestConsole;
  let first: Visitor;
  let second: Visitor;
  let held: Outcome;
  const officer = (party: string, account: string): Promise<Visitor> => desk.as('municipality-officer', party, { account, name: `Persoon ${account}` });
  beforeAll(async () => {
    hub = await openRegion();
    await hub.advance(untilNoon(hub.now()));
    desk = await openTestConsole(hub);
    [first, second] = await Promise.all([officer(oin.berkenrade, 'een'), officer(oin.berkenrade, 'twee')]);
    held = await openSituation(hub, '9903').send('huisverbod.opgelegd', 'berkenrade');
  });
  afterAll(async () => {
    await desk.close();
    await hub.checkLog();
    await hub.close();
  });

  const day = (days: number): string => dutchDay(hub.now(), days);
  const addressOf = (page: Visited): string => page.at.split('?')[0] ?? '';
  const fill = async (pairs: readonly Pair[], { visitor = first, to = '/overeenkomsten/nieuw', page }: { readonly visitor?: Visitor; readonly to?: string; readonly page?: string } = {}): Promise<Visited> =>
    sendBoxes(desk, visitor, { page: await visitor.get(page ?? to), to, change: (ticked) => ticked, pairs });
  const parts: readonly Pair[] = contractParts.map((part) => ['onderdeel', part]);
  const signed = (): readonly Pair[] => [
    ['model', 'own'], ['doel', 'Uitvoering van de Wet tijdelijk huisverbod.'], ['van', day(-1)], ['tot', ''], ['subverwerkers', 'Rekencentrum Oost; NL; hosting'], ['mandaat', 'Mandaatbesluit 2026, artikel 4'], ['reden', 'De overeenkomst is getekend.'],
    ['gemeente-naam', 'B. Stuur'], ['gemeente-functie', 'gemeentesecretaris'], ['gemeente-dag', day(-3)], ['verwerker-naam', 'D. Irectie'], ['verwerker-functie', 'directeur'], ['verwerker-dag', day(-2)],
  ];
  const file = (content: Buffer): Pair => ['pdf', new Blob([new Uint8Array(content)], { type: 'application/pdf' })];
  const approve = async (trial: Visited): Promise<Visited> => {
    await first.send(trial, `${addressOf(trial)}/aanbieden`, {});
    const done = await second.send(await second.get(addressOf(trial)), `${addressOf(trial)}/goedkeuren`, {});
    await hub.settle();
    return done;
  };

  test('without one: says so, what to do, and how many disclosures wait for whom', async () => {
    const waiting = Object.values(held.holds).filter((reason) => reason === 'no-agreement').length;
    expect(waiting).toBeGreaterThan(0);
    const page = await first.get('/overeenkomsten');
    expect(page.text).toContain('Er is nog geen verwerkersovereenkomst.');
    expect(page.text).toContain(`${waiting} verstrekkingen wachten op een overeenkomst`);
    expect(page.text).toContain('Politie Noorderwaard: 1');
    expect((await first.get('/gegevensdeling')).text).toMatch(/Voor \d+ onderdelen ontbreekt een overeenkomst/);
  });

  test('tells all that is wrong at once: no document, parts not found, a signature too few, a day that is none', async () => {
    const page = await fill([...signed().filter(([name]) => !['van', 'doel', 'subverwerkers', 'verwerker-functie'].includes(name)), ['van', '31-02-2026'], ['doel', ''], ['subverwerkers', 'Rekencentrum Oost'], file(Buffer.from('MZ geen pdf'))]);
    expect(page.status).toBe(422);
    for (const fault of ['Dit is geen PDF.', 'Vul een dag in als dd-mm-jjjj.', 'Vul dit in.', 'Regel 1: schrijf naam; land; doel.', 'Vul naam, functie en dag allemaal in, of geen van drie.']) expect(page.text).toContain(fault);
    const bare = await fill(signed());
    expect(bare.text).toContain('Kies het getekende document als PDF.');
    expect(bare.text).toContain('Nog niet alle onderdelen zijn gevonden.');
    expect(bare.html).toContain('value="B. Stuur"');
    expect((await fill([...signed().filter(([name]) => name !== 'verwerker-dag'), ['verwerker-dag', day(1)], ...parts, file(pdf)])).text).toContain('Deze dag moet nog komen.');
  });

  test('a file of more than 10 MB is not taken', async () => {
    expect((await fill([...signed(), ...parts, file(Buffer.concat([pdf, Buffer.alloc(10 * 1024 * 1024)]))])).status).toBe(422);
  });

  test('signed and approved by a second person, it lets go what was held; the document is kept encrypted', async () => {
    const trial = await fill([...signed(), ...parts, file(pdf)]);
    expect(trial.text).toContain('1 bericht had ook naar Veilig Thuis Noorderwaard kunnen gaan (WTH-08)');
    expect(trial.text).toMatch(/\d+ verstrekkingen wachten op een overeenkomst. Na goedkeuring/);
    expect((await hub.decisions(held.id)).some(({ recipient, kind }) => recipient === oin.veiligThuis && kind === 'permit')).toBe(false);
    expect((await approve(trial)).text).toContain('Goedgekeurd.');
    const agreement = { ...(await hub.document('agreement', 'wth-berkenrade')) };
    expect(agreement).toMatchObject({ template: 'own', documentSha256: createHash('sha256').update(pdf).digest('hex'), signedByController: { person: 'B. Stuur' } });
    expect((await hub.decisions(held.id)).filter(({ kind, recipient }) => kind === 'permit' && recipient !== oin.berkenrade).map(({ recipient }) => recipient)).toContain(oin.veiligThuis);

    const page = await first.get('/overeenkomsten/wth-berkenrade');
    expect(page.text).toContain('Rekencentrum Oost (NL): hosting');
    const sha256 = createHash('sha256').update(pdf).digest('hex');
    const opened = await fetch(new URL(`/overeenkomsten/document/${sha256}`, desk.url), { headers: { cookie: first.cookie } });
    expect(Buffer.from(await opened.arrayBuffer()).equals(pdf)).toBe(true);
    expect(opened.headers.get('content-disposition')).toMatch(/^attachment; /);
    const { rows } = await hub.hub.pool.query<{ sealed: Buffer }>('select sealed from agreement_document');
    expect(rows.some(({ sealed }) => sealed.includes('%PDF') || sealed.includes('Stuur'))).toBe(false);
  });

  test('shows what stops when it ends, and that duties stay; a termination is tried, approved and holds', async () => {
    const page = await first.get('/overeenkomsten/wth-berkenrade');
    expect(page.text).toContain('Plicht blijft: doe het zelf');
    const empty = await first.send(page, '/overeenkomsten/wth-berkenrade/opzeggen', { dag: '01-01-2026', reden: '' });
    expect([empty.status, empty.text.includes('Deze dag is al geweest.'), empty.text.includes('Vul dit in.')]).toEqual([422, true, true]);
    const trial = await first.send(page, '/overeenkomsten/wth-berkenrade/opzeggen', { dag: day(0), reden: 'Andere leverancier.' });
    expect(trial.text).toContain('1 bericht was niet meer naar Veilig Thuis Noorderwaard gegaan (WTH-08)');
    await approve(trial);
    expect((await first.get('/overeenkomsten')).text).toContain('Opgezegd');
    expect((await openSituation(hub, '9903').send('huisverbod.opgelegd', 'berkenrade')).holds).toMatchObject({ [oin.veiligThuis]: 'no-agreement' });
  });

  test('a draft needs no signature and opens nothing; left as it is there is nothing to propose', async () => {
    const waterveen = await officer(oin.waterveen, 'water');
    const same = await fill(await asIs(waterveen), { visitor: waterveen, to: '/overeenkomsten/wth-waterveen/wijzigen' });
    expect([same.status, same.text.includes('U heeft niets gewijzigd.')]).toEqual([422, true]);
    const unsigned = signed().map(([name, value]): Pair => (/^(gemeente|verwerker)-/.test(name) ? [name, ''] : [name, value]));
    const draft = await fill(unsigned);
    expect(draft.text).toContain('Met deze instelling was er niets anders gegaan.');
    await approve(draft);
    expect((await first.get('/overeenkomsten/wth-berkenrade-2')).text).toContain('Concept');
  });

  test('belongs to its municipality alone', async () => {
    const stranger = await officer(oin.hoogland, 'elders');
    for (const path of ['/overeenkomsten/wth-berkenrade', '/overeenkomsten/wth-berkenrade/wijzigen', `/overeenkomsten/document/${createHash('sha256').update(pdf).digest('hex')}`]) expect((await stranger.get(path)).status).toBe(404);
    expect((await (await officer(oin.veiligThuis, 'geen-gemeente')).get('/overeenkomsten')).status).toBe(404);
    expect((await (await desk.as('operator', null)).get('/overeenkomsten')).status).toBe(403);
  });

  /** The fields of the form as they stand, with every part of the article ticked. */
  const asIs = async (visitor: Visitor): Promise<readonly Pair[]> => {
    const { html } = await visitor.get('/overeenkomsten/wth-waterveen/wijzigen');
    const attribute = (tag: string, name: string): string => new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? '';
    const inputs = [...html.matchAll(/<input [^>]*type="text"[^>]*>/g)].map(([tag]): Pair => [attribute(tag, 'name'), attribute(tag, 'value')]);
    const areas = [...html.matchAll(/(<textarea [^>]*>)([^<]*)</g)].map(([, tag = '', text = '']): Pair => [attribute(tag, 'name'), text.trim()]);
    return [...inputs, ...areas.filter(([name]) => name !== 'reden'), ['model', 'VNG'], ['reden', 'Kijken of er iets verandert.'], ...parts];
  };
});
