import { Asn1Error, type DerNode } from '../asn1/der.js';

/** Identifier octets of the universal types that CMS uses. */
export const tags = { integer: 0x02, bits: 0x03, octets: 0x04, octetSegments: 0x24, null: 0x05, oid: 0x06, sequence: 0x30, set: 0x31 } as const;

/** Reads the fields of one SEQUENCE in order, by identifier octet; a field of another type or one left over is malformed. */
export interface Fields {
  /** The next field, which must carry one of these identifier octets. */
  required(...allowed: readonly number[]): DerNode;
  /** The next field when it carries one of these identifier octets, else null. */
  optional(...allowed: readonly number[]): DerNode | null;
  /** Throws Asn1Error when fields are left: what is not read cannot be judged. */
  end(): void;
}

/** The fields of `node`, which must be a SEQUENCE or carry `tag` in its place (implicit tagging). */
export function fieldsOf(node: DerNode, tag: number = tags.sequence): Fields {
  if (node.tag !== tag) throw new Asn1Error('expected a SEQUENCE');
  let position = 0;
  const optional = (...allowed: readonly number[]): DerNode | null => {
    const field = node.children[position];
    if (field === undefined || !allowed.includes(field.tag)) return null;
    position += 1;
    return field;
  };
  return {
    optional,
    required: (...allowed) => {
      const field = optional(...allowed);
      if (field === null) throw new Asn1Error(`field ${position + 1} missing or of another type`);
      return field;
    },
    end: () => {
      if (position !== node.children.length) throw new Asn1Error('more fields than the type has');
    },
  };
}

/** The one value inside an EXPLICIT tag; throws Asn1Error on none or more. */
export function inner(node: DerNode, ...allowed: readonly number[]): DerNode {
  const [only, ...others] = node.children;
  if (only === undefined || others.length > 0 || !allowed.includes(only.tag)) throw new Asn1Error('explicit tag around something else than one value');
  return only;
}
