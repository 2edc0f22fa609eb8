import { agreementStatus, channelText, isKeyInForce, isMunicipalRole, sharingKind, switchesOn, type KeyPeriod, type Party, type Registers, type SharingRule } from '@ketensluis/domain';
import type { deskStore } from '@ketensluis/platform';
import type { Own } from './place.js';

/** What connecting takes, in this order. */
const stepNames = ['keys', 'address', 'test', 'confirmed', 'kinds', 'agreement', 'live'] as const;
/** One of `stepNames`. */
export type StepName = (typeof stepNames)[number];

/** `asked`: somebody else must decide; `next`: the first that waits for this person. */
export interface Step {
  readonly name: StepName;
  readonly state: 'done' | 'asked' | 'next' | 'later';
}

/** What the steps are judged by; nothing of it is stored as a step. */
export interface Standing extends Own {
  readonly webhookKeys: readonly (KeyPeriod & { readonly direction: string })[];
  /** Programs that may call the API, and approved certificates to encrypt to. */
  readonly clients: number;
  readonly certificates: number;
  readonly test: deskStore.ConnectionTest | null;
  readonly requests: readonly deskStore.ConnectionRequest[];
  readonly at: Date;
}

/** Every step as it stands now. */
export const stepsOf = (standing: Standing): readonly Step[] => {
  const done = doneOf(standing);
  const isOpen = (kind: 'channel' | 'live'): boolean => standing.requests.some((one) => one.kind === kind && one.state === 'open');
  let isNextFound = false;
  return stepNames.map((name) => {
    if (done[name]) return { name, state: 'done' };
    if ((name === 'address' && isOpen('channel')) || (name === 'live' && isOpen('live'))) return { name, state: 'asked' };
    const state = isNextFound ? 'later' : 'next';
    isNextFound = true;
    return { name, state };
  });
};

const doneOf = (standing: Standing): Readonly<Record<StepName, boolean>> => {
  const { party, test } = standing;
  const arrived = hasArrived(standing);
  return {
    keys: hasKeys(standing), address: party.channel !== null, test: arrived, confirmed: arrived && test?.confirmedAt != null,
    kinds: rulesFor(standing).some(({ isOn }) => isOn), agreement: isCoveredSomewhere(standing), live: party.stage === 'active',
  };
};

// What one municipality has not arranged yet keeps nobody from connecting to the others.
const isCoveredSomewhere = (standing: Standing): boolean => {
  const { present, missing } = agreementsFor(standing);
  return present > 0 || missing === 0;
};

/** True when the last test went along the channel of now, and was taken. Of a feed nothing can be tried: who reads it, has it. */
export const hasArrived = ({ party, test }: Pick<Standing, 'party' | 'test'>): boolean =>
  party.channel?.kind === 'feed' || (test !== null && test.channel === channelText(party.channel) && (test.outcome === 'delivered' || test.outcome === 'announced'));

/** What the channel needs: a webhook a key that the hub signs with, mail a certificate to encrypt to, anything else a way to call the API. */
const hasKeys = ({ party, webhookKeys, certificates, clients, at }: Standing): boolean => {
  const signs = webhookKeys.some((key) => key.direction === 'to-party' && isKeyInForce(key, at));
  switch (party.channel?.kind) {
    case 'webhook': return signs;
    case 'smime-mail': return certificates > 0;
    case 'secure-mail':
    case 'portal': return true;
    case 'feed': return clients > 0;
    case undefined: return signs || clients > 0 || certificates > 0;
  }
};

/** A rule that may bring this party something, and whether it does anywhere now. */
export interface OwnRule {
  readonly rule: SharingRule;
  readonly isOn: boolean;
}

/** What the law lets the party have, in the order of the law pack. */
export const rulesFor = ({ party, registers, pack, at }: Pick<Standing, 'party' | 'registers' | 'pack' | 'at'>): readonly OwnRule[] =>
  pack.rules.flatMap((rule) => {
    const kind = rule.to.some((role) => party.roles.includes(role)) ? sharingKind(rule) : null;
    return kind === null ? [] : [{ rule, isOn: kind !== 'switch' || registers.settings.some((setting) => switchesOn(setting, rule.id, at)) }];
  });

/** For how many of its municipalities an agreement lets the hub bring this party something; a municipality needs none for itself. */
export const agreementsFor = ({ party, registers, at }: { readonly party: Party; readonly registers: Registers; readonly at: Date }): { readonly present: number; readonly missing: number } => {
  if (party.roles.some(isMunicipalRole)) return { present: 0, missing: 0 };
  const covered = new Set(registers.agreements
    .filter((one) => ['active', 'ending'].includes(agreementStatus(one, at)) && one.recipientsAllowed.some(({ role }) => party.roles.includes(role)))
    .map(({ controller }) => controller));
  const present = party.serves.filter((code) => covered.has(code)).length;
  return { present, missing: party.serves.length - present };
};
