import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openTestConsole, type TestConsole } from '../harness/console.js';
import { openTestHub, type TestHub } from '../harness/hub.js';
import { oin } from '../cases/steps.js';

describe('the frame of the console', () => {
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

  test('sends a stranger to sign in, and says so when the provider is away', async () => {
    const page = await desk.stranger.get('/');
    expect(page.status).toBe(503);
    expect(page.text).toContain('niet bereikbaar');
  });

  test('gives nothing inline, to no frame and to no cache', async () => {
    const page = await (await desk.as('operator', null)).get('/nergens');
    expect(page.status).toBe(404);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.html).not.toMatch(/ style="|<style|<script>|\son\w+="/);
  });

  test('does not take a form from elsewhere, without its token, or of another session', async () => {
    const [one, other] = [await desk.as('operator', null), await desk.as('operator', null)];
    const page = await one.get('/nergens');
    const token = /name="_teken" value="([^"]+)"/.exec(page.html)?.[1] ?? '';
    const post = (cookie: string, body: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>>) =>
      fetch(new URL('/afmelden', desk.url), { method: 'POST', redirect: 'manual', body: new URLSearchParams(body), headers: { cookie, ...headers } });
    expect((await post(one.cookie, { _teken: token }, { origin: 'https://elders.example' })).status).toBe(403);
    expect((await post(one.cookie, { _teken: token }, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await post(one.cookie, {}, { origin: desk.url.origin })).status).toBe(403);
    expect((await post(other.cookie, { _teken: token }, { origin: desk.url.origin })).status).toBe(403);
    expect((await post(one.cookie, { _teken: token }, { origin: 'null' })).status).toBe(403);
    // What a browser sends from a page of ours, which gives no referrer.
    expect((await post(one.cookie, { _teken: token }, { origin: 'null', 'sec-fetch-site': 'same-origin' })).status).toBe(303);
    expect((await one.get('/nergens')).text).not.toContain('T. Est');
  });

  test('ends every session of a person at once', async () => {
    const [one, other] = [await desk.as('case-worker', oin.veiligThuis), await desk.as('case-worker', oin.veiligThuis)];
    const page = await one.get('/nergens');
    await one.send(page, '/afmelden', { overal: 'ja' });
    expect((await other.get('/nergens')).text).not.toContain('T. Est');
  });

  test('speaks the language that was chosen, and comes back only to itself', async () => {
    const reply = await fetch(new URL('/taal/en?terug=//elders.example/', desk.url), { redirect: 'manual' });
    expect(reply.headers.get('location')).toBe('/');
    expect(reply.headers.getSetCookie().join()).toContain('__Host-taal=en');
  });

  test('forgets by itself who was signed in, who was about to, and what was sent', async () => {
    const { pool } = hub.hub;
    const longAgo = new Date(hub.now().getTime() - 11 * 3_600_000);
    await desk.sessions.begin({ account: 'test-long-ago', name: 'T. Est', roles: ['operator'], party: null, level: 'test' }, null, longAgo);
    const state = await desk.sessions.beginTry({ nonce: 'n', verifier: 'v', back: '/' }, longAgo);
    expect(state).not.toBe('');
    await desk.sessions.claimForm('01a20388-0000-7000-8000-000000000000', 'test-long-ago', longAgo);
    const left = async (): Promise<number> => {
      const { rows } = await pool.query<{ left: number }>(
        "select ((select count(*) from person_session where account = 'test-long-ago') + (select count(*) from sign_in_try where began_at < $1) + (select count(*) from sent_form where account = 'test-long-ago'))::int as left", [hub.now()],
      );
      return rows[0]?.left ?? -1;
    };
    expect(await left()).toBe(3);
    const other = await openTestConsole(hub);
    try {
      while ((await left()) > 0) await new Promise((resolve) => setTimeout(resolve, 50));
    } finally {
      await other.close();
    }
    expect(await left()).toBe(0);
  });
});
