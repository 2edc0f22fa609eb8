-- What the operator looks at in the console: what is stuck, when tries were made, what is due soon; and disclosures brought once more, many together.

-- A delivery that a person gave up is told to its sender and to the privacy officer of the municipality.
select add_task_kinds('undelivered', 'undelivered-privacy');

create index task_open on task (kind, opened_at) where closed_at is null;
create index duty_open on duty (due_at) where closed_at is null;
create index case_file_by_number on case_file (number);
-- Tries are written in the order in which they begin: a summary of each stretch of pages suffices, and costs a claim next to nothing.
create index attempt_by_time on attempt using brin (started_at) with (pages_per_range = 16);

-- Disclosures that somebody wants brought once more. The first ten go alone; the others wait until those arrived and a person sends them on.
create table replay_run (
  id      uuid primary key,
  at      timestamptz(3) not null,
  by      text not null check (length(by) between 1 and 100),
  -- Why, encrypted under the key of its month; it goes with each into the log.
  key_id  text not null,
  reason  bytea not null
);
create index replay_run_at on replay_run (at);

create table replay_item (
  run_id  uuid not null references replay_run (id) on delete cascade,
  place   integer not null check (place >= 1),
  mid     uuid not null,
  -- Null: its turn has not come. A code otherwise: queued, or why not.
  outcome text check (outcome ~ '^[a-z0-9-]{1,60}$'),
  primary key (run_id, place),
  unique (run_id, mid)
);
