import { apiScopes, type ApiScope } from '@ketensluis/domain';

/** What asks for a token (RFC 6749 §4.4): who, by assertion or by certificate, and for what. */
export interface TokenRequest {
  /** Null with an assertion, which says it itself. */
  readonly clientId: string | null;
  /** Null: the client certificate of the connection is the proof (RFC 8705 §2.1). */
  readonly assertion: string | null;
  /** Null: everything the client may. */
  readonly scopes: readonly ApiScope[] | null;
}

/** Codes of RFC 6749 §5.2. */
export type TokenError = 'invalid_request' | 'invalid_client' | 'unauthorized_client' | 'unsupported_grant_type' | 'invalid_scope';

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const parameters = ['grant_type', 'client_id', 'client_assertion_type', 'client_assertion', 'scope'];
const assertionMaxCharacters = 8_000;

/** Reads the form of a token request, or says which error it is. A parameter that came twice is an error (RFC 6749 §3.2). Never throws. */
export const readTokenRequest = (form: string): TokenRequest | TokenError => {
  const given = new URLSearchParams(form);
  const names = [...given.keys()];
  if (names.some((name, place) => !parameters.includes(name) || names.indexOf(name) !== place)) return 'invalid_request';
  const [grant, clientId, assertion] = [given.get('grant_type'), given.get('client_id'), given.get('client_assertion')];
  if (grant === null || (given.get('client_assertion_type') ?? assertionType) !== assertionType) return 'invalid_request';
  if (grant !== 'client_credentials') return 'unsupported_grant_type';
  if ((assertion === null) !== (given.get('client_assertion_type') === null) || (assertion === null && clientId === null)) return 'invalid_request';
  if ((assertion?.length ?? 0) > assertionMaxCharacters || (clientId?.length ?? 0) > 100) return 'invalid_request';
  const scopes = given.get('scope')?.split(' ').filter((one) => one !== '') ?? null;
  const known = apiScopes.filter((one) => scopes?.includes(one));
  if (scopes !== null && (scopes.length === 0 || scopes.some((one) => !known.some((other) => other === one)))) return 'invalid_scope';
  return { clientId, assertion, scopes: scopes === null ? null : known };
};
