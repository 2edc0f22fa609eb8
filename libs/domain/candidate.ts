import type { CaseFile } from './case-file.js';
import { categoriesOf } from './message.js';
import type { Category } from './category.js';
import { designates, type Designation } from './designation.js';
import { eventOf, events, isEndEvent, isOnward, type Event, type OnwardEvent } from './event.js';
import type { LawPack, SharingRule } from './law-pack.js';
import type { Message } from './message.js';
import { isConnected, isMunicipalRole, isPersonRole, serves, type Party } from './party.js';
import type { Versioned } from './registers.js';
import type { Role } from './role.js';
import { factsOf, matchingRules, type Facts } from './rule-match.js';

/** Somebody who could receive a message, and so must get a decision: a permit, a hold or a refusal that is logged (I3). */
export interface Candidate {
  readonly event: Event;
  /** In whose name it would be given: the sender's role, or `BM` where the municipality must tell onward. */
  readonly from: Role;
  readonly role: Role;
  /** Null: a natural person, or a recipient nobody is connected for. */
  readonly party: Versioned<Party> | null;
  /** The post within the party, when the role belongs to exactly one. */
  readonly function: string | null;
  /** Other capacities in which the same party is entitled to the same message; their duties are fulfilled by the same delivery. */
  readonly also: readonly { readonly rule: string; readonly role: Role }[];
}

/** What `candidates` looks at. */
export interface CandidateInput {
  readonly message: Message;
  /** The case after the message was applied to it. */
  readonly file: CaseFile;
  readonly pack: LawPack;
  readonly parties: readonly Versioned<Party>[];
  readonly designations: readonly Versioned<Designation>[];
  readonly at: Date;
  /** Given when an earlier message of the case is looked at again for an event of the hub, such as the file for the court. */
  readonly onward?: OnwardEvent;
}

interface Occasion {
  readonly event: Event;
  readonly from: Role;
}

// The municipality tells onward what the court told it (Wth art. 8(2), second sentence): the same message, in its name.
const occasionsOf = (input: CandidateInput): readonly Occasion[] => {
  if (input.onward !== undefined) return [{ event: input.onward, from: 'BM' }];
  const own: Occasion = { event: eventOf[input.message.type], from: input.message.sender.role };
  return own.event === 'RULED_VV' || own.event === 'RULED_MAIN' || own.event === 'RULED_HIGHER'
    ? [own, { event: 'RULING_ONWARD', from: 'BM' }]
    : [own];
};

/**
 * Everybody who could receive the message: whoever a rule of the pack names for this event, whether or not its condition holds, so that
 * those it does not hold for are refused in the log. Each recipient once, in the capacity that gives it most; never a party that does
 * not work for the municipality of the case (I10), and never the sender in the capacity in which it sent.
 */
export const candidates = (input: CandidateInput): readonly Candidate[] => {
  const facts = factsOf(input);
  const present = categoriesOf(input.message);
  const byRecipient = new Map<string, Capacity[]>();
  for (const occasion of occasionsOf(input)) {
    for (const role of rolesNamed(input.pack, occasion)) {
      for (const party of holdersOf(role, input)) {
        if (party === null && !isWanted(input, occasion, role, facts)) continue;
        if (party !== null && isSender(party, role, occasion, input.message)) continue;
        const key = party?.oin ?? role;
        byRecipient.set(key, [...(byRecipient.get(key) ?? []), capacityOf({ ...occasion, role, party, facts, input, present })]);
      }
    }
  }
  return [...byRecipient.values()].map(best);
};

// Forbidden whatever happens: such a role never asked for anything, so a refusal with every message would be processing without purpose
// (AVG art. 5(1)(c)) and would bury the refusals that mean something. `decide` still refuses it, and the rule still explains why.
const isBlanket = ({ mode, events: named, when }: SharingRule): boolean => mode === 'forbidden' && when.length === 0 && named.length === events.length;

const rolesNamed = (pack: LawPack, { event, from }: Occasion): readonly Role[] => [
  ...new Set(pack.rules.filter((rule) => !rule.withholdsOnly && !isBlanket(rule) && rule.events.includes(event) && rule.from.includes(from)).flatMap((rule) => rule.to)),
];

