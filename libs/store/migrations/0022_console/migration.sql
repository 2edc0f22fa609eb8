-- People at the console: who is signed in, who is about to, and what was sent already. Nothing here is a record: the log says what people did.
create table person_session (
  token_sha256 bytea primary key check (length(token_sha256) = 32),
  account      text not null check (length(account) between 1 and 100),
  person       jsonb not null,
  form_key     bytea not null check (length(form_key) = 32),
  -- For signing out at the provider too.
  id_token     text check (length(id_token) <= 16384),
  began_at     timestamptz(3) not null,
  seen_at      timestamptz(3) not null,
  renewed_at   timestamptz(3) not null,
  -- The token before this one, for requests that were under way when it was renewed.
  before_sha256 bytea check (length(before_sha256) = 32)
);
create index person_session_account on person_session (account);
create index person_session_before on person_session (before_sha256) where before_sha256 is not null;
create index person_session_seen on person_session (seen_at);

create table sign_in_try (
  state_sha256 bytea primary key check (length(state_sha256) = 32),
  nonce        text not null,
  verifier     text not null,
  back         text not null check (back ~ '^/'),
  began_at     timestamptz(3) not null
);
create index sign_in_try_began on sign_in_try (began_at);

-- A form carries an id that is used once: sending it twice does the thing once, and both answers are the same.
create table sent_form (
  id       uuid not null,
  account  text not null,
  at       timestamptz(3) not null,
  location text,
  primary key (id, account)
);
create index sent_form_at on sent_form (at);
