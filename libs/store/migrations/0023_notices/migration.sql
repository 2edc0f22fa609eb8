-- Who at a party looks after a case, and whether the party said that it is not theirs. Goes with its case.
create table case_desk (
  party         text not null check (party ~ '^[0-9]{20}$'),
  case_id       uuid not null references case_file (id) on delete cascade,
  -- Account and name as the provider gave them: colleagues see who has it.
  assigned_to   text check (length(assigned_to) between 1 and 100),
  assigned_name text check (length(assigned_name) between 1 and 200),
  assigned_at   timestamptz(3),
  assigned_by   text,
  returned_at   timestamptz(3),
  returned_by   text,
  primary key (party, case_id),
  check ((assigned_to is null) = (assigned_name is null)),
  check ((returned_at is null) = (returned_by is null))
);
create index case_desk_of_case on case_desk (case_id);

-- A recipient gives a notice back, or asks its sender to call: codes only, so nothing about anybody goes outside the law pack.
select add_task_kinds('returned', 'question');

-- What a recipient says of a disclosure does not take the place of what became of it.
create or replace function index_outcome() returns trigger language plpgsql as $$
declare
  code text := convert_from(new.leaf, 'UTF8')::jsonb ->> 'code';
begin
  if code not like 'proof-%' and code not like 'receipt-%'
    and code not in ('reconciled', 'replay', 'replay-refused', 'confirmed', 'confirmed-by-hand', 'returned', 'question') then
    insert into entry_outcome (ref, at, id) values (new.ref, new.at, new.id);
  end if;
  return null;
end $$;

-- Messages somebody of a party writes at the console; the same intake as those of its programs.
alter table message drop constraint message_channel_check;
alter table message add constraint message_channel_check check (channel in ('mail', 'webhook', 'api', 'console'));
alter table taken_request drop constraint taken_request_way_check;
alter table taken_request add constraint taken_request_way_check check (way in ('webhook', 'api', 'console'));
