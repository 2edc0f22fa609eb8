import type { DeskRole, Person } from '@ketensluis/domain';
import { deskStore, readConfiguration, signInSchema } from '@ketensluis/platform';
import { startConsole } from '../../apps/console/console.js';
import type { PracticeDesk } from '../../apps/console/practice/practice-desk.js';
import { practiceClaims, practiceClient, practiceLevel, type PracticeAccount } from '../../apps/practice/identity/accounts.js';
import { freePort } from './free-port.js';
import type { TestHub } from './hub.js';
import { join } from 'node:path';

/** A browser's side of the console, without a browser: keeps its cookie, and sends forms as the page it got has them. */
export interface Visitor {
  readonly get: (path: string) => Promise<Visited>;
  /** Sends the form of a page that goes to `to` (its hidden fields included), with these answers. */
  readonly send: (page: Visited, to: string, answers: Readonly<Record<string, string | Blob>>) => Promise<Visited>;
  /** The cookie, for a browser that takes the session over. */
  readonly cookie: string;
}

/** What came back, after redirects within the console. */
export interface Visited {
  readonly status: number;
  /** Where it ended: path and query. */
  readonly at: string;
  readonly headers: Headers;
  readonly html: string;
  /** Its words without markup, white space as one space. */
  readonly text: string;
}

/** A running console over a test hub. */
export interface TestConsole {
  readonly url: URL;
  readonly sessions: deskStore.Sessions;
  /** Signs somebody in without the provider: the session is what every page looks at. */
  readonly as: (role: DeskRole, party: string | null, change?: Partial<Person>) => Promise<Visitor>;
  readonly stranger: Visitor;
  readonly close: () => Promise<void>;
}

/** Opens a console on a test hub; `provider` is where people sign in, for the few tests that do. */
export const openTestConsole = async (hub: TestHub, { provider = 'http://localhost:1', practice = null, accounts = [], levels = [practiceLevel], secretFile }: { readonly provider?: string; readonly secretFile?: string; readonly levels?: readonly string[]; readonly practice?: PracticeDesk | null; readonly accounts?: readonly PracticeAccount[] } = {}): Promise<TestConsole> => {
  const port = await freePort();
  const read = readConfiguration({ KETENSLUIS_CONSOLE_PORT: String(port), KETENSLUIS_DATA: join(hub.practiceFolder, '..') });
  if (read.kind === 'refused') throw new Error(JSON.stringify(read.problems));
  const roles = Object.fromEntries(accounts.flatMap(({ roles: own }) => own).map((role) => [role, role]));
  const signIn = signInSchema.parse({ issuer: provider, ...(secretFile === undefined ? {} : { secretFile }), client: practiceClient, levels, claims: { account: 'sub', name: 'name', ...practiceClaims }, roles });
  const server = await startConsole(hub.part('console'), { configuration: read.configuration, signIn, practice, tls: null });
  const url = new URL(`http://localhost:${port}`);
  const sessions = deskStore.createSessions(hub.hub.pool);
  return {
    url, sessions,
    as: async (role, party, change = {}) => {
      const person: Person = { account: `test-${role}`, name: 'T. Est', roles: [role], party, level: practiceLevel, ...change };
      return visitorOf(url, await sessions.begin(person, null, hub.now()));
    },
    stranger: visitorOf(url, ''),
    close: server.close,
  };
};

/** What stands in an attribute, as a browser reads it. */
const decoded = (text: string): string => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&#x27;', "'").replaceAll('&amp;', '&');

/** A visitor with this token of a session; none when empty. */
export const visitorOf = (url: URL, token: string): Visitor => {
  let cookie = token === '' ? '' : `__Host-ketensluis=${token}`;
  const ask = async (path: string, init: RequestInit = {}, left = 5): Promise<Visited> => {
    const reply = await fetch(new URL(path, url), { ...init, redirect: 'manual', headers: { ...init.headers, ...(cookie === '' ? {} : { cookie }) } });
    const set = reply.headers.getSetCookie().find((one) => one.startsWith('__Host-ketensluis='));
    if (set !== undefined) cookie = set.split(';')[0] ?? '';
    const to = reply.headers.get('location');
    if (to !== null && to.startsWith('/') && left > 0) {
      await reply.arrayBuffer();
      return ask(to, {}, left - 1);
    }
    const html = await reply.text();
    const text = html.replace(/<head>.*?<\/head>/s, ' ').replace(/<[^>]*>/g, ' ').replaceAll('&#x27;', "'").replaceAll('&quot;', '"').replaceAll('&amp;', '&').replace(/\s+/g, ' ');
    return { status: reply.status, at: to ?? path, headers: reply.headers, html, text };
  };
  return {
    get: (path) => ask(path),
    send: (page, to, answers) => {
      const form = page.html.match(/<form[^>]*>.*?<\/form>/gs)?.find((one) => one.includes(`action="${to.replaceAll('&', '&amp;')}"`));
      if (form === undefined) throw new Error(`the page ${page.at} has no form that goes to ${to}`);
      const hidden = [...form.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(([, name, value]) => [name ?? '', decoded(value ?? '')] as const);
      const isFiles = form.includes('multipart/form-data');
      const body = isFiles ? new FormData() : new URLSearchParams();
      for (const [name, value] of [...hidden, ...Object.entries(answers)]) {
        if (body instanceof FormData) {
          if (typeof value === 'string') body.append(name, value);
          else body.append(name, value, 'bijlage.pdf');
        } else if (typeof value === 'string') body.append(name, value);
      }
      return ask(to, { method: 'POST', body, headers: { origin: url.origin, 'sec-fetch-site': 'same-origin' } });
    },
    get cookie() {
      return cookie;
    },
  };
};
