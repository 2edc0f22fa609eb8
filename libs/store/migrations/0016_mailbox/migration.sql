-- Mailboxes the hub reads (IMAP): how far each was read. It moves only after what was read is durable, so that nothing is skipped.
create table mailbox_mark (
  name         text primary key,
  -- Of the folder; when it changes, the numbers of its mails mean nothing any more (RFC 9051 §2.3.1.1).
  uid_validity bigint not null check (uid_validity > 0),
  uid          bigint not null check (uid >= 0),
  moved_at     timestamptz(3) not null
);

select add_task_kinds('mailbox');
