import type { Message } from './message.js';
import type { FieldValue, FieldValues } from './messages/field.js';

const isGroup = (value: FieldValue | undefined): value is FieldValues => typeof value === 'object' && !Array.isArray(value);

/** A text field, or null when absent. */
export const textOf = (fields: FieldValues, name: string): string | null => {
  const value = fields[name];
  return typeof value === 'string' ? value : null;
};

/** A group of fields; empty when absent. */
export const groupOf = (fields: FieldValues, name: string): FieldValues => {
  const value = fields[name];
  return isGroup(value) ? value : {};
};

/** The groups of a list; empty when absent. */
export const groupsOf = (fields: FieldValues, name: string): readonly FieldValues[] => {
  const value = fields[name];
  return Array.isArray(value) ? value.filter(isGroup) : [];
};

/** True when the field is there and says yes. */
export const says = (fields: FieldValues, name: string): boolean => fields[name] === true;

/** A moment, or null when absent. */
export const momentIn = (fields: FieldValues, name: string): Date | null => {
  const text = textOf(fields, name);
  return text === null ? null : new Date(text);
};

/** A moment the definition of the message requires. Throws `bug:` when it is absent: the reader lets no such message through. */
export const requiredMoment = (message: Message, name: string): Date => {
  const moment = momentIn(message.fields, name);
  if (moment === null || Number.isNaN(moment.getTime())) throw new Error(`bug: ${message.type} without ${name}`);
  return moment;
};
