-- Programs of the parties that ask for access tokens (RFC 6749 §4.4). Of a client only its public keys are kept, so nothing here lets anybody in.
-- A client is never changed but for its end: whoever gets other keys or another purpose gets another client.
create table api_client (
  id         uuid primary key,
  oin        text not null check (oin ~ '^[0-9]{20}$'),
  name       text not null check (length(name) between 1 and 200),
  scopes     text[] not null check (cardinality(scopes) between 1 and 20),
  -- Null: it proves itself by the client certificate of its party (RFC 8705 §2.1).
  keys       jsonb check (jsonb_typeof(keys) = 'array'),
  added_at   timestamptz(3) not null,
  added_by   text not null,
  entry_id   uuid not null,
  revoked_at timestamptz(3),
  revoked_by text,
  check ((revoked_at is null) = (revoked_by is null))
);

create function refuse_other_client() returns trigger language plpgsql as $$
begin
  if old.revoked_at is not null
    or (to_jsonb(new) - 'revoked_at' - 'revoked_by') is distinct from (to_jsonb(old) - 'revoked_at' - 'revoked_by') then
    raise exception 'a client is revoked, never changed' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger client_is_only_revoked before update on api_client for each row execute function refuse_other_client();
create trigger client_stays before delete on api_client for each row execute function refuse_change();

-- Names of assertions that were used, until they have expired: each proves a client once (RFC 7523 §3).
create table api_assertion (
  client_id  uuid not null references api_client (id),
  jti_sha256 bytea not null check (length(jti_sha256) = 32),
  expires_at timestamptz(3) not null,
  primary key (client_id, jti_sha256)
);
create index api_assertion_by_end on api_assertion (expires_at);

-- Looks of callers of the API at entries of the log, their own; as `log_read` for readers. Identifiers only (I13).
create table api_read (
  seq      bigint generated always as identity primary key,
  at       timestamptz(3) not null,
  oin      text not null check (oin ~ '^[0-9]{20}$'),
  -- sha256 of what the caller proved itself with: a certificate, a key, or the name of a reader.
  proof    bytea not null check (length(proof) = 32),
  -- First index of the page that was asked for.
  first    bigint,
  entry_id uuid,
  outcome  text not null check (outcome in ('given', 'refused', 'absent')),
  entries  integer not null check (entries >= 0),
  trace    text check (trace ~ '^[0-9a-f]{32}$')
);
create index api_read_by_party on api_read (oin, seq);
create trigger api_read_is_append_only before update or delete on api_read for each row execute function refuse_log_change();
create trigger api_read_is_not_truncated before truncate on api_read for each statement execute function refuse_log_change();

-- Deliveries of one party, newest first: what the API shows it.
create index delivery_of_recipient on delivery (recipient, mid);
