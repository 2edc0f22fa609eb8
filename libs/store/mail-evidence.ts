import type { AcceptedMail } from '@ketensluis/flow';
import type { Queryable } from './pool.js';
import type { Part } from './statement.js';

/** By what the signature under a mail was believed, as it is kept beside its message. */
export interface MailEvidence {
  /** SHA-256 (hexadecimal) of every certificate, from the anchor down to the signer. */
  readonly path: readonly string[];
  readonly trustSet: string | null;
  readonly policies: readonly string[];
  /** When its sender says it signed. */
  readonly signedAt: Date | null;
  /** Lists with their number, answers with the moment they were made; each with its SHA-256 (hexadecimal). */
  readonly revocation: readonly { readonly kind: 'list' | 'answer'; readonly sha256: string; readonly number?: string | null; readonly producedAt?: string; readonly thisUpdate: string }[];
}

/** Evidence as part of the statement that keeps its message. */
export const evidencePart = (messageId: string, { pathSha256, trustSet, policies, signingTime, revocation }: NonNullable<AcceptedMail['evidence']>): Part => ({
  sql: 'insert into mail_evidence (message_id, path, trust_set, policies, signed_at, revocation) values ($1, $2, $3, $4, $5, $6)',
  values: [messageId, pathSha256, trustSet, policies, signingTime, JSON.stringify(revocation)],
});

/** What was believed of the mail this entry of the log is a decision about; null where there is none, or none any more. */
export const evidenceOfEntry = async (client: Queryable, entryId: string): Promise<MailEvidence | null> => {
  const { rows } = await client.query<MailEvidence>(
    `select path, trust_set as "trustSet", policies, signed_at as "signedAt", revocation
     from mail_evidence where message_id = (select message_id from decision where entry_id = $1)`,
    [entryId],
  );
  return rows[0] ?? null;
};
