import type { DeskRole } from '@ketensluis/domain';
import { findRoute, rooms } from '../../apps/console/routes.js';
import type { Route } from '../../apps/console/route.js';
import { menus } from '../../apps/console/shell/menu.js';
import type { Visited, Visitor } from '../harness/console.js';

/** A page somebody can come to, by its route. */
export interface Reached {
  readonly route: Route;
  readonly href: string;
  readonly page: Visited;
}

/** What follows by itself, and never ends, and what is saved rather than shown. */
const isNoPage = ({ path }: Route): boolean => /\/(volgt|volgen|stroom|csv|log\.csv|aanvraag|:bestand|:plaats|:sha256)$/.test(path);
/** Of everybody and of whoever is signed in, these are pages; the others send on to somewhere else. */
const sendsOn = ['/aanmelden', '/aanmelden/terug', '/taal/:taal', '/'];
/** Which pages need a practice chain, and so are walked in practice.spec.ts and frame.browser.spec.ts. */
const ofPractice = ['/oefening'];

/** Routes of pages that a role may come to. */
export const routesFor = (role: DeskRole): readonly Route[] => rooms.flatMap(({ routes }) => routes)
  .filter(({ method, roles, path }) => method === 'GET' && (roles === 'everybody' || roles === 'signed-in' || roles.includes(role)) && !sendsOn.includes(path) && !ofPractice.includes(path))
  .filter((route) => !isNoPage(route));

const hrefsOf = ({ html, at }: Visited): readonly string[] => [...html.matchAll(/href="([^"]+)"/g)].map(([, href]) => (href ?? '').replaceAll('&amp;', '&'))
  .filter((href) => href.startsWith('/') || href.startsWith('?')).map((href) => (href.startsWith('?') ? `${at.split('?')[0]}${href}` : href));

/** Follows every link from the menu on, one address for each route, until no route is new; `also` is where only an act leads. */
export const walk = async (visitor: Visitor, role: DeskRole, also: readonly string[] = []): Promise<readonly Reached[]> => {
  const open = new Set(routesFor(role));
  const reached: Reached[] = [];
  const todo = [...menus[role].map(({ href }) => href), ...also, '/mijn/mail', '/hulp', '/toegankelijkheid', '/afgemeld'];
  for (let href = todo.shift(); href !== undefined; href = todo.shift()) {
    const [path = ''] = href.split(/[?#]/);
    const found = findRoute('GET', path);
    if (found === null || !open.has(found.route)) continue;
    const page = await visitor.get(href.split('#')[0] ?? href);
    // Nothing there, such as a document nobody uploaded: another link may lead to one that is.
    if (page.status !== 200) continue;
    open.delete(found.route);
    reached.push({ route: found.route, href, page });
    todo.push(...hrefsOf(page));
  }
  return reached;
};
