-- Webhooks: with what keys the hub signs toward a party and believes a party, and which endpoints are switched off.

-- A key and, with every later version, a change of its period. `to-party`: the hub signs; `from-party`: the party does. What a key is good for at a
-- moment follows from its period: announced before active_from, active until retires_at, retiring until ends_at, then ended. Superseded, never changed (I4):
-- the entry of each version names `sha256`, so that no key comes in, comes back or lasts longer by the database alone.
create table webhook_key (
  seq         bigint generated always as identity unique,
  id          uuid not null,
  version     integer not null check (version >= 1),
  party       text not null check (party ~ '^[0-9]{20}$'),
  direction   text not null check (direction in ('to-party', 'from-party')),
  scheme      text not null check (scheme in ('v1', 'v1a')),
  -- Of v1a; of v1 there is nothing that may be seen.
  public_key  bytea check (length(public_key) = 32),
  active_from timestamptz(3) not null,
  retires_at  timestamptz(3),
  ends_at     timestamptz(3),
  sha256      bytea not null check (length(sha256) = 32),
  changed_at  timestamptz(3) not null,
  changed_by  text not null check (length(changed_by) between 1 and 200),
  entry_id    uuid not null unique,
  primary key (id, version),
  check ((public_key is null) = (scheme = 'v1'))
);
create trigger webhook_key_is_append_only before update or delete on webhook_key for each row execute function refuse_change();
create trigger webhook_key_is_not_truncated before truncate on webhook_key for each statement execute function refuse_change();

-- The secret of a key, sealed under a key of its own that the vault wraps and destroys when the key has ended. None for a public key of a party.
create table webhook_secret (
  key_id  uuid primary key,
  wrapped bytea not null,
  sealed  bytea not null
);
create trigger webhook_secret_is_append_only before update or delete on webhook_secret for each row execute function refuse_change();

-- An endpoint that answered 410 is switched off for all deliveries until an operator switches it on; the last row of an address holds. `off` has no
-- operator. Another address in the register is another endpoint.
create table webhook_switch (
  seq      bigint generated always as identity primary key,
  party    text not null check (party ~ '^[0-9]{20}$'),
  url      text not null check (length(url) between 1 and 500),
  is_on    boolean not null,
  at       timestamptz(3) not null,
  by       text check ((by is null) = not is_on),
  entry_id uuid not null unique
);
create index webhook_switch_by_endpoint on webhook_switch (party, url, seq);
create trigger webhook_switch_is_append_only before update or delete on webhook_switch for each row execute function refuse_change();
