import { leafKinds } from '@ketensluis/tlog';
import type { Leaf } from '@ketensluis/tlog';
import { z } from 'zod';
import type { ViewedPerson } from './entry.js';

const line = z.string().trim().min(1).max(200);
const uri = z.url({ protocol: /^https?$/ }).max(240);
const kind = z.enum(leafKinds);

const personTypes = z.strictObject({ bsn: line, name: line });

const activitySchema = z.strictObject({
  id: z.uuid(),
  uri,
  name: line,
  purposes: z.array(line).default([]),
  kinds: z.array(kind).default([]),
});

/** How entries are told to other systems: everything that a municipality decides, or that a draft may still change. */
export const viewSettingsSchema = z
  .strictObject({
    system: z.strictObject({ name: line, version: line, oin: z.string().regex(/^[0-9]{20}$/), site: line, url: uri }),
    /** ISO 8601 duration. */
    retention: z.string().regex(/^P\d+[YMD]$/),
    /** The first that names the purpose of an entry, else the first that names its kind, else the last. */
    activities: z.array(activitySchema).min(1),
    kindNames: z.partialRecord(kind, line),
    /** What a pseudonym is called, for each receiver: one may ask for what it was made of, another would take it for the number itself. */
    personTypes: z.strictObject({ ldv: personTypes, vng: personTypes, nen7513: personTypes }),
    nen7513: z.strictObject({
      sourceTypeCode: line,
      eventTypeCodes: z.partialRecord(kind, line),
      lifeCycles: z.partialRecord(kind, line),
      personTypeCode: line, personRoleCode: line, documentTypeCode: line, documentRoleCode: line,
    }),
  })
  .refine(({ activities }) => new Set(activities.map(({ id }) => id)).size === activities.length, 'two activities have one id');

/** Settings of the views, checked. */
export type ViewSettings = Readonly<z.output<typeof viewSettingsSchema>>;
/** One row of the register of processing activities (AVG art. 30). */
export type ViewActivity = Readonly<z.output<typeof activitySchema>>;

/** The processing activity an entry belongs to. */
export const activityOf = ({ activities }: ViewSettings, { purpose, kind: of }: Leaf): ViewActivity => {
  const found = activities.find(({ purposes }) => purpose !== undefined && purposes.includes(purpose))
    ?? activities.find(({ kinds }) => kinds.includes(of))
    ?? activities.at(-1);
  if (found === undefined) throw new Error('bug: settings without activities');
  return found;
};

/** Name of an action for people; holds organisations and codes, never persons. */
export const nameOf = ({ kindNames }: ViewSettings, leaf: Leaf): string => {
  const words = [kindNames[leaf.kind] ?? leaf.kind, leaf.schema, leaf.toRole === undefined ? undefined : `aan ${leaf.toRole}`, leaf.kind === 'disclosure' ? undefined : leaf.code];
  return words.filter((word) => word !== undefined).join(' ');
};

/** What a person's pseudonym was made of, in the words of the receiver. */
export const personTypeOf = ({ personTypes: types }: ViewSettings, receiver: keyof ViewSettings['personTypes'], person: ViewedPerson): string => types[receiver][person.kind];

/** Name and version of the hub, as it signs its views. */
export const systemName = ({ system }: ViewSettings): string => `${system.name} ${system.version}`;
