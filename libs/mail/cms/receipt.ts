import { hash } from 'node:crypto';
import { der, octets, oid, readDer, smallInteger, tlv, type Der, type DerNode } from '../asn1/der.js';
import { oids } from '../asn1/oid.js';
import type { Attributes } from './attributes.js';
import { valueOf } from './attributes.js';
import { fieldsOf, tags } from './fields.js';
import { refuse } from './refusal.js';

/** What a sender asks under its signature (RFC 2634 §2.7): a receipt about this content, sent to these addresses. */
export interface ReceiptRequest {
  readonly contentIdentifier: Uint8Array;
  /** Mail addresses as they stand; names of other kinds are left out. */
  readonly to: readonly string[];
  /** Whose receipt is asked for; null: of everybody who has the message. */
  readonly from: readonly string[] | null;
}

/** A receipt says these four things of the message it is about (RFC 2634 §2.8). */
export interface Receipt {
  readonly contentIdentifier: Uint8Array;
  /** The signature of the message itself. */
  readonly signature: Uint8Array;
}

/** What the sender keeps of a message that asks for a receipt, to know the receipt by: nothing else can have these two (RFC 2634 §2.2.2). Hexadecimal. */
export interface KeptSignature {
  /** Of the signed attributes, by the digest they were signed with. */
  readonly messageSignatureDigest: string;
  /** SHA-256 of the receipt's content. */
  readonly receiptSha256: string;
}

const namesMax = 16;
const identifierMaxBytes = 512;
const rfc822Name = 0x81;
const [allOrFirstTier, receiptList] = [0x80, 0xa1];

/** The request as the value of its attribute: everybody is asked, and one address gets it. */
export function requestValue(contentIdentifier: Uint8Array, to: string): Der {
  return der.sequence(der.octets(contentIdentifier), tlv(allOrFirstTier, Uint8Array.of(0)), der.sequence(der.sequence(tlv(rfc822Name, Buffer.from(to, 'latin1')))));
}

/** The request among signed attributes that were verified; null when there is none. */
export function requestIn(signed: Attributes): ReceiptRequest | null {
  const value = valueOf(signed, oids.receiptRequest, tags.sequence);
  if (value === null) return null;
  const fields = fieldsOf(value);
  const contentIdentifier = octets(fields.required(tags.octets));
  const from = fields.required(allOrFirstTier, receiptList);
  const to = fields.required(tags.sequence);
  fields.end();
  if (contentIdentifier.length > identifierMaxBytes) return refuse('too-large', 'content identifier');
  return { contentIdentifier, to: addressesIn(to), from: from.tag === receiptList ? addressesIn(from) : null };
}

/** SEQUENCE OF GeneralNames: of each entity the mail addresses. */
function addressesIn(list: DerNode): readonly string[] {
  if (list.children.length === 0 || list.children.length > namesMax) return refuse('too-large', 'names in a receipt request');
  return list.children.flatMap(({ children }) => children.filter(({ tag }) => tag === rfc822Name).map(({ content }) => Buffer.from(content).toString('latin1')));
}

/** The content of a receipt, in DER. */
export function receiptContent({ contentIdentifier, signature }: Receipt): Der {
  return der.sequence(der.integer(1), der.oid(oids.data), der.octets(contentIdentifier), der.octets(signature));
}

/** The receipt in this content; refused when it is another version or about another kind of content. */
export function readReceipt(content: Uint8Array): Receipt {
  const fields = fieldsOf(readDer(content));
  const version = smallInteger(fields.required(tags.integer));
  const type = oid(fields.required(tags.oid));
  const contentIdentifier = octets(fields.required(tags.octets));
  const signature = octets(fields.required(tags.octets));
  fields.end();
  if (version !== 1 || type !== oids.data || contentIdentifier.length > identifierMaxBytes) return refuse('malformed', 'receipt');
  return { contentIdentifier, signature };
}

/** What is kept of a message we signed. */
export function keptOf(messageSignatureDigest: Uint8Array, receipt: Receipt): KeptSignature {
  return { messageSignatureDigest: Buffer.from(messageSignatureDigest).toString('hex'), receiptSha256: hash('sha256', receiptContent(receipt), 'hex') };
}
