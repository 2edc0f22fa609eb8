import { isActive, keyStateAt, isWithin, warningsOf, type Ending, type Party, type Registers } from '@ketensluis/domain';
import { endingsOf } from '@ketensluis/flow';
import { deskStore } from '@ketensluis/store';
import { statfs } from 'node:fs/promises';
import { ownOin } from './channels/webhook.js';
import type { Hub } from './hub.js';
import type { LogMemory } from './log-memories.js';
import type { SignInFault } from './sign-in.js';
import { inUseOf } from './trust-upkeep.js';

/** What can be wrong, each with a way to mend it. */
export const findingCodes = [
  'log-behind', 'log-contradicted', 'quorum-lost', 'witness-silent', 'own-certificate', 'party-certificate', 'authority', 'revocation-list', 'agreement-ending', 'no-channel', 'no-certificate', 'no-webhook-key', 'no-own-oin', 'no-police-agreement',
  'endpoint-off', 'party-paused', 'tasks-open', 'clock-off', 'disk-full', 'backup-unknown', 'sign-in-away', 'sign-in-client', 'log-put-back', 'log-other', 'signer-lost', 'database-in-clear',
] as const;
/** One of `findingCodes`. */
export type FindingCode = (typeof findingCodes)[number];

/** Something that is not right. Names parties and kinds only, never a case or a person (I13). */
export interface Finding {
  readonly code: FindingCode;
  /** `bad`: something does not work, or stops working within days. `wait`: it will, or nobody knows. */
  readonly level: 'bad' | 'wait';
  /** OIN of the party, or the name of what it is about. */
  readonly about: string | null;
  readonly count: number | null;
  readonly at: Date | null;
  /** The command that mends it or shows more; null when none does. */
  readonly remedy: string | null;
}

/** All that is looked at; gathered first, so that judging it is pure. */
export interface DoctorFacts {
  readonly database: deskStore.DatabaseHealth;
  readonly registers: Registers;
  readonly endings: readonly Ending[];
  /** Parties that are reached by mail and have no certificate to encrypt to, by OIN. */
  readonly withoutCertificate: readonly string[];
  readonly withoutKey: readonly string[];
  readonly endpointsOff: readonly string[];
  /** True when webhooks should go out and our certificate for servers does not say who we are. */
  readonly lacksOwnOin: boolean;
  /** The clock of this computer, without what practice moved. */
  readonly clock: Date;
  /** Where the data lie; null where that cannot be asked. */
  readonly disk: { readonly freeBytes: number; readonly wholeBytes: number } | null;
  /** Why nobody can sign in; null: people can, or nobody asked. */
  readonly signInFault: SignInFault | null;
  /** What signer and witnesses remember of the log; empty: nobody asked. */
  readonly memories: readonly LogMemory[];
  /** True for a database beyond this computer that is not reached over TLS with a proven name. */
  readonly isDatabaseInClear: boolean;
}

/** What the caller knows and the hub does not. */
export interface DoctorParts {
  readonly dataFolder: string;
  readonly databaseUrl: string | null;
  /** Absent: those of the keyring. */
  readonly endings?: readonly Ending[];
  /** Absent where nobody signs in, or nobody asked. */
  readonly signInFault?: () => Promise<SignInFault | null>;
  readonly memories?: readonly LogMemory[];
}

