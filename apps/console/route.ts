import type { DeskRole, Person } from '@ketensluis/domain';
import type { ReactNode } from 'react';
import type { Desk } from './desk.js';
import type { Language } from './shell/language.js';

/** A page as a room makes it; the frame around it is the shell's. */
export interface Page {
  readonly kind: 'page';
  readonly status: 200 | 400 | 403 | 404 | 408 | 409 | 422 | 429 | 500 | 503;
  /** Without a case, a name or a number of anybody: it stands in the history of the browser. */
  readonly title: string;
  readonly body: ReactNode;
  /** Where the page stands, from the room down; the page itself is added. */
  readonly trail: readonly { readonly href: string; readonly text: string }[];
  /** Of what answers a form that was done, and is shown once (a secret): the same form sent again leads here, and does nothing. */
  readonly afterwards?: string;
}

/** A file for the person's own disk. */
export interface FileAnswer {
  readonly kind: 'file';
  /** Holds no number of a case and no name of a person. */
  readonly name: string;
  readonly contentType: string;
  readonly body: Uint8Array;
}

/** The browser goes on elsewhere: a path of ours, or a provider's address in full. */
export interface Redirect {
  readonly kind: 'redirect';
  readonly to: string;
  readonly cookies?: readonly string[];
}

/** Pieces of a page that follow by themselves (server-sent events); ends when `pieces` ends or the browser leaves. */
export interface LiveAnswer {
  readonly kind: 'live';
  readonly pieces: (signal: AbortSignal) => AsyncIterable<ReactNode>;
}

/** What a route answers. */
export type Answer = Page | FileAnswer | Redirect | LiveAnswer;

/** A file somebody sent with a form. */
export interface SentFile {
  readonly name: string;
  readonly contentType: string;
  readonly content: Buffer;
}

/** One request of a person, held against its route. */
export interface Visit {
  readonly desk: Desk;
  readonly language: Language;
  /** Values of the names in the path, decoded. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** What was sent; empty for GET. Proven to come from a form of this very session. */
  readonly form: URLSearchParams;
  readonly files: ReadonlyMap<string, SentFile>;
  /** What a form of this session carries; goes into each through `<Form>`. */
  readonly formToken: string;
  /** The cookie that opened the session; for signing out. */
  readonly token: string;
  readonly cookies: Readonly<Record<string, string | undefined>>;
  /** The address below the console, with its query. */
  readonly url: string;
  readonly now: Date;
}

/** A visit of somebody who is signed in, in a role that may enter. */
export interface Attended extends Visit {
  readonly person: Person;
}

/** Where something is, who may enter, and what answers. */
export interface Route {
  readonly method: 'GET' | 'POST';
  /** `/zaken/:id`: names stand after a colon, and match one part. */
  readonly path: string;
  /** `everybody`: also who is not signed in. `signed-in`: whatever the role. */
  readonly roles: readonly DeskRole[] | 'everybody' | 'signed-in';
  /** Most bytes of what is sent; a form without files is small. */
  readonly bytesMax?: number;
  readonly answer: (visit: Visit & { readonly person: Person | null }) => Promise<Answer>;
}

/** A room of the console: what can be done in it, and how much waits there for whom. */
export interface Room {
  readonly routes: readonly Route[];
  readonly waiting?: readonly { readonly href: string; readonly roles: readonly DeskRole[]; readonly count: (desk: Desk, person: Person) => Promise<number> }[];
}

/** A page for these roles. */
export const page = (path: string, roles: readonly DeskRole[] | 'signed-in', answer: (visit: Attended) => Promise<Answer>): Route => ({
  method: 'GET', path, roles, answer: (visit) => answer(attended(visit)),
});

/** Something a person does. `answer` redirects when it is done, and gives the page with its faults when it is not. */
export const act = (path: string, roles: readonly DeskRole[] | 'signed-in', answer: (visit: Attended) => Promise<Answer>, bytesMax?: number): Route => ({
  method: 'POST', path, roles, ...(bytesMax === undefined ? {} : { bytesMax }), answer: (visit) => answer(attended(visit)),
});

const attended = (visit: Visit & { readonly person: Person | null }): Attended => {
  if (visit.person === null) throw new Error('bug: nobody is signed in');
  return { ...visit, person: visit.person };
};

/** A page that is there. */
export const shown = (title: string, body: ReactNode, trail: Page['trail'] = []): Page => ({ kind: 'page', status: 200, title, body, trail });

/** A form that was not taken; the title begins with the fault, as a screen reader reads that first. */
export const faulty = (title: string, body: ReactNode, trail: Page['trail'] = []): Page => ({ kind: 'page', status: 422, title, body, trail });

/** On to a path of ours. */
export const goTo = (to: string): Redirect => ({ kind: 'redirect', to });

/** Nothing there, or nothing for this person: nobody learns which (the page of a party never says that another party's exists). */
export const nothingThere: Answer = { kind: 'page', status: 404, title: '', body: null, trail: [] };
