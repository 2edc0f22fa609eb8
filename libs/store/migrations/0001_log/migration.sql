-- The disclosure log. Entries are recorded by the hub's transactions, put in the tree by one sequencer, sealed by the signer.
-- Order of states: entry + pending (recorded) -> tlog_leaf + tlog_tile (sequenced) -> tlog_head.signed_size (sealed).
--
-- JIT must be off for every session of this database (the pool says `-c jit=off`): compiling a plan over sixty monthly
-- partitions took 9 s. timestamptz(3) throughout: node-postgres reads milliseconds, and `at = $1` must find its row.

-- Append-only (I6) ----------------------------------------------------------------------------------------------------

create function refuse_log_change() returns trigger language plpgsql as $$
begin
  raise exception 'rows of % are never changed or removed (I6)', tg_table_name using errcode = 'restrict_violation';
end $$;

-- Entries -------------------------------------------------------------------------------------------------------------

-- `leaf` is the truth: the other columns are an index over it, and a nightly check compares them.
-- sealed_sha256 is null for all but a disclosure, so nothing can hang on a hold or a refusal.
-- The first 48 bits of a UUIDv7 are milliseconds since 1970 (RFC 9562 §5.7). One id has one time, so the key (id, at) that partitioning forces
-- upon us makes the id alone unique as well. Written out: a function in a check is parsed anew by every statement.
create table entry (
  id            uuid not null,
  at            timestamptz(3) not null check (
    at = timestamptz 'epoch' + (('x' || substr(replace(id::text, '-', ''), 1, 12))::bit(48)::bigint) * interval '1 millisecond'),
  kind          text not null,
  sender        text,
  recipient     text,
  controller    text,
  purpose       text,
  message_id    uuid,
  ref           uuid,
  sealed_sha256 bytea check (length(sealed_sha256) = 32),
  leaf          bytea not null check (length(leaf) <= 8192),
  h             bytea not null generated always as (sha256('\x00'::bytea || leaf)) stored,
  check ((kind = 'disclosure') = (sealed_sha256 is not null)),
  primary key (id, at),
  unique (id, at, sealed_sha256)
) partition by range (at);
-- Every index is paid for by every entry. A party asks for its own entries and a municipality for those of its cases; whoever will ask by
-- message or by an earlier entry brings the index along.
create index entry_by_recipient on entry (recipient, at);
create index entry_by_controller on entry (controller, at);

-- A row trigger is cloned to every partition, also for a DELETE aimed at the partition itself; a statement trigger is not.
create trigger entry_is_append_only before update or delete on entry for each row execute function refuse_log_change();
create trigger entry_is_not_truncated before truncate on entry for each statement execute function refuse_log_change();

-- What waits for the tree. Filled by trigger, so it cannot be forgotten; carries the hash, so the sequencer needs no join. That an entry
-- comes into the tree once is held by tlog_leaf.
create table pending (
  pid bigint generated always as identity primary key,
  id  uuid not null,
  at  timestamptz(3) not null,
  h   bytea not null
);
alter table pending set (autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_cost_delay = 0);

create function queue_entry() returns trigger language plpgsql as $$
begin
  insert into pending (id, at, h) values (new.id, new.at, new.h);
  return null;
end $$;
create trigger entry_is_queued after insert on entry for each row execute function queue_entry();

-- The destroyable part: salts and personal data of an entry, encrypted under the month's key. Its partition is dropped, and the
-- key destroyed, when the retention term ends; entry and tree stay and keep verifying (I7).
create table entry_detail (
  id      uuid not null,
  at      timestamptz(3) not null,
  case_id uuid,
  key_id  text not null,
  sealed  bytea not null,
  primary key (id, at),
  foreign key (id, at) references entry (id, at)
) partition by range (at);
create index entry_detail_by_case on entry_detail (case_id, at) where case_id is not null;

-- For AVG art. 15: which entries concern this person. First 16 bytes of an HMAC under the key of the year, which is destroyed
-- with the year. Yearly, so that a search is one probe a year.
create table entry_subject (
  pseudonym bytea not null check (length(pseudonym) = 16),
  at        timestamptz(3) not null,
  id        uuid not null,
  primary key (pseudonym, at, id)
) partition by range (at);

-- Outgoing bodies -----------------------------------------------------------------------------------------------------

-- Bodies are never stored in clear: `sealed` is AES-256-GCM under the key of the case, over the payload's salt and the payload.
-- The design bound the plaintext by a generated commitment; then the database held every body readable until it was delivered.
-- Now the leaf carries both the commitment over the plaintext (the recipient recomputes it) and the SHA-256 of the ciphertext,
-- which PostgreSQL recomputes here; the foreign key refuses a body that is not the one the entry records. A hash of ciphertext
-- is no personal data and worth nothing once the key is gone. `twin` is the same document as JSON, encrypted likewise: it is looked at before
-- every try. `leaf` repeats that of the entry, so that a claim needs no walk through the months; whoever opens the body hashes it against the tree.
create table outbox (
  mid           uuid primary key,
  entry_id      uuid not null unique,
  entry_at      timestamptz(3) not null,
  leaf          bytea not null,
  sealed        bytea not null,
  twin          bytea not null,
  sealed_sha256 bytea not null generated always as (sha256(sealed)) stored,
  foreign key (entry_id, entry_at, sealed_sha256) references entry (id, at, sealed_sha256)
);

