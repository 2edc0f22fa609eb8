import { deskRoles, type DeskRole } from '@ketensluis/domain';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { rooms } from '../../apps/console/routes.js';
import { menus } from '../../apps/console/shell/menu.js';
import type { Route } from '../../apps/console/route.js';
import { oin } from '../cases/steps.js';
import { openTestConsole, type TestConsole, type Visitor } from '../harness/console.js';
import { openTestHub, type TestHub } from '../harness/hub.js';

// The table itself: a route that somebody adds is tried here without being named.
const routes: readonly Route[] = rooms.flatMap((room) => room.routes);
const partyOf: Readonly<Record<DeskRole, string | null>> = {
  'case-worker': oin.veiligThuis, 'court-clerk': oin.court, 'municipality-officer': oin.waterveen, 'privacy-officer': oin.waterveen, operator: null, integrator: oin.veiligThuis,
};
/** An address the route answers at; the values of its names are nobody's. */
const addressOf = ({ path }: Route): string => path.replace(/:[^/]+/g, '00000000-0000-4000-8000-000000000000');
const isFor = ({ roles }: Route, role: DeskRole): boolean => roles === 'everybody' || roles === 'signed-in' || roles.includes(role);

describe('who may go where', () => {
  let hub: TestHub;
  let desk: TestConsole;
  let visitors: ReadonlyMap<DeskRole, Visitor>;
  beforeAll(async () => {
    hub = await openTestHub();
    desk = await openTestConsole(hub);
    visitors = new Map(await Promise.all(deskRoles.map(async (role) => [role, await desk.as(role, partyOf[role])] as const)));
  });
  afterAll(async () => {
    await desk.close();
    await hub.close();
  });

  const ask = (method: string, path: string, { cookie = '', body, origin }: { readonly cookie?: string; readonly body?: URLSearchParams; readonly origin?: string } = {}) =>
    fetch(new URL(path, desk.url), { method, redirect: 'manual', headers: { ...(cookie === '' ? {} : { cookie }), ...(origin === undefined ? {} : { origin }) }, ...(body === undefined ? {} : { body }) });

  test('is written down once for each address', () => {
    const all = routes.map(({ method, path }) => `${method} ${path.replace(/:[^/]+/g, ':')}`);
    expect(all.filter((one, place) => all.indexOf(one) !== place)).toEqual([]);
    expect(routes.length).toBeGreaterThan(10);
  });

  test('opens to everybody what belongs to nobody, and that only', () => {
    expect(routes.filter(({ roles }) => roles === 'everybody').map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
      'GET /aanmelden', 'GET /aanmelden/terug', 'GET /afgemeld', 'GET /hulp', 'GET /hulp/:pagina', 'GET /taal/:taal', 'GET /toegankelijkheid',
    ]);
  });

  test('sends nobody anywhere but to sign in', async () => {
    for (const route of routes.filter(({ roles }) => roles !== 'everybody')) {
      const reply = await ask(route.method, addressOf(route));
      const got = route.method === 'GET' ? `${reply.status} ${reply.headers.get('location')?.split('?')[0] ?? ''}` : String(reply.status);
      expect([route.method, route.path, got]).toEqual([route.method, route.path, route.method === 'GET' ? '303 /aanmelden' : '403']);
      await reply.arrayBuffer();
    }
  });

  test('shows a page to no other role, and says nothing but which role may', async () => {
    for (const route of routes.filter(({ method }) => method === 'GET')) {
      for (const role of deskRoles.filter((one) => !isFor(route, one))) {
        const reply = await ask('GET', addressOf(route), { cookie: visitors.get(role)?.cookie ?? '' });
        expect([route.path, role, [403, 404].includes(reply.status)]).toEqual([route.path, role, true]);
        await reply.arrayBuffer();
      }
    }
  });

  test('does nothing for another role, and nothing without the token of a form of this very session', async () => {
    const anybody = await desk.as('operator', null);
    const other = /name="_teken" value="([^"]+)"/.exec((await anybody.get('/hulp')).html)?.[1] ?? '';
    expect(other).not.toBe('');
    for (const route of routes.filter(({ method, path }) => method === 'POST' && path !== '/afmelden')) {
      for (const role of deskRoles) {
        const cookie = visitors.get(role)?.cookie ?? '';
        for (const body of [new URLSearchParams(), new URLSearchParams({ _teken: other })]) {
          const reply = await ask('POST', addressOf(route), { cookie, body, origin: desk.url.origin });
          expect([route.path, role, reply.status]).toEqual([route.path, role, 403]);
          await reply.arrayBuffer();
        }
      }
    }
  });

  test('does not count the role of a party for somebody without one', async () => {
    const lost = await desk.as('case-worker', null);
    for (const { href } of menus['case-worker']) expect((await ask('GET', href, { cookie: lost.cookie })).status).not.toBe(200);
  });

  test('opens for each role all that its menu leads to', async () => {
    for (const role of deskRoles) {
      for (const { href } of menus[role]) {
        const reply = await ask('GET', href, { cookie: visitors.get(role)?.cookie ?? '' });
        expect([role, href, reply.status]).toEqual([role, href, 200]);
        await reply.arrayBuffer();
      }
    }
  });

  test('finds nothing, rather than failing, where a name in the address is nobody\'s or nonsense', async () => {
    for (const route of routes.filter(({ method, path }) => method === 'GET' && path.includes(':') && !path.startsWith('/taal'))) {
      const role = route.roles === 'everybody' || route.roles === 'signed-in' ? 'operator' : route.roles[0] ?? 'operator';
      for (const value of ['00000000-0000-4000-8000-000000000000', '9'.repeat(30), "a'--", '%00', '..%2f..%2fetc', 'x'.repeat(2_000)]) {
        const reply = await ask('GET', route.path.replace(/:[^/]+/g, value), { cookie: visitors.get(role)?.cookie ?? '' });
        expect([route.path, value.slice(0, 40), reply.status < 500]).toEqual([route.path, value.slice(0, 40), true]);
        await reply.arrayBuffer();
      }
    }
  });
});
