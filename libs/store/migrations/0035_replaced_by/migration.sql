-- one by one
-- For each message that goes with its case the foreign key asks which others it replaced. Without an index every one of them read all messages of the hub.
drop index concurrently if exists message_replaced_by;
create index concurrently message_replaced_by on message (replaced_by) where replaced_by is not null;
