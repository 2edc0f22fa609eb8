import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { exampleBytes } from '../../test/harness/examples.js';
import { mutationOf } from '../../test/harness/message-arbitrary.js';
import { processorMs } from '../../test/harness/processor-time.js';
import { documentSizeMaxBytes, readDisclosure, readMessage, type DocumentMediaType } from './index.js';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const xml = new TextDecoder().decode(exampleBytes('hulp.aanvaard', 'xml'));
const json = new TextDecoder().decode(exampleBytes('hulp.aanvaard', 'json'));
const inside = (markup: string): string => xml.replace('<hulp_aanvaard>', `${markup}<hulp_aanvaard>`);
const asValue = (markup: string): string => xml.replace('Gesprekken over omgaan met spanning.', markup);
const utf16 = (text: string): Uint8Array => new Uint8Array(Buffer.from(`\uFEFF${text}`, 'utf16le'));
const slowestMs = 5_000;

const bomb = '<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>';

const hostileXml: readonly (readonly [string, Uint8Array, string])[] = [
  ['an entity bomb', bytesOf(xml.replace('<bericht', `${bomb}<bericht`)), 'forbidden'],
  ['a DOCTYPE that names a file', bytesOf(xml.replace('<bericht', '<!DOCTYPE x SYSTEM "file:///etc/passwd"><bericht')), 'forbidden'],
  ['an entity that was never declared', bytesOf(asValue('&passwd;')), 'forbidden'],
  ['an HTML entity', bytesOf(asValue('caf&eacute;')), 'forbidden'],
  ['a bare ampersand', bytesOf(asValue('hulp & steun')), 'forbidden'],
  ['a stylesheet instruction', bytesOf(xml.replace('<bericht', '<?xml-stylesheet href="x"?><bericht')), 'forbidden'],
  ['an instruction inside', bytesOf(inside('<?php echo 1 ?>')), 'forbidden'],
  ['a second XML declaration', bytesOf(inside('<?xml version="1.0"?>')), 'forbidden'],
  ['XML 1.1', bytesOf(xml.replace('version="1.0"', 'version="1.1"')), 'forbidden'],
  ['an XML declaration in another encoding', bytesOf(xml.replace('UTF-8', 'ISO-8859-1')), 'forbidden'],
  ['a reference to no character', bytesOf(asValue('&#0;')), 'forbidden'],
  ['a reference to half a character', bytesOf(asValue('&#xD800;')), 'forbidden'],
  ['UTF-16', utf16(xml), 'not-utf8'],
  ['a byte that is no UTF-8', new Uint8Array([...bytesOf(xml), 0xff]), 'not-utf8'],
  ['an overlong byte sequence', new Uint8Array([0xc0, 0xbc, ...bytesOf(xml)]), 'not-utf8'],
  ['a control character', bytesOf(asValue('\u0001')), 'not-well-formed'],
  ['a million levels', bytesOf('<a>'.repeat(600_000)), 'too-deep'],
  ['a document of levels in the namespace', bytesOf(inside('<x>'.repeat(1_000) + '</x>'.repeat(1_000))), 'too-deep'],
  ['twenty thousand elements', bytesOf(inside('<x/>'.repeat(20_001))), 'too-many-elements'],
  ['more bytes than allowed', new Uint8Array(documentSizeMaxBytes + 1).fill(0x20), 'too-large'],
  ['two roots', bytesOf(xml + xml.replace(/^<\?xml.*\n/, '')), 'not-well-formed'],
  ['an end tag that is not of the start', bytesOf(xml.replace('</hulp_aanvaard>', '</hulp_aanvaarding>')), 'not-well-formed'],
  ['a missing end', bytesOf(xml.replace('</bericht>', '')), 'not-well-formed'],
  ['an attribute twice', bytesOf(xml.replace('versie="1"', 'versie="1" versie="1"')), 'not-well-formed'],
  ['a prefix bound to nothing', bytesOf(inside('<k:x/>')), 'not-well-formed'],
  ['a rebound reserved prefix', bytesOf(xml.replace('soort=', 'xmlns:xml="urn:x" soort=')), 'not-well-formed'],
  ['a type attribute that would override the schema', bytesOf(xml.replace('<hulp_aanvaard>', '<hulp_aanvaard xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true">')), 'not-well-formed'],
  ['a CDATA section that ends twice', bytesOf(asValue('<![CDATA[a]]>]]>')), 'not-well-formed'],
  ['a CDATA section outside the root', bytesOf(`${xml}<![CDATA[x]]>`), 'not-well-formed'],
  ['a comment with two hyphens', bytesOf(inside('<!-- a -- b -->')), 'not-well-formed'],
  ['nothing at all', new Uint8Array(), 'not-well-formed'],
  ['an attribute that never ends', bytesOf(xml.replace('versie="1"', `versie="${'x'.repeat(1_900_000)}`)), 'not-well-formed'],
  ['a tag of white space', bytesOf(xml.replace('versie="1"', ' '.repeat(1_900_000))), 'unknown-version'],
  ['a tag of white space that never ends', bytesOf(`<bericht${' '.repeat(1_900_000)}`), 'not-well-formed'],
  ['a comment that never ends', bytesOf(inside(`<!--${'-x'.repeat(900_000)}`)), 'not-well-formed'],
  ['comments that never end', bytesOf('<!--'.repeat(450_000)), 'not-well-formed'],
  ['a long comment and a long CDATA section', bytesOf(inside(`<!--${'x'.repeat(900_000)}--><![CDATA[${'x'.repeat(900_000)}]]>`)), 'invalid'],
  ['end tags only', bytesOf('</a>'.repeat(450_000)), 'not-well-formed'],
  ['comments only', bytesOf(inside('<!---->'.repeat(250_000)) + 'x'), 'not-well-formed'],
  ['references only', bytesOf(asValue('&#65;'.repeat(350_000))), 'invalid'],
  ['as many elements as are allowed', bytesOf(inside('<x/>'.repeat(19_900))), 'invalid'],
  ['as many open elements as are allowed', bytesOf(inside('<x a="&lt;">y</x>'.repeat(19_900))), 'invalid'],
  ['an element twice', bytesOf(inside('<hulp_aanvaard>false</hulp_aanvaard>')), 'invalid'],
  ['an element of a foreign namespace', bytesOf(inside('<hulp_aanvaard xmlns="urn:x">false</hulp_aanvaard>')), 'invalid'],
  ['an element inside a value', bytesOf(asValue('<b>vet</b>')), 'invalid'],
  ['text between elements', bytesOf(inside('los')), 'invalid'],
  ['an attribute on a value', bytesOf(xml.replace('<hulp_aanvaard>', '<hulp_aanvaard x="1">')), 'invalid'],
  ['a value that turns a name around', bytesOf(asValue('a\u202Eb')), 'invalid'],
  ['a value of spaces', bytesOf(asValue('   ')), 'invalid'],
  ['a value that is too long', bytesOf(asValue('x'.repeat(1_500_000))), 'invalid'],
  ['white space without end', bytesOf(asValue(' '.repeat(1_500_000) + 'x')), 'invalid'],
];

