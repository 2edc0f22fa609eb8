-- What whoever watches the hub from outside may know of the last check of the log, and no more: the table behind it says who looked at what.
create function last_log_check() returns table (at timestamptz, unchanged boolean) language sql stable security definer set search_path = public, pg_temp
  as $$ select access.at, access.question ->> 'verdict' = 'unchanged' from access where action = 'verify' order by access.at desc limit 1 $$;
