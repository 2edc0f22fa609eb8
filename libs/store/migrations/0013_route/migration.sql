-- What is remembered of mail domains. Names of domains and servers only: nothing of a mail, a party or a person.

-- The newest policy of RFC 8461 per domain. It holds until it runs out, also when it cannot be fetched again: whoever hinders us gains nothing.
create table sts_policy (
  domain     text primary key check (length(domain) between 1 and 253),
  -- Under which id of the record in DNS it was fetched.
  id         text not null check (id ~ '^[A-Za-z0-9]{1,32}$'),
  text       text not null check (length(text) <= 65536),
  fetched_at timestamptz(3) not null,
  expires_at timestamptz(3) not null check (expires_at >= fetched_at)
);

-- Sessions with mail servers per UTC day, counted for the reports of RFC 8460. An empty result is a session as the policy wants it; an empty server
-- or address is one that was not called.
create table tls_session (
  day         date not null,
  domain      text not null check (length(domain) between 1 and 253),
  policy_type text not null check (policy_type in ('tlsa', 'sts', 'no-policy-found')),
  -- Its lines; empty where there is no policy.
  policy_text text not null,
  result      text not null check (result in (
    '', 'starttls-not-supported', 'certificate-host-mismatch', 'certificate-expired', 'certificate-not-trusted', 'validation-failure',
    'tlsa-invalid', 'dnssec-invalid', 'dane-required', 'sts-policy-fetch-error', 'sts-policy-invalid', 'sts-webpki-invalid')),
  server      text not null,
  address     text not null,
  count       bigint not null check (count > 0),
  -- By digest: the text of a policy may be longer than an index takes.
  policy_md5  text generated always as (md5(policy_text)) stored,
  primary key (day, domain, policy_type, policy_md5, result, server, address)
);