/** Gathers the facts; changes nothing. */
export const doctorFacts = async (hub: Pick<Hub, 'pool' | 'clock' | 'registers' | 'keyring' | 'store'>, parts: DoctorParts): Promise<DoctorFacts> => {
  const at = hub.clock.now();
  const [database, { registers }, disk, signInFault] = await Promise.all([
    deskStore.databaseHealth(hub.pool), hub.registers.current(), statfs(parts.dataFolder).then(({ bavail, blocks, bsize }) => ({ freeBytes: bavail * bsize, wholeBytes: blocks * bsize }), () => null), parts.signInFault?.() ?? null,
  ]);
  const active = registers.parties.filter((party) => isActive(party, at));
  const [withoutKey, endpointsOff]: [string[], string[]] = [[], []];
  for (const { oin, channel } of active) {
    if (channel?.kind !== 'webhook') continue;
    const keys = await hub.store.webhookKeys.list(oin);
    if (!keys.some((key) => key.direction === 'to-party' && ['active', 'retiring'].includes(keyStateAt(key, at)))) withoutKey.push(oin);
    if (await hub.store.webhookEndpoints.isOff(oin, channel.url)) endpointsOff.push(oin);
  }
  return {
    database, registers, disk, memories: parts.memories ?? [], isDatabaseInClear: isInClear(parts.databaseUrl),
    endings: parts.endings ?? endingsOf(await inUseOf(hub)),
    withoutKey, endpointsOff, lacksOwnOin: active.some(({ channel }) => channel?.kind === 'webhook') && ownOin(hub.keyring.identity) === null, clock: new Date(at.getTime() - database.practiceAheadMs), signInFault,
    withoutCertificate: active.flatMap((party) => (party.channel?.kind === 'smime-mail' && hub.keyring.recipientOf(party, party.channel, at).kind !== 'chosen' ? [party.oin] : [])),
  };
};

const isInClear = (databaseUrl: string | null): boolean => {
  if (databaseUrl === null || !URL.canParse(databaseUrl)) return false;
  const { hostname, searchParams } = new URL(databaseUrl);
  const host = searchParams.get('host') ?? hostname;
  const isHere = host === '' || host.startsWith('/') || host === 'localhost' || host === '[::1]' || /^127\./.test(host);
  return !isHere && searchParams.get('sslmode') !== 'verify-full';
};

const logWaitMs = 30_000;
const witnessWaitMs = 10 * 60_000;
const clockMaxMs = 2_000;
const diskLeast = 0.1;
const dayMs = 86_400_000;
const agreementDays = 60;

/** Everything that is not right, the worst first; empty when nothing is. */
export const findingsOf = (facts: DoctorFacts, at: Date): readonly Finding[] =>
  [...logFindings(facts, at), ...endingFindings(facts, at), ...partyFindings(facts, at), ...taskFindings(facts), ...placeFindings(facts)].toSorted((a, b) => (a.level === b.level ? 0 : a.level === 'bad' ? -1 : 1));

const finding = (code: FindingCode, level: Finding['level'], more: Partial<Finding> = {}): Finding => ({ code, level, about: null, count: null, at: null, remedy: null, ...more });

const memoryCodes = { 'put-back': 'log-put-back', other: 'log-other', lost: 'signer-lost' } as const;

const logFindings = ({ database: { log, witnesses }, memories }: DoctorFacts, at: Date): readonly Finding[] => [
  ...memories.flatMap(({ witness, kind, size }) => (kind === 'same' || kind === 'unknown' ? [] : [finding(memoryCodes[kind], 'bad', { about: witness ?? 'signer', count: size })])),
  ...(log.oldestWaitingAt !== null && at.getTime() - log.oldestWaitingAt.getTime() > logWaitMs ? [finding('log-behind', 'bad', { count: log.waiting, at: log.oldestWaitingAt })] : []),
  ...(log.isContradicted ? [finding('log-contradicted', 'bad', { remedy: 'ketensluis log verify' })] : []),
  ...(log.quorumLostAt === null ? [] : [finding('quorum-lost', 'bad', { at: log.quorumLostAt })]),
  ...witnesses.filter(({ answeredAt, problem }) => problem !== null || answeredAt === null || at.getTime() - answeredAt.getTime() > witnessWaitMs)
    .map(({ name, answeredAt, problem }) => finding('witness-silent', problem === null ? 'wait' : 'bad', { about: name, at: answeredAt })),
];

const endingFindings = ({ endings, registers }: DoctorFacts, at: Date): readonly Finding[] => [
  ...warningsOf(endings, at).map(({ what, party, step, endsAt, ref }) => finding(what, step <= 14 ? 'bad' : 'wait', {
    about: party ?? ref, at: endsAt, remedy: what === 'own-certificate' ? 'ketensluis keys new ROLE' : 'ketensluis certificates list',
  })),
  ...registers.agreements.filter((agreement) => isWithin(agreement, at) && agreement.to !== null && Date.parse(agreement.to) - at.getTime() < agreementDays * dayMs)
    .map(({ key, to }) => finding('agreement-ending', Date.parse(to ?? '') - at.getTime() < 14 * dayMs ? 'bad' : 'wait', { about: key, at: to === null ? null : new Date(to), remedy: 'ketensluis agreement apply FILE' })),
];

