import { deskRoles, personSchema, type Person } from '@ketensluis/domain';
import type { Clock } from '@ketensluis/flow';
import type { deskStore } from '@ketensluis/store';
import { access, constants, readFile } from 'node:fs/promises';
import type { Configuration as Client, IDToken } from 'openid-client';
import { parse } from 'yaml';
import { z } from 'zod';
import type { EventLog } from './logging.js';

const claimSchema = z.string().regex(/^[A-Za-z0-9_:./-]{1,200}$/);

/** How people sign in, as `KETENSLUIS_SIGN_IN` names a file with it. */
export const signInSchema = z.strictObject({
  /** Of the identity provider (OpenID Connect Discovery §4): https, or http on this computer. */
  issuer: z.url({ protocol: /^https?$/ }).refine((url) => url.startsWith('https:') || isLoopback(new URL(url).hostname), 'https, unless it is on this computer'),
  client: z.string().min(1).max(200),
  /** File with the client's secret; absent for a client without one, which PKCE protects. */
  secretFile: z.string().min(1).max(1_000).optional(),
  /** How the secret is shown: in the header every provider must take (RFC 6749 §2.3.1), or in the body. */
  secretIn: z.enum(['header', 'body']).default('header'),
  scope: z.string().regex(/^openid( [\x21-\x7e]+)*$/).default('openid profile'),
  /** Levels of assurance that are enough (eIDAS substantial or high), as the provider writes them in `acr`. */
  levels: z.array(z.string().min(1).max(200)).min(1).max(20),
  /** Which claim holds what. */
  claims: z.strictObject({ account: claimSchema.default('sub'), name: claimSchema.default('name'), roles: claimSchema, party: claimSchema, mail: claimSchema.optional() }),
  /** Which value of the claim of roles means which role here. */
  roles: z.record(z.string().min(1).max(200), z.enum(deskRoles)),
});
/** One of those. */
export type SignInSettings = z.infer<typeof signInSchema>;

const isLoopback = (host: string): boolean => host === 'localhost' || host === '[::1]' || /^127\./.test(host);

