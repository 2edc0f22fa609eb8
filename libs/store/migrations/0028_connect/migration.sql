-- How far a party is with connecting, as its own people see it: the last test of its channel, and what it asked of the operator. One row each, which the
-- next takes the place of; what was done about it is in the log and the register.
create table connection_test (
  party        text primary key check (party ~ '^[0-9]{20}$'),
  id           uuid not null,
  -- The channel it went along, as text: another channel was not tried by it.
  channel      text not null check (length(channel) <= 2000),
  sent_at      timestamptz(3) not null,
  outcome      text not null check (length(outcome) <= 40),
  code         text check (length(code) <= 100),
  -- Of the webhook that went out: what a signature that does not fit is compared with.
  signed_at    bigint check (signed_at > 0),
  body_sha256  bytea check (length(body_sha256) = 32),
  confirmed_at timestamptz(3),
  check ((signed_at is null) = (body_sha256 is null))
);

create table connection_request (
  party      text not null check (party ~ '^[0-9]{20}$'),
  kind       text not null check (kind in ('channel', 'live')),
  -- The channel that is asked for; null: to come into use.
  channel    jsonb check ((kind = 'channel') = (channel is not null)),
  reason     text not null check (length(reason) between 1 and 500),
  asked_by   text not null check (length(asked_by) between 1 and 100),
  asked_at   timestamptz(3) not null,
  state      text not null default 'open' check (state in ('open', 'approved', 'refused')),
  decided_by text check (length(decided_by) between 1 and 100),
  decided_at timestamptz(3),
  answer     text check (length(answer) <= 500),
  primary key (party, kind),
  check ((state = 'open') = (decided_at is null)),
  -- Two persons.
  check (lower(decided_by) <> lower(asked_by))
);
create index connection_request_open on connection_request (asked_at) where state = 'open';