const partyFindings = ({ registers, withoutCertificate, withoutKey, endpointsOff, lacksOwnOin }: DoctorFacts, at: Date): readonly Finding[] => {
  const keyOf = (oin: string): string => registers.parties.find((party) => party.oin === oin)?.key ?? oin;
  const each = (oins: readonly string[], code: FindingCode, remedy: (key: string) => string) => oins.map((oin) => finding(code, 'bad', { about: oin, remedy: remedy(keyOf(oin)) }));
  const oinsOf = (parties: readonly Party[]): readonly string[] => parties.map(({ oin }) => oin);
  return [
    ...each(oinsOf(registers.parties.filter((party) => isActive(party, at) && party.channel === null)), 'no-channel', () => 'ketensluis party apply FILE'),
    ...each(withoutCertificate, 'no-certificate', () => 'ketensluis certificates propose FILE'), ...each(withoutKey, 'no-webhook-key', (key) => `ketensluis webhook key add ${key}`),
    ...(lacksOwnOin ? [finding('no-own-oin', 'bad', { remedy: 'ketensluis keys new tls --oin OIN --host NAME' })] : []),
    ...each(oinsOf(withoutPoliceAgreement(registers, at)), 'no-police-agreement', () => 'ketensluis agreement apply FILE'),
    ...each(endpointsOff, 'endpoint-off', (key) => `ketensluis webhook enable ${key}`),
    ...registers.parties.filter(({ pausedAt }) => pausedAt !== null).map(({ oin, key, pausedAt }) => finding('party-paused', 'wait', { about: oin, at: new Date(pausedAt ?? ''), remedy: `ketensluis party resume ${key} --reason TEXT` })),
  ];
};

/** Police whose data nobody agreed on, while municipalities they work for did: what they tell a burgemeester is held then (Wpg art. 6c), and nothing else shows why. */
const withoutPoliceAgreement = ({ agreements, parties }: Registers, at: Date): readonly Party[] => {
  const controllers = new Set(agreements.filter((one) => isWithin(one, at)).map(({ controller }) => controller));
  return parties.filter((party) => isActive(party, at) && party.roles.some((role) => role === 'POL' || role === 'HOVJ') && !controllers.has(party.oin) && party.serves.some((code) => controllers.has(code)));
};

/** Warnings of ends have a finding of their own. */
const taskFindings = ({ database: { tasks } }: DoctorFacts): readonly Finding[] =>
  tasks.filter(({ kind }) => kind !== 'expiry').map(({ kind, count, oldestAt }) => finding('tasks-open', kind === 'log' || kind === 'witness' || kind === 'duty-late' ? 'bad' : 'wait', { about: kind, count, at: oldestAt, remedy: 'ketensluis todo' }));

const placeFindings = ({ database, clock, disk, signInFault, isDatabaseInClear }: DoctorFacts): readonly Finding[] => {
  const offMs = Math.abs(clock.getTime() - database.now.getTime());
  return [
    ...(offMs > clockMaxMs ? [finding('clock-off', 'bad', { count: Math.round(offMs / 1_000) })] : []),
    ...(disk !== null && disk.freeBytes < disk.wholeBytes * diskLeast ? [finding('disk-full', disk.freeBytes < disk.wholeBytes * diskLeast / 2 ? 'bad' : 'wait', { count: Math.round(disk.freeBytes / 1024 ** 3) })] : []),
    ...(isDatabaseInClear ? [finding('database-in-clear', 'wait')] : []),
    // Copies are made outside the hub, which therefore knows nothing of them.
    finding('backup-unknown', 'wait'),
    ...(signInFault === null ? [] : [finding(signInFault.code, 'bad', { about: signInFault.about })]),
  ];
};
