import { isActive, isReaderValid, partyOf, takesTests, type ApiScope, type Party, type Reader, type Versioned } from '@ketensluis/domain';
import type { AccessClaims, HttpReply, Hub } from '@ketensluis/platform';
import { createHash } from 'node:crypto';
import { provenClient } from './client-certificate.js';
import { apiProblem } from './problem.js';
import { headerOf, shownCertificates, type HttpRequest } from './request.js';
import { requestLimiter } from './request-limit.js';

/** How a caller proved which party it is. */
export type CallerProof =
  /** An access token; `sha256` (hexadecimal) is of the key or certificate with which its client proved itself. */
  | { readonly kind: 'token'; readonly clientId: string; readonly sha256: string; readonly scopes: readonly ApiScope[] }
  | { readonly kind: 'certificate'; readonly sha256: string }
  | { readonly kind: 'reader'; readonly reader: Reader };

/** A connected party that asks for something, as its register document is now. */
export interface Caller {
  readonly party: Versioned<Party>;
  readonly proof: CallerProof;
}

/** The caller, or the answer that refuses it. */
export type Authentication = { readonly kind: 'known'; readonly caller: Caller } | { readonly kind: 'refused'; readonly reply: HttpReply };

/** What brings or takes something about somebody: for connections in use, not for one that only tries out. */
const inUse: readonly ApiScope[] = ['berichten', 'verstrekkingen', 'feeds'];

/** For what a static token of `ketensluis reader` may be used: a feed reader has no other way to say who it is. */
const readerScopes: readonly ApiScope[] = ['feeds', 'logregels'];

/**
 * Who calls, for one purpose: by access token, by client certificate, or by a token of the reader list where that may be used. Unknown gets 401, a paused or ended party
 * and a token for something else 403, too many requests 429; none says more than that.
 */
export const authenticate = async (request: HttpRequest, hub: Hub, scope: ApiScope): Promise<Authentication> => {
  const at = hub.clock.now();
  const claim = await claimOf(request, hub, at);
  const waitSeconds = requestLimiter(hub)(claim.kind === 'proven' ? { kind: 'party', name: claim.oin } : { kind: 'stranger', name: request.ip });
  // RFC 9110 §10.2.3.
  if (waitSeconds > 0) return refused(apiProblem(429, { headers: { 'retry-after': String(waitSeconds) } }));
  if (claim.kind === 'unknown') return unknown();
  const party = partyOf((await hub.registers.current()).registers, claim.oin);
  if (party === null) return unknown();
  if (!(inUse.includes(scope) ? isActive : takesTests)(party, at) || !mayBeUsed(claim.proof, scope)) return refused(apiProblem(403));
  return { kind: 'known', caller: { party, proof: claim.proof } };
};

/** For what everybody may read: each address gets a bounded number of it. */
export const countStranger = (request: HttpRequest, hub: Hub): { readonly kind: 'stranger' } | Extract<Authentication, { kind: 'refused' }> => {
  const waitSeconds = requestLimiter(hub)({ kind: 'stranger', name: `open ${request.ip}` });
  return waitSeconds > 0 ? { kind: 'refused', reply: apiProblem(429, { headers: { 'retry-after': String(waitSeconds) } }) } : { kind: 'stranger' };
};

type Claim = { readonly kind: 'proven'; readonly oin: string; readonly proof: CallerProof } | { readonly kind: 'unknown' };

const claimOf = async (request: HttpRequest, hub: Hub, at: Date): Promise<Claim> => {
  const authorization = headerOf(request, 'authorization');
  // A token that does not do is not mended by a certificate: the caller meant the token.
  if (request.headers['authorization'] !== undefined) return tokenClaim(authorization ?? '', request, hub, at);
  const client = provenClient(shownCertificates(request), hub.trust(), at);
  return client === null ? { kind: 'unknown' } : { kind: 'proven', oin: client.oin, proof: { kind: 'certificate', sha256: client.sha256 } };
};

const tokenClaim = async (authorization: string, request: HttpRequest, hub: Hub, at: Date): Promise<Claim> => {
  // RFC 6750 §2.1.
  const token = /^Bearer +([A-Za-z0-9._~+/-]{1,4000}=*)$/i.exec(authorization)?.[1] ?? '';
  const claims = await hub.tokens.read(token, at);
  if (claims !== null) return accessClaim(claims, request, hub);
  const reader = await hub.store.readers.find(token);
  if (reader === null || reader.role !== 'party' || reader.oin === null || !isReaderValid(reader, at)) return { kind: 'unknown' };
  return { kind: 'proven', oin: reader.oin, proof: { kind: 'reader', reader } };
};

/** A token that is bound to a certificate is worth nothing on a connection without it (RFC 8705 §3), and none outlives its client. */
const accessClaim = async ({ clientId, oin, scopes, proofSha256, certificateSha256 }: AccessClaims, request: HttpRequest, hub: Hub): Promise<Claim> => {
  if (certificateSha256 !== null && certificateSha256 !== ownCertificateSha256(request)) return { kind: 'unknown' };
  const client = await hub.store.clients.find(clientId);
  if (client === null || client.revokedAt !== null || client.oin !== oin) return { kind: 'unknown' };
  return { kind: 'proven', oin, proof: { kind: 'token', clientId, sha256: certificateSha256 ?? proofSha256, scopes } };
};

const ownCertificateSha256 = (request: HttpRequest): string | null => {
  const [own] = shownCertificates(request);
  return own === undefined ? null : createHash('sha256').update(own).digest('hex');
};

const mayBeUsed = (proof: CallerProof, scope: ApiScope): boolean => {
  switch (proof.kind) {
    case 'certificate': return true;
    case 'token': return proof.scopes.includes(scope);
    case 'reader': return readerScopes.includes(scope);
  }
};

const refused = (reply: HttpReply): Authentication => ({ kind: 'refused', reply });

// RFC 6750 §3: how to become known, and nothing about why this does not do.
const unknown = (): Authentication => refused(apiProblem(401, { headers: { 'www-authenticate': 'Bearer' } }));
