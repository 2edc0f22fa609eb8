-- Witnesses. Order of states: recorded -> sequenced -> signed (signed_size) -> cosigned by a quorum (released_size). Only what is released may
-- leave (I1). Without a witness policy the log's own signature suffices: then both sizes are raised by one statement.

alter table tlog_head
  add column released_size bigint not null default 0,
  -- A witness policy is in force: released_size rises by cosigned checkpoints only. Set by the hub at its start, from its settings.
  add column needs_quorum boolean not null default false,
  -- When the last cosigned checkpoint was stored, on the clock of the hub.
  add column cosigned_at timestamptz(3),
  -- Since when too few witnesses cosign; null while enough do.
  add column quorum_lost_at timestamptz(3),
  -- A witness holds another history than ours. Nothing more leaves, whatever it is, until a quorum has cosigned again.
  add column contradicted boolean not null default false;
-- What could leave until now, can.
update tlog_head set released_size = signed_size;
alter table tlog_head add constraint tlog_head_released_size_check check (released_size between 0 and signed_size);

-- Cosigned checkpoints: the last of each minute, by the clock of the hub. A proof that went out carries its own.
create table tlog_cosigned (
  cosigned_at timestamptz(3) not null,
  minute      bigint not null generated always as (floor(extract(epoch from cosigned_at at time zone 'UTC') / 60)::bigint) stored primary key,
  size        bigint not null,
  note        bytea not null
);

-- PostgreSQL cannot check an Ed25519 signature. It holds that the note is the signed one with lines added, and that time and size do not go back.
create function refuse_other_note() returns trigger language plpgsql as $$
declare
  signed bytea;
  at_minute bigint := floor(extract(epoch from new.cosigned_at at time zone 'UTC') / 60);
begin
  select note into signed from tlog_checkpoint where size = new.size;
  if signed is null or length(new.note) <= length(signed) or substr(new.note, 1, length(signed)) <> signed then
    raise exception 'a cosigned checkpoint is a signed one with lines added (I1)' using errcode = 'restrict_violation';
  end if;
  if exists (select from tlog_cosigned where minute > at_minute)
    or (tg_op = 'UPDATE' and (new.size < old.size or new.cosigned_at < old.cosigned_at or at_minute <> old.minute)) then
    raise exception 'a cosigned checkpoint is followed by a later one (I6)' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger tlog_cosigned_is_signed before insert or update on tlog_cosigned for each row execute function refuse_other_note();
create trigger tlog_cosigned_is_kept before delete on tlog_cosigned for each row execute function refuse_log_change();
create trigger tlog_cosigned_is_not_truncated before truncate on tlog_cosigned for each statement execute function refuse_log_change();

create or replace function refuse_smaller_head() returns trigger language plpgsql as $$
begin
  if new.size < old.size or new.signed_size < old.signed_size or new.released_size < old.released_size then
    raise exception 'the log does not get smaller (I6)' using errcode = 'restrict_violation';
  end if;
  if new.released_size > old.released_size and new.needs_quorum and not exists (select from tlog_cosigned where size = new.released_size) then
    raise exception 'no cosigned checkpoint of size % (I1)', new.released_size using errcode = 'restrict_violation';
  end if;
  return new;
end $$;

-- Keeping a cosigned checkpoint is what releases: one statement for the hub, and no other way to raise the size while witnesses are demanded.
create function release_cosigned() returns trigger language plpgsql as $$
begin
  update tlog_head set released_size = greatest(released_size, new.size), cosigned_at = greatest(cosigned_at, new.cosigned_at),
    quorum_lost_at = null, contradicted = false;
  return null;
end $$;
create trigger tlog_cosigned_releases after insert or update on tlog_cosigned for each row execute function release_cosigned();

-- What is known of each witness, so that it is asked from the size it has and a person sees which one fails.
create table witness_state (
  name        text primary key,
  size        bigint not null,
  answered_at timestamptz(3),
  -- Null when it cosigned at the last asking.
  problem     text
);

-- An acute threat to life (acuteThreat in the law pack, policy of the customer) need not wait for ever when the witnesses are away: from one minute
-- to four hours after that began it leaves on the signature of the log alone. libs/domain/sending-mode.ts says the same; a spec compares them.
alter table delivery add column acute boolean not null default false;
alter table attempt add column uncosigned boolean not null default false;

-- Below which size entries may leave at this moment: those of every disclosure, and those of what is acute.
create function release_sizes(at timestamptz) returns table (always bigint, if_acute bigint) language sql stable as $$
  select head.released_size, case
      when not head.contradicted and head.quorum_lost_at <= at - interval '60 seconds' and head.quorum_lost_at > at - interval '4 hours'
      then head.signed_size else head.released_size end
    from tlog_head head
$$;

-- True when something of this entry may leave at this moment (I1).
create function is_released(entry_id uuid, acute boolean, at timestamptz) returns boolean language sql stable as $$
  select coalesce((select leaf.seq from tlog_leaf leaf where leaf.id = entry_id) < (
    select case when acute then sizes.if_acute else sizes.always end from release_sizes(at) sizes), false)
$$;

-- Left without a quorum: its recipient is owed the proof under a cosigned checkpoint.
create table catch_up (
  mid         uuid primary key references delivery (mid),
  entry_id    uuid not null,
  left_at     timestamptz(3) not null,
  -- From here on there is such a proof: the mark "uncosigned" is resolved.
  cosigned_at timestamptz(3),
  -- The recipient has had it.
  sent_at     timestamptz(3)
);
create index catch_up_open on catch_up (entry_id) where cosigned_at is null;

-- I1 for every try, and the database itself marks what left uncosigned.
create function admit_attempt() returns trigger language plpgsql as $$
declare
  entry uuid;
  is_acute boolean;
begin
  select delivery.entry_id, delivery.acute into entry, is_acute from delivery where delivery.mid = new.mid;
  if entry is null or not is_released(entry, is_acute, new.started_at) then
    raise exception 'attempt refused: the entry of % is not under a checkpoint that releases it (I1)', new.mid using errcode = 'restrict_violation';
  end if;
  new.uncosigned := is_acute and not is_released(entry, false, new.started_at);
  if new.uncosigned then
    insert into catch_up (mid, entry_id, left_at) values (new.mid, entry, new.started_at) on conflict do nothing;
  end if;
  return new;
end $$;
drop trigger attempt_needs_seal on attempt;
create trigger attempt_needs_release before insert on attempt for each row execute function admit_attempt();
drop function refuse_unsealed_attempt();
drop function is_sealed(uuid);

alter table task drop constraint task_kind_check;
alter table task add constraint task_kind_check check (
  kind in ('dead-letter', 'certificate', 'stopped', 'parked-case', 'refused-message', 'duty-late', 'log', 'witness'));
