/** One attribute, its value with references resolved. */
export interface XmlAttribute {
  readonly name: string;
  readonly value: string;
}

/** Namespace by prefix; the empty prefix is the default namespace. */
export type Bindings = ReadonlyMap<string, string>;

interface Resolved {
  readonly name: string;
  readonly namespace: string;
  readonly attributes: readonly XmlAttribute[];
  readonly bindings: Bindings;
}

const schemaInstance = 'http://www.w3.org/2001/XMLSchema-instance';
// An absolute URI (Namespaces in XML 1.0 §2.2, Canonical XML 1.0 §1.3), or none. Without `&`, which libxml2 does not escape in Canonical XML.
const namespaceName = /^(?:[A-Za-z][A-Za-z0-9+.\-]+:(?:[A-Za-z0-9\-._~:/?@!$'()*+,;=]|%[0-9A-Fa-f]{2})+(?:#[A-Za-z0-9\-._~]*)?)?$/;
const reserved = ['http://www.w3.org/XML/1998/', 'http://www.w3.org/2000/xmlns/'];

/** What becomes of attributes with a prefix: the contract has none, other formats leave out what they do not know (RFC 4287 §6). */
export type ForeignAttributes = 'refused' | 'left-out';

/**
 * The local name and namespace of a tag (Namespaces in XML 1.0), and its attributes without declarations; a string says why not. Of attributes with a prefix
 * the harmless hint where a schema can be found is always let through, and left out.
 */
export const resolveNames = (tag: string, attributes: readonly XmlAttribute[], inherited: Bindings, foreignAre: ForeignAttributes = 'refused'): Resolved | string => {
  const bindings = bind(attributes, inherited);
  if (typeof bindings === 'string') return bindings;
  const [prefix, name] = split(tag);
  const namespace = bindings.get(prefix) ?? (prefix === '' ? '' : null);
  if (namespace === null) return 'a prefix is not bound to a namespace';
  const foreign = attributes.filter((one) => one.name.includes(':') && !isDeclaration(one));
  if (foreignAre === 'left-out') {
    if (foreign.some((one) => !isBound(one, bindings))) return 'a prefix is not bound to a namespace';
  } else if (foreign.length > 1 || foreign.some((one) => !isSchemaHint(one, bindings))) return 'an attribute has a prefix';
  return { name, namespace, attributes: attributes.filter((one) => !one.name.includes(':') && !isDeclaration(one)), bindings };
};

const split = (qualified: string): readonly [prefix: string, name: string] => {
  const colon = qualified.indexOf(':');
  return colon === -1 ? ['', qualified] : [qualified.slice(0, colon), qualified.slice(colon + 1)];
};

const isDeclaration = ({ name }: XmlAttribute): boolean => name === 'xmlns' || name.startsWith('xmlns:');

// The prefix xml is bound by definition (Namespaces in XML 1.0 §3).
const isBound = ({ name }: XmlAttribute, bindings: Bindings): boolean => {
  const [prefix, local] = split(name);
  return local !== '' && !local.includes(':') && (prefix === 'xml' || bindings.has(prefix));
};

const isSchemaHint = ({ name }: XmlAttribute, bindings: Bindings): boolean => {
  const [prefix, local] = split(name);
  return bindings.get(prefix) === schemaInstance && local === 'schemaLocation';
};

const bind = (attributes: readonly XmlAttribute[], inherited: Bindings): Bindings | string => {
  const declared = attributes.filter(isDeclaration);
  if (declared.length === 0) return inherited;
  const bindings = new Map(inherited);
  for (const { name, value } of declared) {
    const prefix = name === 'xmlns' ? '' : name.slice('xmlns:'.length);
    // Namespaces in XML 1.0 §3: these prefixes and names are reserved, and a prefix cannot be unbound.
    const isReserved = prefix === 'xml' || prefix === 'xmlns' || reserved.some((start) => value.startsWith(start));
    if (isReserved || !namespaceName.test(value) || (prefix !== '' && value === '')) return 'a namespace declaration is not allowed';
    bindings.set(prefix, value);
  }
  return bindings;
};
