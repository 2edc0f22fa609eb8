-- By what the signature of a mail was believed when it came in, so that the check can be repeated when lists and anchors are others: fingerprints,
-- numbers and moments, no name. The certificate of the signer itself stands in the mail. Goes with its message.
create table mail_evidence (
  message_id uuid primary key references message (id) on delete cascade,
  -- Of the certificates (sha256, hexadecimal), from the anchor down to the signer.
  path       text[] not null check (cardinality(path) >= 1),
  trust_set  text,
  policies   text[] not null,
  -- When its sender says it signed.
  signed_at  timestamptz(3),
  -- Lists and answers that were relied on: sha256, number or moment of making, this and next update.
  revocation jsonb not null
);
