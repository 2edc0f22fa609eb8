import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sessionLimits } from '@ketensluis/domain';
import { readLimits } from '../../libs/platform/read-limit.js';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { PracticeAccount } from '../../apps/practice/identity/accounts.js';
import { startProvider } from '../../apps/practice/identity/provider.js';
import { backOf } from '../../apps/console/sign-in/sign-in.js';
import { oin } from '../cases/steps.js';
import { openTestConsole, type TestConsole } from '../harness/console.js';
import { freePort } from '../harness/free-port.js';
import { openTestHub, type TestHub } from '../harness/hub.js';
import { newWalker, type Walker } from '../harness/web-walk.js';

const known: readonly PracticeAccount[] = [
  { account: 'oefen-vt', name: 'V. Thuiswerker', roles: ['case-worker'], party: oin.veiligThuis },
  { account: 'oefen-beheerder', name: 'S. de Beheerder', roles: ['operator'], party: null },
];
// The provider knows them; the console knows no such role, or needs a party.
const unknown: readonly PracticeAccount[] = [
  { account: 'oefen-zonder-rol', name: 'Z. Onderrol', roles: ['court-clerk'], party: oin.court },
  { account: 'oefen-zonder-partij', name: 'Z. Onderpartij', roles: ['case-worker'], party: null },
];

