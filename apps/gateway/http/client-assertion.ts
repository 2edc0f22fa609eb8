import { algorithmsOf, type Client, type ClientKey } from '@ketensluis/domain';
import { clockSkewSeconds, tokenSeconds } from '@ketensluis/platform';
import { calculateJwkThumbprint, decodeJwt, decodeProtectedHeader, errors, importJWK, jwtVerify, type JWK } from 'jose';
import { z } from 'zod';

/** An assertion that its client signed, and that holds now; whether it was used before is not yet known. */
export interface ProvenAssertion {
  readonly jti: string;
  readonly expiresAt: Date;
  /** SHA-256 thumbprint (hexadecimal) of the key that signed (RFC 7638). */
  readonly keySha256: string;
}

const claimsSchema = z.object({ jti: z.string().min(8).max(200), exp: z.number().int(), iat: z.number().optional() });

/** Who an assertion says it is from, unproven; null when it is no assertion. */
export const claimedClient = (assertion: string): string | null => {
  const subject = quietly(() => decodeJwt(assertion).sub);
  return typeof subject === 'string' ? subject : null;
};

/**
 * What an assertion proves (RFC 7523 §3): signed with a key of the client, by an algorithm of that key, from and about the client, for this server
 * alone, and with an end no further away than a token would have. Null for anything less.
 */
export const proveAssertion = async (
  assertion: string, client: Client, { audiences, at }: { readonly audiences: readonly string[]; readonly at: Date },
): Promise<ProvenAssertion | null> => {
  const header = quietly(() => decodeProtectedHeader(assertion));
  const key = (client.keys ?? []).find(({ kid }) => kid === header?.kid);
  const algorithm = key === undefined ? undefined : algorithmsOf(key).find((one) => one === header?.alg);
  if (key === undefined || algorithm === undefined) return null;
  const verified = await jwtVerify(assertion, await importJWK(jwkOf(key), algorithm), {
    algorithms: [algorithm], issuer: client.id, subject: client.id, audience: [...audiences], currentDate: at, clockTolerance: clockSkewSeconds, requiredClaims: ['exp', 'jti'],
  }).catch(refusal);
  const claims = claimsSchema.safeParse(verified?.payload);
  // One audience only: an assertion that is also for somebody else could be used there, or come from there.
  if (verified === null || !claims.success || typeof verified.payload.aud !== 'string') return null;
  const { jti, exp, iat } = claims.data;
  const seconds = at.getTime() / 1000;
  if (exp > seconds + tokenSeconds + clockSkewSeconds || (iat !== undefined && iat > seconds + clockSkewSeconds)) return null;
  return { jti, expiresAt: new Date((exp + clockSkewSeconds) * 1000), keySha256: await thumbprintOf(key) };
};

const thumbprintOf = async (key: ClientKey): Promise<string> => Buffer.from(await calculateJwkThumbprint(jwkOf(key), 'sha256'), 'base64url').toString('hex');

const jwkOf = ({ alg: _alg, use: _use, key_ops: _operations, ...jwk }: ClientKey): JWK => jwk;

const quietly = <T>(read: () => T): T | null => {
  try {
    return read();
  } catch (fault) {
    return refusal(fault);
  }
};

// What the library says of a foreign text is a refusal; anything else is a fault of ours.
const refusal = (fault: unknown): null => {
  if (fault instanceof errors.JOSEError || fault instanceof TypeError) return null;
  throw fault;
};
