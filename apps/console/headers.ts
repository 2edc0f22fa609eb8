import { sessionLimits } from '@ketensluis/domain';
import type { Desk } from './desk.js';

/** The `__Host-` prefix (RFC 6265bis): only we can have set it, for this very host and over TLS; a browser counts its own computer as that. */
export const sessionCookie = '__Host-ketensluis';
/** What binds a way in to the browser that began it. */
const begunCookie = '__Host-aanmelden';
/** The language somebody chose; says nothing else. */
export const languageCookie = '__Host-taal';

const common = 'Path=/; Secure; SameSite=Lax';

/** The cookies of a request (RFC 6265 §4.2.1); of two with one name the first, which the browser holds for the more exact one. Ours need no decoding. */
export const cookiesOf = (header: string): Readonly<Record<string, string>> => {
  const found = header.split(';').map((pair) => /^\s*([^=\s]+)=(.*?)\s*$/.exec(pair)).flatMap((parts) => (parts === null ? [] : [[parts[1] ?? '', parts[2] ?? ''] as const]));
  return Object.fromEntries(found.reverse());
};

/** Sets the session's token; ends with the browser, and in the database before that. */
export const setSession = (token: string): string => `${sessionCookie}=${token}; ${common}; HttpOnly`;
/** Takes it away. */
export const endSession = `${sessionCookie}=; ${common}; HttpOnly; Max-Age=0`;
// As many ways in as somebody may have open, in tabs of one browser.
const begunMax = 5;
const begunForm = /^[A-Za-z0-9_-]{43}$/;

/** The ways in that this very browser began. */
export const begunIn = (cookies: Readonly<Record<string, string | undefined>>): readonly string[] => (cookies[begunCookie] ?? '').split('.').filter((state) => begunForm.test(state)).slice(-begunMax);
/** Keeps them while they can be used; with none, forgets them. */
export const setBegun = (states: readonly string[]): string => `${begunCookie}=${states.slice(-begunMax).join('.')}; ${common}; HttpOnly; Max-Age=${states.length === 0 ? 0 : sessionLimits.signInMs / 1_000}`;
/** Keeps the language for a year. */
export const setLanguage = (language: string): string => `${languageCookie}=${language}; ${common}; Max-Age=31536000`;

const shared = (desk: Pick<Desk, 'url'>): Readonly<Record<string, string>> => ({
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  ...(desk.url.protocol === 'https:' ? { 'strict-transport-security': 'max-age=31536000; includeSubDomains' } : {}),
});

/** On every page: nothing inline, nothing of others, in nobody's frame, kept by no cache (CSP level 3, Trusted Types). */
export const pageHeaders = (desk: Pick<Desk, 'url' | 'signIn'>): Readonly<Record<string, string>> => ({
  ...shared(desk),
  'cache-control': 'no-store',
  // Signing out goes on to the provider, and a form may not lead there unless it is named.
  'content-security-policy': `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self' ${desk.signIn.origin}; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types ketensluis`,
  'x-frame-options': 'DENY',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
});

/** On style, script and font: their names change with what is in them. */
export const assetHeaders = (desk: Pick<Desk, 'url'>): Readonly<Record<string, string>> => ({ ...shared(desk), 'cache-control': 'public, max-age=31536000, immutable' });