const deep = (open: string, close: string): string => open.repeat(300_000) + close.repeat(300_000);
const hostileJson: readonly (readonly [string, Uint8Array, string])[] = [
  ['a million levels of lists', bytesOf(deep('[', ']')), 'too-deep'],
  ['a million levels of objects', bytesOf(deep('{"a":', '}')), 'too-deep'],
  ['twenty thousand values', bytesOf(`{"soort":[${'1,'.repeat(20_001)}1]}`), 'too-many-elements'],
  ['a key twice', bytesOf(json.replace('"versie": 1,', '"versie": 1, "versie": 1,')), 'not-well-formed'],
  ['a key twice by escape', bytesOf(json.replace('"versie": 1,', '"versie": 1, "\\u0076ersie": 1,')), 'not-well-formed'],
  ['a prototype key', bytesOf(json.replace('"inhoud": {', '"inhoud": { "__proto__": {},')), 'forbidden'],
  ['a prototype key by escape', bytesOf(json.replace('"inhoud": {', '"inhoud": { "\\u005f_proto__": {},')), 'forbidden'],
  ['a constructor key', bytesOf(json.replace('"inhoud": {', '"inhoud": { "constructor": {},')), 'forbidden'],
  ['a byte order mark', bytesOf(`\uFEFF${json}`), 'not-well-formed'],
  ['UTF-16', utf16(json), 'not-utf8'],
  ['a comment', bytesOf(json.replace('{', '{ /* x */')), 'not-well-formed'],
  ['a trailing comma', bytesOf(json.replace('"versie": 1,', '"versie": 1,,')), 'not-well-formed'],
  ['text after the end', bytesOf(`${json}{}`), 'not-well-formed'],
  ['a number that is none', bytesOf(json.replace('"versie": 1', '"versie": 01')), 'not-well-formed'],
  ['an endless text', bytesOf(`{"soort":"${'\\n'.repeat(900_000)}`), 'not-well-formed'],
  ['a bad escape', bytesOf(json.replace('Gesprekken', '\\x41')), 'not-well-formed'],
  ['a raw line end in a text', bytesOf(json.replace('Gesprekken', 'a\nb')), 'not-well-formed'],
  ['a list instead of an object', bytesOf('[]'), 'not-well-formed'],
  ['a null for a field', bytesOf(json.replace('"hulp_aanvaard": true', '"hulp_aanvaard": null')), 'invalid'],
  ['half a character', bytesOf(json.replace('Gesprekken', '\\ud800')), 'invalid'],
  ['a null character', bytesOf(json.replace('Gesprekken', '\\u0000')), 'invalid'],
  ['nothing at all', new Uint8Array(), 'not-well-formed'],
];

