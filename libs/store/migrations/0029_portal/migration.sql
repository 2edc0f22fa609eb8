-- What people hear from the hub and keep at the console: a portal for parties without a safe way of mail, mails that only say that there is something, the
-- figures of a municipality, views of a list. None of it is a record: the log says what happened.

-- Opened at the console: the word of a person that the party knows is the receipt the duty waits for.
alter table delivery drop constraint delivery_awaits_check;
alter table delivery add constraint delivery_awaits_check check (awaits in ('dsn', 'mdn', 'signed', 'portal')) not valid;
alter table delivery validate constraint delivery_awaits_check;

-- A mandate changes as a setting does: one person proposes, another approves.
alter table change_proposal drop constraint change_proposal_kind_check;
alter table change_proposal add constraint change_proposal_kind_check check (kind in ('setting', 'agreement', 'mandate')) not valid;
alter table change_proposal validate constraint change_proposal_kind_check;

-- What somebody wants to hear of, and where. Party and roles are those of the last time that person signed in; who stays away hears nothing any more.
create table person_notice (
  account      text primary key check (length(account) between 1 and 100),
  party        text check (party ~ '^[0-9]{20}$'),
  roles        text[] not null,
  address      text not null check (length(address) between 3 and 254),
  events       text[] not null check (cardinality(events) > 0 and events <@ array['new-notice', 'term-near', 'task-opened']),
  pace         text not null check (pace in ('hourly', 'daily')),
  signed_in_at timestamptz(3) not null,
  -- What happened before this moment was told, or was there when it was asked for.
  told_to      timestamptz(3) not null,
  due_at       timestamptz(3) not null
);
create index person_notice_due on person_notice (due_at);

-- Who gets the figures of the municipality each month.
create table figures_mail (
  account      text primary key check (length(account) between 1 and 100),
  party        text not null check (party ~ '^[0-9]{20}$'),
  address      text not null check (length(address) between 3 and 254),
  language     text not null check (language in ('nl', 'en')),
  signed_in_at timestamptz(3) not null,
  due_at       timestamptz(3) not null
);
create index figures_mail_due on figures_mail (due_at);

-- Filters of a list under a name. Only filters that name nobody are kept: which these are is said by the list itself.
create table saved_view (
  id      uuid primary key,
  account text not null check (length(account) between 1 and 100),
  page    text not null check (page ~ '^/[a-z/-]{1,60}$'),
  name    text not null check (length(name) between 1 and 60),
  query   text not null check (length(query) <= 500),
  made_at timestamptz(3) not null,
  unique (account, page, name)
);
