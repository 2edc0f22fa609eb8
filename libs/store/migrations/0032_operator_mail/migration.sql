-- What the operator was mailed last, so that the next mail can say what was mended. Codes, organisations and counts; no case and no person.
create table operator_mail (
  single boolean primary key default true check (single),
  told   jsonb not null default '[]',
  due_at timestamptz(3) not null
);
