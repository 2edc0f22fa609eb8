import type { ExportFile } from '@ketensluis/flow';
import { formatOpening } from '@ketensluis/tlog';
import type pg from 'pg';
import { reasonPlace } from '../necessity.js';
import { monthOf, periodKeys } from '../period-keys.js';
import { decrypt, type DataKey, type Vault } from '../vault.js';
import { openPersonal } from './personal.js';

interface NecessityRow {
  readonly message_id: string;
  readonly recipient: string;
  readonly categories: readonly string[];
  readonly reason: Buffer;
  readonly by: string;
  readonly at: Date;
  readonly entry_id: string;
  readonly leaf: Buffer;
  readonly sealed: Buffer | null;
}

// The entry is of the moment the reason was given, so each look is in one partition.
const necessitiesSql = `select necessity.*, entry.leaf, detail.sealed from necessity join message on message.id = necessity.message_id
  cross join lateral (select leaf from entry where id = necessity.entry_id and at = necessity.at offset 0) entry
  left join lateral (select sealed from entry_detail where id = necessity.entry_id and at = necessity.at offset 0) detail on true
  where message.case_id = $1 and necessity.at <= $2 order by necessity.at, necessity.entry_id`;

/**
 * Why disclosures of a case were necessary, in words, each with its entry of the log and what opens the commitment to these words in it: `log open` then says whether
 * they are the ones that were written down. What opens it is not there once the month of the entry was destroyed.
 */
export async function* necessityFiles(
  { pool, vault, upTo }: { readonly pool: pg.Pool; readonly vault: Vault; readonly upTo: Date }, key: DataKey, found: { readonly caseId: string; readonly folder: string },
): AsyncGenerator<ExportFile, readonly unknown[]> {
  const { rows } = await pool.query<NecessityRow>(necessitiesSql, [found.caseId, upTo]);
  const keys = periodKeys(vault);
  const told: unknown[] = [];
  for (const { message_id: message, recipient, categories, reason: kept, by, at, entry_id: entry, leaf, sealed } of rows) {
    const reason = decrypt(key, kept, reasonPlace(message, recipient)).toString('utf8');
    const place = `${found.folder}/necessities/${entry}`;
    yield { path: `${place}.json`, bytes: Buffer.from(`${JSON.stringify({ message, recipient, categories, reason, by, at, entry }, null, 2)}\n`) };
    yield { path: `${place}.leaf`, bytes: leaf };
    const detailKey = sealed === null ? null : await keys.find(monthOf(at), pool);
    const salt = sealed === null || detailKey === null ? null : (openPersonal(detailKey, sealed, entry).reason?.salt ?? null);
    if (salt !== null) yield { path: `${place}.reason.opening.json`, bytes: formatOpening({ label: 'reason', salt: Buffer.from(salt, 'base64'), text: reason }) };
    told.push({ message, recipient, by, at, entry, path: `${place}.json`, opening: salt === null ? null : `${place}.reason.opening.json` });
  }
  return told;
}
