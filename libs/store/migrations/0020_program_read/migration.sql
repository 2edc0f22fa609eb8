-- breaking: a program of before this step finds log_read, api_read and feed_read no more.
-- Looks of programs stood in three tables of one shape, of which the access log showed one. Now they are one, with one clock (access-log).

-- Every look of a program at entries of the log or at a feed, and every try that was refused; identifiers only (I13). Apart from `access`: a look of a person has
-- a purpose and an entry of its own, while a program that follows the log would then be followed by the entries about itself.
create table program_read (
  seq       bigint generated always as identity primary key,
  at        timestamptz(3) not null,
  -- `reader`: by a token of the reader list. `api`, `feed`: as a connected party.
  way       text not null check (way in ('reader', 'api', 'feed')),
  reader_id uuid references reader (id),
  oin       text check (oin ~ '^[0-9]{20}$'),
  -- sha256 of what the party proved itself with: a certificate, a key, or the name of a reader.
  proof     bytea check (length(proof) = 32),
  question  text not null check (question in ('bundle', 'own', 'entry', 'feed')),
  -- Of a feed; null: its subscription document.
  archive   bigint,
  -- Of a bundle or page the first index that was asked for; of a feed the places of what was shown.
  first     bigint,
  last      bigint,
  entry_id  uuid,
  -- `same`: the party had this document of its feed already. `late`: the log could not seal what it was to be shown.
  outcome   text not null check (outcome in ('given', 'refused', 'absent', 'same', 'late')),
  -- Entries that were shown; of a feed, those that were shown for the first time.
  entries   integer not null check (entries >= 0),
  trace     text check (trace ~ '^[0-9a-f]{32}$'),
  check ((way = 'reader') = (reader_id is not null)),
  check ((way = 'reader') = (oin is null)),
  check ((oin is null) = (proof is null)),
  check ((way = 'feed') = (question = 'feed')),
  check (way = 'feed' or (archive is null and last is null and outcome in ('given', 'refused', 'absent')))
);
-- In the order of time: the access log is read by it.
insert into program_read (at, way, reader_id, oin, proof, question, archive, first, last, entry_id, outcome, entries, trace)
  select at, way, reader_id, oin, proof, question, archive, first, last, entry_id, outcome, entries, trace from (
    select at, 'reader' as way, reader_id, null as oin, null::bytea as proof, question, null::bigint as archive, first, null::bigint as last, entry_id, outcome, entries, trace, seq from log_read
    union all select at, 'api', null, oin, proof, case when entry_id is null then 'own' else 'entry' end, null, first, null, entry_id, outcome, entries, trace, seq from api_read
    union all select at, 'feed', null, party, proof, 'feed', archive, first, last, null, outcome, fresh, null, seq from feed_read
  ) look order by at, way, seq;
drop table log_read, api_read, feed_read;
drop function admit_feed_read();

create index program_read_by_time on program_read (at, seq);
create index program_read_by_reader on program_read (reader_id, seq) where reader_id is not null;
create index program_read_by_party on program_read (oin, seq) where oin is not null;

-- It goes with its month of the access log, by the same approval.
create trigger program_read_is_append_only before update on program_read for each row execute function refuse_log_change();
create trigger program_read_goes_approved before delete on program_read for each row execute function refuse_unapproved_removal('access');
create trigger program_read_is_not_truncated before truncate on program_read for each statement execute function refuse_log_change();

-- I1, by the database itself: no page of a feed is given out of which something is shown under no entry, or under one that is not released.
create function admit_program_read() returns trigger language plpgsql as $$
begin
  if not is_shown_released(new.oin, new.first, new.last, new.at) then
    raise exception 'feed refused: % to % of % are not shown under a released entry (I1)', new.first, new.last, new.oin using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger program_read_needs_release before insert on program_read for each row when (new.way = 'feed' and new.outcome = 'given') execute function admit_program_read();
