import type { Field, GroupField, LeafField, ListField } from '@ketensluis/domain';
import { pathTo, type RawValue } from './check.js';
import { isAttributeGroup, namespace } from './document.js';
import { problemsMax } from './limits.js';
import type { Problem } from './problem.js';
import { knownNames, remedyOf } from './remedy.js';
import type { XmlElement } from './xml-tree.js';

/** Values as XML gave them, typed as far as the fields say so, with everything that XML could say and JSON could not. */
export interface Bound {
  readonly raw: RawValue;
  readonly problems: readonly Problem[];
}

interface Binding {
  readonly problems: Problem[];
}

/** Lays the children of an element over the fields. Elements may stand in any order (xs:all). */
export const bindXml = (fields: readonly Field[], root: XmlElement): Bound => {
  const binding: Binding = { problems: [] };
  const raw = bindChildren(binding, fields, root, '');
  return { raw, problems: binding.problems };
};

const report = (binding: Binding, field: string, rule: string, remedy: Problem['remedy']): void => {
  if (binding.problems.length < problemsMax) binding.problems.push({ field, rule, remedy });
};

const onlySpace = (text: string): boolean => /^[ \t\n\r]*$/.test(text);

const bindChildren = (binding: Binding, fields: readonly Field[], element: XmlElement, path: string): RawValue => {
  if (!onlySpace(element.text)) report(binding, path, 'stray-text', { nl: 'Hier staan elementen, geen tekst.', en: 'Elements belong here, not text.' });
  const raw: Record<string, RawValue> = {};
  for (const [index, child] of element.children.entries()) {
    const of = child.namespace === namespace ? fields.find((one) => one.name === child.name) : undefined;
    // The name the sender used can be anything, so it is told by its place (I13).
    if (of === undefined) report(binding, pathTo(path, `*[${index + 1}]`), 'unknown-field', knownNames(fields));
    else if (Object.hasOwn(raw, of.name)) report(binding, pathTo(path, of.name), 'duplicate', { nl: 'Geef dit element een keer.', en: 'Give this element once.' });
    else raw[of.name] = bindField(binding, of, child, pathTo(path, of.name));
  }
  return raw;
};

const bindField = (binding: Binding, of: Field, element: XmlElement, path: string): RawValue => {
  if (of.kind === 'group' && isAttributeGroup(of)) return bindAttributes(binding, of, element, path);
  if (element.attributes.length > 0) report(binding, path, 'unknown-attribute', { nl: 'Dit element heeft geen attributen.', en: 'This element has no attributes.' });
  switch (of.kind) {
    case 'group': return bindChildren(binding, of.fields, element, path);
    case 'list': return bindList(binding, of, element, path);
    default: return bindLeaf(binding, of, element, path);
  }
};

const bindList = (binding: Binding, of: ListField, element: XmlElement, path: string): RawValue => {
  if (!onlySpace(element.text)) report(binding, path, 'stray-text', { nl: 'Hier staan elementen, geen tekst.', en: 'Elements belong here, not text.' });
  return element.children.flatMap((child, index): readonly RawValue[] => {
    const at = pathTo(path, index + 1);
    if (child.namespace === namespace && child.name === of.item.name) return [bindField(binding, of.item, child, at)];
    report(binding, at, 'unknown-field', knownNames([of.item]));
    return [];
  });
};

const bindLeaf = (binding: Binding, of: LeafField, element: XmlElement, path: string): RawValue => {
  if (element.children.length === 0) return scalar(of, element.text);
  report(binding, path, 'stray-element', remedyOf(of));
  return '';
};

const bindAttributes = (binding: Binding, of: GroupField, element: XmlElement, path: string): RawValue => {
  if (element.children.length > 0 || !onlySpace(element.text)) report(binding, path, 'stray-element', { nl: 'Dit element heeft alleen attributen.', en: 'This element has attributes only.' });
  const raw: Record<string, RawValue> = {};
  for (const { name, value } of element.attributes) {
    const leaf = of.fields.find((one) => one.name === name);
    if (leaf === undefined) report(binding, pathTo(path, '*'), 'unknown-attribute', knownNames(of.fields));
    else if (leaf.kind !== 'group' && leaf.kind !== 'list') raw[leaf.name] = scalar(leaf, value);
  }
  return raw;
};

// White space around everything but text is of no account (XML Schema 1.0 Part 2 §4.3.6). What is not of its kind stays text, for the
// schema to refuse.
const scalar = (of: LeafField, text: string): RawValue => {
  if (of.kind === 'text') return text;
  const token = text.replace(/[ \t\n\r]+/g, ' ').replace(/^ | $/g, '');
  if (of.kind === 'boolean' && (token === 'true' || token === 'false')) return token === 'true';
  if (of.kind === 'integer' && /^(0|-?[1-9][0-9]{0,14})$/.test(token)) return Number(token);
  return token;
};
