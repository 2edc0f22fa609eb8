import { mayEnter } from '@ketensluis/domain';
import type { deskStore, HttpReply } from '@ketensluis/platform';
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { partyNameOf, type Desk } from './desk.js';
import { formTokenOf, isOwnForm, readSent } from './form.js';
import type { Answer, Page, Route, SentFile, Visit } from './route.js';
import type { Asset } from './assets.js';
import { findRoute, rooms } from './routes.js';
import { documentOf, pieceOf } from './shell/frame.js';
import { languageOf, type Language } from './shell/language.js';
import { practiceBar } from './practice/bar.js';
import { viewsBar } from './views/bar.js';
import { assetHeaders, cookiesOf, languageCookie, pageHeaders, sessionCookie, setSession } from './headers.js';
import { deniedPage, plainPage } from './shell/plain.js';

/** What the console reads of a request. */
export interface ConsoleRequest extends Pick<FastifyRequest, 'isMultipart' | 'parts' | 'ip'> {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** What it needs of the answer. */
export interface ConsoleReply {
  readonly raw: ServerResponse;
  readonly hijack: () => unknown;
}

interface Reading {
  readonly desk: Desk;
  readonly request: ConsoleRequest;
  readonly language: Language;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly cookies: Readonly<Record<string, string | undefined>>;
}

interface Opened {
  readonly session: deskStore.Session | null;
  /** The cookie to set, when the session got a fresh token. */
  readonly fresh: string | null;
}

/** Answers one request of a browser; never throws. */
export const answerRequest = async (desk: Desk, request: ConsoleRequest, reply: ConsoleReply): Promise<void> => {
  reply.hijack();
  const [path = '/', query = ''] = request.url.split(/\?(.*)/s, 2);
  const cookies = cookiesOf(request.headers.cookie ?? '');
  const reading = { desk, request, path, query: new URLSearchParams(query), cookies, language: languageOf(cookies[languageCookie], request.headers['accept-language']) };
  if (request.method !== 'GET' && request.method !== 'POST' && request.method !== 'HEAD') return void reply.raw.writeHead(405, { ...pageHeaders(desk), allow: 'GET, HEAD, POST' }).end();
  // Another name for this address could be somebody else's page that was made to point here.
  if (request.headers.host !== desk.url.host) return void reply.raw.writeHead(307, { ...pageHeaders(desk), location: `${desk.url.origin}${path}` }).end();
  const asset = path.startsWith('/middelen/') ? desk.assets.find(path.slice('/middelen/'.length)) : null;
  if (asset !== null) return sendAsset(reading, asset, reply);
  let opened: Opened = { session: null, fresh: null };
  try {
    opened = await openSession(reading);
    const answer = await answerOf(reading, opened);
    // What came too slowly was answered meanwhile.
    if (reply.raw.headersSent) return;
    await send(reading, opened, answer, reply);
  } catch (fault) {
    const trace = randomUUID();
    desk.hub.events.fault('page.failed', fault, { trace });
    const isAway = await desk.hub.isReady().then((ready) => !ready);
    if (reply.raw.headersSent) return void reply.raw.destroy();
    reply.raw.writeHead(503, { ...pageHeaders(desk), 'content-type': 'text/html; charset=utf-8', 'retry-after': '60' })
      .end(documentOf({ ...bareFrame(reading), page: plainPage(isAway ? 'away' : 'broken', reading.language, trace) }));
  }
};

/** The answer to a form that stays behind the pace; nobody was asked whose it is. */
export const slowReply = (desk: Desk, { url, headers }: IncomingMessage): HttpReply => {
  const [path = '/'] = (url ?? '/').split('?', 1);
  const cookies = cookiesOf(headers.cookie ?? '');
  const language = languageOf(cookies[languageCookie], headers['accept-language']);
  return { status: 408, headers: { ...pageHeaders(desk), 'content-type': 'text/html; charset=utf-8' }, body: Buffer.from(documentOf({ ...bareFrame({ desk, language, path }), page: plainPage('slow', language) })) };
};

const sendAsset = ({ desk, request }: Reading, { contentType, body, gzip }: Asset, { raw }: ConsoleReply): void => {
  const packed = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? '')) ? gzip : null;
  const sent = packed ?? body;
  raw.writeHead(200, { ...assetHeaders(desk), 'content-type': contentType, 'content-length': sent.length, vary: 'accept-encoding', ...(packed === null ? {} : { 'content-encoding': 'gzip' }) });
  raw.end(request.method === 'HEAD' ? undefined : sent);
};

