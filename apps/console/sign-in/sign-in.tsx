import type { SignInRefusal } from '@ketensluis/platform';
import { begunIn, endSession, setBegun, setLanguage, setSession } from '../headers.js';
import type { Answer, Visit, Room } from '../route.js';
import { ButtonLink, Notice } from '../shell/parts.js';
import { Onward } from '../shell/plain.js';
import { signInWords } from './words.js';

/** A path of ours to come back to, whatever the address asked for: never another site (open redirect). */
export const backOf = (asked: string | null): string =>
  asked !== null && /^\/[A-Za-z0-9]/.test(asked) && asked.length <= 1_000 && URL.canParse(asked, 'https://here.invalid') && new URL(asked, 'https://here.invalid').host === 'here.invalid' ? asked : '/';

/** Signing in and out, and the choice of language. */
export const signInRoom: Room = {
  routes: [
    { method: 'GET', path: '/aanmelden', roles: 'everybody', answer: begin },
    { method: 'GET', path: '/aanmelden/terug', roles: 'everybody', answer: finish },
    { method: 'POST', path: '/afmelden', roles: 'signed-in', answer: leave },
    { method: 'GET', path: '/afgemeld', roles: 'everybody', answer: left },
    { method: 'GET', path: '/taal/:taal', roles: 'everybody', answer: async ({ path, query }) => ({ kind: 'redirect', to: backOf(query.get('terug')), cookies: [setLanguage(path['taal'] === 'en' ? 'en' : 'nl')] }) },
  ],
};

async function begin({ desk, query, language, cookies }: Visit): Promise<Answer> {
  const begun = await desk.signIn.begin(backOf(query.get('terug')));
  return begun === null ? refused('away', language) : { kind: 'redirect', to: begun.url.href, cookies: [setBegun([...begunIn(cookies), begun.state])] };
}

async function finish({ desk, query, language, cookies }: Visit): Promise<Answer> {
  // Only the browser that asked may have the answer: a link that somebody else began would sign its reader in as that somebody (RFC 9700 §4.7).
  const [state, begun] = [query.get('state') ?? '', begunIn(cookies)];
  if (!begun.includes(state)) return refused('stale', language);
  const outcome = await desk.signIn.finish(query.toString());
  if (outcome.kind === 'refused') return refused(outcome.code, language);
  desk.hub.events.tell('person.signed-in', { state: outcome.person.roles.join(' ') });
  return { kind: 'redirect', to: outcome.back, cookies: [setSession(outcome.token), setBegun(begun.filter((other) => other !== state))] };
}

const refused = (code: SignInRefusal | 'away', language: Visit['language']): Answer => {
  const words = signInWords(language);
  return { kind: 'page', status: code === 'away' || code === 'provider-away' || code === 'client-refused' ? 503 : 403, title: words.refused, trail: [], body: <><Notice tone="bad" title={words.refusals[code]} /><p><ButtonLink href="/aanmelden">{words.again}</ButtonLink></p><Onward reason="sign-in" language={language} /></> };
};

async function leave(visit: Visit & { readonly person: { readonly account: string } | null }): Promise<Answer> {
  const { desk, form, person, token } = visit;
  const idToken = await desk.sessions.end(token);
  const isEverywhere = form.get('overal') === 'ja';
  if (isEverywhere && person !== null) await desk.sessions.endAll(person.account);
  const back = new URL(`/afgemeld${isEverywhere ? '?overal=ja' : ''}`, desk.url);
  const farewell = await desk.signIn.farewell(idToken, new URL('/afgemeld', desk.url));
  return { kind: 'redirect', to: farewell?.href ?? `${back.pathname}${back.search}`, cookies: [endSession] };
}

async function left({ query, language }: Visit): Promise<Answer> {
  const words = signInWords(language);
  return { kind: 'page', status: 200, title: words.out, trail: [], body: <><p>{words.outBody}{query.get('overal') === 'ja' ? ` ${words.outEverywhere}` : ''}</p><p><ButtonLink href="/aanmelden">{words.again}</ButtonLink></p></> };
}