-- Ciphertext does not compress.
alter table outbox alter column sealed set storage external, alter column twin set storage external;

-- The tree ------------------------------------------------------------------------------------------------------------

-- One row, locked by the sequencer: the tree folded to one hash per complete subtree, 32 bytes each, largest first.
create table tlog_head (
  single      boolean primary key default true check (single),
  size        bigint not null default 0 check (size >= 0),
  stack       bytea not null default ''::bytea check (length(stack) % 32 = 0),
  signed_size bigint not null default 0 check (signed_size between 0 and size)
);
insert into tlog_head default values;

create function refuse_smaller_head() returns trigger language plpgsql as $$
begin
  if new.size < old.size or new.signed_size < old.signed_size then
    raise exception 'the log does not get smaller (I6)' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger tlog_head_grows before update on tlog_head for each row execute function refuse_smaller_head();
create trigger tlog_head_stays before delete on tlog_head for each row execute function refuse_log_change();
create trigger tlog_head_is_not_truncated before truncate on tlog_head for each statement execute function refuse_log_change();

create table tlog_leaf (
  seq bigint primary key,
  id  uuid not null unique,
  at  timestamptz(3) not null,
  h   bytea not null check (length(h) = 32)
);
create trigger tlog_leaf_is_append_only before update or delete on tlog_leaf for each row execute function refuse_log_change();
create trigger tlog_leaf_is_not_truncated before truncate on tlog_leaf for each statement execute function refuse_log_change();

-- Level 0 is written when a tile is full (until then its hashes are in tlog_leaf); the levels above grow at their right edge.
-- A partial tile is a prefix of every later one, so earlier widths need no storing.
create table tlog_tile (
  level  smallint not null,
  idx    bigint not null,
  hashes bytea not null check (length(hashes) between 32 and 8192 and length(hashes) % 32 = 0),
  primary key (level, idx)
);
-- Hashes do not compress.
alter table tlog_tile alter column hashes set storage external;

create function refuse_other_tile() returns trigger language plpgsql as $$
begin
  if substr(new.hashes, 1, length(old.hashes)) <> old.hashes then
    raise exception 'a tile only grows (I6)' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger tlog_tile_grows before update on tlog_tile for each row execute function refuse_other_tile();
create trigger tlog_tile_stays before delete on tlog_tile for each row execute function refuse_log_change();
create trigger tlog_tile_is_not_truncated before truncate on tlog_tile for each statement execute function refuse_log_change();

-- Signed heads; one for each size that was signed. Old ones may be thinned out: a receipt carries its own.
create table tlog_checkpoint (
  size      bigint primary key,
  root      bytea not null check (length(root) = 32),
  signed_at timestamptz(3) not null,
  note      bytea not null
);
create trigger tlog_checkpoint_is_kept before update on tlog_checkpoint for each row execute function refuse_log_change();

-- True when the entry lies below a signed checkpoint: only then may anything leave on it (I1).
create function is_sealed(entry_id uuid) returns boolean language sql stable as $$
  select coalesce((select leaf.seq from tlog_leaf leaf where leaf.id = entry_id) < (select head.signed_size from tlog_head head), false)
$$;

-- Partitions ----------------------------------------------------------------------------------------------------------

-- An insert never fails for want of a partition.
create table entry_default partition of entry default;
create table entry_detail_default partition of entry_detail default;
create table entry_subject_default partition of entry_subject default;
create trigger entry_is_not_truncated before truncate on entry_default for each statement execute function refuse_log_change();

create function ensure_partition(parent text, suffix text, from_at timestamptz, to_at timestamptz) returns boolean language plpgsql as $$
begin
  if to_regclass(parent || '_' || suffix) is not null then
    return false;
  end if;
  execute format('create table %I partition of %I for values from (%L) to (%L)', parent || '_' || suffix, parent, from_at, to_at);
  if parent = 'entry' then
    execute format(
      'create trigger entry_is_not_truncated before truncate on %I for each statement execute function refuse_log_change()',
      parent || '_' || suffix);
  end if;
  return true;
exception when check_violation then
  -- Rows of this range already stand in the default partition. They are good there; only the range is not separate.
  raise warning 'partition % of % stays in the default partition', suffix, parent;
  return false;
end $$;

-- Makes the partitions from the month of `from_day` on, for that many months (and their years). Called by the hub at start and
-- every night; may be repeated. Returns how many were made. Months and years are UTC.
create function ensure_partitions(from_day date, months integer) returns integer language plpgsql as $$
declare
  made integer := 0;
  month timestamp;
  year timestamp;
begin
  -- Two processes that start together must not both create a partition.
  perform pg_advisory_xact_lock(hashtext('ketensluis.ensure_partitions'));
  for i in 0 .. months - 1 loop
    month := date_trunc('month', from_day::timestamp) + make_interval(months => i);
    year := date_trunc('year', month);
    made := made
      + ensure_partition('entry', to_char(month, 'YYYYMM'), month at time zone 'UTC', (month + interval '1 month') at time zone 'UTC')::integer
      + ensure_partition('entry_detail', to_char(month, 'YYYYMM'), month at time zone 'UTC', (month + interval '1 month') at time zone 'UTC')::integer
      + ensure_partition('entry_subject', to_char(year, 'YYYY'), year at time zone 'UTC', (year + interval '1 year') at time zone 'UTC')::integer;
  end loop;
  return made;
end $$;