const openSession = async ({ desk, cookies }: Reading): Promise<Opened> => {
  const token = cookies[sessionCookie];
  const found = token === undefined ? null : await desk.sessions.find(token, desk.hub.clock.now());
  return { session: found?.session ?? null, fresh: found?.token ?? null };
};

const answerOf = async (reading: Reading, opened: Opened): Promise<Answer> => {
  const { desk, request, language, path, query, cookies } = reading;
  const found = findRoute(request.method === 'POST' ? 'POST' : 'GET', path);
  if (found === null || holdsNul([...Object.values(found.names), ...query.values()])) return plainPage('nothing', language);
  const { route } = found;
  // Each begins a way in, which is kept, and calls the provider: nobody may make us do that without end.
  if (path.startsWith('/aanmelden') && desk.signInWait(request.ip) > 0) return plainPage('tooMany', language);
  const person = opened.session?.person ?? null;
  const blocked = blockedAnswer(route, opened.session, reading);
  if (blocked !== null) return blocked;
  const visit: Omit<Visit, 'form' | 'files'> = {
    desk, language, cookies, path: found.names, query, url: request.url, now: desk.hub.clock.now(), token: cookies[sessionCookie] ?? '', formToken: opened.session === null ? '' : formTokenOf(opened.session),
  };
  if (request.method !== 'POST') return route.answer({ ...visit, person, form: new URLSearchParams(), files: new Map() });
  const sent = await readSent(request, route.bytesMax);
  if (sent === 'too-large') return plainPage('large', language);
  if (sent === 'unreadable' || holdsNul([...sent.form.values()]) || opened.session === null || !isOwnForm(request, sent.form.get('_teken') ?? '', opened.session, desk.url)) return plainPage('stale', language);
  return answerOnce(route, { ...visit, ...sent }, opened.session);
};

// No text of a person holds it, and PostgreSQL stores none: such a request would fail as if we were broken.
const holdsNul = (values: readonly string[]): boolean => values.some((value) => value.includes('\0'));

const blockedAnswer = ({ roles, method }: Route, session: deskStore.Session | null, { language, request }: Reading): Answer | null => {
  if (roles === 'everybody') return null;
  if (session === null) return method === 'POST' ? plainPage('stale', language) : { kind: 'redirect', to: `/aanmelden?terug=${encodeURIComponent(request.url)}` };
  return roles === 'signed-in' || mayEnter(session.person, roles) ? null : deniedPage(roles, language);
};

const formId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Does what a form asks for, once: the same form sent again is told where the first one led. */
const answerOnce = async (route: Route, visit: Visit & { readonly files: ReadonlyMap<string, SentFile> }, { person }: deskStore.Session): Promise<Answer> => {
  const id = visit.form.get('_eenmaal') ?? '';
  if (!formId.test(id)) return route.answer({ ...visit, person });
  const { sessions } = visit.desk;
  const before = await sessions.claimForm(id, person.account, visit.now);
  if (before !== null) return before === '' ? plainPage('underWay', visit.language) : { kind: 'redirect', to: before };
  try {
    const answer = await route.answer({ ...visit, person });
    await sessions.settleForm(id, person.account, answer.kind === 'redirect' ? answer.to : answer.kind === 'page' ? (answer.afterwards ?? null) : null);
    return answer;
  } catch (fault) {
    await sessions.settleForm(id, person.account, null);
    throw fault;
  }
};

