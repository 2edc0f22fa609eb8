import { apiScopes, type ApiScope, type Client } from '@ketensluis/domain';
import { calculateJwkThumbprint, createLocalJWKSet, errors, exportJWK, jwtVerify, SignJWT, type JWK } from 'jose';
import { createPrivateKey, createPublicKey, generateKeyPairSync, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** How long an access token is good for; who loses one loses five minutes. */
export const tokenSeconds = 300;
/** How far the clock of another computer may be off; our own tokens are held against our own clock. */
export const clockSkewSeconds = 30;

/** What an access token says. */
export interface AccessClaims {
  readonly clientId: string;
  readonly oin: string;
  readonly scopes: readonly ApiScope[];
  /** SHA-256 (hexadecimal) of what the client proved itself with: its key, or its certificate. */
  readonly proofSha256: string;
  /** The certificate (SHA-256, hexadecimal) without which the token is worth nothing (RFC 8705 §3); null for a plain bearer token. */
  readonly certificateSha256: string | null;
}

/** Gives out access tokens and recognises them. */
export interface AccessTokens {
  readonly issuer: string;
  readonly audience: string;
  readonly issue: (client: Client, claims: Omit<AccessClaims, 'clientId' | 'oin'>, at: Date) => Promise<string>;
  /** What a token of ours says that holds at `at`; null for every other text. */
  readonly read: (token: string, at: Date) => Promise<AccessClaims | null>;
  /** The public key, for whoever wants to check a token. */
  readonly jwks: { readonly keys: readonly JWK[] };
}

const algorithm = 'ES256';
const tokenType = 'at+jwt';
const hex = z.string().regex(/^[0-9a-f]{64}$/);
const claimsSchema = z.object({
  client_id: z.string().min(1), oin: z.string(), scope: z.string(), proof: hex, cnf: z.object({ 'x5t#S256': z.string() }).optional(),
});

/** Opens the tokens of this hub, as RFC 9068 has them; the key is made at first start. Every process of one hub has the same folder. */
export const openAccessTokens = async (folder: string, publicUrl: string): Promise<AccessTokens> => {
  const privateKey = createPrivateKey(await keepKey(folder));
  const jwk = await exportJWK(createPublicKey(privateKey));
  const kid = await calculateJwkThumbprint(jwk);
  const jwks = { keys: [{ ...jwk, kid, use: 'sig', alg: algorithm }] };
  const [issuer, audience, keySet] = [publicUrl, `${publicUrl}/api/v1`, createLocalJWKSet(jwks)];
  return {
    issuer, audience, jwks,
    issue: (client, { scopes, proofSha256, certificateSha256 }, at) => {
      const seconds = Math.floor(at.getTime() / 1000);
      const bound = certificateSha256 === null ? {} : { cnf: { 'x5t#S256': Buffer.from(certificateSha256, 'hex').toString('base64url') } };
      return new SignJWT({ client_id: client.id, oin: client.oin, scope: scopes.join(' '), proof: proofSha256, ...bound })
        .setProtectedHeader({ alg: algorithm, typ: tokenType, kid })
        .setIssuer(issuer).setAudience(audience).setSubject(client.id).setJti(randomUUID()).setIssuedAt(seconds).setExpirationTime(seconds + tokenSeconds)
        .sign(privateKey);
    },
    read: async (token, at) => {
      const verified = await jwtVerify(token, keySet, {
        algorithms: [algorithm], typ: tokenType, issuer, audience, currentDate: at, clockTolerance: 0, requiredClaims: ['exp', 'iat', 'jti', 'sub'], maxTokenAge: tokenSeconds,
      }).catch((fault: unknown) => {
        if (fault instanceof errors.JOSEError) return null;
        throw fault;
      });
      const claims = claimsSchema.safeParse(verified?.payload);
      return claims.success ? claimsOf(claims.data) : null;
    },
  };
};

const claimsOf = ({ client_id: clientId, oin, scope, proof, cnf }: z.output<typeof claimsSchema>): AccessClaims => ({
  clientId, oin, proofSha256: proof,
  scopes: apiScopes.filter((one) => scope.split(' ').includes(one)),
  certificateSha256: cnf === undefined ? null : Buffer.from(cnf['x5t#S256'], 'base64url').toString('hex'),
});

/** The whole key or none, and never over one that is there: another process may start together with this one. */
const keepKey = async (folder: string): Promise<string> => {
  const file = join(folder, 'access-token.key.pem');
  const known = await readFile(file, 'utf8').catch(() => null);
  if (known !== null) return known;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const unfinished = `${file}.${randomUUID()}`;
  const made = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'pem', type: 'pkcs8' });
  await writeFile(unfinished, made, { flag: 'wx', mode: 0o600, flush: true });
  await link(unfinished, file).catch((fault: NodeJS.ErrnoException) => {
    if (fault.code !== 'EEXIST') throw fault;
  });
  await rm(unfinished, { force: true });
  return readFile(file, 'utf8');
};
