import { inOrder, type Category } from './category.js';
import { messageDefinitions } from './messages/definitions.js';
import type { Field } from './messages/field.js';
import { messageTypes } from './messages/type.js';

/**
 * The categories this kind of message can hold and this recipient was not given. The log does not say what the message held, so this is what may have
 * been left out. Empty for a type the hub does not know.
 */
export const leftOut = (schema: string | null, given: readonly string[]): readonly Category[] => {
  const name = schema?.split('@')[0];
  const type = messageTypes.find((one) => one === name);
  return type === undefined ? [] : inOrder(new Set(messageDefinitions[type].fields.flatMap(leavesOf).filter((category) => !given.includes(category))));
};

const leavesOf = (field: Field): readonly Category[] => {
  switch (field.kind) {
    case 'group': return field.fields.flatMap(leavesOf);
    case 'list': return leavesOf(field.item);
    default: return [field.category];
  }
};
