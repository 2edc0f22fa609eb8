-- The hub's own tables: registers, cases, messages, the queue, deliveries, duties and tasks.
-- Personal data stand here only as ciphertext under the key of their case (I7, AVG art. 32).

-- Registers: parties, agreements, settings, mandates, designations, consents, law packs. Superseded, never changed (I4).
create table register_version (
  seq        bigint generated always as identity unique,
  kind       text not null check (kind in ('party', 'agreement', 'setting', 'mandate', 'designation', 'consent', 'law')),
  key        text not null check (length(key) between 1 and 100),
  version    integer not null check (version >= 1),
  body       jsonb not null,
  sha256     bytea not null check (length(sha256) = 32),
  applied_at timestamptz(3) not null,
  applied_by text not null,
  entry_id   uuid not null,
  primary key (kind, key, version)
);

-- Every change of a register is an entry of the log; the reader holds the registers against all of them.
create index entry_of_policy on entry (id) where kind = 'policy';

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'rows of % are never changed or removed', tg_table_name using errcode = 'restrict_violation';
end $$;

create trigger register_version_is_append_only before update or delete on register_version
  for each row execute function refuse_change();

-- One measure against one person. `body` is the CaseFile as JSON, encrypted; null until the first message is applied. `ends_at`
-- repeats the end of the ban, so that the clock can be watched without opening cases.
create table case_file (
  id           uuid primary key,
  law          text not null,
  municipality text not null check (municipality ~ '^[0-9]{4}$'),
  number       text not null check (length(number) between 1 and 40),
  wrapped_key  bytea not null,
  body         bytea,
  ends_at      timestamptz(3),
  -- How many of the moments of this end (48 and 24 hours before it, the end itself) were turned into work.
  end_told     smallint not null default 0 check (end_told between 0 and 3),
  created_at   timestamptz(3) not null,
  unique (law, municipality, number)
);
create index case_file_by_end on case_file (ends_at) where end_told < 3;

-- One proven message. `signature_sha256` makes a replayed mail visible.
create table message (
  id               uuid primary key,
  case_id          uuid not null references case_file (id),
  sender           text not null,
  sender_id        text not null,
  type             text not null,
  received_at      timestamptz(3) not null,
  signature_sha256 bytea not null unique check (length(signature_sha256) = 32),
  signer_sha256    bytea not null check (length(signer_sha256) = 32),
  body             bytea not null,
  raw              bytea not null,
  -- When its sender had our 250, as far as we can know; until then the same mail is a repeat and not a replay.
  answered_at      timestamptz(3),
  state            text not null default 'accepted' check (state in ('accepted', 'applied', 'refused', 'parked')),
  unique (sender, sender_id)
);
-- Ciphertext does not compress.
alter table message alter column body set storage external, alter column raw set storage external;
create index message_by_case on message (case_id);

-- Files that came with a message, by their place in it: a file name can hold a person's name (I13).
create table attachment (
  message_id uuid not null references message (id),
  place      integer not null,
  body       bytea not null,
  primary key (message_id, place)
);
alter table attachment alter column body set storage external;

-- The queue is a doorbell over these rows (I8). A lane keeps order: the case for `disclose`, the recipient for `deliver`.
-- `event` names what the hub brings about itself with an earlier message (the file for the court); empty for the message's own event.
create table queue (
  id          bigint generated always as identity primary key,
  kind        text not null check (kind in ('disclose', 'deliver')),
  ref         uuid not null,
  event       text not null default '',
  lane        text not null,
  due_at      timestamptz(3) not null,
  attempts    integer not null default 0,
  lease_until timestamptz(3),
  parked_code text,
  unique (kind, ref, event)
);
-- One for each way the queue is walked, so that a claim stops at the first row it can have.
create index queue_to_disclose on queue (id) where kind = 'disclose' and parked_code is null;
create index queue_to_deliver on queue (lane, due_at, id) where kind = 'deliver';
create index queue_by_lane on queue (kind, lane, id);
alter table queue set (autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);

-- The last decision for each message, event and recipient; a hold is decided anew when its reason falls away (I9).
create table decision (
  message_id uuid not null references message (id),
  event      text not null default '',
  recipient  text not null,
  kind       text not null check (kind in ('permit', 'hold', 'refuse')),
  reason     text,
  entry_id   uuid not null,
  decided_at timestamptz(3) not null,
  primary key (message_id, event, recipient)
);
create index decision_on_hold on decision (reason) where kind = 'hold';

