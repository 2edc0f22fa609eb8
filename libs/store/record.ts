import type { EntryDraft } from '@ketensluis/flow';
import { commitmentText, encodeLeaf, saltBytes, type LeafCommitments, type Opening } from '@ketensluis/tlog';
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { entryParts, pseudonymBytes, type NewEntry } from './log/record-entries.js';
import { monthOf, yearOf, type PeriodKeys } from './period-keys.js';
import type { Queryable } from './pool.js';
import { oneStatement, type Part } from './statement.js';
import { encrypt, type DataKey } from './vault.js';

/** A draft with the case it belongs to; `outgoing` says under which key and message id its payload goes to the outbox, with its JSON twin. */
export interface DraftToRecord {
  readonly draft: EntryDraft;
  readonly caseId: string | null;
  readonly outgoing: { readonly mid: string; readonly key: DataKey; readonly twin: Uint8Array } | null;
}

/**
 * Records drafts inside the caller's transaction: salts and commitments are made here, the personal part is encrypted under the key of
 * the month, the payload under the key of its case. When the transaction commits, every entry waits for the tree (I3, I7).
 */
export const recordDrafts = async (client: Queryable, keys: PeriodKeys, drafts: readonly DraftToRecord[]): Promise<void> => {
  if (drafts.length > 0) await client.query(oneStatement(await draftParts(client, keys, drafts), ['seal']));
};

/** The same as parts of a larger statement, which must ring for `seal`; `client` is used only when a period begins and has no key yet. */
export const draftParts = async (client: Queryable, keys: PeriodKeys, drafts: readonly DraftToRecord[]): Promise<readonly Part[]> => {
  const [first] = drafts;
  if (first === undefined) return [];
  const at = new Date(first.draft.facts.at);
  const month = { id: monthOf(at), key: await keys.of(monthOf(at), client, at) };
  const year = await keys.of(yearOf(at), client, at);
  return entryParts(drafts.map((draft) => entryOf(draft, month, year)));
};

const entryOf = ({ draft, caseId, outgoing }: DraftToRecord, month: { id: string; key: DataKey }, year: DataKey): NewEntry => {
  if ((draft.payload === null) !== (outgoing === null)) throw new Error('bug: a payload and its way out go together');
  const subjects = draft.subjects.map(([name = '']) => opening('subject', Buffer.from(name, 'utf8')));
  const reason = draft.reason === null ? null : opening('reason', Buffer.from(draft.reason, 'utf8'));
  const payload = draft.payload === null ? null : opening('payload', draft.payload);
  const sealed =
    payload === null || outgoing === null
      ? null
      : encrypt(outgoing.key, Buffer.concat([payload.salt, payload.bytes]), outboxPlace(outgoing.mid));
  const c: LeafCommitments = {
    payload: payload === null ? undefined : commitmentText(payload),
    reason: reason === null ? undefined : commitmentText(reason),
    subject: subjects.length === 0 ? undefined : subjects.map(commitmentText),
  };
  const personal = {
    subjects: subjects.map(asText),
    reason: reason === null ? null : asText(reason),
    detail: draft.detail,
  };
  return {
    leaf: encodeLeaf({
      ...draft.facts,
      v: 1,
      ...(Object.values(c).some((value) => value !== undefined) ? { c } : {}),
      ...(sealed === null ? {} : { sealed: createHash('sha256').update(sealed).digest('base64') }),
    }),
    detail: { caseId, keyId: month.id, sealed: encrypt(month.key, Buffer.from(JSON.stringify(personal)), `detail:${draft.facts.id}`) },
    pseudonyms: draft.subjects.flat().map((name) => pseudonymOf(year, name)),
    outbox: sealed === null || outgoing === null ? null : { mid: outgoing.mid, sealed, twin: encrypt(outgoing.key, outgoing.twin, twinPlace(outgoing.mid)) },
  };
};

/** Names the outbox row an encrypted payload belongs to. */
export const outboxPlace = (mid: string): string => `outbox:${mid}`;

/** Names the row a payload's JSON twin belongs to. */
export const twinPlace = (mid: string): string => `twin:${mid}`;

/** The first 16 bytes of an HMAC under the key of the year over one name of a person: finds the entries about him, and nothing once that key is gone. */
export const pseudonymOf = (year: DataKey, name: string): Buffer =>
  createHmac('sha256', year).update(name, 'utf8').digest().subarray(0, pseudonymBytes);

const opening = (label: Opening['label'], bytes: Uint8Array): Opening => ({ label, salt: randomBytes(saltBytes), bytes });

const asText = ({ salt, bytes }: Opening) => ({ salt: Buffer.from(salt).toString('base64'), value: Buffer.from(bytes).toString('utf8') });
