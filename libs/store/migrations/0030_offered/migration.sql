-- When work was last offered to the broker, where there is one; without a broker it stays empty. Rows of this table live as long as their work, so it is small.
alter table queue add column offered_at timestamptz(3);
create index queue_to_offer on queue (id) where offered_at is null and parked_code is null;
