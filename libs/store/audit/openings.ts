import { formatOpening, opensLeaf, parseLeaf } from '@ketensluis/tlog';
import { z } from 'zod';
import type { PeriodKeys } from '../period-keys.js';
import type { Queryable } from '../pool.js';
import { prepared } from '../statement.js';
import { decrypt } from '../vault.js';

/** The part of an entry's personal part that names persons; each is committed to with its own salt. */
export const personalSchema = z.object({ subjects: z.array(z.object({ salt: z.string(), value: z.string() })) });

interface DetailRow {
  readonly id: string;
  readonly seq: string;
  readonly leaf: Buffer;
  readonly key_id: string;
  readonly sealed: Buffer;
}

/**
 * What opens the commitment to one person in each of these entries, and to nobody else in it (log.md 7.2). Entries whose personal part is destroyed are not
 * in the answer. Throws when a personal part is not the one its entry commits to: what is handed out as proof must be one.
 */
export const openingsOf = async (client: Queryable, keys: PeriodKeys, { ids, names }: { readonly ids: readonly string[]; readonly names: readonly string[] }): Promise<ReadonlyMap<string, Uint8Array>> => {
  const { rows } = await client.query<DetailRow>(prepared(
    `select d.id, l.seq, e.leaf, d.key_id, d.sealed from tlog_leaf l
     cross join lateral (select id, key_id, sealed from entry_detail where id = l.id and at = l.at offset 0) d
     cross join lateral (select leaf from entry where id = l.id and at = l.at offset 0) e
     where l.id = any($1)`,
    [ids],
  ));
  const found = new Map<string, Uint8Array>();
  for (const { id, seq, leaf, key_id, sealed } of rows) {
    const key = await keys.find(key_id, client);
    if (key === null) continue;
    const { subjects } = personalSchema.parse(JSON.parse(decrypt(key, sealed, `detail:${id}`).toString('utf8')));
    const own = subjects.find(({ value }) => names.includes(value));
    if (own === undefined) continue;
    const opening = { label: 'subject', salt: Buffer.from(own.salt, 'base64'), text: own.value } as const;
    const parsed = parseLeaf(leaf);
    if (parsed.kind === 'refused' || !opensLeaf(opening, Buffer.from(own.value, 'utf8'), parsed.leaf.c)) throw new Error(`entry ${seq} does not commit to its personal part`);
    found.set(id, formatOpening(opening));
  }
  return found;
};
