import { bits, der, smallInteger, type Der, type DerNode } from '../asn1/der.js';
import { readAlgorithm } from '../x509/signature.js';
import type { Certificate } from '../x509/certificate.js';
import { isIssuerAndSerialOf, isKeyIdentifierOf, issuerAndSerial, knownCertificate, type KnownCertificate } from './certificates.js';
import { octetsOf } from './content.js';
import { fieldsOf, inner, tags } from './fields.js';
import { agreeKey, agreementName, agreementSchemeOf, ephemeralPoint, unwrapAgreed, type AgreementKeyKind } from './key-agreement.js';
import { keyTransportName, keyTransportOf, transportKey, unwrapTransported } from './key-transport.js';
import type { KeyPair } from './keys.js';
import { cmsLimits, refuse } from './refusal.js';

/** The content key wrapped for one recipient, as RecipientInfo (RFC 5652 §6.2): key agreement for curves, key transport for RSA. */
export function recipientInfo(recipient: KnownCertificate, contentKey: Uint8Array, transport: 'oaep' | 'rsaes-pkcs1'): Der {
  const identifier = der.sequence(...issuerAndSerial(recipient.certificate));
  const { keyKind } = recipient;
  switch (keyKind) {
    case 'rsa': {
      const wrapped = transportKey(recipient.publicKey, contentKey, transport);
      return der.sequence(der.integer(0), identifier, wrapped.identifier, der.octets(wrapped.encryptedKey));
    }
    case 'p256':
    case 'p384':
    case 'x25519': {
      const agreed = agreeKey(keyKind, recipient.certificate.keyBytes, contentKey);
      const encryptedKeys = der.sequence(der.sequence(identifier, der.octets(agreed.encryptedKey)));
      return der.context(1, der.integer(3), der.explicit(0, agreed.originator), agreed.identifier, encryptedKeys);
    }
    case 'rsa-pss':
    case 'ed25519':
      return refuse('algorithm', `a ${keyKind} key does not decrypt`);
  }
}

/** Whether any of these recipients needs key agreement, which raises the version of EnvelopedData (RFC 5652 §6.1). */
export function needsAgreement(recipients: readonly KnownCertificate[]): boolean {
  return recipients.some(({ keyKind }) => keyKind !== 'rsa');
}

/** Our entry among the recipients: opens the content key with the one private key it was wrapped for. */
export interface OurRecipient {
  readonly name: string;
  /** The content key of `keyBytes` octets, or null when it cannot be had. */
  readonly unwrap: (keyBytes: number) => Uint8Array | null;
}

interface OwnKey {
  readonly pair: KeyPair;
  readonly known: KnownCertificate;
}

/**
 * The first entry made for one of `keys`, found by issuer and serial number or by key identifier. More than 500 entries are refused; entries for
 * passwords, pre-shared keys and the like are passed over.
 */
export function ourRecipient(recipientInfos: DerNode, keys: readonly KeyPair[]): OurRecipient {
  const own = keys.map((pair) => ({ pair, known: knownCertificate(pair.certificate) }));
  let count = 0;
  let ours: OurRecipient | null = null;
  for (const info of recipientInfos.children) {
    const entries = info.tag === agreementTag ? agreementEntries(info).length : 1;
    count += entries;
    if (count > cmsLimits.recipientsMax) return refuse('too-large', 'recipients');
    ours ??= info.tag === tags.sequence ? transported(info, own) : info.tag === agreementTag ? agreed(info, own) : null;
  }
  if (count === 0) return refuse('malformed', 'no recipients');
  return ours ?? refuse('not-for-us', `none of ${count} recipients`);
}

const agreementTag = 0xa1;

/** KeyTransRecipientInfo (RFC 5652 §6.2.1). */
function transported(info: DerNode, own: readonly OwnKey[]): OurRecipient | null {
  const fields = fieldsOf(info);
  const version = fields.required(tags.integer);
  const identifier = fields.required(tags.sequence, 0x80);
  const key = own.find(({ known: { certificate } }) =>
    identifier.tag === 0x80 ? isKeyIdentifierOf(identifier.content, certificate) : isIssuerAndSerialOf(identifier, certificate),
  );
  if (key === undefined) return null;
  if (smallInteger(version) !== (identifier.tag === 0x80 ? 2 : 0)) return refuse('malformed', 'version of the recipient');
  const transport = keyTransportOf(readAlgorithm(fields.required(tags.sequence)));
  const encryptedKey = octetsOf(fields.required(tags.octets, tags.octetSegments));
  fields.end();
  if (key.known.keyKind !== 'rsa') return refuse('algorithm', 'key transport for a key that is not RSA');
  const { privateKey } = key.pair;
  return { name: keyTransportName(transport), unwrap: (keyBytes) => unwrapTransported(privateKey, transport, encryptedKey, keyBytes) };
}

