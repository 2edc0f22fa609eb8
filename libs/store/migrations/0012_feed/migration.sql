-- The feed a party reads by itself, what it was shown of it, and what is known of published rulings.

-- One for each party that has a channel of this kind or ever asked. `id` is the permanent atom:id (RFC 4287 §4.2.6). The row is the counter as well: whoever
-- adds an item holds it until the commit, so that items become visible in their order, without a gap and none later than one that was read already.
create table feed (
  party   text primary key check (party ~ '^[0-9]{20}$'),
  id      uuid not null unique default gen_random_uuid(),
  last    bigint not null default 0 check (last >= 0),
  made_at timestamptz(3) not null,
  last_at timestamptz(3) not null
);

-- `entry` lists a disclosure, `proof` the proof that was owed of it, `withdrawn` says that it was corrected or withdrawn (RFC 6721), `ecli` lists it again with
-- its ECLI or without it. `sealed` holds its codes under the key of its case; null: nothing is listed here any more, because the case was destroyed.
create table feed_item (
  party     text not null references feed (party),
  seq       bigint not null check (seq >= 1),
  kind      text not null check (kind in ('entry', 'proof', 'withdrawn', 'ecli')),
  mid       uuid not null,
  -- Of the disclosure; repeated here, so that a page is read without its delivery.
  entry_id  uuid not null,
  case_id   uuid not null,
  acute     boolean not null,
  at        timestamptz(3) not null,
  sealed    bytea,
  -- The entry that records that the party was shown it.
  read_in   uuid,
  primary key (party, seq)
);
create index feed_item_by_delivery on feed_item (mid, seq);
create index feed_item_unread on feed_item (party, seq) where read_in is null;

-- That a party was shown that there is something, or with which ECLI, is an outcome entry, and does not take the place of whether it arrived.
drop trigger entry_outcome_is_indexed on entry;
create trigger entry_outcome_is_indexed after insert on entry for each row
  when (new.kind = 'outcome' and convert_from(new.leaf, 'UTF8')::jsonb ->> 'code' not in ('feed-read', 'ecli-linked', 'ecli-unlinked')) execute function index_outcome();

-- What was listed stays as it is; it can be shown, once, and it can be destroyed.
create function keep_feed_item() returns trigger language plpgsql as $$
begin
  if (to_jsonb(new) - 'sealed' - 'read_in') is distinct from (to_jsonb(old) - 'sealed' - 'read_in')
    or (old.read_in is not null and new.read_in is distinct from old.read_in)
    or (new.sealed is not null and new.sealed is distinct from old.sealed) then
    raise exception 'what stands in a feed is not changed' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger feed_item_stays before update on feed_item for each row execute function keep_feed_item();
create trigger feed_item_remains before delete on feed_item for each row execute function refuse_change();

-- Adds one item and gives its number. Moments rise, so that of two items of one disclosure the later is the one that holds (RFC 4287 §4.1.1).
create function add_feed_item(of_party text, of_kind text, of_mid uuid, at_moment timestamptz, of_sealed bytea) returns bigint language plpgsql as $$
declare
  place bigint;
  moment timestamptz;
begin
  insert into feed (party, last, made_at, last_at) values (of_party, 1, at_moment, at_moment)
    on conflict (party) do update set last = feed.last + 1, last_at = greatest(excluded.last_at, feed.last_at + interval '1 millisecond')
    returning last, last_at into place, moment;
  insert into feed_item (party, seq, kind, mid, entry_id, case_id, acute, at, sealed)
    select of_party, place, of_kind, of_mid, entry_id, case_id, acute, moment, of_sealed from delivery where delivery.mid = of_mid;
  if not found then
    raise exception 'a feed lists deliveries, and % is none', of_mid using errcode = 'foreign_key_violation';
  end if;
  return place;
end $$;

