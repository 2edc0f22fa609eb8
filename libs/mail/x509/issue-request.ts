import { createPublicKey, type KeyObject } from 'node:crypto';
import { der, tlv, type Der } from '../asn1/der.js';
import { oids } from '../asn1/oid.js';
import { requestedExtensions, type IssueExtensions } from './issue-extensions.js';
import { nameOf, type SubjectName } from './issue.js';

/** What an authority is asked to certify. */
export interface RequestInput {
  readonly subject: SubjectName;
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKey: Uint8Array;
  readonly extensions: IssueExtensions;
  /** Signs with the private half, wherever it is kept: ECDSA or PKCS #1 v1.5, with SHA-256. */
  readonly sign: (content: Uint8Array) => Promise<Uint8Array>;
}

/** A certification request in DER (RFC 2986 §4), which asks for its extensions in the attribute made for that (RFC 2985 §5.4.2). */
export async function issueRequest({ subject, publicKey, extensions, sign }: RequestInput): Promise<Uint8Array> {
  const wanted = der.sequence(der.oid(oids.extensionRequest), der.set(requestedExtensions(extensions)));
  const content = der.sequence(der.integer(0), nameOf(subject), publicKey, der.context(0, wanted));
  return tlv(0x30, content, algorithmOf(createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' })), der.bits(await sign(content)));
}

function algorithmOf(key: KeyObject): Der {
  return key.asymmetricKeyType === 'rsa' ? der.sequence(der.oid(oids.sha256WithRsa), der.null()) : der.sequence(der.oid(oids.ecdsaWithSha256));
}
