import { octets, oid, readBer, type DerNode } from '../asn1/der.js';
import { oids } from '../asn1/oid.js';
import { fieldsOf, inner, tags } from './fields.js';
import { refuse, refusing, type CmsRefusal } from './refusal.js';

export type CmsContentType = 'signed-data' | 'enveloped-data' | 'auth-enveloped-data' | 'compressed-data' | 'other';

const contentTypeByOid: Readonly<Record<string, CmsContentType>> = {
  [oids.signedData]: 'signed-data',
  [oids.envelopedData]: 'enveloped-data',
  [oids.authEnvelopedData]: 'auth-enveloped-data',
  [oids.compressedData]: 'compressed-data',
};

/** The kind of CMS message that `bytes` is, by its object identifier alone (rule 6): file names and smime-type are hints, this decides. */
export function contentTypeOf(bytes: Uint8Array): CmsContentType | CmsRefusal {
  return refusing(() => contentTypeByOid[oid(contentInfo(bytes).type)] ?? 'other');
}

/** The value inside a ContentInfo of the expected type (RFC 5652 §3); bytes after it are malformed. */
export function contentOf(bytes: Uint8Array, ...expected: readonly CmsContentType[]): { readonly type: CmsContentType; readonly value: DerNode } {
  const info = contentInfo(bytes);
  const type = contentTypeByOid[oid(info.type)] ?? 'other';
  if (!expected.includes(type)) return refuse('wrong-content-type', `content is ${type}`);
  return { type, value: inner(info.content, tags.sequence) };
}

function contentInfo(bytes: Uint8Array): { readonly type: DerNode; readonly content: DerNode } {
  const fields = fieldsOf(readBer(bytes));
  const info = { type: fields.required(tags.oid), content: fields.required(0xa0) };
  fields.end();
  return info;
}

/** The octets of an OCTET STRING, in one piece or in the segments that streaming senders write. */
export function octetsOf(node: DerNode): Uint8Array {
  if (node.tag !== tags.octets && node.tag !== tags.octetSegments) return refuse('malformed', 'expected an OCTET STRING');
  return octets(node);
}
