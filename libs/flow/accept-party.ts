import { addressesOf, partyOf, takesTests, type Party } from '@ketensluis/domain';
import { plainEntry, type EntryDraft } from './entry.js';
import { evidenceOf, type DeliveryOutcome, type TransportEvidence } from './party-adapter.js';
import type { Clock, Ids, RegisterReader } from './ports.js';
import type { TestVerdict } from './send-test.js';

/** What is looked at before a connection comes into use, in this order. */
export const acceptanceChecks = ['registered', 'channel', 'test-message', 'encrypted', 'sends'] as const;
/** One of `acceptanceChecks`. */
export type AcceptanceCheck = (typeof acceptanceChecks)[number];

/** How one check ended, in codes. `not-applicable`: the kind of channel has nothing of the sort. */
export interface CheckResult {
  readonly check: AcceptanceCheck;
  readonly result: 'passed' | 'failed' | 'not-applicable';
  readonly code: string;
}

/** A run that was asked for. */
export interface AskedAcceptance {
  readonly id: string;
  readonly party: string;
  readonly askedBy: string;
}

/** Acceptance runs. */
export interface AcceptanceStore {
  readonly claim: (at: Date) => Promise<AskedAcceptance | null>;
  /** True when the party can send us something: a key or a client it proves itself with over HTTP. */
  readonly hasCredentials: (party: string, at: Date) => Promise<boolean>;
  /** One transaction: the results and their entry. */
  readonly finish: (run: AskedAcceptance, results: readonly CheckResult[], entry: EntryDraft, at: Date) => Promise<void>;
}

export interface AcceptPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly registers: RegisterReader;
  readonly acceptances: AcceptanceStore;
  /** Whether the party has a channel that can be used now. */
  readonly isReachable: (party: string) => Promise<boolean>;
  /** As the party itself may ask for one. */
  readonly sendTest: (party: Party) => Promise<TestVerdict>;
}

/** Tries a connection by what it is for: it is registered, can be reached, takes a test over a line that is safe, and can send. Nothing about anybody goes along. */
export const acceptParty = async (run: AskedAcceptance, ports: AcceptPorts): Promise<readonly CheckResult[]> => {
  const at = ports.clock.now();
  const party = partyOf((await ports.registers.current()).registers, run.party);
  const results = party === null || !takesTests(party, at) ? [failed('registered', party === null ? 'unknown' : 'not-reachable-now')] : await tried(party, ports, at);
  const isPassed = results.every(({ result }) => result !== 'failed');
  const facts = { id: ports.ids.next(at), kind: 'policy', at: at.toISOString(), code: isPassed ? 'party.accepted' : 'party.not-accepted', schema: `acceptance/${run.id}` } as const;
  await ports.acceptances.finish(run, results, plainEntry(facts, { party: run.party, by: run.askedBy, results }), ports.clock.now());
  return results;
};

const passed = (check: AcceptanceCheck, code: string): CheckResult => ({ check, result: 'passed', code });
const failed = (check: AcceptanceCheck, code: string): CheckResult => ({ check, result: 'failed', code });
const without = (check: AcceptanceCheck, code: string): CheckResult => ({ check, result: 'not-applicable', code });

const tried = async (party: Party, ports: AcceptPorts, at: Date): Promise<readonly CheckResult[]> => {
  const registered = passed('registered', party.stage);
  const sending = await sends(party, ports, at);
  if (party.channel === null) return [registered, without('channel', 'none'), sending];
  if (!(await ports.isReachable(party.oin))) return [registered, failed('channel', 'no-usable-channel'), sending];
  const channel = passed('channel', party.channel.kind);
  const verdict = await ports.sendTest(party);
  switch (verdict.kind) {
    case 'no-channel': return [registered, channel, without('test-message', 'nobody-is-called'), without('encrypted', 'nobody-is-called'), sending];
    case 'later': return [registered, channel, failed('test-message', 'log-not-sealed'), sending];
    case 'tried': return [registered, channel, tested(verdict.outcome), encrypted(evidenceOf(verdict.outcome)), sending];
  }
};

const tested = (outcome: DeliveryOutcome): CheckResult => {
  switch (outcome.kind) {
    case 'delivered': return passed('test-message', String(outcome.receipt.code));
    case 'announced': return passed('test-message', String(outcome.receipt?.code ?? outcome.kind));
    case 'deferred': return failed('test-message', outcome.cause);
    case 'unknown': return failed('test-message', `no-answer-${outcome.cause}`);
    case 'rejected': return failed('test-message', String(outcome.code));
    case 'unusable': return failed('test-message', outcome.code);
  }
};

const encrypted = (evidence: TransportEvidence | null): CheckResult =>
  evidence?.tls == null ? failed('encrypted', 'no-tls') : passed('encrypted', evidence.tls.version);

const sends = async (party: Party, { acceptances }: AcceptPorts, at: Date): Promise<CheckResult> => {
  if (addressesOf(party).length > 0) return passed('sends', 'mail');
  return (await acceptances.hasCredentials(party.oin, at)) ? passed('sends', 'http') : without('sends', 'only-receives');
};
