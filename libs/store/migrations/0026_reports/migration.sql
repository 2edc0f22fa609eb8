-- What a privacy officer makes of the log: searches on a person, reports with their files, and figures that are counted on as the log grows.

-- A search on a person has a random id, so that no address tells whom it is about (I13). Whom it asks for is sealed under the key of its month.
create table stored_search (
  id      uuid primary key,
  account text not null check (length(account) between 1 and 100),
  party   text not null check (party ~ '^[0-9]{20}$'),
  purpose text not null,
  at      timestamptz(3) not null,
  key_id  text not null,
  sealed  bytea not null
);
create index stored_search_at on stored_search (at);

-- A report is made by a task, so that it can be left and found again, and goes on after a restart. It claims its rows by a lease.
create table report_task (
  id           uuid primary key,
  kind         text not null check (kind in ('person', 'quarter', 'processing', 'log-check')),
  account      text not null check (length(account) between 1 and 100),
  party        text not null check (party ~ '^[0-9]{20}$'),
  purpose      text not null,
  from_at      timestamptz(3) not null,
  to_at        timestamptz(3) not null check (to_at > from_at),
  -- Whom a report on a person is about; gone when the task has ended.
  key_id       text,
  sealed       bytea,
  state        text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'failed', 'stopped')),
  step         integer not null default 0,
  steps        integer not null check (steps >= step),
  attempts     integer not null default 0,
  leased_until timestamptz(3),
  made_at      timestamptz(3) not null,
  started_at   timestamptz(3),
  ended_at     timestamptz(3),
  -- How many entries the log had that it is about.
  size         bigint,
  -- What was found or went wrong, as a code.
  outcome      text check (outcome ~ '^[a-z-]{1,40}$'),
  check ((sealed is null) = (key_id is null)),
  check (sealed is null or state in ('waiting', 'running')),
  check ((ended_at is not null) = (state in ('done', 'failed', 'stopped')))
);
create index report_task_of_party on report_task (party, id);
create index report_task_open on report_task (id) where state in ('waiting', 'running');
create index report_task_ended on report_task (ended_at) where ended_at is not null;

create table report_file (
  task_id uuid not null references report_task (id) on delete cascade,
  path    text not null check (length(path) between 1 and 200),
  bytes   integer not null,
  sha256  bytea not null check (length(sha256) = 32),
  key_id  text not null,
  sealed  bytea not null,
  primary key (task_id, path)
);

-- Decisions per controller and month of Amsterdam: the log only grows (I6), so what was counted once is never counted again. Category '' is all of them.
create table log_figure (
  controller text not null,
  month      text not null check (month ~ '^[0-9]{4}-[0-9]{2}$'),
  category   text not null,
  sender     text not null,
  recipient  text not null,
  kind       text not null check (kind in ('disclosure', 'hold', 'refusal')),
  basis      text not null,
  count      bigint not null,
  primary key (controller, category, month, sender, recipient, kind, basis)
);
-- How many entries are counted.
create table log_figure_mark (
  is_one  boolean primary key default true check (is_one),
  counted bigint not null
);
insert into log_figure_mark (counted) values (0);

-- The last check of the log stands on every page of the privacy officer.
create index access_of_checks on access (at) where action = 'verify';
