import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import xmllint from 'xmllint-wasm';
import { exampleBytes } from '../../test/harness/examples.js';
import { mutationOf } from '../../test/harness/message-arbitrary.js';
import { generateSchemas, readMessage } from './index.js';
import { readXml, type XmlElement } from './xml-tree.js';

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const example = text(exampleBytes('hulp.aanvaard', 'xml'));
const schema = generateSchemas().find((file) => file.name === 'hulp.aanvaard.xsd')?.content ?? '';

interface OutsideReading {
  readonly faults: readonly string[];
  /** Places of the documents with a fault. */
  readonly faulty: ReadonlySet<number>;
  /** Each document as libxml2 writes it again: Canonical XML 1.0. */
  readonly canonical: readonly string[];
}

// One start of libxml2 for all documents; a document of one element between them tells where the next begins.
const boundary = '<grens></grens>';
const outside = async (documents: readonly string[], schema: string | null): Promise<OutsideReading> => {
  const files = documents.flatMap((contents, index) => [{ fileName: `d${index}.xml`, contents }, { fileName: `grens${index}.xml`, contents: boundary }]);
  const result = await xmllint.validateXML({ xml: files, normalization: 'c14n', maxMemoryPages: 4_096, ...(schema === null ? {} : { schema }) });
  const faults = result.errors.filter(({ loc }) => loc?.fileName.startsWith('d'));
  return {
    faults: faults.map(({ rawMessage }) => rawMessage),
    faulty: new Set(faults.map(({ loc }) => Number(loc?.fileName.slice(1, -4)))),
    canonical: result.normalized.split(boundary).slice(0, -1),
  };
};

const treeOf = (source: string): XmlElement | null => {
  const outcome = readXml(source);
  return outcome.kind === 'tree' ? inOrder(outcome.root) : null;
};
// Canonical XML sorts attributes.
const inOrder = (element: XmlElement): XmlElement => ({
  ...element, children: element.children.map(inOrder),
  attributes: [...element.attributes].sort((left, right) => left.name < right.name ? -1 : 1),
});

describe('what fast-xml-parser would let through, libxml2 refuses and so do we', () => {
  const lax: readonly (readonly [string, string])[] = [
    ['an equals sign without a name', '<a = b="1"></a>'], ['an equals sign at the end', '<a b="1"=></a>'], ['only an equals sign', '<a><b =/></a>'],
    ['an end tag that is empty', '<a><x></x></a/></a>'], ['a declaration inside', '<a><!x></a>'], ['a CDATA section in small letters', '<a><![cdata[x]]></a>'],
    ['a reference after the root', '<a></a>&amp;'], ['text after an empty root', '<a/>x'], ['text and a comment after an empty root', '<a/>x<!-- -->'],
    ['two empty roots', '<a/><b/>'], ['an empty second root', '<a></a><b/>'], ['a CDATA section before the root', '<![CDATA[x]]><a></a>'],
    ['two hyphens in a comment', '<a><!-- a -- b --></a>'], ['a third hyphen at the end of a comment', '<a><!-- a ---></a>'], ['the end mark of a CDATA section', '<a>]]></a>'],
    ['a start tag in an attribute', '<a b="<"></a>'], ['a bare ampersand in an attribute', '<a b="a & b"></a>'], ['half a reference in an attribute', '<a b="&amp"></a>'],
    ['an unknown entity in an attribute', '<a b="&x;"></a>'], ['a reference without a number', '<a>&#;</a>'], ['a reference to no character', '<a>&#xFFFF;</a>'],
    ['a reference to half a character', '<a>&#xD800;</a>'], ['a control character', '<a>\u0001</a>'], ['a character that is none', '<a>\uFFFE</a>'],
    ['a declaration in capitals', '<?XML version="1.0"?><a></a>'], ['a declaration with words in capitals', '<?xml VERSION="1.0"?><a></a>'],
    ['a declaration after white space', ' <?xml version="1.0"?><a></a>'], ['an instruction that is not closed', '<a></a><?x'],
    ['a prefix bound to nothing', '<p:a></p:a>'], ['a name of three parts', '<a:b:c xmlns:a="u"></a:b:c>'], ['an empty prefix', '<:a></:a>'],
    ['one attribute by two prefixes', '<a xmlns:p="http://www.w3.org/2001/XMLSchema-instance" xmlns:q="http://www.w3.org/2001/XMLSchema-instance" p:schemaLocation="u v" q:schemaLocation="u v"></a>'],
    ['an attribute twice', '<a b="1" b="2"></a>'], ['attributes without a space between', '<a b="1"c="2"></a>'], ['an attribute without quotes', '<a b=1></a>'],
    ['an attribute without a value', '<a b></a>'], ['an end tag of another element', '<a></b>'], ['crossed elements', '<a><b></a></b>'], ['an end too many', '<a></a></a>'],
    ['an end missing', '<a><b></a>'], ['a space before a name', '<a>< b/></a>'], ['a space in the end of an empty element', '<a/ >'], ['a comment that is not closed', '<a></a><!-- '],
  ];
  test.each(lax)('%s', (_, document) => expect(treeOf(document)).toBeNull());

  test('libxml2 finds a fault in each of them', async () => {
    const { faulty } = await outside(lax.map(([, document]) => document), null);
    expect(lax.filter((_, index) => !faulty.has(index)).map(([name]) => name)).toEqual([]);
  });
});

