-- Changes that wait for a second person, and signed agreements as PDF. What was approved is a version of a register and stays there; a proposal is
-- how it came about, and goes a year after it was decided.

-- The signed contract (AVG art. 28(9)). It names who signed, so it is encrypted under a key of its own.
create table agreement_document (
  id          uuid primary key,
  -- OIN of whose agreement it is.
  party       text not null check (party ~ '^[0-9]{20}$'),
  sha256      bytea not null check (length(sha256) = 32),
  size        integer not null check (size between 1 and 10485760),
  wrapped_key bytea not null,
  sealed      bytea not null,
  uploaded_by text not null check (length(uploaded_by) between 1 and 100),
  uploaded_at timestamptz(3) not null
);
-- Ciphertext does not compress.
alter table agreement_document alter column sealed set storage external;
create index agreement_document_by_hash on agreement_document (party, sha256);

create table change_proposal (
  id              uuid primary key,
  party           text not null check (party ~ '^[0-9]{20}$'),
  kind            text not null check (kind in ('setting', 'agreement')),
  key             text not null check (length(key) between 1 and 100),
  -- The version that was current when the trial ran; 0 when there was none.
  base_version    integer not null check (base_version >= 0),
  body            jsonb not null,
  reason          text not null check (length(reason) between 1 and 2000),
  -- Counts, and ids and types of messages; never a person.
  trial           jsonb not null,
  -- Parts of AVG art. 28(3) that somebody found in the document; empty for a setting.
  checks          text[] not null,
  document_id     uuid references agreement_document (id),
  proposed_by     text not null check (length(proposed_by) between 1 and 100),
  -- For the screen only, like the name of a session.
  proposed_name   text not null check (length(proposed_name) between 1 and 200),
  proposed_at     timestamptz(3) not null,
  expires_at      timestamptz(3) not null check (expires_at > proposed_at),
  state           text not null default 'draft' check (state in ('draft', 'offered', 'approved', 'refused', 'withdrawn', 'expired', 'overtaken')),
  decided_by      text check (length(decided_by) between 1 and 100),
  decided_name    text check (length(decided_name) between 1 and 200),
  decided_at      timestamptz(3),
  decision_reason text check (length(decision_reason) between 1 and 2000),
  check ((state in ('approved', 'refused', 'withdrawn')) = (decided_by is not null)),
  check ((state in ('draft', 'offered')) = (decided_at is null)),
  -- Four eyes: who approves or refuses is another than who proposes.
  check (state not in ('approved', 'refused') or lower(decided_by) <> lower(proposed_by)),
  check (state <> 'refused' or decision_reason is not null)
);
create index change_proposal_by_party on change_proposal (party, proposed_at desc);
create index change_proposal_by_document on change_proposal (document_id) where document_id is not null;
-- Two changes of one document would each be tried on what the other replaces.
create unique index change_proposal_offered on change_proposal (kind, key) where state = 'offered';

create function refuse_other_change_proposal() returns trigger language plpgsql as $$
begin
  if old.state not in ('draft', 'offered')
    or (to_jsonb(new) - 'state' - 'expires_at' - 'decided_by' - 'decided_name' - 'decided_at' - 'decision_reason')
      is distinct from (to_jsonb(old) - 'state' - 'expires_at' - 'decided_by' - 'decided_name' - 'decided_at' - 'decision_reason') then
    raise exception 'a proposal is approved as it is, never changed' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger change_proposal_is_kept before update on change_proposal for each row execute function refuse_other_change_proposal();