/** Reads such a file; throws `SignInNotUsable` with all that is wrong in it. */
export const readSignIn = async (file: string): Promise<SignInSettings> => {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new SignInNotUsable([`${file} cannot be read`]);
  });
  const read = signInSchema.safeParse(parse(text));
  if (read.success) {
    const { secretFile } = read.data;
    const isReadable = secretFile === undefined || (await access(secretFile, constants.R_OK).then(() => true, () => false));
    if (!isReadable) throw new SignInNotUsable([`secretFile: ${secretFile} cannot be read`]);
    return read.data;
  }
  throw new SignInNotUsable(read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`));
};

/** The settings for signing in cannot be used. */
export class SignInNotUsable extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`nobody can sign in: ${problems.join('; ')}`);
  }
}

/** Why somebody does not get in. */
export type SignInRefusal = 'stale' | 'provider-refused' | 'provider-away' | 'client-refused' | 'level-too-low' | 'no-role' | 'no-party';

/** The result of coming back from the provider. */
export type SignInOutcome = { readonly kind: 'in'; readonly person: Person; readonly token: string; readonly back: string } | { readonly kind: 'refused'; readonly code: SignInRefusal };

/** Where the provider sends a browser back to, at a console with this address; exactly this address is registered there. */
export const signInCallback = (consoleUrl: string | URL): URL => new URL('/aanmelden/terug', consoleUrl);

/** What a sign-in needs. */
export interface SignInParts {
  readonly settings: SignInSettings;
  /** As `signInCallback`. */
  readonly callback: URL;
  readonly sessions: deskStore.Sessions;
  readonly clock: Clock;
  readonly events: EventLog;
}

const calledMs = 10_000;

/** Signs people in with OpenID Connect: code flow with PKCE (S256), state and nonce, each for one use. */
export const openSignIn = ({ settings, callback, sessions, clock, events }: SignInParts) => {
  let found: Promise<Client> | null = null;
  /** Null when the provider cannot be reached; the log says why. */
  const client = async (): Promise<Client | null> => {
    found ??= discover(settings, calledMs);
    return found.catch((fault: unknown) => {
      found = null;
      events.fault('sign-in.away', fault);
      return null;
    });
  };
  return {
    /** Where the browser goes to sign in and come back to `back`, and the state that must come back with it to the same browser; null when the provider cannot be reached. */
    begin: async (back: string): Promise<{ readonly url: URL; readonly state: string } | null> => {
      const { buildAuthorizationUrl, calculatePKCECodeChallenge, randomNonce, randomPKCECodeVerifier } = await import('openid-client');
      const known = await client();
      if (known === null) return null;
      const [nonce, verifier] = [randomNonce(), randomPKCECodeVerifier()];
      const state = await sessions.beginTry({ nonce, verifier, back }, clock.now());
      const url = buildAuthorizationUrl(known, {
        redirect_uri: callback.href, scope: settings.scope, state, nonce, code_challenge: await calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
        acr_values: settings.levels.join(' '),
      });
      return { url, state };
    },

    /** What the provider's answer at our address is worth. */
    finish: async (query: string): Promise<SignInOutcome> => {
      const { authorizationCodeGrant } = await import('openid-client');
      const url = new URL(callback);
      url.search = query;
      const state = url.searchParams.get('state') ?? '';
      const begun = await sessions.takeTry(state, clock.now());
      if (begun === null) return { kind: 'refused', code: 'stale' };
      const known = await client();
      if (known === null) return { kind: 'refused', code: 'provider-away' };
      const tokens = await authorizationCodeGrant(known, url, { pkceCodeVerifier: begun.verifier, expectedState: state, expectedNonce: begun.nonce, idTokenExpected: true }).catch(async (fault: unknown) => {
        const code = (await isClientRefused(fault)) ? 'client-refused' : 'provider-refused';
        events.fault('sign-in.refused', fault, { reason: code });
        // The secret is read anew with the next try: whoever puts another one in the file need not start the hub again.
        if (code === 'client-refused') found = null;
        return code;
      });
      if (typeof tokens === 'string') return { kind: 'refused', code: tokens };
      const claims = tokens.claims();
      if (claims === undefined) return { kind: 'refused', code: 'provider-refused' };
      const person = personOf(claims, settings);
      if (typeof person === 'string') return { kind: 'refused', code: person };
      return { kind: 'in', person, token: await sessions.begin(person, tokens.id_token ?? null, clock.now()), back: begun.back };
    },

    /** Where the browser goes to end the session at the provider too (OpenID Connect RP-Initiated Logout 1.0); null when it offers no such thing. */
    farewell: async (idToken: string | null, back: URL): Promise<URL | null> => {
      const known = await client();
      if (known === null || known.serverMetadata().end_session_endpoint === undefined) return null;
      const { buildEndSessionUrl } = await import('openid-client');
      return buildEndSessionUrl(known, { post_logout_redirect_uri: back.href, ...(idToken === null ? {} : { id_token_hint: idToken }) });
    },

    /** Origin of the provider, for the policy of the pages. */
    origin: new URL(settings.issuer).origin,
    /** As `providerFault`. */
    fault: () => providerFault(settings, callback),
  };
};

/** What signs people in. */
export type SignIn = ReturnType<typeof openSignIn>;

const askedMs = 3_000;

/** Why nobody can sign in at a provider, for an operator: it cannot be reached, or it does not take us for the client it knows. */
export interface SignInFault {
  readonly code: 'sign-in-away' | 'sign-in-client';
  /** Such as ECONNREFUSED, UNABLE_TO_VERIFY_LEAF_SIGNATURE or invalid_client. */
  readonly about: string;
}

/**
 * Why nobody can sign in at this provider; null when it tells of itself as a provider does and knows us. It is asked with a code that nobody was given: who the client is
 * comes first (RFC 6749 §3.2.1, §5.2), so whatever it says of the code, it took our secret.
 */
export const providerFault = async (settings: SignInSettings, callback: URL): Promise<SignInFault | null> => {
  const known = await discover(settings, askedMs).catch((fault: unknown) => codeOf(fault) ?? 'unknown');
  if (typeof known === 'string') return { code: 'sign-in-away', about: known };
  const { genericGrantRequest, randomPKCECodeVerifier } = await import('openid-client');
  const asked = { code: randomPKCECodeVerifier(), redirect_uri: callback.href, code_verifier: randomPKCECodeVerifier() };
  const answer = await genericGrantRequest(known, 'authorization_code', asked).then(() => null, (fault: unknown) => fault);
  return (await isClientRefused(answer)) ? { code: 'sign-in-client', about: 'invalid_client' } : null;
};

/** True when the provider does not take us for the client it knows: a wrong id or secret, or one shown in the wrong place (RFC 6749 §5.2). */
const isClientRefused = async (fault: unknown): Promise<boolean> => {
  const { ResponseBodyError, WWWAuthenticateChallengeError } = await import('openid-client');
  return fault instanceof WWWAuthenticateChallengeError || (fault instanceof ResponseBodyError && (fault.error === 'invalid_client' || fault.error === 'unauthorized_client'));
};

/** Of the deepest cause that has one. */
const codeOf = (fault: unknown): string | null => {
  if (!(fault instanceof Error)) return null;
  const code: unknown = 'code' in fault ? fault.code : null;
  return codeOf(fault.cause) ?? (typeof code === 'string' && /^[A-Za-z0-9_-]{1,60}$/.test(code) ? code : null);
};

const discover = async (settings: SignInSettings, timeoutMs: number): Promise<Client> => {
  const { allowInsecureRequests, ClientSecretBasic, ClientSecretPost, discovery, None } = await import('openid-client');
  const secret = settings.secretFile === undefined ? null : (await readFile(settings.secretFile, 'utf8')).trim();
  const issuer = new URL(settings.issuer);
  return discovery(issuer, settings.client, undefined, secret === null ? None() : settings.secretIn === 'header' ? ClientSecretBasic(secret) : ClientSecretPost(secret), {
    timeout: timeoutMs / 1000,
    // Only what the schema let through: a provider on this very computer.
    ...(issuer.protocol === 'http:' ? { execute: [allowInsecureRequests] } : {}),
  });
};

const personOf = (claims: IDToken, { claims: names, levels, roles: known }: SignInSettings): Person | SignInRefusal => {
  const level = claims.acr;
  if (typeof level !== 'string' || !levels.includes(level)) return 'level-too-low';
  const given = [claims[names.roles]].flat();
  const roles = [...new Set(given.flatMap((value) => (typeof value === 'string' && Object.hasOwn(known, value) ? [known[value]] : [])))];
  if (roles.length === 0) return 'no-role';
  const party = claims[names.party];
  const mail = personSchema.shape.mail.safeParse(names.mail === undefined ? undefined : claims[names.mail]).data;
  const read = personSchema.safeParse({ account: claims[names.account], name: claims[names.name] ?? claims[names.account], roles, party: party === undefined || party === '' ? null : party, level, ...(mail === undefined ? {} : { mail }) });
  if (!read.success) return 'no-party';
  return read.data.party === null && !read.data.roles.includes('operator') ? 'no-party' : read.data;
};