// Who holds a role in this case; `null` in the list stands for a natural person, or for a role nobody is connected for.
const holdersOf = (role: Role, { file, parties, designations, at, message }: CandidateInput): readonly (Versioned<Party> | null)[] => {
  const municipality = message.case.municipality;
  if (isPersonRole(role)) return [null];
  if (role === 'ADV') {
    // Only the raadsman of this case; before one is assigned the piket is asked instead (Wth art. 5(1)).
    if (file.procedure.lawyer !== 'ASSIGNED') return [];
    return [parties.find((party) => party.oin === file.procedure.lawyerOin) ?? null];
  }
  // Paused, it is still the one that must hear: what comes meanwhile is held for it.
  const connected = parties.filter((party) => isConnected(party, at) && party.serves.includes(municipality));
  const holders = role === 'INST'
    ? connected.filter((party) => designations.some((designation) => designates(designation, municipality, party.oin, at)))
    : isMunicipalRole(role)
      ? connected.filter((party) => party.municipality === municipality)
      : connected.filter((party) => serves(party, role, municipality));
  return holders.length === 0 ? [null] : holders;
};

// Somebody nobody is connected for is a candidate when the law wants him told: the duty is then done by hand.
const isWanted = (input: CandidateInput, occasion: Occasion, role: Role, facts: Facts): boolean =>
  matchingRules(input.pack, { ...occasion, role }, facts).some((rule) => rule.mode !== 'forbidden');

// Nobody is sent what he sent himself, and between the posts of one municipality nothing is sent. A hulpofficier and the team that
// enforces are one party with two tasks: what he imposes in the name of the burgemeester, the team must hear (WTH-11).
const isSender = (party: Party, role: Role, { event }: Occasion, message: Message): boolean => {
  if (isEndEvent(event)) return false;
  if (isOnward(event)) return party.municipality === message.case.municipality;
  return party.oin === message.sender.oin && !(message.sender.role === 'HOVJ' && role === 'POL');
};

interface Capacity {
  readonly candidate: Omit<Candidate, 'also'>;
  readonly rule: SharingRule | null;
  readonly gives: readonly Category[];
  /** Nothing the recipient must have is missing from the message. */
  readonly complete: boolean;
}

const capacityOf = (of: Occasion & { readonly role: Role; readonly party: Versioned<Party> | null; readonly facts: Facts; readonly input: CandidateInput; readonly present: readonly Category[] }): Capacity => {
  const [rule = null, ...others] = matchingRules(of.input.pack, of, of.facts);
  const only = others.length === 0 ? rule : null;
  const posts = of.party?.functions.filter((post) => post.role === of.role) ?? [];
  return {
    candidate: { event: of.event, from: of.from, role: of.role, party: of.party, function: posts.length === 1 ? posts[0]?.code ?? null : null },
    rule: only,
    gives: only === null || only.mode === 'forbidden' ? [] : only.allowed.filter((category) => of.present.includes(category)),
    complete: only !== null && only.required.every((category) => of.present.includes(category)),
  };
};

/**
 * One party, one decision per message. Where it is entitled in several capacities (Veilig Thuis as designated instance and for child
 * abuse; the police by copy from the griffier and by word of the burgemeester), each rule stands on its own article, so acting on the
 * widest one that can be carried out in full is lawful and gives all that the others would. No union is made: a permit names one rule.
 * `also` holds capacities with the same bearer only: what the griffier sends does not do the burgemeester's telling for him.
 * A prohibition in one capacity takes nothing from a right in another; without any right the prohibition is what the log should show.
 */
const best = (capacities: readonly Capacity[]): Candidate => {
  const [first, ...rest] = [...capacities].sort((a, b) => rank(b) - rank(a) || b.gives.length - a.gives.length);
  if (first === undefined) throw new Error('bug: a recipient without a capacity');
  const also = rest.flatMap(({ rule, candidate, gives }) =>
    rule !== null && rule.mode !== 'forbidden' && candidate.from === first.candidate.from && gives.every((category) => first.gives.includes(category)) ? [{ rule: rule.id, role: candidate.role }] : []);
  return { ...first.candidate, also };
};

const rank = ({ rule, complete }: Capacity): number => {
  if (rule === null) return 0;
  const weight = { forbidden: 1, consent: 2, permitted: 3, mandatory: 4 }[rule.mode];
  return rule.mode === 'forbidden' || complete ? weight : 1.5;
};
