import { inOrder, type Category } from './category.js';
import { messageDefinitions } from './messages/definitions.js';
import type { Field, FieldValue, FieldValues, LeafField } from './messages/field.js';
import type { MessageType } from './messages/type.js';
import type { Role } from './role.js';

/** One file that came with a message; the sender says which category it is, within what the message type allows. */
export interface Attachment {
  readonly name: string;
  readonly mediaType: string;
  /** Hexadecimal, lower case. */
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly category: Category;
}

/** Which case a message is about; `municipality` is the CBS code of the controller, `number` its zaaknummer (at most 40 characters). */
export interface CaseReference {
  readonly law: 'WTH';
  readonly municipality: string;
  readonly number: string;
}

/** What the reader returns: the content as the sender wrote it, checked against the definition of its type. */
export interface MessageBody {
  /** The sender's own UUID: a repeat carries the same one. */
  readonly id: string;
  readonly type: MessageType;
  readonly version: number;
  readonly case: CaseReference;
  readonly sentAt: Date;
  /** The sender's UUID of the message this one corrects; in a disclosure the id of the disclosure that is corrected. */
  readonly replaces?: string;
  readonly sender: { readonly oin: string; readonly role: Role; readonly function: string | null };
  readonly fields: FieldValues;
  readonly attachments: readonly Attachment[];
}

/** A message of which the sender is proven, and which the hub has accepted. */
export interface Message extends MessageBody {
  readonly receivedAt: Date;
}

/** What was left out of a disclosure: where it stood and which category it is; never what it said. */
export interface Omission {
  readonly path: string;
  readonly category: Category;
}

/** The part of a message that may go out, and the names of what stayed behind. */
export interface Excerpt {
  readonly fields: FieldValues;
  readonly attachments: readonly Attachment[];
  readonly omitted: readonly Omission[];
}

const isList = (value: FieldValue): value is readonly FieldValue[] => Array.isArray(value);
const isGroup = (value: FieldValue): value is FieldValues => typeof value === 'object' && !isList(value);
const isPresent = (values: FieldValues, name: string): boolean => Object.hasOwn(values, name) && values[name] !== undefined;

type Visit = (leaf: LeafField, path: string) => boolean;

// Keeps the leaves for which `visit` says so; null when nothing of the value is kept. A value that does not fit its field is a bug of
// the reader: it is left out rather than passed on.
const keep = (of: Field, value: FieldValue, path: string, visit: Visit): FieldValue | null => {
  switch (of.kind) {
    case 'group': return isGroup(value) ? keepAll(of.fields, value, path, visit) : null;
    case 'list': {
      if (!isList(value)) return null;
      const kept = value.flatMap((item, index) => keep(of.item, item, `${path}[${index + 1}]`, visit) ?? []);
      return kept.length === 0 ? null : kept;
    }
    default: return isList(value) || isGroup(value) || !visit(of, path) ? null : value;
  }
};

const keepAll = (fields: readonly Field[], values: FieldValues, path: string, visit: Visit): FieldValues | null => {
  const kept: Record<string, FieldValue> = {};
  for (const of of fields) {
    const value = isPresent(values, of.name) ? values[of.name] : undefined;
    if (value === undefined) continue;
    const rest = keep(of, value, path === '' ? of.name : `${path}.${of.name}`, visit);
    if (rest !== null) kept[of.name] = rest;
  }
  return Object.keys(kept).length === 0 ? null : kept;
};

/**
 * Categories present in the message: of the fields that are filled and of the attachments, each once. The case reference, the sender
 * and the moment of sending stand in the envelope, go along with every disclosure and are not counted here.
 */
export const categoriesOf = (message: MessageBody): readonly Category[] => {
  const found = new Set<Category>(message.attachments.map((attachment) => attachment.category));
  keepAll(messageDefinitions[message.type].fields, message.fields, '', (leaf) => { found.add(leaf.category); return true; });
  return inOrder(found);
};

/**
 * Fields and attachments of permitted categories only (I2). A group with mixed categories is cut inside; what is left empty vanishes;
 * a field the definition does not know never goes out. `omitted` names every filled leaf that stayed behind, with 1-based indexes.
 */
export const cut = (message: MessageBody, permitted: readonly Category[]): Excerpt => {
  const allowed = new Set(permitted);
  const omitted: Omission[] = [];
  const permits = (category: Category, path: string): boolean => {
    if (allowed.has(category)) return true;
    omitted.push({ path, category });
    return false;
  };
  const fields = keepAll(messageDefinitions[message.type].fields, message.fields, '', (leaf, path) => permits(leaf.category, path)) ?? {};
  // An attachment is named by its place: a file name can hold a person's name (I13).
  const attachments = message.attachments.filter((attachment, index) => permits(attachment.category, `bijlagen[${index + 1}]`));
  return { fields, attachments, omitted };
};

// True when every message of the type has a value at the path: required all the way up, and the first of its list.
const isAlwaysThere = (fields: readonly Field[], [step = '', ...rest]: readonly string[]): boolean => {
  const name = step.replace(/\[1\]$/, '');
  const of = fields.find((one) => one.name === name);
  if (of === undefined || !of.required) return false;
  const inner = of.kind === 'list' ? of.item : of;
  return inner.kind === 'group' ? isAlwaysThere(inner.fields, rest) : rest.length === 0;
};

/**
 * The omissions a recipient may hear of. That a required field stayed behind says nothing new; that an optional one did would say that
 * it was filled: that Veilig Thuis was consulted, that there are children, that a victim has another address.
 */
export const tellableOmissions = (type: MessageType, omitted: readonly Omission[]): readonly Omission[] =>
  omitted.filter(({ path }) => isAlwaysThere(messageDefinitions[type].fields, path.split('.')));
