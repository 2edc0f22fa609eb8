-- Processes of one hub, each with a database role of its own (libs/store/roles.ts).

-- What a trigger writes follows from the row that fired it. It is written with the rights of the owner, so that a role which may add such a row needs no right
-- on the tables behind it: an entry waits for the tree, and nobody else can make one wait, or take it away.
alter function queue_entry() security definer set search_path = public, pg_temp;
alter function index_outcome() security definer set search_path = public, pg_temp;
alter function raise_mark() security definer set search_path = public, pg_temp;
alter function release_cosigned() security definer set search_path = public, pg_temp;
alter function withdraw_from_feeds() security definer set search_path = public, pg_temp;

-- Partitions of the months to come, for whoever keeps watch.
alter function ensure_partitions(date, integer) security definer set search_path = public, pg_temp;
revoke execute on function ensure_partitions(date, integer) from public;