-- A message was corrected or withdrawn: whoever has one of its disclosures in a feed reads so there.
create function withdraw_from_feeds() returns trigger language plpgsql as $$
begin
  perform add_feed_item(listed.party, 'withdrawn', listed.mid, (select received_at from message where id = new.replaced_by), null)
    from (select distinct feed_item.party, feed_item.mid from delivery join feed_item on feed_item.mid = delivery.mid
      where delivery.message_id = new.id order by 1, 2) listed;
  return null;
end $$;
create trigger message_leaves_feeds after update of replaced_by on message for each row
  when (old.replaced_by is null and new.replaced_by is not null) execute function withdraw_from_feeds();

-- The codes go with their case.
create function clear_feed_items() returns trigger language plpgsql as $$
begin
  update feed_item set sealed = null where mid = old.mid and sealed is not null;
  return old;
end $$;
create trigger delivery_leaves_feeds before delete on delivery for each row execute function clear_feed_items();

-- Every look of a party at its feed; identifiers only (I13). What it was shown for the first time is an entry of the log as well (`read_in`).
create table feed_read (
  seq     bigint generated always as identity primary key,
  at      timestamptz(3) not null,
  party   text not null check (party ~ '^[0-9]{20}$'),
  -- sha256 of what the caller proved itself with: a certificate or a key.
  proof   bytea not null check (length(proof) = 32),
  -- Null: the subscription document.
  archive bigint,
  outcome text not null check (outcome in ('given', 'same', 'absent', 'late')),
  first   bigint,
  last    bigint,
  fresh   integer not null check (fresh >= 0)
);
create index feed_read_by_party on feed_read (party, seq);
create trigger feed_read_is_append_only before update or delete on feed_read for each row execute function refuse_log_change();
create trigger feed_read_is_not_truncated before truncate on feed_read for each statement execute function refuse_log_change();

-- I1, by the database itself: no page is given out of which something is shown under no entry, or under one that is not released.
-- What `is_released` says, for a whole page at once.
create function is_shown_released(of_party text, from_seq bigint, to_seq bigint, moment timestamptz) returns boolean language sql stable as $$
  select coalesce(bool_and(coalesce(leaf.seq < case when feed_item.acute then sizes.if_acute else sizes.always end, false)), true)
    from release_sizes(moment) sizes cross join feed_item left join tlog_leaf leaf on leaf.id = feed_item.read_in
    where feed_item.party = of_party and feed_item.seq between from_seq and to_seq and (feed_item.kind = 'withdrawn' or feed_item.sealed is not null)
$$;
create function admit_feed_read() returns trigger language plpgsql as $$
begin
  if not is_shown_released(new.party, new.first, new.last, new.at) then
    raise exception 'feed refused: % to % of % are not shown under a released entry (I1)', new.first, new.last, new.party using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger feed_read_needs_release before insert on feed_read for each row when (new.outcome = 'given') execute function admit_feed_read();

-- Rulings we hold by the court and its case number, for the public case-law feed: found from the messages, and gone with them.
create table ruling (
  message_id uuid primary key references message (id) on delete cascade,
  case_id    uuid not null,
  court      text not null,
  number_key text not null
);
create index ruling_by_number on ruling (court, number_key);

-- An ECLI that belongs to exactly one of them. In a case it is personal data, as it leads from a public text to a person: it goes with the message.
create table ruling_ecli (
  ecli       text primary key check (length(ecli) <= 48),
  message_id uuid not null unique references message (id) on delete cascade,
  linked_at  timestamptz(3) not null
);

-- How far the public feed was read: everything published before this moment was seen.
create table case_law_watermark (
  single    boolean primary key default true check (single),
  seen_to   timestamptz(3) not null,
  polled_at timestamptz(3) not null,
  problem   text,
  seen      bigint not null default 0,
  linked    bigint not null default 0
);

-- One more kind of task; what other kinds there are by now stays as it is.
select add_task_kinds('ecli');
