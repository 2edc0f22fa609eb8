-- Receipts: what the other side, or its mail server, said about a delivery. Each is a row here and an outcome entry of the log.
create table receipt (
  mid   uuid not null references delivery (mid) on delete cascade,
  kind  text not null check (kind in ('smtp-250', 'dsn', 'mdn', 'signed', 'http-2xx', 'fetch', 'portal')),
  at    timestamptz(3) not null,
  -- Identifiers and codes only (I13).
  facts jsonb not null,
  -- The outcome entry that records it.
  entry uuid not null,
  primary key (mid, kind)
);

-- A receipt stays as it came; it goes with its delivery and not before.
create function keep_receipt() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' or exists (select from delivery where delivery.mid = old.mid) then
    raise exception 'a receipt stays as it came' using errcode = 'restrict_violation';
  end if;
  return old;
end $$;
create trigger receipt_is_kept before update or delete on receipt for each row execute function keep_receipt();

-- Every report that was bound to an attempt, by its digest: the same one again does nothing more, whatever it says.
create table mail_report (
  sha256  bytea primary key check (length(sha256) = 32),
  mid     uuid not null references delivery (mid) on delete cascade,
  attempt integer,
  kind    text not null check (kind in ('dsn', 'mdn', 'signed')),
  -- What it led to: receipt, failed, or noted with a code.
  outcome text not null,
  verdict jsonb,
  at      timestamptz(3) not null
);
create index mail_report_by_delivery on mail_report (mid);

-- What SPF, DKIM and DMARC said of an accepted mail, where a resolver is configured. Nothing hangs on it: S/MIME proves the sender.
create table message_verdict (
  message_id uuid primary key references message (id) on delete cascade,
  verdict    jsonb not null
);

-- The receipt that is still awaited before the duty is closed; null when the answer of the transport suffices or it came.
alter table delivery add column awaits text check (awaits in ('dsn', 'mdn', 'signed'));
alter table delivery add column receipt_told_at timestamptz(3);
-- The party has it by a list of what it received.
alter table delivery add column reconciled_at timestamptz(3);
create index delivery_awaiting on delivery (finished_at) where awaits is not null;

-- What became of a disclosure is whether it arrived. A receipt is an outcome entry as well, and so is a comparison of lists, and neither takes the place of that (as in migration 0008).
create or replace function index_outcome() returns trigger language plpgsql as $$
declare
  code text := convert_from(new.leaf, 'UTF8')::jsonb ->> 'code';
begin
  if code not like 'proof-%' and code not like 'receipt-%' and code not in ('reconciled', 'replay', 'replay-refused', 'confirmed', 'confirmed-by-hand') then
    insert into entry_outcome (ref, at, id) values (new.ref, new.at, new.id);
  end if;
  return null;
end $$;

-- What a sender that proved itself asked of us as the recipient: that its message was processed (RFC 8098), or a signed receipt (RFC 2634). Sent once.
create table receipt_due (
  message_id  uuid not null references message (id) on delete cascade,
  kind        text not null check (kind in ('mdn', 'signed')),
  party       text not null,
  -- The whole mail: it holds identifiers only.
  mail        bytea not null,
  to_address  text not null,
  due_at      timestamptz(3) not null,
  tries       integer not null default 0,
  sent_at     timestamptz(3),
  given_up_at timestamptz(3),
  primary key (message_id, kind)
);
create index receipt_due_open on receipt_due (due_at) where sent_at is null and given_up_at is null;

-- Two more kinds of task; what other kinds there are by now stays as it is.
select add_task_kinds('receipt-missing', 'reconcile');
