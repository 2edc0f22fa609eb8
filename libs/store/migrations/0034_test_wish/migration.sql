-- Tests of a channel: asked for by a person at the console or a program of the party, made by whoever delivers, which alone has what a channel takes. About
-- nobody. What went out is kept so that its receiver can compare it; no secret stands in it. Gone when its party asks for another one an hour later.
create table test_wish (
  id          uuid primary key,
  party       text not null check (party ~ '^[0-9]{20}$'),
  asked_at    timestamptz(3) not null,
  -- Type and document of an invented disclosure; null for a bare test.
  example     jsonb,
  lease_until timestamptz,
  finished_at timestamptz(3),
  result      jsonb,
  check ((finished_at is null) = (result is null))
);
create index test_wish_open on test_wish (asked_at) where finished_at is null;
create index test_wish_party on test_wish (party, asked_at desc);
