import { readDisclosure } from '@ketensluis/contract';
import { createFileSigner, exportLog } from '@ketensluis/store';
import { parseLeaf } from '@ketensluis/tlog';
import { signerPlace } from '@ketensluis/platform';
import { existsSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { logVerify } from '../../apps/cli/log/verify.js';
import { origin, type Arrival, type Night } from './night.js';

/** What must come out the same, however often the hub was stopped: entries, decisions, deliveries, duties and tasks of one case. */
export interface CaseOutcome {
  readonly messages: readonly string[];
  /** Kind, party, role, code and rule of every entry, sorted. */
  readonly entries: readonly string[];
  readonly deliveries: readonly string[];
  readonly duties: readonly string[];
  readonly tasks: readonly string[];
  /** Tries that began and did not end, and were not followed by another one. */
  readonly forgotten: readonly string[];
}

/** Reads the outcome of a case from the database. */
export const outcomeOf = async ({ pool }: Pick<Night, 'pool'>, caseNumber: string): Promise<CaseOutcome> => {
  const column = async (sql: string): Promise<readonly string[]> =>
    (await pool.query<{ one: string }>(`select ${sql}`, [caseNumber])).rows.map(({ one }) => one);
  const ofCase = 'case_id = (select id from case_file where number = $1)';
  const leaves = await pool.query<{ leaf: Buffer }>(`select leaf from entry join entry_detail using (id, at) where ${ofCase}`, [caseNumber]);
  return {
    messages: await column(`type || ' ' || state as one from message where ${ofCase}`),
    entries: leaves.rows.map(({ leaf }) => entryLine(leaf)).sort(),
    deliveries: await column(`recipient || ' ' || state as one from delivery where ${ofCase} order by 1`),
    duties: await column(`key || case when closed_at is null then ' open' else ' closed' end as one from duty where ${ofCase} order by 1`),
    tasks: await column(`task.kind || ' ' || task.cause as one from task where $1 <> '' and kind <> 'duty-late' and closed_at is null order by 1`),
    forgotten: await column(
      `mid || ' ' || attempt.number as one from attempt join delivery using (mid) where ${ofCase} and outcome is null
       and not exists (select from attempt later where later.mid = attempt.mid and later.number > attempt.number and later.outcome is not null)`),
  };
};

const entryLine = (bytes: Buffer): string => {
  const parsed = parseLeaf(bytes);
  if (parsed.kind === 'refused') return `no leaf: ${parsed.problem}`;
  const { kind, to, toRole, code, rule } = parsed.leaf;
  return [kind, to ?? '-', toRole ?? '-', code ?? '-', rule ?? '-'].join(' ');
};

/** What the parties have of one case: each received mail opened with the keys of its party. */
export interface Received {
  readonly party: string;
  readonly mid: string;
  /** `<id@domain>` as the mail says. */
  readonly messageId: string;
  readonly disclosureId: string;
  readonly sealed: boolean;
}

/** Opens what came in since `first`, as the parties would. Throws when one of them cannot open or read its mail. */
export const receivedSince = (night: Night, first: number): Promise<readonly Received[]> => Promise.all(night.arrivals.slice(first).map((one) => opened(night, one)));

const opened = async (night: Night, { party, file, mid, sealed }: Arrival): Promise<Received> => {
  const raw = (await night.chain.mailboxes.get(party)?.inbox.mails())?.find((mail) => mail.file === file)?.raw;
  if (raw === undefined) throw new Error(`the mail ${file} is not in the inbox`);
  return { party, mid, ...(await idsIn(night, party, raw)), sealed: await sealed };
};

/** Opens a mail with the keys of its party; the ids that must be the same in every copy. Throws when the party cannot open or read it. */
export const idsIn = async ({ chain }: Pick<Night, 'chain'>, party: string, raw: Buffer): Promise<Pick<Received, 'messageId' | 'disclosureId'>> => {
  const mail = await chain.open(party, raw, new Date());
  const content = mail.parts.find(({ contentType }) => contentType === 'application/xml')?.content ?? new Uint8Array();
  const read = readDisclosure(content, 'application/xml');
  if (read.kind === 'refused') throw new Error(`${party} cannot read its disclosure: ${read.detail}`);
  return { messageId: /^message-id:\s*(<[^>]*>)/im.exec(raw.toString('latin1'))?.[1] ?? '', disclosureId: read.disclosure.id };
};

/** Where `checkLog` keeps the exported log. */
export const exportFolder = (night: Pick<Night, 'folder'>): string => join(night.folder, 'export');

/** Exports the signed log and has the offline command judge it against the checkpoint kept last time; 0 is good. The log only grows. With a policy its witnesses must have signed. */
export const checkLog = async (night: Night, policyFile: string | null = null): Promise<{ readonly exit: number; readonly printed: string }> => {
  const directory = exportFolder(night);
  const kept = join(night.folder, 'kept-checkpoint');
  const { vkey } = await createFileSigner(signerPlace(join(night.folder, 'signer'), origin));
  const exported = await exportLog(night.pool, { directory, vkey });
  if (exported.kind === 'refused') return { exit: -1, printed: exported.detail };
  let printed = '';
  const io = { out: (text: string) => { printed += text; }, err: (text: string) => { printed += text; }, isTerminal: false };
  const since = existsSync(kept) ? ['--since', kept] : [];
  const exit = await logVerify([directory, ...since, ...(policyFile === null ? [] : ['--policy', policyFile])], io);
  await copyFile(join(directory, 'checkpoint'), kept);
  return { exit, printed };
};
