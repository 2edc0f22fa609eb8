import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { depthMax } from './limits.js';
import { refuse, type ReadRefusal } from './problem.js';
import { faultOfGrammar, notWellFormed } from './xml-grammar.js';
import { resolveNames, type Bindings, type ForeignAttributes, type XmlAttribute } from './xml-namespace.js';
import { resolveReferences } from './xml-reference.js';

/** An element: its namespace and local name, its attributes without namespace declarations, and what stands in it. */
export interface XmlElement {
  readonly name: string;
  readonly namespace: string;
  readonly attributes: readonly XmlAttribute[];
  readonly children: readonly XmlElement[];
  /** All character data directly inside, references resolved. */
  readonly text: string;
}

const declaration = /^<\?xml[ \t\n]+version[ \t\n]*=[ \t\n]*(?:"1\.0"|'1\.0')(?:[ \t\n]+encoding[ \t\n]*=[ \t\n]*(?:"[Uu][Tt][Ff]-8"|'[Uu][Tt][Ff]-8'))?(?:[ \t\n]+standalone[ \t\n]*=[ \t\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\n]*\?>/;
const onlySpace = /^[ \t\n]*$/;

// None of these is a name of XML, so no document can use them.
const textKey = '#text';
const cdataKey = '#cdata';
const commentKey = '#comment';
const attributesKey = ':@';
const attributePrefix = '@';

const validatorOptions = { allowBooleanAttributes: false, unpairedTags: [] };

// Everything is kept as it is written, in its order: the fields say later what a value is. References are ours (xml-reference.ts).
const parser = new XMLParser({
  preserveOrder: true, textNodeName: textKey, cdataPropName: cdataKey, commentPropName: commentKey, attributeNamePrefix: attributePrefix,
  processEntities: false, htmlEntities: false, ignoreAttributes: false, allowBooleanAttributes: false, removeNSPrefix: false,
  parseTagValue: false, parseAttributeValue: false, trimValues: false, stopNodes: [], unpairedTags: [],
  ignoreDeclaration: false, ignorePiTags: false, strictReservedNames: true, maxNestedTags: depthMax, jPath: false,
  onDangerousProperty: (name) => { throw new Error(`${name} is a property of every object`); },
});

/** One node as the parser lays it out: `{ tag: children, ':@': attributes }`, `{ '#text': text }`, `{ '#cdata': [{ '#text': text }] }`. */
type Node = Readonly<Record<string, unknown>>;

/**
 * Reads XML 1.0 with namespaces, and of it only what the contract needs: elements, attributes, text, CDATA sections, comments and the
 * XML declaration. Everything that lets a document reach outside itself or grow while it is read is refused: DOCTYPE, entity
 * declarations, processing instructions, entities beyond the five predefined ones. What it accepts, is well-formed and namespace-well-formed.
 */
export const readXml = (source: string, foreignAre: ForeignAttributes = 'refused'): { readonly kind: 'tree'; readonly root: XmlElement } | ReadRefusal => {
  const text = source.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n').replace(declaration, '');
  const fault = faultOfGrammar(text);
  if (fault !== null) return fault;
  if (XMLValidator.validate(text, validatorOptions) !== true) return notWellFormed('tags do not fit each other, or an attribute occurs twice');
  const nodes = parse(text);
  if (nodes === null) return refuse('forbidden', 'an element has a name that is not accepted', 'Gebruik alleen de elementen van het contract.');
  const root = rootOf(nodes, foreignAre);
  return typeof root === 'string' ? notWellFormed(root) : { kind: 'tree', root };
};

// The parser throws for names that are properties of every object, such as `constructor`; the contract has none of those. It drops text
// that nothing follows, hence the comment.
const parse = (text: string): readonly Node[] | null => {
  try {
    return nodesIn(parser.parse(`${text}<!---->`));
  } catch {
    return null;
  }
};

const rootOf = (nodes: readonly Node[], foreignAre: ForeignAttributes): XmlElement | string => {
  const [root, ...others] = nodes.filter(isElement);
  if (root === undefined || others.length > 0) return 'there is not exactly one root element';
  if (nodes.some((node) => cdataKey in node || !onlySpace.test(String(node[textKey] ?? '')))) return 'there is text outside the root element';
  return elementOf(root, new Map(), foreignAre);
};

const elementOf = (node: Node, inherited: Bindings, foreignAre: ForeignAttributes): XmlElement | string => {
  const { [attributesKey]: attributes, ...element } = node;
  const [tag = '', content] = Object.entries(element)[0] ?? [];
  const names = resolveNames(tag, attributesOf(attributes), inherited, foreignAre);
  if (typeof names === 'string') return names;
  const nodes = nodesIn(content);
  const children: XmlElement[] = [];
  for (const inner of nodes.filter(isElement)) {
    const child = elementOf(inner, names.bindings, foreignAre);
    if (typeof child === 'string') return child;
    children.push(child);
  }
  const { bindings: _, ...named } = names;
  return { ...named, children, text: nodes.map(textOf).join('') };
};

// White space in an attribute is a space (XML 1.0 §3.3.3).
const attributesOf = (attributes: unknown): readonly XmlAttribute[] => Object.entries(attributes ?? {})
  .map(([key, value]) => ({ name: key.slice(attributePrefix.length), value: resolveReferences(String(value).replace(/[\t\n]/g, ' ')) }));

const isElement = (node: Node): boolean => ![textKey, cdataKey, commentKey].some((key) => key in node);

// References count in text only, not in a CDATA section.
const textOf = (node: Node): string => {
  if (textKey in node) return resolveReferences(String(node[textKey]));
  return cdataKey in node ? nodesIn(node[cdataKey]).map((inner) => String(inner[textKey])).join('') : '';
};

const nodesIn = (content: unknown): readonly Node[] => Array.isArray(content) ? content : [];
