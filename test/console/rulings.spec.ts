import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { openSituation, openRegion, type Situation } from '../cases/situation.js';
import { oin } from '../cases/steps.js';
import { openTestConsole, type TestConsole, type Visited, type Visitor } from '../harness/console.js';
import type { TestHub } from '../harness/hub.js';
import { filled } from './ruling-answers.js';

const otherCourt = '00000001900000000309';
const hourMs = 3_600_000;

describe('the room of the court', () => {
  let hub: TestHub;
  let desk: TestConsole;
  let clerk: Visitor;
  beforeAll(async () => {
    hub = await openRegion();
    desk = await openTestConsole(hub);
    clerk = await desk.as('court-clerk', oin.court);
  });
  afterAll(async () => {
    await desk.close();
    await hub.close();
  });
  afterEach(() => hub.checkLog());

  const requested = async (): Promise<Situation> => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    await situation.send('voorziening.verzocht', 'court');
    return situation;
  };
  const idOf = async (situation: Situation, type: string): Promise<string> =>
    (await hub.hub.pool.query<{ id: string }>('select message.id from message join case_file on case_file.id = case_id where number = $1 and type = $2 order by id desc', [situation.number, type])).rows[0]?.id ?? '';
  const drafted = async (situation: Situation, change: Readonly<Record<string, string | Blob>> = {}): Promise<Visited> => {
    const page = await clerk.get(`/uitspraken/toevoegen?bij=${await idOf(situation, 'voorziening.verzocht')}`);
    return clerk.send(page, '/uitspraken/toevoegen', { ...filled(situation.start), ...change });
  };
  const dutyAt = (id: string, key: string): string => `/uitspraken/${id}/plicht/${encodeURIComponent(key)}`;
  const sentFrom = (page: Visited, by = clerk): Promise<Visited> => by.send(page, `${page.at}/versturen`, {});
  const looks = async (): Promise<readonly { action: string; function: string; question: unknown; objects: number; controller: string | null }[]> =>
    (await hub.hub.pool.query("select action, function, question, object_count as objects, controller from access where actor = 'test-court-clerk' order by seq")).rows;

  test('is for the registry alone, and says how the feed is connected while there is nothing', async () => {
    expect((await (await desk.as('case-worker', oin.veiligThuis)).get('/uitspraken')).status).toBe(403);
    expect((await (await desk.as('operator', null)).get('/uitspraken')).status).toBe(403);
    const page = await (await desk.as('court-clerk', otherCourt)).get('/uitspraken');
    expect(page.text).toContain('Nog geen uitspraken. Zo sluit u de feed aan');
    expect(page.text).toContain(`curl --cert tls.cert.pem --key tls.key.pem ${hub.hub.publicUrl}/feeds/uitspraken`);
    expect(page.html).not.toMatch(/token=|Bearer [^$]/);
  });

  test('counts a request without a hearing as new, a hearing that is near as that, and each number leads to its rows', async () => {
    const situation = await requested();
    const fresh = await clerk.get('/uitspraken?toon=nieuw');
    expect(fresh.text).toContain(situation.number);
    expect(fresh.text).toContain('NWD 26/1001');
    await situation.send('zitting.bepaald', 'court', { zitting_op: '@+26:00' });
    expect((await clerk.get('/uitspraken?toon=nieuw')).text).not.toContain(situation.number);
    expect((await clerk.get('/uitspraken?toon=zitting')).text).toContain(situation.number);
    await requested();
    const list = await clerk.get('/uitspraken');
    for (const [, name = '', value = ''] of list.html.matchAll(/href="\/uitspraken\?toon=([a-z-]+)"><span[^>]*>[^<]*<\/span><span class="tile__value">(\d+)</g)) {
      const rows = (await clerk.get(`/uitspraken?toon=${name}`)).html.match(/<tr/g)?.length ?? 1;
      expect([name, rows - 1 < 0 ? 0 : rows - 1]).toEqual([name, Number(value)]);
    }
  });

  test('tells everything that is wrong with a ruling at once, and keeps what was filled in', async () => {
    const situation = await requested();
    const page = await drafted(situation, { dictum: '', uitspraakdag: '31-02-2026', zittingtijd: '25:00', ecli: 'ECLI:NL:RBNWD:2026:1', document: new Blob(['geen pdf']) });
    expect(page.status).toBe(422);
    for (const fault of ['Kies de uitkomst.', 'Vul bij "Uitspraak" een dag in als dd-mm-jjjj.', 'Vul bij "Zitting" een tijd in als uu:mm.', 'Dit is geen PDF.']) expect(page.text).toContain(fault);
    expect(page.html).toContain('ECLI:NL:RBNWD:2026:1');
    // What the contract itself holds against it comes back at its own answer.
    const odd = await drafted(situation, { gevolg: 'eindigt' });
    expect([odd.status, odd.html.includes('href="#v-gevolg"'), odd.html.includes('href="#v-werkingdag"')]).toEqual([422, true, true]);
    expect((await drafted(situation, { uitspraakdag: '01-01-2999' })).text).toContain('niet in de toekomst');
  });

  test('shows who will get what on which article before anything is sent; what then goes out is that', async () => {
    const situation = await requested();
    const preview = await drafted(situation);
    expect([preview.status, preview.at]).toEqual([200, expect.stringMatching(/^\/uitspraken\/concept\/[0-9a-f-]{36}$/)]);
    for (const text of ['Politie', 'Wth art. 8 lid 1 onder b', 'Wth art. 8 lid 1 onder c', 'Wth art. 8 lid 2, eerste volzin', 'de uithuisgeplaatste', 'Deel de uitspraak onverwijld mee.']) expect(preview.text).toContain(text);
    expect(await idOf(situation, 'uitspraak.voorziening')).toBe('');
    const ruled = await sentFrom(preview);
    expect(ruled.text).toContain('De uitspraak is verstuurd');
    await hub.settle();
    const id = await idOf(situation, 'uitspraak.voorziening');
    expect(await hub.stateOf(id)).toMatchObject({ state: 'applied' });
    expect(Object.fromEntries((await hub.decisions(id)).filter(({ kind }) => kind === 'permit').map(({ recipient, rule }) => [recipient, rule]))).toMatchObject({ [oin.police]: 'WTH-17', [oin.veiligThuis]: 'WTH-18', [oin.waterveen]: 'WTH-20' });
    const got = (await situation.received('politie-noorderwaard')).at(-1);
    expect([got?.rule, got?.mail.parts.some(({ name }) => name === 'uitspraak.pdf')]).toEqual(['WTH-17', true]);
    const page = await clerk.get(`/uitspraken/${id}`);
    expect(page.html.match(/badge--good[^>]*>bezorgd/g)?.length).toBe(3);
    expect(page.html).not.toMatch(/<title>[^<]*(NWD|ZAAK)/);
    expect((await hub.hub.pool.query('select channel from message where id = $1', [id])).rows).toEqual([{ channel: 'console' }]);
  });

  test('a ruling that is sent twice is one message, and its draft is gone', async () => {
    const situation = await requested();
    const preview = await drafted(situation);
    const [one, other] = await Promise.all([sentFrom(preview), sentFrom(await clerk.get(preview.at))]);
    await hub.settle();
    const { rows } = await hub.hub.pool.query("select from message join case_file on case_file.id = case_id where number = $1 and type = 'uitspraak.voorziening'", [situation.number]);
    expect(rows).toHaveLength(1);
    expect([one.at, other.at].filter((at) => at.includes('gedaan=verstuurd')).length).toBeGreaterThan(0);
    expect((await clerk.get(preview.at)).text).toContain('Dit concept is er niet meer');
    expect((await sentFrom(preview)).text).not.toContain('badge--bad');
    // A second ruling on the same request does not fit the case: nothing can be sent.
    const again = await drafted(situation);
    expect(again.text).toContain('Op dit verzoek is al uitspraak gedaan');
    expect(again.html).not.toContain('/versturen"');
  });

  test('what must be told by mouth is a duty with its moment, and can be marked done once it says how', async () => {
    const situation = await requested();
    await sentFrom(await drafted(situation));
    await hub.settle();
    const id = await idOf(situation, 'uitspraak.voorziening');
    const page = await clerk.get(`/uitspraken/${id}`);
    expect((await clerk.get('/uitspraken?toon=nog-niet-bezorgd')).text).toContain(situation.number);
    expect((await clerk.send(page, dutyAt(id, 'E18:UHG'), { 'hoe-E18:UHG': ' ' })).text).toContain('Schrijf op hoe en wanneer');
    const done = await clerk.send(page, dutyAt(id, 'E18:UHG'), { 'hoe-E18:UHG': 'Telefonisch verteld om 15:10.' });
    expect(done.text).toContain('Vastgelegd: dit is gedaan');
    expect(await situation.duty('E18:UHG')).toMatchObject({ closedBy: 'outside:test-court-clerk' });
    expect((await hub.entries()).findLast(({ code }) => code === 'done-outside-hub')).toMatchObject({ kind: 'outcome', toRole: 'UHG' });
    // The copy for the household goes by post: with that everybody has his.
    await clerk.send(await clerk.get(`/uitspraken/${id}`), dutyAt(id, 'E16:PART'), { 'hoe-E16:PART': 'Per post.' });
    expect((await clerk.get('/uitspraken?toon=bezorgd')).text).toContain(situation.number);
    expect((await clerk.get('/uitspraken?toon=nog-niet-bezorgd')).text).not.toContain(situation.number);
    // What the burgemeester must tell is not the registry's to mark, and what is done is not done again.
    const token = { _teken: /name="_teken" value="([^"]+)"/.exec(page.html)?.[1] ?? '' };
    const mark = (key: string) => fetch(new URL(dutyAt(id, key), desk.url), { method: 'POST', headers: { cookie: clerk.cookie, origin: desk.url.origin }, body: new URLSearchParams({ ...token, [`hoe-${key}`]: 'Nee.' }) });
    expect([(await mark('E19:PART')).status, (await mark('E18:UHG')).status]).toEqual([422, 422]);
    expect(await situation.duty('E19:PART')).toMatchObject({ closedBy: null });
  });

  test('another court sees nothing of it, and learns nothing by asking', async () => {
    const situation = await requested();
    const preview = await drafted(situation);
    const stranger = await desk.as('court-clerk', otherCourt, { account: 'other-clerk' });
    const request = await idOf(situation, 'voorziening.verzocht');
    for (const path of [`/uitspraken/${request}`, `/uitspraken/${request}/stuk/1`, `/uitspraken/toevoegen?bij=${request}`, `/uitspraken/toevoegen?concept=${preview.at.split('/').at(-1)}`, '/uitspraken/0', '/uitspraken/00000000-0000-7000-8000-000000000000']) {
      expect([path, (await stranger.get(path)).status]).toEqual([path, 404]);
    }
    expect((await stranger.get(preview.at)).text).toContain('Dit concept is er niet meer');
    expect((await stranger.get('/uitspraken')).text).not.toContain(situation.number);
    const choose = await stranger.get('/uitspraken/toevoegen');
    expect((await stranger.send(choose, '/uitspraken/zoeken', { zaaknummer: 'NWD 26/1001' })).text).toContain('geen verzoek of zitting met dit zaaknummer');
  });

  test('finds a case by the number of the court, however it is written, and keeps the number out of the address', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    await situation.send('voorziening.verzocht', 'court', { zaaknummer_rechtbank: 'NWD 26/4711', connexe_zaken: undefined });
    const page = await clerk.get('/uitspraken/toevoegen');
    const found = await clerk.send(page, '/uitspraken/zoeken', { zaaknummer: 'nwd-26-4711' });
    expect(found.at).toBe(`/uitspraken/toevoegen?bij=${await idOf(situation, 'voorziening.verzocht')}`);
    expect((await clerk.send(await clerk.get('/uitspraken/toevoegen'), '/uitspraken/zoeken', { zaaknummer: 'NWD 26/1001' })).text).toContain('hoort bij meer zaken');
  });

  test('every opening is a row of access and an entry, with the municipality that may see it; so is sending', async () => {
    const situation = await requested();
    const before = (await looks()).length;
    const preview = await drafted(situation);
    await sentFrom(preview);
    await hub.settle();
    const id = await idOf(situation, 'uitspraak.voorziening');
    await clerk.get(`/uitspraken/${id}`);
    const file = await clerk.get(`/uitspraken/${id}/stuk/1`);
    expect([file.headers.get('content-type'), file.html.startsWith('%PDF-')]).toEqual(['application/pdf', true]);
    expect(file.headers.get('content-disposition')).not.toMatch(/NWD|ZAAK/);
    const rows = (await looks()).slice(before);
    expect(rows[0]).toMatchObject({ function: 'court-clerk', controller: oin.waterveen, question: { sends: true } });
    expect(rows.at(-2)).toMatchObject({ action: 'open', question: { ruling: id }, controller: oin.waterveen });
    expect(rows.at(-2)?.objects).toBeGreaterThan(3);
    expect(rows.at(-1)).toMatchObject({ question: { ruling: id, file: 0 } });
  });

  test('filters by outcome, municipality and period, also page by page', async () => {
    const outcome = await clerk.get('/uitspraken?uitkomst=afgewezen&gemeente=9901&periode=7');
    expect(outcome.text).toContain('Uitspraak voorlopige voorziening');
    expect(outcome.html).toMatch(/<option value="afgewezen" selected/);
    expect((await clerk.get('/uitspraken?uitkomst=ongegrond')).text).toContain('Geen regel past bij deze keuze');
    expect((await clerk.get('/uitspraken?gemeente=9902')).text).toContain('Geen regel past bij deze keuze');
    expect((await clerk.get('/uitspraken?na=geen-id&toon=x&periode=y')).status).toBe(200);
  });

  test('a draft is kept for an hour, and can be changed without sending its file again', async () => {
    const situation = await requested();
    const preview = await drafted(situation);
    const form = await clerk.get(`/uitspraken/toevoegen?concept=${preview.at.split('/').at(-1)}`);
    expect(form.html).toMatch(/<input(?=[^>]*name="uitspraakdag")(?=[^>]*value="\d\d-\d\d-\d{4}")/);
    const { document: _, ...answers } = filled(situation.start);
    const changed = await clerk.send(form, '/uitspraken/toevoegen', { ...answers, dictum: 'niet-ontvankelijk' });
    expect(changed.text).toContain('Niet-ontvankelijk');
    expect((await clerk.get(preview.at)).text).toContain('Dit concept is er niet meer');
    await clerk.send(changed, `${changed.at}/weggooien`, {});
    expect((await clerk.get(changed.at)).text).toContain('Dit concept is er niet meer');
    expect((await hub.hub.pool.query('select from ruling_draft where party = $1 and id = $2', [oin.court, changed.at.split('/').at(-1)])).rowCount).toBe(0);
  });

  test('speaks English', async () => {
    const reply = async (path: string): Promise<string> => (await fetch(new URL(path, desk.url), { headers: { cookie: `${clerk.cookie}; __Host-taal=en` } })).text();
    const list = await reply('/uitspraken');
    expect(list).toContain('Court case number');
    expect(list).not.toContain('Zaaknummer rechtbank');
    expect(await reply(`/uitspraken/toevoegen`)).toContain('Which case is the ruling about?');
  });

  // Last: it gives the court another channel and moves the clock.
  test('says who fetched the feed last, and that nobody did for two hours', async () => {
    await hub.apply({ ...(await hub.document('party', 'rechtbank-noorderwaard')), channel: { kind: 'feed' } });
    expect((await clerk.get('/uitspraken')).text).toContain('niemand heeft hem nog opgehaald');
    await hub.hub.store.feeds.size(oin.court, hub.now());
    await hub.hub.store.feeds.recordRead({ at: hub.now(), caller: { oin: oin.court, way: 'certificate', sha256: 'ab'.repeat(32) }, archive: null, outcome: 'given', range: { first: 1, last: 0 }, fresh: 0 });
    const read = await clerk.get('/uitspraken');
    expect(read.text).toContain('door een programma met certificaat of sleutel');
    expect(read.text).not.toContain('langer dan 2 uur');
    await hub.advance(3 * hourMs);
    clerk = await desk.as('court-clerk', oin.court);
    expect((await clerk.get('/uitspraken')).text).toContain('De feed is langer dan 2 uur niet opgehaald');
  });

});
