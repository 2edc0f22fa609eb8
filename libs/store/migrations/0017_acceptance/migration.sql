-- Acceptance runs: asked for by a person, made by a worker, which has the channels. Holds codes and organisations only.
create table acceptance (
  id          uuid primary key,
  party       text not null,
  asked_by    text not null,
  asked_at    timestamptz(3) not null,
  lease_until timestamptz,
  finished_at timestamptz(3),
  passed      boolean,
  checks      jsonb,
  entry_id    uuid,
  check ((finished_at is null) = (passed is null) and (finished_at is null) = (checks is null))
);
create index acceptance_open on acceptance (asked_at) where finished_at is null;
