-- Which report on TLS (RFC 8460) went out: each once, also with two hubs. Names of domains only.
create table tls_report (
  -- The UTC day the report is about.
  day     date not null,
  domain  text not null check (length(domain) between 1 and 253),
  attempt integer not null check (attempt > 0),
  -- Until then it is somebody's; after that whoever comes first takes it up.
  due_at  timestamptz(3) not null,
  -- Null while it may still go.
  outcome text check (outcome in ('sent', 'unwanted', 'given-up')),
  primary key (day, domain)
);
