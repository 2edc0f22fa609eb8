-- The proof that is owed since a disclosure left uncosigned (log.md 6) is brought as a delivery is: tried again, and given up after five days.
alter table catch_up
  -- When the next try is due; null before the first: then at once.
  add column due_at timestamptz(3),
  add column lease_until timestamptz(3),
  add column tries integer not null default 0,
  add column first_tried_at timestamptz(3),
  -- Nobody tries any more until a person says so; a task is open.
  add column given_up_at timestamptz(3);
create index catch_up_owed on catch_up (mid) where cosigned_at is not null and sent_at is null and given_up_at is null;

-- What became of a disclosure is whether it arrived. That its proof came later is an outcome entry as well, and does not take the place of that.
create or replace function index_outcome() returns trigger language plpgsql as $$
begin
  if convert_from(new.leaf, 'UTF8')::jsonb ->> 'code' not like 'proof-%' then
    insert into entry_outcome (ref, at, id) values (new.ref, new.at, new.id);
  end if;
  return null;
end $$;

-- As in migration 0005; a proof that is owed goes with its case.
create or replace function destroy_case(of_case uuid) returns boolean language plpgsql as $$
declare
  messages uuid[] := array(select id from message where case_id = of_case);
  bodies uuid[] := array(select mid from delivery where case_id = of_case);
begin
  delete from queue where lane = of_case::text or ref = any(messages) or ref = any(bodies);
  delete from task where ref = any(messages::text[]) or ref = any(bodies::text[]) or ref like of_case || '/%';
  delete from duty where case_id = of_case;
  delete from attempt where mid = any(bodies);
  delete from catch_up where mid = any(bodies);
  delete from delivery where case_id = of_case;
  delete from outbox where mid = any(bodies);
  delete from decision where message_id = any(messages);
  delete from attachment where message_id = any(messages);
  delete from message where case_id = of_case;
  delete from case_file where id = of_case;
  return found;
end $$;

-- Who looked is read newest first, persons and programs together.
create index access_by_time on access (at, seq);
create index log_read_by_time on log_read (at, seq);

-- Two more things with a clock: a deferral, once it ended and what it withheld is destroyed, and what programs read, with the month of the access log.
alter table erased drop constraint erased_kind_check;
alter table erased add constraint erased_kind_check
  check (kind in ('case', 'raw', 'outgoing', 'month', 'month-part', 'year', 'access', 'deferral', 'entry', 'subject'));
-- One deferral a look, so its trace names it.
create unique index deferral_by_trace on deferral (trace);

-- As in migration 0005, with two arms more.
create or replace function refuse_unapproved_removal() returns trigger language plpgsql as $$
declare
  allowed boolean := false;
begin
  case tg_argv[0]
    when 'case_file' then allowed := is_erased('case', old.id::text);
    when 'message', 'delivery' then allowed := is_erased('case', old.case_id::text);
    when 'attachment' then allowed := is_erased('case', (select case_id::text from message where id = old.message_id));
    -- Its delivery refers to it and goes only with its case; what nothing refers to any more may go.
    when 'outbox' then allowed := not exists (select from delivery where mid = old.mid);
    when 'entry_detail' then allowed := is_detail_erased(old.id, old.at);
    when 'access', 'log_read' then allowed := is_erased('access', month_of(old.at));
    when 'deferral' then allowed := is_erased('deferral', old.trace);
    when 'entry_subject' then allowed := is_detail_erased(old.id, old.at) or is_erased('subject', old.id || ':' || encode(old.pseudonym, 'hex'));
  end case;
  if not allowed then
    raise exception 'rows of % go only when their term is over and two persons approved it', tg_argv[0] using errcode = 'restrict_violation';
  end if;
  return old;
end $$;
drop trigger log_read_is_append_only on log_read;
create trigger log_read_is_append_only before update on log_read for each row execute function refuse_log_change();
create trigger log_read_goes_approved before delete on log_read for each row execute function refuse_unapproved_removal('log_read');
create trigger deferral_is_append_only before update on deferral for each row execute function refuse_log_change();
create trigger deferral_goes_approved before delete on deferral for each row execute function refuse_unapproved_removal('deferral');
create trigger deferral_is_not_truncated before truncate on deferral for each statement execute function refuse_change();

-- Why a permitted disclosure of special data is necessary, as somebody with authority wrote it down (AVG art. 9, 10). The reason is encrypted under the key
-- of its case and goes with it; which categories, in which function and when stands in the log as well.
create table necessity (
  message_id uuid not null references message (id) on delete cascade,
  recipient  text not null,
  categories text[] not null,
  reason     bytea not null,
  by         text not null,
  at         timestamptz(3) not null,
  entry_id   uuid not null unique,
  primary key (message_id, recipient, entry_id)
);
create trigger necessity_is_append_only before update on necessity for each row execute function refuse_change();
