import type { deskStore } from '@ketensluis/platform';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { fileBytesMax } from './limits.js';
import type { ConsoleRequest } from './answer.js';
import type { SentFile } from './route.js';

/** What forms of a session carry; nobody outside it can make one. */
export const formTokenOf = (session: deskStore.Session): string => createHmac('sha256', session.formKey).update('form').digest('base64url');

/** What was sent with a form, read to its end; `too-large` and `unreadable` when it cannot be taken. */
export type Sent = { readonly form: URLSearchParams; readonly files: ReadonlyMap<string, SentFile> } | 'too-large' | 'unreadable';

/** Reads a form in either of its two encodings (HTML, form submission). */
export const readSent = async (request: ConsoleRequest, bytesMax = fileBytesMax): Promise<Sent> => {
  if (!request.isMultipart()) return { form: request.body instanceof URLSearchParams ? request.body : new URLSearchParams(), files: new Map() };
  const form = new URLSearchParams();
  const files = new Map<string, SentFile>();
  try {
    for await (const part of request.parts({ limits: { fileSize: bytesMax } })) {
      if (part.type === 'field') form.append(part.fieldname, String(part.value));
      else {
        const content = await part.toBuffer();
        // A browser sends an empty file for a field that was left alone.
        if (content.length > 0) files.set(part.fieldname, { name: part.filename ?? '', contentType: part.mimetype, content });
      }
    }
    return { form, files };
  } catch (fault) {
    return fault instanceof Error && 'statusCode' in fault && fault.statusCode === 413 ? 'too-large' : 'unreadable';
  }
};

/**
 * True when a form was sent by a page of ours in this very session: the browser says so (`Sec-Fetch-Site`, else `Origin`), and it carries the session's
 * own token. Both, because each is missing somewhere.
 */
export const isOwnForm = (request: Pick<ConsoleRequest, 'headers'>, token: string, session: deskStore.Session, url: URL): boolean => {
  const { origin, 'sec-fetch-site': site } = request.headers;
  if (site !== undefined && site !== 'same-origin') return false;
  // A page that sends no referrer sends `null` as its origin too (Fetch, "append a request Origin header"); then the browser's other word must be there.
  if (origin !== undefined && origin !== url.origin && !(origin === 'null' && site === 'same-origin')) return false;
  const [given, wanted] = [Buffer.from(token), Buffer.from(formTokenOf(session))];
  return given.length === wanted.length && timingSafeEqual(given, wanted);
};
