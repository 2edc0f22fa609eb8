import { partySchema } from '@ketensluis/domain';
import type { AuditPorts, RegisterHistory } from '@ketensluis/flow';
import { createAuditStore, loadMark, registerVersions, uuidV7, type Queryable, type RegisterVersion } from '@ketensluis/store';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type pg from 'pg';
import { z } from 'zod';
import { practiceClock } from './clock.js';
import type { Configuration } from './config.js';
import { openVault } from './master-key.js';
import { readLawPack } from './registers.js';

/** What questions to the log need, for a command beside the running hub: no keys of the mail, no signer, no worker. */
export const createAudit = async (pool: pg.Pool, { dataFolder }: Pick<Configuration, 'dataFolder'>): Promise<AuditPorts> => {
  const vault = await openVault(join(dataFolder, 'keys'));
  return {
    clock: await practiceClock(pool),
    ids: { next: uuidV7 },
    trace: () => randomBytes(16).toString('hex'),
    history: historyReader(pool),
    audit: createAuditStore(pool, vault),
  };
};

const lawBody = z.object({ text: z.string() });

/** Reads the registers again only when a version was added: parsing every law pack there was takes a while. */
const historyReader = (client: Queryable): AuditPorts['history'] => {
  let cached: { readonly mark: string; readonly value: RegisterHistory } | null = null;
  return async () => {
    const { registers: mark } = await loadMark(client);
    if (cached?.mark !== mark) cached = { mark, value: await readHistory(client) };
    return cached.value;
  };
};

/** The registers as they were, from every version there is. */
const readHistory = async (client: Queryable): Promise<RegisterHistory> => {
  const rows = await registerVersions(client);
  const parties = rows.flatMap((row) => (row.kind === 'party' ? [{ party: partySchema.parse(row.body), ...currencyOf(row, rows) }] : []));
  const packs = rows.flatMap(({ kind, key, version, body }) => (kind === 'law' ? [{ key, version, pack: readLawPack(lawBody.parse(body).text) }] : []));
  const bySha256 = new Map(packs.map((one) => [one.pack.sha256, one]));
  const byOin = new Map<string, RegisterHistory['parties']>();
  for (const one of parties) byOin.set(one.party.oin, [...byOin.get(one.party.oin) ?? [], one]);
  return {
    parties,
    packs,
    packOf: (sha256) => bySha256.get(sha256) ?? null,
    partyAt: (oin, at) => {
      const versions = byOin.get(oin);
      return (versions?.findLast(({ from }) => from <= at) ?? versions?.[0])?.party ?? null;
    },
  };
};

const endOfTime = new Date(Date.UTC(9999, 11, 31));

const currencyOf = ({ kind, key, version, appliedAt }: RegisterVersion, rows: readonly RegisterVersion[]): { readonly from: Date; readonly to: Date } => ({
  from: appliedAt,
  to: rows.find((next) => next.kind === kind && next.key === key && next.version === version + 1)?.appliedAt ?? endOfTime,
});