describe('names that are properties of every object', () => {
  test.each(['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'])('%s is refused as an element and is only a name as an attribute', (name) => {
    expect(readXml(`<a><${name}/></a>`)).toMatchObject({ kind: 'refused', code: 'forbidden' });
    expect(treeOf(`<a ${name}="1"/>`)?.attributes).toEqual([{ name, value: '1' }]);
  });
});

describe('libxml2 reads what we read', () => {
  // Every construct of XML, so that an edit anywhere meets another rule.
  const small = '<?xml version="1.0"?>\n<!-- c --><a xmlns="urn:x" xmlns:p=\'urn:y\' q="1 &lt; 2"\n r=\'"\'><p:b>t &amp; &#x41;</p:b><c d="]]>"/> <![CDATA[<x> & ]]><!----><e ></e ></a>\n<!-- - -->\n';
  const piece = fc.constantFrom('', '=', ' = ', '/', '"', '\'', ' ', '\t', '\n', '\r', '<', '>', '&', '&amp;', '&#13;', '&#9;', '&#0;', ';', ']]>', '<!', '<!>', '<!-->', '<!--->', '<!---->', '<!-- -->', '-', '--', '<![CDATA[]]>',
    '<![CDATA[', '<x/>', '<x>', '</x>', '<x></x>', '</a/>', ' x', ' x=""', ' q="2"', ' xmlns=""', ' xmlns:q="urn:z"', 'p:', ':', 'x', '1', '.', '?', '<?x?>', '#', '[', '\u0085', '\u00a0', '\u2028', '\uFEFF', '\uD83D\uDE00', '\u007f', '__proto__', 'xml', 'é');
  const editOf = (document: string): fc.Arbitrary<string> =>
    fc.array(fc.tuple(fc.nat(document.length), fc.constantFrom(0, 0, 1, 2, 4), piece), { minLength: 1, maxLength: 2 })
      .map((edits) => edits.reduce((edited, [at, skip, insert]) => edited.slice(0, at) + insert + edited.slice(at + skip), document));

  test('after edits of a small document', async () => {
    const accepted = [...new Set(fc.sample(editOf(small), { numRuns: 8_000, seed: 20260323 }))].filter((document) => treeOf(document) !== null);
    expect(accepted.length).toBeGreaterThan(500);
    const { faults, canonical } = await outside(accepted, null);
    expect(faults).toEqual([]);
    expect(canonical.map(treeOf)).toEqual(accepted.map(treeOf));
  });

  test('after mutations and edits of a message, which then also follows its schema', async () => {
    const seeds = { numRuns: 3_000, seed: 20260323 };
    const changed = [...fc.sample(mutationOf(exampleBytes('hulp.aanvaard', 'xml')), seeds).map(text), ...fc.sample(editOf(example), seeds)];
    const messageIn = (document: string): unknown => readMessage(new TextEncoder().encode(document), 'application/xml');
    const accepted = [...new Set(changed)].filter((document) => readMessage(new TextEncoder().encode(document), 'application/xml').kind === 'read');
    expect(accepted.length).toBeGreaterThan(100);
    const { faults, canonical } = await outside(accepted, null);
    expect(faults).toEqual([]);
    expect(canonical.map(messageIn)).toEqual(accepted.map(messageIn));
    // In the canonical form, because libxml2 counts an empty CDATA section between elements as text, and XML Schema does not.
    expect((await outside(canonical, schema)).faults).toEqual([]);
  });

  test('a document that does not follow its schema is told', async () => {
    const broken = example.replace('<hulp_aanvaard>', '<x/><hulp_aanvaard>');
    expect((await outside([broken], schema)).faults).not.toEqual([]);
  });
});
