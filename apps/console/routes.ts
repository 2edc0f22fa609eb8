import { auditRoom } from './audit/room.js';
import { connectRoom } from './connect/connect.js';
import { casesRoom } from './cases/room.js';
import { firstRoom } from './first/first.js';
import { mandatesRoom } from './mandates/room.js';
import { monitorRoom } from './monitor/room.js';
import { noticesRoom } from './notices/room.js';
import { operatorRoom } from './operator/room.js';
import { ownMailRoom } from './own-mail/room.js';
import type { Room, Route } from './route.js';
import { helpRoom } from './help/help.js';
import { practiceRoom } from './practice/practice.js';
import { agreementsRoom } from './agreements/agreements.js';
import { sharingRoom } from './sharing/sharing.js';
import { rulingsRoom } from './rulings/room.js';
import { viewsRoom } from './views/room.js';
import { signInRoom } from './sign-in/sign-in.js';

/** Every room; one line each. */
export const rooms: readonly Room[] = [firstRoom, signInRoom, helpRoom, practiceRoom, noticesRoom, auditRoom, sharingRoom, agreementsRoom, connectRoom, casesRoom, monitorRoom, mandatesRoom, operatorRoom, rulingsRoom, ownMailRoom, viewsRoom];

interface Compiled {
  readonly route: Route;
  readonly parts: readonly string[];
}

let table: readonly Compiled[] | null = null;
const compiled = (): readonly Compiled[] => (table ??= rooms.flatMap(({ routes }) => routes).map((route) => ({ route, parts: route.path.split('/') })));

/** The route of an address; a part that is written out goes before one that is named. Null when there is none. */
export const findRoute = (method: Route['method'], path: string): { readonly route: Route; readonly names: Readonly<Record<string, string>> } | null => {
  const asked = path.split('/');
  let found: { readonly route: Route; readonly names: Readonly<Record<string, string>>; readonly named: number } | null = null;
  for (const { route, parts } of compiled()) {
    if (route.method !== method || parts.length !== asked.length) continue;
    const names = namesOf(parts, asked);
    const named = names === null ? 0 : Object.keys(names).length;
    if (names !== null && (found === null || named < found.named)) found = { route, names, named };
  }
  return found;
};

const namesOf = (parts: readonly string[], asked: readonly string[]): Readonly<Record<string, string>> | null => {
  const names: Record<string, string> = {};
  for (const [place, part] of parts.entries()) {
    const value = asked[place] ?? '';
    if (!part.startsWith(':')) {
      if (part !== value) return null;
      continue;
    }
    const text = decoded(value);
    if (text === null || text === '') return null;
    names[part.slice(1)] = text;
  }
  return names;
};

const decoded = (text: string): string | null => {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
};
