import type { AgreementDocument } from '@ketensluis/flow';
import type { Queryable } from '../pool.js';
import { decrypt, encrypt, type Vault } from '../vault.js';

const documentPlace = (id: string): string => `agreement-document:${id}`;

/** Keeps a signed agreement under a key of its own. */
export const saveDocument = async (client: Queryable, vault: Vault, { id, party, sha256, content, uploadedBy, uploadedAt }: AgreementDocument): Promise<void> => {
  const { key, wrapped } = vault.newKey();
  await client.query('insert into agreement_document (id, party, sha256, size, wrapped_key, sealed, uploaded_by, uploaded_at) values ($1, $2, $3, $4, $5, $6, $7, $8)', [
    id, party, Buffer.from(sha256, 'hex'), content.length, wrapped, encrypt(key, content, documentPlace(id)), uploadedBy, uploadedAt,
  ]);
};

/** A document goes when no proposal has it and no version of an agreement names its hash: nothing was ever decided by it. */
export const tidyDocuments = async (client: Queryable, before: Date): Promise<void> => {
  await client.query(
    `delete from agreement_document where uploaded_at <= $1 and not exists (select from change_proposal where document_id = agreement_document.id)
       and not exists (select from register_version where kind = 'agreement' and body ->> 'documentSha256' = encode(agreement_document.sha256, 'hex'))`,
    [before],
  );
};

/** The signed agreement with this hash, for the party whose it is; null when there is none. */
export const openDocument = async (client: Queryable, vault: Vault, { party, sha256 }: { readonly party: string; readonly sha256: string }): Promise<Uint8Array | null> => {
  if (!/^[0-9a-f]{64}$/.test(sha256)) return null;
  const { rows: [row] } = await client.query<{ id: string; wrapped_key: Buffer; sealed: Buffer }>(
    'select id, wrapped_key, sealed from agreement_document where party = $1 and sha256 = $2 order by uploaded_at limit 1', [party, Buffer.from(sha256, 'hex')],
  );
  return row === undefined ? null : decrypt(vault.unwrap(row.wrapped_key), row.sealed, documentPlace(row.id));
};

/** Which of these documents this party can open; the hash of one that was registered by command was never uploaded. */
export const documentsThere = async (client: Queryable, party: string, sha256: readonly string[]): Promise<ReadonlySet<string>> => {
  const { rows } = await client.query<{ sha256: string }>(
    "select encode(sha256, 'hex') as sha256 from agreement_document where party = $1 and encode(sha256, 'hex') = any($2)", [party, sha256],
  );
  return new Set(rows.map((row) => row.sha256));
};

/** Disclosures of this municipality that wait for an agreement, counted per recipient: the OIN, or the role where nobody is connected. */
export const waitingForAgreement = async (client: Queryable, municipality: string): Promise<readonly { readonly recipient: string; readonly count: number }[]> => {
  const { rows } = await client.query<{ recipient: string; count: number }>(
    `select decision.recipient, count(*)::int from decision join message on message.id = decision.message_id join case_file on case_file.id = message.case_id
     where decision.kind = 'hold' and decision.reason = 'no-agreement' and case_file.municipality = $1 group by decision.recipient order by count(*) desc, decision.recipient`,
    [municipality],
  );
  return rows;
};

/** Consents in force for this municipality, counted per role they are for; nobody is named. */
export const consentsInForce = async (client: Queryable, municipality: string): Promise<readonly { readonly recipient: string; readonly count: number }[]> => {
  const { rows } = await client.query<{ recipient: string; count: number }>(
    `select body ->> 'recipient' as recipient, count(*)::int from (
       select distinct on (key) body from register_version where kind = 'consent' and body ->> 'municipality' = $1 order by key, version desc) current
     where body ->> 'withdrawnAt' is null group by 1 order by 1`,
    [municipality],
  );
  return rows;
};
