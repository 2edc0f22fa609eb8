-- Retention and destruction. What is stored about persons goes only when its term is over and two persons approved it, or when one person's
-- part of the log is erased early; the database itself refuses any other DELETE. Triggers are never switched off for it.
--
-- Order of one object: its line in the list beside the database, its share of the key, then `erased` and the rows in one transaction. So whatever
-- is called erased here does not open any more, and a crash in between is finished by the next run or the next start.

-- A mail as it came in has a shorter term than its file, so it has a key of its own and can go by itself. So can an outgoing body.
alter table message add column raw_key bytea, alter column raw drop not null;
alter table outbox alter column sealed drop not null, alter column twin drop not null, alter column sealed_sha256 drop not null;
-- A destroyed key keeps its row, so that nobody makes it anew.
alter table data_key alter column wrapped drop not null;

-- Legal hold ----------------------------------------------------------------------------------------------------------

-- Stops destruction of what it names until it ends or is lifted. Whom or what it is about stands in legal_hold_object, as identifiers.
create table legal_hold (
  id          uuid primary key,
  controller  text,
  reason      text not null check (reason in ('interim-relief', 'appeal', 'higher-appeal', 'complaint', 'criminal-case', 'supervisor', 'damages')),
  by_function text not null check (length(by_function) between 1 and 40),
  from_at     timestamptz(3) not null,
  until_at    timestamptz(3) not null check (until_at > from_at),
  entry_id    uuid not null,
  lifted_at   timestamptz(3),
  lifted_by   text,
  check ((lifted_at is null) = (lifted_by is null))
);

create table legal_hold_object (
  hold_id uuid not null references legal_hold (id),
  kind    text not null check (kind in ('case', 'entry')),
  ref     uuid not null,
  primary key (hold_id, kind, ref)
);
create index legal_hold_object_by_ref on legal_hold_object (ref, kind);

create function refuse_other_hold() returns trigger language plpgsql as $$
begin
  if old.lifted_at is not null
    or (to_jsonb(new) - 'lifted_at' - 'lifted_by') is distinct from (to_jsonb(old) - 'lifted_at' - 'lifted_by') then
    raise exception 'a legal hold is lifted, never changed' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger legal_hold_is_only_lifted before update on legal_hold for each row execute function refuse_other_hold();
create trigger legal_hold_stays before delete on legal_hold for each row execute function refuse_change();
create trigger legal_hold_object_stays before update or delete on legal_hold_object for each row execute function refuse_change();

-- True while a hold on it runs. An entry is held by itself or with its case.
create function is_held(of_kind text, of_ref uuid, moment timestamptz) returns boolean language sql stable as $$
  select exists (
    select from legal_hold_object object join legal_hold hold on hold.id = object.hold_id
    where object.ref = of_ref and object.kind = of_kind
      and hold.from_at <= moment and moment < hold.until_at and (hold.lifted_at is null or moment < hold.lifted_at))
$$;

-- Proposals -----------------------------------------------------------------------------------------------------------

-- What would go, for one controller or (controller null) for the log of the hub. `body` is the JSON that was shown, byte for byte; its hash
-- is what is approved. `refs` repeats what it names, as kind:ref; the hub holds the two against each other before it runs.
create table destruction_proposal (
  id          uuid primary key,
  controller  text,
  body        bytea not null,
  sha256      bytea not null generated always as (sha256(body)) stored,
  refs        text[] not null check (cardinality(refs) between 1 and 1000),
  made_at     timestamptz(3) not null,
  made_by     text not null,
  expires_at  timestamptz(3) not null check (expires_at > made_at),
  started_at  timestamptz(3),
  done_at     timestamptz(3),
  -- The verklaring van vernietiging, byte for byte; the files beside the database are made from it.
  certificate bytea,
  check ((done_at is null) = (certificate is null)),
  check (done_at is null or started_at is not null)
);

create function refuse_other_proposal() returns trigger language plpgsql as $$
begin
  -- A generated column is not computed yet when this runs; it follows the body.
  if old.done_at is not null or (old.started_at is not null and new.started_at is distinct from old.started_at)
    or (to_jsonb(new) - 'started_at' - 'done_at' - 'certificate' - 'sha256') is distinct from (to_jsonb(old) - 'started_at' - 'done_at' - 'certificate' - 'sha256') then
    raise exception 'a proposal is approved as it is, never changed' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger destruction_proposal_is_kept before update on destruction_proposal for each row execute function refuse_other_proposal();
create trigger destruction_proposal_stays before delete on destruction_proposal for each row execute function refuse_change();

-- Four eyes: two persons, in two functions, who approve the same bytes.
create table destruction_approval (
  proposal_id uuid not null references destruction_proposal (id),
  person      text not null check (person = lower(btrim(person)) and length(person) between 1 and 100),
  function    text not null check (length(function) between 1 and 40),
  sha256      bytea not null,
  approved_at timestamptz(3) not null,
  primary key (proposal_id, function),
  unique (proposal_id, person)
);
create trigger destruction_approval_is_kept before update or delete on destruction_approval for each row execute function refuse_change();