describe('signing in', () => {
  let hub: TestHub;
  const lines: string[] = [];
  const stops: (() => Promise<void>)[] = [];
  const open = async (levels?: readonly string[], secretFile?: string): Promise<TestConsole> => {
    const port = await freePort();
    const desk = await openTestConsole(hub, { provider: `http://localhost:${port}`, accounts: known, ...(levels === undefined ? {} : { levels }), ...(secretFile === undefined ? {} : { secretFile }) });
    const provider = await startProvider({ port, consoleUrl: desk.url.origin, accounts: [...known, ...unknown] });
    stops.push(provider.close, desk.close);
    return desk;
  };
  let desk: TestConsole;
  beforeAll(async () => {
    hub = await openTestHub({ listeners: { hearers: [], onLine: (line) => void lines.push(line) } });
    desk = await open();
  });
  afterAll(async () => {
    for (const stop of stops) await stop();
    await hub.close();
  });

  /** To the page where one chooses who to be, and from there to the answer the provider sends the browser back with; not followed. */
  const toAnswer = async (walker: Walker, account: string, at = desk, path = '/hulp'): Promise<URL> => {
    const choice = await walker.go(new URL(`/aanmelden?terug=${encodeURIComponent(path)}`, at.url));
    expect(choice.url.pathname).toMatch(/^\/keuze\//);
    const { next } = await walker.go(new URL(`?wie=${account}`, choice.url), /aanmelden\/terug/);
    if (next === null) throw new Error('the provider sent nobody back');
    return next;
  };
  const signIn = async (walker: Walker, account = 'oefen-vt', at = desk, path = '/hulp') => walker.go(await toAnswer(walker, account, at, path));

  test('brings somebody where they wanted to be, under the name the provider gave', async () => {
    const walker = newWalker();
    const end = await signIn(walker, 'oefen-vt', desk, '/hulp/begrippen');
    expect([end.status, end.url.pathname]).toEqual([200, '/hulp/begrippen']);
    expect(end.html).toContain('V. Thuiswerker');
  });

  test('takes an answer of the provider once', async () => {
    const walker = newWalker();
    const answer = await toAnswer(walker, 'oefen-vt');
    expect((await walker.go(answer)).status).toBe(200);
    const again = await walker.go(answer);
    expect(again.status).toBe(403);
    expect(again.html).toContain('al gebruikt');
  });

  test('takes an answer only in the browser that asked for it: nobody can be signed in as somebody else by a link', async () => {
    const answer = await toAnswer(newWalker(), 'oefen-vt');
    const victim = newWalker();
    expect((await victim.go(answer)).status).toBe(403);
    expect((await victim.go(new URL('/hulp', desk.url))).html).not.toContain('V. Thuiswerker');
  });

  test('begins in two tabs, and either may end', async () => {
    const walker = newWalker();
    const [one, other] = [await toAnswer(walker, 'oefen-vt'), await walker.go(new URL('/aanmelden?terug=/hulp', desk.url), /aanmelden\/terug/)];
    expect((await walker.go(one)).status).toBe(200);
    expect((await walker.go(other.next ?? '')).status).toBe(200);
  });

  test('takes no answer that was changed, made up or late', async () => {
    const changed = async (change: (url: URL) => void) => {
      const walker = newWalker();
      const answer = await toAnswer(walker, 'oefen-vt');
      change(answer);
      return (await walker.go(answer)).status;
    };
    expect(await changed((url) => url.searchParams.set('code', 'x'.repeat(43)))).toBe(403);
    expect(await changed((url) => url.searchParams.set('state', 'x'.repeat(43)))).toBe(403);
    expect(await changed((url) => url.searchParams.delete('state'))).toBe(403);
    expect(await changed((url) => url.searchParams.set('iss', 'https://elders.example'))).toBe(403);
    expect((await newWalker().go(new URL('/aanmelden/terug?error=access_denied&state=x', desk.url))).status).toBe(403);
  });

  test('says what is missing: a level, a role, a party', async () => {
    expect((await signIn(newWalker(), 'oefen-zonder-rol')).html).toContain('nog geen rol');
    expect((await signIn(newWalker(), 'oefen-zonder-partij')).html).toContain('niet herkend');
    const higher = await open(['http://eidas.europa.eu/LoA/high']);
    const low = await signIn(newWalker(), 'oefen-vt', higher);
    expect(low.status).toBe(403);
    expect(low.html).toContain('te laag betrouwbaarheidsniveau');
  });

  test('says that the provider is away to who signs in, and why to the operator and the log', async () => {
    const away = await openTestConsole(hub, { provider: `http://localhost:${await freePort()}`, accounts: known });
    stops.push(away.close);
    const page = await away.stranger.get('/aanmelden');
    expect(page.text).toContain('niet bereikbaar');
    expect(lines.filter((line) => line.includes('"sign-in.away"')).join()).toContain('ECONNREFUSED');
    expect((await (await away.as('operator', null)).get('/controlelijst')).text).toContain('(ECONNREFUSED)');
  });

  test('says that the provider does not know the console: not to whoever signs in what to mend, but to the operator and the log', async () => {
    // This provider knows its client without a secret, so any secret is a wrong one.
    const secretFile = join(hub.practiceFolder, 'sign-in.secret');
    await writeFile(secretFile, 'not what the provider knows');
    const wrong = await open(undefined, secretFile);
    const end = await signIn(newWalker(), 'oefen-vt', wrong);
    expect(end.status).toBe(503);
    expect(end.html).toContain('neemt Ketensluis niet aan');
    expect(lines.filter((line) => line.includes('"sign-in.refused"')).at(-1)).toContain('"reason":"client-refused"');
    expect((await (await wrong.as('operator', null)).get('/controlelijst')).text).toContain('kent de console niet als zijn client (invalid_client)');
    expect((await (await desk.as('operator', null)).get('/controlelijst')).text).not.toContain('invalid_client');
  });

  test('gives a session that was not there before: a planted cookie is worth nothing', async () => {
    const walker = newWalker();
    const planted = 'A'.repeat(43);
    walker.plant(desk.url.origin, '__Host-ketensluis', planted);
    await signIn(walker);
    expect(walker.cookieOf('__Host-ketensluis')).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(walker.cookieOf('__Host-ketensluis')).not.toBe(planted);
    const attacker = newWalker();
    attacker.plant(desk.url.origin, '__Host-ketensluis', planted);
    expect((await attacker.go(new URL('/hulp', desk.url))).html).not.toContain('V. Thuiswerker');
  });

  test('comes back to paths of ours only', () => {
    for (const evil of ['//elders.example', '/\\elders.example', 'https://elders.example', 'javascript:alert(1)', '/%0d%0aSet-Cookie:x=1', '/\t/elders.example', '', '/..//elders.example', `/${'a'.repeat(1_001)}`]) {
      const back = new URL(backOf(evil), desk.url);
      expect([evil, back.origin]).toEqual([evil, desk.url.origin]);
      expect(backOf(evil)).not.toMatch(/^\/[\\/]|[\r\n\t]/);
    }
    expect(backOf('/zaakmeldingen?na=3')).toBe('/zaakmeldingen?na=3');
  });

  test('signs out at the provider too, which asks again who it is', async () => {
    const walker = newWalker();
    const page = await signIn(walker, 'oefen-beheerder');
    const token = /name="_teken" value="([^"]+)"/.exec(page.html)?.[1] ?? '';
    const reply = await fetch(new URL('/afmelden', desk.url), {
      method: 'POST', redirect: 'manual', body: new URLSearchParams({ _teken: token }), headers: { origin: desk.url.origin, cookie: `__Host-ketensluis=${walker.cookieOf('__Host-ketensluis') ?? ''}` },
    });
    const farewell = new URL(reply.headers.get('location') ?? '');
    expect(farewell.pathname).toBe('/session/end');
    expect(farewell.searchParams.get('post_logout_redirect_uri')).toBe(new URL('/afgemeld', desk.url).href);
    expect(farewell.searchParams.get('id_token_hint')).toMatch(/^ey/);
    expect((await walker.go(new URL('/hulp', desk.url))).html).not.toContain('S. de Beheerder');
  });

  test('ends a session on each computer of somebody, and of nobody else', async () => {
    const [one, other, somebody] = [newWalker(), newWalker(), newWalker()];
    const page = await signIn(one);
    await signIn(other);
    await signIn(somebody, 'oefen-beheerder');
    const token = /name="_teken" value="([^"]+)"/.exec(page.html)?.[1] ?? '';
    await fetch(new URL('/afmelden', desk.url), {
      method: 'POST', redirect: 'manual', body: new URLSearchParams({ _teken: token, overal: 'ja' }), headers: { origin: desk.url.origin, cookie: `__Host-ketensluis=${one.cookieOf('__Host-ketensluis') ?? ''}` },
    });
    expect((await other.go(new URL('/hulp', desk.url))).html).not.toContain('V. Thuiswerker');
    expect((await somebody.go(new URL('/hulp', desk.url))).html).toContain('S. de Beheerder');
  });

  test('renews its token while requests are under way, and drops the old one after them', async () => {
    const walker = newWalker();
    await signIn(walker);
    const before = walker.cookieOf('__Host-ketensluis') ?? '';
    await hub.advance(sessionLimits.renewMs + 1_000);
    const ask = (cookie: string) => fetch(new URL('/hulp', desk.url), { headers: { cookie: `__Host-ketensluis=${cookie}` } });
    const pages = await Promise.all([ask(before), ask(before), ask(before)]);
    const fresh = pages.flatMap((page) => page.headers.getSetCookie());
    expect(fresh).toHaveLength(1);
    for (const page of pages) expect(await page.text()).toContain('V. Thuiswerker');
    await hub.advance(31_000);
    expect(await (await ask(before)).text()).not.toContain('V. Thuiswerker');
    expect(await (await ask(/__Host-ketensluis=([^;]+)/.exec(fresh[0] ?? '')?.[1] ?? '')).text()).toContain('V. Thuiswerker');
  });

  test('ends after doing nothing, and after a night however busy', async () => {
    const idle = newWalker();
    await signIn(idle);
    await hub.advance(sessionLimits.idleMs - 60_000);
    expect((await idle.go(new URL('/hulp', desk.url))).html).toContain('V. Thuiswerker');
    await hub.advance(sessionLimits.idleMs + 1_000);
    expect((await idle.go(new URL('/hulp', desk.url))).html).not.toContain('V. Thuiswerker');
    const busy = newWalker();
    await signIn(busy);
    for (let ms = 0; ms < sessionLimits.wholeMs; ms += 20 * 60_000) {
      expect((await busy.go(new URL('/hulp', desk.url))).html).toContain('V. Thuiswerker');
      await hub.advance(20 * 60_000);
    }
    expect((await busy.go(new URL('/hulp', desk.url))).html).not.toContain('V. Thuiswerker');
  });

  test('lets no stranger begin without end', async () => {
    const statuses = new Set<number>();
    for (let n = 0; n < readLimits['sign-in'].most * 3 && !statuses.has(429); n += 1) statuses.add((await newWalker().go(new URL('/aanmelden/terug?state=x', desk.url))).status);
    expect(statuses).toEqual(new Set([403, 429]));
    expect((await newWalker().go(new URL('/hulp', desk.url))).status).toBe(200);
  });
});
