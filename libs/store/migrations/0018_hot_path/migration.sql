-- What every message pays for, made cheaper. Nothing here changes what is kept, or for how long.

-- Which versions hold, as two numbers that rise with every change: a claim reads them along with its work, where counting the versions took a statement of
-- its own. Whoever changes a register or a webhook holds the row until he commits, so that a lower number never comes after a higher one.
create table current_mark (
  single    boolean primary key default true check (single),
  registers bigint not null default 0,
  webhooks  bigint not null default 0
);
insert into current_mark default values;

create function raise_mark() returns trigger language plpgsql as $$
begin
  if tg_argv[0] = 'registers' then
    update current_mark set registers = registers + 1;
  else
    update current_mark set webhooks = webhooks + 1;
  end if;
  return null;
end $$;

create trigger register_is_marked after insert or update or delete or truncate on register_version for each statement execute function raise_mark('registers');
create trigger webhook_key_is_marked after insert or update or delete or truncate on webhook_key for each statement execute function raise_mark('webhooks');
create trigger webhook_switch_is_marked after insert or update or delete or truncate on webhook_switch for each statement execute function raise_mark('webhooks');

-- Rows that are changed once or twice and then go, or rest: a new version beside the old one on its page needs no new entry in any index. Work comes and
-- goes by the thousand; what is gone is cleared before whoever looks for work has to step over it.
alter table queue set (fillfactor = 50, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_insert_threshold = -1);
alter table pending set (autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_insert_threshold = -1);
alter table attempt set (fillfactor = 70);
alter table tlog_head set (fillfactor = 20);
