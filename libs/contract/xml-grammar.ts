import { attributesMax, depthMax, nodesMax } from './limits.js';
import { refuse, type ReadRefusal } from './problem.js';
import { hasKnownReferences } from './xml-reference.js';

// Everything outside XML 1.0 §2.2 Char, after line ends are normalised.
const notCharacter = /[^\t\n\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

// What we accept of XML 1.0 §3.1, §2.5, §2.7: text, start and end tags, comments, CDATA sections. Nothing else may follow a `<`.
const space = '[ \\t\\n]';
const part = '[A-Za-z_][A-Za-z0-9_.\\-]{0,99}';
const name = `${part}(?::${part})?`;
const attribute = `${space}+${name}${space}*=${space}*(?:"[^"<]*"|'[^'<]*')`;
const startTag = `<${name}(?:${attribute}){0,${attributesMax}}${space}*/?>`;
const endTag = `</${name}${space}*>`;
const construct = new RegExp(`[^<]+|${startTag}|${endTag}|<!--[^]*?-->|<!\\[CDATA\\[[^]*?\\]\\]>`, 'gy');

/** A document that is not XML. */
export const notWellFormed = (detail: string): ReadRefusal => refuse('not-well-formed', detail, 'Het document is geen welgevormde XML.');
const forbidden = (detail: string): ReadRefusal => refuse('forbidden', detail, 'Laat DOCTYPE, entiteiten en verwerkingsinstructies weg.');

/**
 * Why the text, with line ends normalised and without XML declaration, is not a row of constructs of XML within our limits; null when it
 * is. fast-xml-parser does not look at this: it accepts `<a = b="1">`, `</a/>`, `<!x>`, a `<` in an attribute, `]]>` and a bare `&` in
 * text. What it must still find is whether the tags fit each other. Linear in the input.
 */
export const faultOfGrammar = (text: string): ReadRefusal | null => {
  if (notCharacter.test(text)) return notWellFormed('the document holds a character XML does not allow');
  let at = 0;
  let depth = 0;
  let elements = 0;
  for (const [found] of text.matchAll(construct)) {
    const fault = faultOfConstruct(found);
    if (fault !== null) return fault;
    at += found.length;
    if (found.startsWith('</')) depth -= 1;
    else if (/^<[^!]/.test(found)) {
      if (depth >= depthMax) return refuse('too-deep', `elements are nested deeper than ${depthMax}`, 'Het document is te diep genest.');
      if (elements >= nodesMax) return refuse('too-many-elements', `there are more than ${nodesMax} elements`, 'Het document heeft te veel elementen.');
      elements += 1;
      if (!found.endsWith('/>')) depth += 1;
    }
  }
  return at === text.length ? null : faultAt(text, at);
};

const faultOfConstruct = (found: string): ReadRefusal | null => {
  if (found.startsWith('<![')) return null;
  if (found.startsWith('<!')) return /--|-$/.test(found.slice(4, -3)) ? notWellFormed('a comment holds two hyphens') : null;
  if (!found.startsWith('<') && found.includes(']]>')) return notWellFormed('text holds the end mark of a CDATA section');
  return hasKnownReferences(found) ? null : forbidden('only the five predefined entities and character references are accepted');
};

const faultAt = (text: string, at: number): ReadRefusal => {
  if (text.startsWith('<!--', at) || text.startsWith('<![CDATA[', at)) return notWellFormed('a comment or CDATA section is not closed');
  if (text.startsWith('<!', at)) return forbidden('a DOCTYPE or declaration is not accepted');
  if (text.startsWith('<?', at)) return forbidden('a processing instruction, or an XML declaration other than version 1.0 in UTF-8, is not accepted');
  return notWellFormed(`a tag is malformed, or has more than ${attributesMax} attributes`);
};
