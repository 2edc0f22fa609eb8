-- What a court's clerk looks at in the console, and rulings that are drawn up there.

-- Messages of a court, in the order in which they came: ids rise with time.
create index message_of_court on message (sender, id)
  where type in ('voorziening.verzocht', 'zitting.bepaald', 'uitspraak.voorziening', 'uitspraak.beroep', 'uitspraak.hoger-beroep');

-- A ruling that somebody looks over before it is sent: the message as it will go and its file, under the key of the case. Gone when it is sent, after an hour, or
-- with its case.
create table ruling_draft (
  id      uuid primary key,
  party   text not null check (party ~ '^[0-9]{20}$'),
  -- The request or hearing it was begun from.
  from_id uuid not null references message (id) on delete cascade,
  case_id uuid not null references case_file (id) on delete cascade,
  body    bytea not null,
  file    bytea not null,
  made_at timestamptz(3) not null
);
alter table ruling_draft alter column file set storage external;
create index ruling_draft_made on ruling_draft (made_at);
create index ruling_draft_of_case on ruling_draft (case_id);
create index ruling_draft_of_message on ruling_draft (from_id);
