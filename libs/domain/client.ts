import { z } from 'zod';
import { lineSchema, oinSchema } from './identifier.js';

/** What a client of the API may be for; a token names those it is for. */
export const apiScopes = ['berichten', 'verstrekkingen', 'leveringen', 'vergelijkingen', 'logregels', 'abonnementen', 'testberichten', 'sleutels', 'certificaten', 'feeds'] as const;
/** One of `apiScopes`. */
export type ApiScope = (typeof apiScopes)[number];

const octets = (least: number, most: number) => z.string().regex(new RegExp(`^[A-Za-z0-9_-]{${least},${most}}$`));
// Strict: a private part (d, p, k ...) is an unknown member, so a key that should have stayed at home is refused.
const common = { kid: z.string().min(1).max(100), use: z.literal('sig').optional(), key_ops: z.array(z.literal('verify')).optional() };

/** A public key that signs client assertions (RFC 7517): of a kind and length NCSC-NL calls good. */
export const clientKeySchema = z.discriminatedUnion('kty', [
  z.strictObject({ kty: z.literal('EC'), crv: z.enum(['P-256', 'P-384']), x: octets(43, 64), y: octets(43, 64), alg: z.enum(['ES256', 'ES384']).optional(), ...common }),
  z.strictObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: octets(43, 43), alg: z.enum(['EdDSA', 'Ed25519']).optional(), ...common }),
  // 3072 bits are 512 characters.
  z.strictObject({ kty: z.literal('RSA'), n: octets(512, 1366), e: z.literal('AQAB'), alg: z.enum(['PS256', 'RS256']).optional(), ...common }),
]);
/** One of the public keys of a client. */
export type ClientKey = Readonly<z.output<typeof clientKeySchema>>;

/** The public keys of a client, each by a name of its own. */
export const clientKeysSchema = z
  .object({ keys: z.array(clientKeySchema).min(1).max(10) })
  .refine(({ keys }) => new Set(keys.map(({ kid }) => kid)).size === keys.length, 'two keys have the same kid');

/** A client as somebody wants to add it. Without keys it proves itself by the client certificate of its party (RFC 8705 §2.1). */
export const newClientSchema = z.strictObject({
  oin: oinSchema,
  name: lineSchema,
  scopes: z.array(z.enum(apiScopes)).min(1).refine((scopes) => new Set(scopes).size === scopes.length, 'a scope is named twice'),
  keys: z.array(clientKeySchema).min(1).max(10).nullable(),
});
/** A client without its id. */
export type NewClient = Readonly<z.output<typeof newClientSchema>>;

/** A program of a party that asks for access tokens. */
export interface Client extends NewClient {
  readonly id: string;
  readonly addedAt: Date;
  readonly revokedAt: Date | null;
}

/** The algorithms with which this key may sign: by its kind, never by what an assertion says of itself (RFC 8725 §3.1). */
export const algorithmsOf = (key: ClientKey): readonly string[] => {
  if (key.alg !== undefined) return [key.alg];
  switch (key.kty) {
    case 'EC': return [key.crv === 'P-256' ? 'ES256' : 'ES384'];
    case 'OKP': return ['EdDSA', 'Ed25519'];
    case 'RSA': return ['PS256', 'RS256'];
  }
};
