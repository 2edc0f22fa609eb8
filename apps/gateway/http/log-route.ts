import type { LogQuestion } from '@ketensluis/flow';
import { parseTilePath } from '@ketensluis/tlog';

/** Entries of one page of one's own, when nothing is said and at most; each brings a proof of some 1.6 KB. */
const pageLimits = { usual: 20, most: 100 } as const;

/** A question, or why the address is none: there is no such thing, or a parameter does not fit. */
export type LogRoute = { readonly kind: 'question'; readonly question: LogQuestion } | { readonly kind: 'absent' } | { readonly kind: 'malformed'; readonly parameter: string };

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * What an address below `/log/` asks for; `path` is what stands between it and the question mark, undecoded: nothing we serve has a percent sign,
 * so one resource has one address. Never throws.
 */
export const logRoute = (path: string, query: string): LogRoute => {
  if (path === 'own/entries') return ownRoute(new URLSearchParams(query));
  if (query !== '') return { kind: 'malformed', parameter: 'query' };
  if (path === 'checkpoint' || path === 'key') return asked({ kind: path });
  const id = path.startsWith('own/entries/') ? path.slice('own/entries/'.length) : null;
  if (id !== null) return uuid.test(id) ? asked({ kind: 'entry', id }) : { kind: 'absent' };
  const tile = parseTilePath(path);
  return tile === null ? { kind: 'absent' } : asked(tile);
};

const asked = (question: LogQuestion): LogRoute => ({ kind: 'question', question });

const ownRoute = (query: URLSearchParams): LogRoute => {
  const names = [...query.keys()];
  const stranger = names.find((name, place) => !['after', 'limit'].includes(name) || names.indexOf(name) !== place);
  // Its name is the caller's own text and is not repeated.
  if (stranger !== undefined) return { kind: 'malformed', parameter: 'query' };
  const [after, limit] = [numberIn(query, 'after'), numberIn(query, 'limit')];
  if (after === 'malformed') return { kind: 'malformed', parameter: 'after' };
  if (limit === 'malformed' || limit === 0) return { kind: 'malformed', parameter: 'limit' };
  return asked({ kind: 'own', after, limit: Math.min(limit ?? pageLimits.usual, pageLimits.most) });
};

const numberIn = (query: URLSearchParams, name: string): number | null | 'malformed' => {
  const text = query.get(name);
  if (text === null) return null;
  return /^(0|[1-9][0-9]{0,14})$/.test(text) ? Number(text) : 'malformed';
};
