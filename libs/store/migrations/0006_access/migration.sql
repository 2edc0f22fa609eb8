-- Questions to the log: who looked at what (apart from the disclosure log), what is withheld from a person's own copy, and the
-- samples a privacy officer judged.

-- What became of an entry ---------------------------------------------------------------------------------------------

-- From an entry to its outcomes. An index on entry (ref) would be one a month, and an outcome may come months later (a held delivery that
-- goes on), so each row of a page would probe them all. Only an outcome pays for this row; it is an index over leaves and can be made again.
create table entry_outcome (
  ref uuid not null,
  at  timestamptz(3) not null,
  id  uuid not null,
  primary key (ref, id)
);
create function index_outcome() returns trigger language plpgsql as $$
begin
  insert into entry_outcome (ref, at, id) values (new.ref, new.at, new.id);
  return null;
end $$;
create trigger entry_outcome_is_indexed after insert on entry for each row when (new.kind = 'outcome') execute function index_outcome();
insert into entry_outcome (ref, at, id) select ref, at, id from entry where kind = 'outcome';
create trigger entry_outcome_is_append_only before update or delete on entry_outcome for each row execute function refuse_log_change();

-- Who looked ----------------------------------------------------------------------------------------------------------

-- One row for each question, written in the commit that answers it, with the entry of kind `consultation` it led to (the same trace id).
-- `question` holds codes, organisations and times; never the person who was searched for (I13). The objects are the entries shown.
create table access (
  seq          bigint generated always as identity primary key,
  at           timestamptz(3) not null,
  actor        text not null check (length(actor) between 1 and 100),
  function     text not null check (function ~ '^[a-z0-9][a-z0-9-]{0,39}$'),
  action       text not null check (action in ('search', 'open', 'export', 'report', 'sample', 'judge', 'defer', 'verify', 'read-access')),
  purpose      text not null,
  controller   text,
  trace        text not null unique check (trace ~ '^[0-9a-f]{32}$'),
  question     jsonb not null,
  objects      uuid[] not null,
  object_count integer not null check (object_count >= cardinality(objects)),
  entry_id     uuid not null unique,
  entry_at     timestamptz(3) not null,
  foreign key (entry_id, entry_at) references entry (id, at)
);
create index access_by_controller on access (controller, seq);
create trigger access_is_append_only before update on access for each row execute function refuse_log_change();
create trigger access_goes_approved before delete on access for each row execute function refuse_unapproved_removal('access');
create trigger access_is_not_truncated before truncate on access for each statement execute function refuse_log_change();

-- Inzage uitgesteld ---------------------------------------------------------------------------------------------------

-- Withheld from the person's own copy until a day (Wpg art. 27, UAVG art. 41). Of one entry, or of a whole case with what is still to come. A later
-- row about the same takes the place of an earlier one. The reason is encrypted under the key of a month and goes with it; nothing of this is in a leaf.
create table deferral (
  seq      bigint generated always as identity primary key,
  entry_id uuid,
  case_id  uuid,
  until    timestamptz(3) not null,
  by       text not null,
  at       timestamptz(3) not null,
  key_id   text not null,
  reason   bytea not null,
  trace    text not null,
  check ((entry_id is null) <> (case_id is null))
);
create index deferral_by_entry on deferral (entry_id, seq) where entry_id is not null;
create index deferral_by_case on deferral (case_id, seq) where case_id is not null;

-- Samples -------------------------------------------------------------------------------------------------------------

-- Drawn by seed and tree size, so that anybody with the log draws the same again. `indexes` are places in the tree.
create table sample (
  id         uuid primary key,
  at         timestamptz(3) not null,
  controller text,
  from_at    timestamptz(3) not null,
  to_at      timestamptz(3) not null,
  seed       text not null,
  tree_size  bigint not null,
  population bigint not null,
  indexes    bigint[] not null,
  trace      text not null
);
create index sample_by_time on sample (from_at);
create trigger sample_is_append_only before update or delete on sample for each row execute function refuse_log_change();

-- The last judgement of an index counts. A remark may speak of a person: encrypted under the key of its month.
create table sample_judgement (
  seq        bigint generated always as identity primary key,
  sample_id  uuid not null references sample (id),
  tree_index bigint not null,
  verdict    text not null check (verdict in ('in order', 'question', 'incident')),
  at         timestamptz(3) not null,
  by         text not null,
  key_id     text not null,
  remark     bytea,
  trace      text not null
);
create index sample_judgement_by_sample on sample_judgement (sample_id, tree_index, seq);
create trigger sample_judgement_is_append_only before update or delete on sample_judgement for each row execute function refuse_log_change();