const refusalOf = (bytes: Uint8Array, mediaType: DocumentMediaType): { readonly code: string; readonly tookMs: number } => {
  const startedAt = processorMs();
  const outcome = readMessage(bytes, mediaType);
  return { code: outcome.kind === 'refused' ? outcome.code : 'read', tookMs: processorMs() - startedAt };
};

describe('hostile documents are refused, and quickly', () => {
  test.each(hostileXml)('XML with %s', (_, bytes, code) => {
    const refusal = refusalOf(bytes, 'application/xml');
    expect(refusal.code).toBe(code);
    expect(refusal.tookMs).toBeLessThan(slowestMs);
  });

  test.each(hostileJson)('JSON with %s', (_, bytes, code) => {
    const refusal = refusalOf(bytes, 'application/json');
    expect(refusal.code).toBe(code);
    expect(refusal.tookMs).toBeLessThan(slowestMs);
  });
});

describe('mutations of real documents', () => {
  test.each([['application/xml', 'xml'], ['application/json', 'json']] as const)('%s: never throws, and what is refused says why', (mediaType, extension) => {
    fc.assert(fc.property(mutationOf(exampleBytes('huisverbod.verlengd', extension)), (bytes) => {
      for (const outcome of [readMessage(bytes, mediaType), readDisclosure(bytes, mediaType)]) {
        if (outcome.kind === 'read') continue;
        expect(outcome.problems.length).toBeGreaterThan(0);
        expect(outcome.problems.length).toBeLessThanOrEqual(100);
      }
    }), { numRuns: 1_500 });
  });

  test('bytes of any kind: never throws', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom('application/xml' as const, 'application/json' as const), (bytes, mediaType) => {
      expect(readMessage(bytes, mediaType).kind).toBe('refused');
    }), { numRuns: 500 });
  });
});
