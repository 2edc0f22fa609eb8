import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { der, type Der } from '../../asn1/der.js';
import { oids } from '../../asn1/oid.js';
import type { KeyPair } from '../keys.js';

/** The kinds of key of which an invented pair can be made. */
export type InventedKind = 'rsa-2048' | 'rsa-3072' | 'rsa-1024' | 'rsa-pss' | 'p256' | 'p384' | 'p521' | 'ed25519' | 'x25519';

/** What an invented certificate may leave out or say otherwise. */
export interface InventedOptions {
  readonly commonName?: string;
  readonly serial?: number;
  readonly hasKeyIdentifier?: boolean;
  readonly extendedKeyUsage?: string;
}

/** A fresh key with a certificate by an invented authority that nobody trusts: enough for CMS, which does not judge paths. */
export function inventedPair(kind: InventedKind, options: InventedOptions = {}): KeyPair {
  const { publicKey, privateKey } = generate(kind);
  return { certificate: certificateFor(publicKey, options), privateKey, chain: [] };
}

function generate(kind: InventedKind): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } {
  switch (kind) {
    case 'rsa-1024':
    case 'rsa-2048':
    case 'rsa-3072':
      return generateKeyPairSync('rsa', { modulusLength: Number(kind.slice('rsa-'.length)) });
    case 'rsa-pss':
      return generateKeyPairSync('rsa-pss', { modulusLength: 2048 });
    case 'p256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' });
    case 'p384':
      return generateKeyPairSync('ec', { namedCurve: 'P-384' });
    case 'p521':
      return generateKeyPairSync('ec', { namedCurve: 'P-521' });
    case 'ed25519':
      return generateKeyPairSync('ed25519');
    case 'x25519':
      return generateKeyPairSync('x25519');
  }
}

const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' });
let serials = 1_000;

function certificateFor(publicKey: KeyObject, options: InventedOptions): Der {
  const { commonName = 'Gemeente Voorbeeldstad', serial, hasKeyIdentifier = true, extendedKeyUsage = oids.emailProtection } = options;
  serials += 1;
  const algorithm = der.sequence(der.oid(oids.ecdsaWithSha256));
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  const extensions = [extension(oids.extendedKeyUsage, der.sequence(der.oid(extendedKeyUsage)))];
  if (hasKeyIdentifier) extensions.push(extension(oids.subjectKeyIdentifier, der.octets(spki.subarray(-20))));
  const tbs = der.sequence(
    der.explicit(0, der.integer(2)),
    der.integer(serial ?? serials),
    algorithm,
    name('Verzonnen CA'),
    der.sequence(der.time(new Date('2026-01-01T00:00:00Z')), der.time(new Date('2036-01-01T00:00:00Z'))),
    name(commonName),
    spki,
    der.explicit(3, der.sequence(...extensions)),
  );
  return der.sequence(tbs, algorithm, der.bits(sign('sha256', tbs, authority.privateKey)));
}

const name = (commonName: string): Der => der.sequence(der.set(der.sequence(der.oid(oids.commonName), der.utf8(commonName))));

const extension = (id: string, value: Der): Der => der.sequence(der.oid(id), der.octets(value));
