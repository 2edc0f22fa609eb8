import type { StsFinding } from '@ketensluis/domain';
import type { StsPolicies, StsPolicyKept } from '@ketensluis/flow';
import type { DnsAnswer } from './dns-answer.js';
import type { StsFetched } from './sts-fetch.js';
import { readStsPolicy, readStsRecord } from './sts-policy.js';

/** What finding a policy takes. */
export interface StsParts {
  readonly policies: StsPolicies;
  /** Fetches the policy of the domain; never rejects. */
  readonly fetch: (domain: string) => Promise<StsFetched>;
}

/**
 * The policy of a domain: the kept one while DNS shows its id, a newly fetched one otherwise. One that was kept and has not run out holds on whatever
 * happens to DNS or to the fetch (RFC 8461 §3.3, §5.1), or an attacker would only have to hinder us.
 */
export async function findSts(domain: string, record: DnsAnswer<'TXT'>, at: Date, { policies, fetch }: StsParts): Promise<StsFinding> {
  const kept = await policies.find(domain);
  const holding = kept !== null && at < kept.expiresAt ? kept : null;
  const id = record.kind === 'found' ? readStsRecord(record.records) : null;
  const cached = holding === null ? null : cachedFinding(holding);
  if (id === null) return cached ?? (record.kind === 'failed' ? { kind: 'failed', code: 'sts-policy-fetch-error', cause: record.cause } : { kind: 'absent' });
  if (cached !== null && holding?.id === id) return cached;
  const fetched = await fetch(domain);
  if (fetched.kind === 'failed') return cached ?? fetched;
  const policy = readStsPolicy(fetched.text);
  if (policy === null) return cached ?? { kind: 'failed', code: 'sts-policy-invalid', cause: 'not a policy' };
  await policies.save({ domain, id, text: fetched.text, fetchedAt: at, expiresAt: new Date(at.getTime() + policy.maxAgeSeconds * 1_000) });
  return { kind: 'policy', id, mode: policy.mode, mx: policy.mx, source: 'fetched', text: fetched.text };
}

const cachedFinding = ({ id, text }: StsPolicyKept): StsFinding | null => {
  const policy = readStsPolicy(text);
  return policy === null ? null : { kind: 'policy', id, mode: policy.mode, mx: policy.mx, source: 'cached', text };
};
