-- Channels that announce: the party knows that there is something and fetches it with its own credentials. That fetch is the delivery.
alter table delivery drop constraint delivery_state_check;
alter table delivery add constraint delivery_state_check check (state in ('waiting', 'announced', 'delivered', 'held', 'dead'));
alter table attempt drop constraint attempt_outcome_check;
alter table attempt add constraint attempt_outcome_check check (outcome in ('delivered', 'announced', 'deferred', 'rejected', 'unknown', 'unusable'));

-- A message that was corrected or withdrawn by another: what still waited of it leaves no more (Wpg art. 4(4), AVG art. 19).
alter table message add column replaced_by uuid references message (id);

-- The recipient said that it has read it: its word, where a receipt is only that of its mail system.
alter table delivery add column confirmed_at timestamptz(3);

-- Who has a message, when it is corrected or withdrawn.
create index delivery_of_message on delivery (message_id);

-- Kinds of tasks that a later migration adds to those there are.
create function add_task_kinds(variadic more text[]) returns void language plpgsql as $$
declare
  held text := (select pg_get_constraintdef(oid) from pg_constraint where conname = 'task_kind_check' and conrelid = 'task'::regclass);
  kinds text[] := array(select (regexp_matches(held, '''([a-z-]+)''', 'g'))[1]) || more;
begin
  alter table task drop constraint task_kind_check;
  execute format('alter table task add constraint task_kind_check check (kind in (%s))', (select string_agg(quote_literal(kind), ', ') from unnest(kinds) kind));
end $$;