function agreementEntries(info: DerNode): readonly DerNode[] {
  const last = info.children[info.children.length - 1];
  return last?.tag === tags.sequence ? last.children : refuse('malformed', 'key agreement without encrypted keys');
}

/** KeyAgreeRecipientInfo with an ephemeral originator key (RFC 5652 §6.2.2); static originators prove nothing we use and are refused. */
function agreed(info: DerNode, own: readonly OwnKey[]): OurRecipient | null {
  const found = agreementEntry(info, own);
  if (found === null) return null;
  const { keyKind } = found.key.known;
  if (!isAgreementKey(keyKind)) return refuse('algorithm', `key agreement for a ${keyKind} key`);
  const fields = fieldsOf(info, agreementTag);
  const version = fields.required(tags.integer);
  const originator = inner(fields.required(0xa0), tags.sequence, 0x80, 0xa1);
  const material = fields.optional(0xa1);
  const scheme = agreementSchemeOf(readAlgorithm(fields.required(tags.sequence)));
  fields.required(tags.sequence);
  fields.end();
  if (smallInteger(version) !== 3) return refuse('malformed', 'version of the recipient');
  if (originator.tag !== 0xa1) return refuse('algorithm', 'key agreement without an ephemeral key');
  if ((keyKind === 'x25519') !== (scheme.agreement.derivation === 'hkdf')) return refuse('algorithm', `key derivation for a ${keyKind} key`);
  const keyingMaterial = material === null ? null : octetsOf(inner(material, tags.octets, tags.octetSegments));
  // How keying material enters HKDF (RFC 8418) was not tried against another implementation: refused rather than guessed.
  if (keyingMaterial !== null && keyKind === 'x25519') return refuse('algorithm', 'keying material with HKDF');
  const point = originatorPoint(originator, keyKind);
  const input = { kind: keyKind, privateKey: found.key.pair.privateKey, scheme, point, keyingMaterial };
  return { name: agreementName(keyKind, scheme), unwrap: () => unwrapAgreed(input, found.encryptedKey) };
}

const isAgreementKey = (kind: KnownCertificate['keyKind']): kind is AgreementKeyKind => kind === 'p256' || kind === 'p384' || kind === 'x25519';

function originatorPoint(originator: DerNode, kind: AgreementKeyKind): Uint8Array {
  const fields = fieldsOf(originator, 0xa1);
  const algorithm = readAlgorithm(fields.required(tags.sequence));
  const { bytes, unused } = bits(fields.required(tags.bits));
  fields.end();
  return unused === 0 ? ephemeralPoint(kind, algorithm, bytes) : refuse('malformed', 'ephemeral key not in whole octets');
}

function agreementEntry(info: DerNode, own: readonly OwnKey[]): { readonly key: OwnKey; readonly encryptedKey: Uint8Array } | null {
  for (const entry of agreementEntries(info)) {
    const fields = fieldsOf(entry);
    const identifier = fields.required(tags.sequence, 0xa0);
    const encryptedKey = fields.required(tags.octets, tags.octetSegments);
    fields.end();
    const key = own.find(({ known: { certificate } }) =>
      identifier.tag === 0xa0 ? isRecipientKeyIdentifierOf(identifier, certificate) : isIssuerAndSerialOf(identifier, certificate),
    );
    if (key !== undefined) return { key, encryptedKey: octetsOf(encryptedKey) };
  }
  return null;
}

/** RecipientKeyIdentifier: the key identifier, then a date and other attributes that identify nothing here. */
function isRecipientKeyIdentifierOf(node: DerNode, certificate: Certificate): boolean {
  return isKeyIdentifierOf(fieldsOf(node, 0xa0).required(tags.octets).content, certificate);
}
