import { Asn1Error, octets, oid, readDer, sequence, text, type DerNode } from '../asn1/der.js';
import { oids } from '../asn1/oid.js';
import { readName, type Name } from './name.js';

/** One of the names a certificate, a constraint or a distribution point may carry (RFC 5280 §4.2.1.6). */
export type GeneralName =
  | { readonly kind: 'email'; readonly value: string }
  /** An address with a local part outside ASCII (RFC 9598); its domain is in A-labels. */
  | { readonly kind: 'utf8-mailbox'; readonly value: string }
  | { readonly kind: 'dns'; readonly value: string }
  | { readonly kind: 'uri'; readonly value: string }
  /** Four or sixteen octets; in a constraint the address and its mask. */
  | { readonly kind: 'ip'; readonly octets: Uint8Array }
  | { readonly kind: 'directory'; readonly name: Name }
  /** A form this library does not compare; `tag` tells which, and for an otherName `type` its identifier. */
  | { readonly kind: 'other'; readonly tag: number; readonly type: string | null; readonly raw: Uint8Array };

/** Reads a GeneralNames, which holds at least one name. */
export function readGeneralNames(names: readonly DerNode[]): readonly GeneralName[] {
  if (names.length === 0) throw new Asn1Error('no names where names belong');
  return names.map(readGeneralName);
}

/** Reads one GeneralName; throws Asn1Error when it is not one. */
export function readGeneralName(node: DerNode): GeneralName {
  switch (node.tag) {
    case 0x81:
      return { kind: 'email', value: text(node) };
    case 0x82:
      return { kind: 'dns', value: text(node) };
    case 0x86:
      return { kind: 'uri', value: text(node) };
    case 0x87:
      return { kind: 'ip', octets: octets(node) };
    case 0xa4:
      return { kind: 'directory', name: readName(onlyChild(node)) };
    case 0xa0:
      return readOtherName(node);
    case 0xa3:
    case 0xa5:
    case 0x88:
      return { kind: 'other', tag: node.tag, type: null, raw: node.raw };
    default:
      throw new Asn1Error('expected a general name');
  }
}

function readOtherName(node: DerNode): GeneralName {
  const [type, value, ...rest] = sequence(node);
  if (type === undefined || value?.tag !== 0xa0 || rest.length > 0) throw new Asn1Error('otherName without type or value');
  const identifier = oid(type);
  if (identifier !== oids.smtpUtf8Mailbox) return { kind: 'other', tag: node.tag, type: identifier, raw: node.raw };
  const mailbox = onlyChild(value);
  if (mailbox.tag !== 0x0c) throw new Asn1Error('SmtpUTF8Mailbox that is not UTF8String');
  return { kind: 'utf8-mailbox', value: text(mailbox) };
}

function onlyChild(node: DerNode): DerNode {
  const [child, ...rest] = node.children;
  if (child === undefined || rest.length > 0) throw new Asn1Error('expected one value');
  return child;
}

/** Whether two names are the same; names this library does not compare are the same only octet for octet. */
export function sameGeneralName(a: GeneralName, b: GeneralName): boolean {
  if (a.kind === 'directory') return b.kind === 'directory' && a.name.canonical === b.name.canonical;
  if (a.kind === 'ip') return b.kind === 'ip' && Buffer.compare(a.octets, b.octets) === 0;
  if (a.kind === 'other') return b.kind === 'other' && Buffer.compare(a.raw, b.raw) === 0;
  if (a.kind === 'dns') return b.kind === 'dns' && a.value.toLowerCase() === b.value.toLowerCase();
  return a.kind === b.kind && a.value === b.value;
}

/** Reads the GeneralNames that a whole extension value is. */
export function readGeneralNamesValue(value: Uint8Array): readonly GeneralName[] {
  return readGeneralNames(sequence(readDer(value)));
}