-- One disclosure on its way to one party; the bytes are in outbox. It fulfils the duty of each rule toward the role beside it.
create table delivery (
  mid         uuid primary key references outbox (mid),
  entry_id    uuid not null unique,
  case_id     uuid not null references case_file (id),
  message_id  uuid not null references message (id),
  recipient   text not null,
  rules       text[] not null,
  roles       text[] not null,
  number      integer not null,
  attachments integer[] not null,
  -- The five days of retries count from here, once a person or a new certificate set the delivery free again.
  since       timestamptz(3),
  state       text not null default 'waiting' check (state in ('waiting', 'delivered', 'held', 'dead')),
  cause       text,
  created_at  timestamptz(3) not null,
  finished_at timestamptz(3),
  unique (case_id, recipient, number)
);

-- One try. The row is there before the first byte leaves, so a crash in between shows as an unknown outcome.
create table attempt (
  mid         uuid not null references delivery (mid),
  number      integer not null,
  started_at  timestamptz(3) not null,
  finished_at timestamptz(3),
  outcome     text check (outcome in ('delivered', 'deferred', 'rejected', 'unknown', 'unusable')),
  code        text,
  reply       text,
  evidence    jsonb,
  primary key (mid, number)
);

-- I1: nothing leaves that is not below the signed size of the log. The database itself refuses the attempt.
create function refuse_unsealed_attempt() returns trigger language plpgsql as $$
begin
  if not is_sealed((select entry_id from delivery where mid = new.mid)) then
    raise exception 'attempt refused: the entry of % is not in a signed checkpoint (I1)', new.mid using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger attempt_needs_seal before insert on attempt for each row execute function refuse_unsealed_attempt();

-- What the law orders someone to do before a moment; closed by a receipt or by a recorded act outside the hub.
create table duty (
  case_id    uuid not null references case_file (id),
  key        text not null,
  rule       text not null,
  article    text not null,
  bearer     text not null,
  toward     text not null,
  -- The party it is owed to; empty for a person, or for whoever holds the role.
  recipient  text not null default '',
  -- The message that opened it.
  message_id uuid not null,
  -- What tells it from every other duty of the case: the key, and the party where there is one.
  name       text not null generated always as (case recipient when '' then key else key || '@' || recipient end) stored,
  authority  text not null check (authority in ('law', 'policy')),
  warn_at    timestamptz(3),
  opened_at  timestamptz(3) not null,
  due_at     timestamptz(3),
  told_at    timestamptz(3),
  closed_at  timestamptz(3),
  closed_by  text,
  primary key (case_id, key, recipient)
);
create index duty_to_tell on duty (due_at) where closed_at is null and told_at is null;

-- What a person must look at: a dead letter, a missing certificate, a parked case, a duty past its term.
create table task (
  id        uuid primary key,
  kind      text not null check (kind in ('dead-letter', 'certificate', 'stopped', 'parked-case', 'refused-message', 'duty-late', 'log')),
  ref       text not null,
  party     text,
  cause     text not null,
  opened_at timestamptz(3) not null,
  closed_at timestamptz(3),
  unique (kind, ref)
);

-- The practice clock: how far the hub's clock is ahead of the machine's, and how practice parties misbehave (only `up --practice` reads it).
create table practice_clock (
  single    boolean primary key default true check (single),
  ahead_ms  bigint not null default 0 check (ahead_ms >= 0)
);
insert into practice_clock default values;
create table practice_behaviour (
  party     text primary key,
  behaviour text not null
);

-- Up to when the clock was watched: what begins by itself after this is new.
create table term_watch (
  single     boolean primary key default true check (single),
  watched_at timestamptz(3) not null default 'epoch'
);
insert into term_watch default values;

-- Which keys this database belongs to: the verifier key of its log, and something only its master key opens.
create table hub_mark (
  single  boolean primary key default true check (single),
  vkey    text not null,
  wrapped bytea not null
);

-- Keys for the personal part of log entries (one a month) and for pseudonyms (one a year), wrapped under the master key; destroyed with their period.
create table data_key (
  id         text primary key check (id ~ '^[0-9]{4}(-[0-9]{2})?$'),
  wrapped    bytea not null,
  created_at timestamptz(3) not null
);
