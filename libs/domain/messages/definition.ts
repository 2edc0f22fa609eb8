import { z } from 'zod';
import type { Category } from '../category.js';
import type { Role } from '../role.js';
import type { Field, FieldValues, ValuesOf } from './field.js';
import type { Label } from './label.js';
import { schemaOf } from './schema.js';
import type { MessageType } from './type.js';

/** What a rule may know of an attachment: enough to see that the document a field speaks of came along. */
export interface AttachmentMark {
  readonly sha256: string;
  readonly category: Category;
}

/**
 * A condition over several fields. When `holds` is false the sender is told `fields`, `article` and `remedy`, never a value.
 * `holds` is only asked about values that passed the schema, and never throws for them.
 */
export interface CrossRule<V = FieldValues> {
  readonly id: string;
  readonly article: string;
  readonly fields: readonly string[];
  readonly remedy: Label;
  // A method, so that a rule over a few named fields also serves every message that has them.
  holds(values: V, attachments: readonly AttachmentMark[]): boolean;
}

/** Everything the hub knows of one type of message; schemas, documents and checks all follow from it. */
export interface MessageDefinition {
  readonly type: MessageType;
  readonly version: number;
  readonly label: Label;
  readonly article: string;
  readonly senderRoles: readonly Role[];
  readonly fields: readonly Field[];
  readonly rules: readonly CrossRule[];
  /** Categories an attachment of this message may claim. */
  readonly attachmentCategories: readonly Category[];
  /** Checks `fields`: unknown names are refused, text is trimmed. Made when first asked for. */
  readonly schema: z.ZodType<FieldValues>;
}

interface DefinitionInput<F extends readonly Field[]> {
  readonly type: MessageType;
  readonly label: Label;
  readonly article: string;
  readonly senderRoles: readonly Role[];
  readonly fields: F;
  readonly rules?: readonly CrossRule<ValuesOf<F>>[];
  readonly attachmentCategories?: readonly Category[];
}

/** Completes a definition with its schema; the rules see the fields with their inferred types. */
export const define = <const F extends readonly Field[]>(input: DefinitionInput<F>): MessageDefinition => ({
  type: input.type,
  version: 1,
  label: input.label,
  article: input.article,
  senderRoles: input.senderRoles,
  fields: input.fields,
  rules: (input.rules ?? []) as readonly CrossRule[],
  attachmentCategories: input.attachmentCategories ?? [],
  get schema() {
    return schemaOf(input.fields);
  },
});
