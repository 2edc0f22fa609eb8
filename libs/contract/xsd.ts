import { bsnPattern, dayPattern, instantPattern, textForms, type Field, type GroupField, type LeafField } from '@ketensluis/domain';
import { isAttributeGroup, namespace, type DocumentShape } from './document.js';

// The characters the reader refuses and XML would allow; everything else it refuses is no XML either.
const refused = '&#x7F;-&#x9F;&#x202A;-&#x202E;&#x2066;-&#x2069;';

const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');

const indented = (lines: readonly string[]): readonly string[] => lines.map((line) => `  ${line}`);
const within = (tag: string, inner: readonly string[]): readonly string[] => [`<${tag}>`, ...indented(inner), `</${tag.split(' ')[0] ?? ''}>`];

const annotation = (of: Field): readonly string[] => within('xs:annotation', [
  ...(of.kind === 'group' || of.kind === 'list' ? [] : [`<xs:appinfo source="${namespace}:categorie">${of.category}</xs:appinfo>`]),
  `<xs:documentation xml:lang="nl">${escaped([of.label.nl, ...(of.note === null ? [] : [of.note])].join('. '))}</xs:documentation>`,
  `<xs:documentation xml:lang="en">${escaped(`${of.label.en}. ${of.source}.`)}</xs:documentation>`,
]);

const facet = (name: string, value: string | number): string => `<xs:${name} value="${value}"/>`;

/** The named types of one schema: what is the same twice, as the items of the RiHG are, is written once. */
interface Types {
  readonly nameByContent: Map<string, string>;
  readonly lines: string[];
}

const named = (types: Types, name: string, content: readonly string[]): string => {
  const key = content.join('\n');
  const known = types.nameByContent.get(key);
  if (known !== undefined) return known;
  const taken = [...types.nameByContent.values()].filter((other) => other === name || other.startsWith(`${name}.`)).length;
  const fresh = taken === 0 ? name : `${name}.${taken + 1}`;
  types.nameByContent.set(key, fresh);
  types.lines.push(...content.map((line, index) => index === 0 ? line.replace('>', ` name="${fresh}">`) : line));
  return fresh;
};

interface Restriction {
  readonly of: string;
  readonly facets: readonly string[];
}

const textRestriction = (of: LeafField & { kind: 'text' }): Restriction => {
  if (of.form !== null) return { of: 'xs:token', facets: [facet('pattern', escaped(textForms[of.form].pattern))] };
  const length = [facet('minLength', 1), facet('maxLength', of.maxLength)];
  if (!of.lines) return { of: 'xs:token', facets: [...length, facet('pattern', `[^${refused}]+`)] };
  return { of: 'xs:string', facets: [...length, facet('pattern', `[ \\t\\n\\r]*[^ \\t\\n\\r${refused}][^${refused}]*`)] };
};

const restrictionOf = (of: LeafField): Restriction => {
  switch (of.kind) {
    case 'text': return textRestriction(of);
    case 'date': return { of: 'xs:date', facets: [facet('pattern', dayPattern)] };
    case 'instant': return { of: 'xs:dateTime', facets: [facet('pattern', instantPattern)] };
    case 'bsn': return { of: 'xs:token', facets: [facet('pattern', bsnPattern)] };
    case 'boolean': return { of: 'xs:boolean', facets: [facet('pattern', 'true|false')] };
    case 'integer': return { of: 'xs:integer', facets: [facet('minInclusive', of.min), facet('maxInclusive', of.max), facet('pattern', '0|-?[1-9][0-9]*')] };
    case 'enum': return { of: 'xs:token', facets: of.values.map((value) => facet('enumeration', escaped(value))) };
  }
};

const simpleType = (of: LeafField): readonly string[] => {
  const restriction = restrictionOf(of);
  return within('xs:simpleType', within(`xs:restriction base="${restriction.of}"`, restriction.facets));
};

const attributesOf = (types: Types, of: GroupField): readonly string[] => within('xs:complexType', of.fields.flatMap((leaf) =>
  within(`xs:attribute name="${leaf.name}" type="${typeOf(types, leaf)}" use="${leaf.required ? 'required' : 'optional'}"`, annotation(leaf))));

const contentOf = (types: Types, of: Field): readonly string[] => {
  switch (of.kind) {
    case 'group': return isAttributeGroup(of) ? attributesOf(types, of) : within('xs:complexType', allOf(types, of.fields));
    case 'list': return within('xs:complexType', within('xs:sequence', element(types, of.item, ` maxOccurs="${of.maxItems}"`)));
    default: return simpleType(of);
  }
};

const typeOf = (types: Types, of: Field): string => named(types, of.name, contentOf(types, of));

const element = (types: Types, of: Field, occurs: string): readonly string[] =>
  within(`xs:element name="${of.name}" type="${typeOf(types, of)}"${occurs}`, annotation(of));

// Each element at most once, in any order, as in JSON; what repeats stands in a list of its own.
const allOf = (types: Types, fields: readonly Field[]): readonly string[] =>
  within('xs:all', fields.flatMap((of) => element(types, of, of.required ? '' : ' minOccurs="0"')));

/** The XML Schema (1.0) of one document type; `xs:appinfo` on every leaf names its category. */
export const xsdOf = ({ kind, definition, fields }: DocumentShape): string => {
  const types: Types = { nameByContent: new Map(), lines: [] };
  const root = within(`xs:element name="${kind}"`, [
    ...within('xs:annotation', [
      `<xs:documentation xml:lang="nl">${escaped(definition.label.nl)}</xs:documentation>`,
      `<xs:documentation xml:lang="en">${escaped(`${definition.label.en}. ${definition.article}.`)}</xs:documentation>`,
    ]),
    ...within('xs:complexType', [
      ...allOf(types, fields),
      `<xs:attribute name="soort" type="xs:token" use="required" fixed="${definition.type}"/>`,
      `<xs:attribute name="versie" type="xs:token" use="required" fixed="${definition.version}"/>`,
    ]),
  ]);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="${namespace}" targetNamespace="${namespace}" elementFormDefault="qualified" version="${definition.version}">`,
    ...indented(root), ...indented(types.lines), '</xs:schema>', '',
  ].join('\n');
};
