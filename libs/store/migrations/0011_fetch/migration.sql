-- Messages that come over HTTP, and disclosures a party fetches with its own credentials.

-- The way a message came. `raw` of what was posted is the request: the headers that name or sign it, and the body byte for byte.
alter table message add column channel text not null default 'mail' check (channel in ('mail', 'webhook', 'api'));

-- What was taken in over HTTP, by the name its sender gave the request: a repeat is answered as before, the same name for something else is refused. Kept longer
-- than any sender tries again, then forgotten; afterwards the sender's own reference of the message still keeps it from being taken twice.
create table taken_request (
  party       text not null,
  way         text not null check (way in ('webhook', 'api')),
  key         text not null check (length(key) between 1 and 255),
  body_sha256 bytea not null check (length(body_sha256) = 32),
  message_id  uuid not null,
  taken_at    timestamptz(3) not null,
  primary key (party, way, key)
);
create index taken_request_by_age on taken_request (taken_at);

-- One fetch: its entry is recorded first, and the bytes leave only when that entry is released (I1). `opened`: somebody waits for that. `left`: they were handed
-- over. `waiting`: it was not released in time and nothing left; the next fetch takes this row up, so that an entry stands for one handing over.
create table fetched (
  entry_id   uuid primary key,
  mid        uuid not null references delivery (mid) on delete cascade,
  -- sha256 of what the caller proved itself with: a certificate or a key.
  proof      bytea not null check (length(proof) = 32),
  state      text not null default 'opened' check (state in ('opened', 'waiting', 'left')),
  opened_at  timestamptz(3) not null,
  left_at    timestamptz(3),
  check ((state = 'left') = (left_at is not null))
);
create index fetch_by_delivery on fetched (mid);

-- As for an attempt: nobody can write that something left whose entry, or the entry of whose fetch, is not released.
create function admit_fetch() returns trigger language plpgsql as $$
declare
  entry uuid;
  is_acute boolean;
begin
  if old.state = 'left' then
    raise exception 'a fetch that took place stays as it is' using errcode = 'restrict_violation';
  end if;
  select delivery.entry_id, delivery.acute into entry, is_acute from delivery where delivery.mid = new.mid;
  if new.state = 'left' and not (is_released(entry, is_acute, new.left_at) and is_released(new.entry_id, is_acute, new.left_at)) then
    raise exception 'fetch refused: an entry of % is not under a checkpoint that releases it (I1)', new.mid using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger fetch_needs_release before update on fetched for each row execute function admit_fetch();
create function refuse_left() returns trigger language plpgsql as $$
begin
  raise exception 'a fetch begins before anything leaves (I1)' using errcode = 'restrict_violation';
end $$;
create trigger fetch_begins_opened before insert on fetched for each row when (new.state <> 'opened') execute function refuse_left();

-- Announced and not fetched: looked for by the clock.
create index delivery_announced on delivery (mid) where state = 'announced';

-- One more kind of task; what other kinds there are by now stays as it is.
select add_task_kinds('not-fetched');
