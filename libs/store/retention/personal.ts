import { z } from 'zod';
import { decrypt, encrypt, type DataKey } from '../vault.js';

const openingSchema = z.strictObject({ salt: z.string(), value: z.string() });
const personalSchema = z.strictObject({ subjects: z.array(openingSchema), reason: openingSchema.nullable(), detail: z.record(z.string(), z.unknown()) });

/** The personal part of an entry: what opens its commitments, and what an auditor may need besides. */
export type Personal = Readonly<z.output<typeof personalSchema>>;

/** Opens what `recordDrafts` made under the key of the entry's month. */
export const openPersonal = (key: DataKey, sealed: Uint8Array, entryId: string): Personal =>
  personalSchema.parse(JSON.parse(decrypt(key, sealed, detailPlace(entryId)).toString('utf8')));

/** The same the other way round. */
export const sealPersonal = (key: DataKey, personal: Personal, entryId: string): Buffer => encrypt(key, Buffer.from(JSON.stringify(personal)), detailPlace(entryId));

const detailPlace = (entryId: string): string => `detail:${entryId}`;
