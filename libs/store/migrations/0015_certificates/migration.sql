-- Certificates and keys: who the hub is, to whom it encrypts, and what it knows of their being revoked.

-- Every certificate the hub has to do with: its own, those of parties, those of authorities between them and an anchor. Anchors stand in files. A
-- certificate names its content, so nobody can put another in its place; usages and policies are there to be read by people.
create table certificate (
  sha256     bytea primary key check (length(sha256) = 32),
  der        bytea not null check (sha256(der) = sha256),
  subject    text not null,
  issuer     text not null,
  serial     text not null check (serial ~ '^([0-9a-f]{2})+$'),
  ski        bytea,
  not_before timestamptz(3) not null,
  not_after  timestamptz(3) not null,
  usages     text[] not null,
  policies   text[] not null,
  seen_at    timestamptz(3) not null
);
-- How a mail names whom it was encrypted to (RFC 5652 §6.2.1): kept findable for as long as the mail is.
create index certificate_by_issuer on certificate (issuer, serial);
create index certificate_by_ski on certificate (ski) where ski is not null;
create trigger certificate_is_append_only before update or delete on certificate for each row execute function refuse_change();
create trigger certificate_is_not_truncated before truncate on certificate for each statement execute function refuse_change();

-- Own keys and certificates learnt of parties, one row for each version. Superseded, never changed (I4): the policy entry of each version names `sha256`,
-- so that no key comes into use, and nobody is encrypted to, by the database alone.
create table trust_version (
  seq        bigint generated always as identity unique,
  kind       text not null check (kind in ('own-key', 'certificate')),
  id         uuid not null,
  version    integer not null check (version >= 1),
  body       jsonb not null,
  sha256     bytea not null check (length(sha256) = 32),
  changed_at timestamptz(3) not null,
  changed_by text not null check (length(changed_by) between 1 and 200),
  entry_id   uuid not null unique,
  primary key (kind, id, version)
);
create trigger trust_version_is_append_only before update or delete on trust_version for each row execute function refuse_change();
create trigger trust_version_is_not_truncated before truncate on trust_version for each statement execute function refuse_change();

-- What was fetched and proven of revocation, the last of each address. A cache: nothing is lost with it but the time to fetch it again. `number` never
-- goes back, whatever somebody sends us again.
create table revocation_list (
  url         text primary key check (length(url) between 1 and 1000),
  issuer      text not null,
  number      numeric,
  this_update timestamptz(3) not null,
  next_update timestamptz(3) not null,
  der         bytea not null,
  fetched_at  timestamptz(3) not null
);
alter table revocation_list alter column der set storage external;

create table ocsp_answer (
  certificate bytea primary key check (length(certificate) = 32),
  this_update timestamptz(3) not null,
  next_update timestamptz(3) not null,
  der         bytea not null,
  fetched_at  timestamptz(3) not null
);

-- How the last try at each address ended, so that a source that is away is not asked all the time; null when it answered well.
create table revocation_source (
  url      text primary key check (length(url) between 1 and 1000),
  tried_at timestamptz(3) not null,
  problem  text
);

-- What a party said in its last proven mail that it can read (RFC 8551 §2.5.2), by its address.
create table capability (
  address    text primary key check (length(address) between 3 and 254),
  algorithms text[] not null,
  signed_at  timestamptz(3) not null,
  seen_at    timestamptz(3) not null
);

-- One more kind of task for what ends, and one for what two persons must approve; what other kinds there are by now stays as it is.
select add_task_kinds('expiry', 'proposal');
