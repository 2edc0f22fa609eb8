-- Who may read the log over HTTP. A bearer token is kept as its SHA-256 only: it is 32 random bytes, so a hash without salt gives nothing away.
-- A reader is never changed but for its end: whoever gets another role or another period gets another token.
create table reader (
  id           uuid primary key,
  name         text not null check (length(name) between 1 and 200),
  role         text not null check (role in ('party', 'auditor', 'controller')),
  oin          text check (oin ~ '^[0-9]{20}$'),
  token_sha256 bytea not null unique check (length(token_sha256) = 32),
  valid_from   timestamptz(3) not null,
  valid_until  timestamptz(3) not null check (valid_until > valid_from),
  added_by     text not null,
  entry_id     uuid not null,
  revoked_at   timestamptz(3),
  revoked_by   text,
  check ((oin is null) = (role = 'auditor')),
  check ((revoked_at is null) = (revoked_by is null))
);

create function refuse_other_reader() returns trigger language plpgsql as $$
begin
  if old.revoked_at is not null
    or (to_jsonb(new) - 'revoked_at' - 'revoked_by') is distinct from (to_jsonb(old) - 'revoked_at' - 'revoked_by') then
    raise exception 'a reader is revoked, never changed' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger reader_is_only_revoked before update on reader for each row execute function refuse_other_reader();
create trigger reader_stays before delete on reader for each row execute function refuse_change();

-- Every look of a reader at entries, and every try that was refused; identifiers only (I13). Apart from `access`: a look of a person has a purpose
-- and an entry of its own, while a program that follows the log would then be followed by the entries about itself.
create table log_read (
  seq       bigint generated always as identity primary key,
  at        timestamptz(3) not null,
  reader_id uuid not null references reader (id),
  question  text not null check (question in ('bundle', 'own', 'entry')),
  -- First index of the bundle or page that was asked for.
  first     bigint,
  entry_id  uuid,
  outcome   text not null check (outcome in ('given', 'refused', 'absent')),
  entries   integer not null check (entries >= 0),
  trace     text check (trace ~ '^[0-9a-f]{32}$')
);
create index log_read_by_reader on log_read (reader_id, seq);
create trigger log_read_is_append_only before update or delete on log_read for each row execute function refuse_log_change();
create trigger log_read_is_not_truncated before truncate on log_read for each statement execute function refuse_log_change();