const bareFrame = ({ desk, language, path }: Pick<Reading, 'desk' | 'language' | 'path'>) => ({ language, person: null, isBare: true, partyName: null, url: path, formToken: null, assets: desk.assets, practice: null, waiting: new Map<string, number>() });

const send = async (reading: Reading, { session, fresh }: Opened, given: Answer, { raw }: ConsoleReply): Promise<void> => {
  const { desk, request, language } = reading;
  // A fresh token goes along with whatever is answered: the one before it is taken for half a minute more, and then not.
  const headers = { ...pageHeaders(desk), ...(fresh === null ? {} : { 'set-cookie': setSession(fresh) }) };
  // A room that found nothing says no more than that.
  const answer = given.kind === 'page' && given.status === 404 ? plainPage('nothing', language) : given;
  switch (answer.kind) {
    case 'redirect': {
      const all = [...(fresh === null ? [] : [setSession(fresh)]), ...(answer.cookies ?? [])];
      return void raw.writeHead(303, { ...headers, location: answer.to, ...(all.length === 0 ? {} : { 'set-cookie': all }) }).end();
    }
    case 'file':
      return void raw.writeHead(200, { ...headers, 'content-type': answer.contentType, 'content-disposition': `attachment; filename="${answer.name}"` }).end(answer.body);
    case 'live': return sendPieces(reading, headers, answer.pieces, raw);
    case 'page': {
      const person = session?.person ?? null;
      const url = request.method === 'POST' ? (answer.trail.at(-1)?.href ?? '/') : request.url;
      // At once, so that what they ask of the registers is one look.
      const [partyName, practice, above, waiting] = await Promise.all([
        partyNameOf(desk, person?.party ?? null), practiceBar(desk, language), aboveOf(reading, session, answer), person === null ? new Map<string, number>() : waitingFor(desk, person),
      ]);
      const body = documentOf({ page: answer, language, person, url, assets: desk.assets, partyName, practice, above, waiting, formToken: session === null ? null : formTokenOf(session) });
      raw.writeHead(answer.status, { ...headers, 'content-type': 'text/html; charset=utf-8', ...(answer.status === 429 ? { 'retry-after': '60' } : {}) }).end(request.method === 'HEAD' ? undefined : body);
    }
  }
};

// A page of faults is no list.
const aboveOf = async ({ desk, request, path, query, language }: Reading, session: Opened['session'], { status }: Page) =>
  (session === null || request.method === 'POST' || status !== 200 ? null : viewsBar(desk, { person: session.person, path, query, language, formToken: formTokenOf(session) }));

const waitingFor = async (desk: Desk, person: deskStore.Session['person']): Promise<ReadonlyMap<string, number>> => {
  const counts = rooms.flatMap(({ waiting }) => waiting ?? []).filter(({ roles }) => mayEnter(person, roles));
  return new Map(await Promise.all(counts.map(async ({ href, count }) => [href, await count(desk, person)] as const)));
};

const beatMs = 15_000;

/** Server-sent events (HTML, §9.2): each piece is markup of ours, in one event. */
const sendPieces = async ({ request }: Reading, headers: OutgoingHttpHeaders, pieces: (signal: AbortSignal) => AsyncIterable<Page['body']>, raw: ServerResponse): Promise<void> => {
  const gone = new AbortController();
  raw.once('close', () => gone.abort());
  raw.writeHead(200, { ...headers, 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' });
  if (request.method === 'HEAD') return void raw.end();
  // A browser counts the stream as open once it has its head, however long the first piece takes.
  raw.flushHeaders();
  const beat = setInterval(() => raw.write(': \n\n'), beatMs);
  try {
    for await (const piece of pieces(gone.signal)) raw.write(`event: piece\ndata: ${pieceOf(piece).replaceAll('\n', '\ndata: ')}\n\n`);
    raw.write('event: end\ndata: \n\n');
  } finally {
    clearInterval(beat);
    raw.end();
  }
};