create function is_approved(proposal uuid) returns boolean language sql stable as $$
  select count(*) >= 2 from destruction_approval approval join destruction_proposal made on made.id = approval.proposal_id
  where made.id = proposal and approval.sha256 = made.sha256
$$;

-- What is gone --------------------------------------------------------------------------------------------------------

-- kind and ref: case (its id), raw and outgoing (message, outgoing body), month and year (keys and rows of the log), month-part (a month
-- without what is held), entry (one entry's personal part), subject (one person in one entry: entry:pseudonym). Beside this table the same stands in
-- a file outside the database, which is what a restored backup is held against.
create table erased (
  kind        text not null check (kind in ('case', 'raw', 'outgoing', 'month', 'month-part', 'year', 'access', 'entry', 'subject')),
  ref         text not null check (length(ref) between 4 and 100),
  source      text not null check (source in ('proposal', 'erasure', 'replay')),
  proposal_id uuid references destruction_proposal (id),
  shares      text[] not null,
  -- Entries that a part of a month leaves standing.
  excepted    uuid[] not null default '{}',
  erased_at   timestamptz(3) not null,
  -- The entry of the log that tells it; filled once, when the run ends.
  entry_id    uuid,
  primary key (kind, ref),
  check ((source = 'proposal') = (proposal_id is not null)),
  check (source <> 'erasure' or (kind in ('entry', 'subject') and entry_id is not null))
);
create index erased_by_proposal on erased (proposal_id) where proposal_id is not null;

-- A replay needs no proposal: after a restore the database may not know it any more. It stands here for everyone to see.
create function demand_approval() returns trigger language plpgsql as $$
begin
  if new.source = 'proposal' and not exists (
    select from destruction_proposal made
    where made.id = new.proposal_id and made.started_at is not null and is_approved(made.id) and made.refs @> array[new.kind || ':' || new.ref]) then
    raise exception 'destruction refused: % % is not in a proposal that two persons approved', new.kind, new.ref using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger erased_needs_approval before insert on erased for each row execute function demand_approval();

create function refuse_other_erased() returns trigger language plpgsql as $$
begin
  -- A part of a month may go in parts: what was held then can go later.
  if old.kind = 'month-part' and new.kind = old.kind and new.ref = old.ref then
    return new;
  end if;
  if old.entry_id is not null or (to_jsonb(new) - 'entry_id') is distinct from (to_jsonb(old) - 'entry_id') then
    raise exception 'what is erased stays erased' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger erased_is_kept before update on erased for each row execute function refuse_other_erased();
create trigger erased_needs_approval_again before update of proposal_id on erased for each row
  when (new.proposal_id is distinct from old.proposal_id) execute function demand_approval();
create trigger erased_stays before delete on erased for each row execute function refuse_change();

create function is_erased(of_kind text, of_ref text) returns boolean language sql stable as $$
  select exists (select from erased where kind = of_kind and ref = of_ref)
$$;

create function month_of(moment timestamptz) returns text language sql immutable as $$ select to_char(moment at time zone 'UTC', 'YYYY-MM') $$;

-- True when the personal part of this entry may go: its month is erased, or the month but for what is excepted, or the entry by itself.
create function is_detail_erased(entry uuid, moment timestamptz) returns boolean language sql stable as $$
  select is_erased('month', month_of(moment)) or is_erased('entry', entry::text)
    or exists (select from erased where kind = 'month-part' and ref = month_of(moment) and entry <> all(excepted))
$$;

-- Guards --------------------------------------------------------------------------------------------------------------

-- Each arm is of one table: plpgsql looks at a column only when it gets there.
create function refuse_unapproved_removal() returns trigger language plpgsql as $$
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
    when 'access' then allowed := is_erased('access', month_of(old.at));
    when 'entry_subject' then allowed := is_detail_erased(old.id, old.at) or is_erased('subject', old.id || ':' || encode(old.pseudonym, 'hex'));
  end case;
  if not allowed then
    raise exception 'rows of % go only when their term is over and two persons approved it', tg_argv[0] using errcode = 'restrict_violation';
  end if;
  return old;
end $$;
create trigger case_file_goes_approved before delete on case_file for each row execute function refuse_unapproved_removal('case_file');
create trigger message_goes_approved before delete on message for each row execute function refuse_unapproved_removal('message');
create trigger attachment_goes_approved before delete on attachment for each row execute function refuse_unapproved_removal('attachment');
create trigger delivery_goes_approved before delete on delivery for each row execute function refuse_unapproved_removal('delivery');
create trigger outbox_goes_approved before delete on outbox for each row execute function refuse_unapproved_removal('outbox');
create trigger entry_detail_goes_approved before delete on entry_detail for each row execute function refuse_unapproved_removal('entry_detail');
create trigger entry_subject_goes_approved before delete on entry_subject for each row execute function refuse_unapproved_removal('entry_subject');
create trigger case_file_is_not_truncated before truncate on case_file for each statement execute function refuse_change();
create trigger message_is_not_truncated before truncate on message for each statement execute function refuse_change();
create trigger attachment_is_not_truncated before truncate on attachment for each statement execute function refuse_change();
create trigger delivery_is_not_truncated before truncate on delivery for each statement execute function refuse_change();
create trigger outbox_is_not_truncated before truncate on outbox for each statement execute function refuse_change();
create trigger entry_detail_is_not_truncated before truncate on entry_detail for each statement execute function refuse_change();
create trigger entry_subject_is_not_truncated before truncate on entry_subject for each statement execute function refuse_change();
create trigger erased_is_not_truncated before truncate on erased for each statement execute function refuse_change();

-- An overwritten body is gone as well. 28 bytes are nonce and tag around nothing: a large mail gets its bytes in a second statement.
create function refuse_unapproved_overwrite() returns trigger language plpgsql as $$
declare
  allowed boolean := false;
begin
  case tg_argv[0]
    when 'message' then
      allowed := new.body = old.body and (length(old.raw) = 28 or (new.raw is null and new.raw_key is null and is_erased('raw', old.id::text)));
    when 'outbox' then
      allowed := (to_jsonb(new) - 'sealed' - 'twin' - 'sealed_sha256') = (to_jsonb(old) - 'sealed' - 'twin' - 'sealed_sha256')
        and new.sealed is null and new.twin is null and is_erased('outgoing', old.mid::text);
    when 'entry_detail' then
      allowed := new.id = old.id and new.at = old.at and exists (select from erased where kind = 'subject' and ref like old.id || ':%');
    when 'case_file' then allowed := new.wrapped_key = old.wrapped_key;
    when 'data_key' then
      allowed := new.wrapped is null and (to_jsonb(new) - 'wrapped') = (to_jsonb(old) - 'wrapped')
        and is_erased(case length(old.id) when 7 then 'month' else 'year' end, old.id);
    when 'attachment' then allowed := false;
  end case;
  if not allowed then
    raise exception 'what % holds is not overwritten before its term is over', tg_argv[0] using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger message_is_not_overwritten before update of body, raw, raw_key on message for each row execute function refuse_unapproved_overwrite('message');
create trigger outbox_is_not_overwritten before update of sealed, twin on outbox for each row execute function refuse_unapproved_overwrite('outbox');
create trigger attachment_is_not_overwritten before update on attachment for each row execute function refuse_unapproved_overwrite('attachment');
create trigger entry_detail_is_not_overwritten before update on entry_detail for each row execute function refuse_unapproved_overwrite('entry_detail');
create trigger case_file_keeps_its_key before update of wrapped_key on case_file for each row execute function refuse_unapproved_overwrite('case_file');
create trigger data_key_is_not_overwritten before update on data_key for each row execute function refuse_unapproved_overwrite('data_key');
create trigger data_key_stays before delete on data_key for each row execute function refuse_change();

-- Destruction ---------------------------------------------------------------------------------------------------------

-- Removes everything the hub holds of one case; its entries stay in the log, with their own term. False when nothing was left.
create function destroy_case(of_case uuid) returns boolean language plpgsql as $$
declare
  messages uuid[] := array(select id from message where case_id = of_case);
  bodies uuid[] := array(select mid from delivery where case_id = of_case);
begin
  delete from queue where lane = of_case::text or ref = any(messages) or ref = any(bodies);
  delete from task where ref = any(messages::text[]) or ref = any(bodies::text[]) or ref like of_case || '/%';
  delete from duty where case_id = of_case;
  delete from attempt where mid = any(bodies);
  delete from delivery where case_id = of_case;
  delete from outbox where mid = any(bodies);
  delete from decision where message_id = any(messages);
  delete from attachment where message_id = any(messages);
  delete from message where case_id = of_case;
  delete from case_file where id = of_case;
  return found;
end $$;

-- Removes the personal part of a month: the partition as a whole where there is one. Entries and pseudonyms named in `excepted` stay, and then
-- the rows go one by one.
create function destroy_month(of_month text, excepted uuid[]) returns bigint language plpgsql as $$
declare
  from_at timestamptz := (of_month || '-01')::timestamp at time zone 'UTC';
  to_at timestamptz := ((of_month || '-01')::timestamp + interval '1 month') at time zone 'UTC';
  part text := 'entry_detail_' || replace(of_month, '-', '');
  gone bigint;
begin
  select count(*) into gone from entry_detail where at >= from_at and at < to_at and id <> all(excepted);
  delete from entry_subject where at >= from_at and at < to_at and id <> all(excepted);
  if excepted = '{}' and to_regclass(part) is not null and is_erased('month', of_month) then
    begin
      -- Whoever waits for this lock makes every new entry wait behind it, so it is soon given up; then the rows go one by one.
      perform set_config('lock_timeout', '2s', true);
      execute format('drop table %I', part);
    exception when lock_not_available then
      null;
    end;
    perform set_config('lock_timeout', '0', true);
  end if;
  delete from entry_detail where at >= from_at and at < to_at and id <> all(excepted);
  return gone;
end $$;
