import type { Category } from './category.js';
import { categoryNames, roleNames } from './category-name.js';
import type { Decision, DocumentRef, HoldReason, RefusalReason } from './decision.js';
import { showMoment } from './terms.js';

type Language = 'nl' | 'en';
type Words = Readonly<Record<Language, string>>;

/** Why a disclosure waits, in words for people. */
export const holdTexts: Readonly<Record<HoldReason, Words>> = {
  'no-agreement': { nl: 'Er is geen geldige verwerkersovereenkomst die dit dekt. De plicht blijft: doe het buiten Ketensluis om en leg het hier vast.', en: 'No processor agreement in force covers this. The duty stays: do it outside Ketensluis and record it here.' },
  'setting-off': { nl: 'De gemeente of de afzender heeft dit niet aangezet.', en: 'The municipality or the sender has not switched this on.' },
  'no-mandate': { nl: 'De hulpofficier heeft hiervoor geen mandaat in het register. De burgemeester moet het zelf doen.', en: 'The hulpofficier has no mandate for this in the register. The burgemeester must do it himself.' },
  'consent-missing': { nl: 'De toestemming van de betrokkene ontbreekt of is ingetrokken.', en: 'The consent of the person is missing or withdrawn.' },
  'necessity-missing': { nl: 'Bij bijzondere gegevens moet iemand die daarover gaat eerst opschrijven waarom dit nodig is.', en: 'For special data somebody in authority must first write down why this is necessary.' },
  'outside-hub': { nl: 'Deze ontvanger heeft geen kanaal in Ketensluis. Vertel het zelf en leg het hier vast.', en: 'This recipient has no channel in Ketensluis. Tell it yourself and record it here.' },
  'party-inactive': { nl: 'De ontvanger is nu niet aangesloten. Vertel het buiten Ketensluis om en leg het hier vast.', en: 'The recipient is not connected now. Tell it outside Ketensluis and record it here.' },
};

/** Why nothing goes out, in words for people. */
export const refusalTexts: Readonly<Record<RefusalReason, Words>> = {
  'other-tenant': { nl: 'Deze partij werkt niet voor de gemeente van deze zaak (WTH-37).', en: 'This party does not work for the municipality of this case (WTH-37).' },
  'no-basis': { nl: 'Geen regel van de wet of het beleid geeft dit aan deze ontvanger.', en: 'No rule of law or policy gives this to this recipient.' },
  'conflicting-rules': { nl: 'Er gelden twee regels tegelijk. Dat is een fout in het wetsbestand, dus er gaat niets uit.', en: 'Two rules apply at once. That is an error in the law pack, so nothing goes out.' },
  forbidden: { nl: 'Dit mag niet.', en: 'This is forbidden.' },
  'unknown-party': { nl: 'De afzender is geen aangesloten partij.', en: 'The sender is not a connected party.' },
  'role-not-held': { nl: 'De partij heeft deze rol niet in deze zaak.', en: 'The party does not hold this role in this case.' },
  'not-mandatable': { nl: 'Verlengen en intrekken kan alleen de burgemeester zelf (Wth art. 3 lid 1).', en: 'Only the burgemeester himself can extend and withdraw (Wth art. 3(1)).' },
  'required-missing': { nl: 'In het bericht ontbreekt iets dat deze ontvanger moet krijgen.', en: 'The message lacks something this recipient must get.' },
  'required-blocked': { nl: 'Wat deze ontvanger moet krijgen, wordt voor de veiligheid achtergehouden.', en: 'What this recipient must get is withheld for safety.' },
  'not-necessary': { nl: 'De afzender heeft gewogen of dit nodig is, en vindt van niet.', en: 'The sender weighed whether this is necessary, and finds that it is not.' },
  'ban-ended': { nl: 'Dit wachtte tot het huisverbod was geëindigd. Nu gegeven zou het melden dat er een huisverbod loopt.', en: 'This waited until the ban had ended. Given now, it would say that a ban runs.' },
  'nothing-to-give': { nl: 'In het bericht staat niets dat deze ontvanger mag krijgen.', en: 'The message holds nothing this recipient may get.' },
};

const w = {
  gets: { nl: 'krijgt', en: 'gets' },
  waits: { nl: 'krijgt dit nog niet', en: 'does not get this yet' },
  not: { nl: 'krijgt dit niet', en: 'does not get this' },
  given: { nl: 'Wat meegaat', en: 'What is given' },
  wouldBe: { nl: 'Wat hij mag weten', en: 'What may be told' },
  left: { nl: 'Wat wegblijft', en: 'What is left out' },
  blocked: { nl: 'Altijd achtergehouden voor de veiligheid', en: 'Always withheld for safety' },
  rule: { nl: 'Regel', en: 'Rule' },
  agreement: { nl: 'Overeenkomst', en: 'Agreement' },
  wpg: { nl: 'Overeenkomst voor politiegegevens', en: 'Agreement for police data' },
  setting: { nl: 'Aangezet in', en: 'Switched on in' },
  mandate: { nl: 'Mandaat', en: 'Mandate' },
  consent: { nl: 'Toestemming', en: 'Consent' },
  documents: { nl: 'Bijlagen gaan niet mee.', en: 'Attached documents are not given.' },
  policy: { nl: 'Dit is beleid, geen wet.', en: 'This is policy, not law.' },
  deadline: { nl: 'Uiterlijk', en: 'At the latest' },
  byLaw: { nl: 'termijn van de wet', en: 'term of the law' },
  byPolicy: { nl: 'termijn van beleid', en: 'term of policy' },
} as const satisfies Record<string, Words>;

/**
 * The decision in plain sentences, one a line, from the facts the log has: rule, article, agreement, what is given, what is left out and
 * why, deadline. Names roles and organisations, never a person, and no contents.
 */
export const explain = (decision: Decision, language: Language): string => {
  const say = (words: Words): string => words[language];
  const listed = (words: Words, categories: readonly Category[]): readonly string[] =>
    categories.length === 0 ? [] : [`${say(words)}: ${categories.map((category) => say(categoryNames[category])).join(', ')}.`];
  return [
    ...opening(decision, language),
    ...(decision.sentence === null ? [] : [decision.sentence[language]]),
    ...(decision.ruleId === null ? [] : [`${say(w.rule)} ${decision.ruleId}: ${decision.basis ?? ''}.`]),
    ...(decision.authority === 'policy' && decision.kind !== 'refuse' ? [say(w.policy)] : []),
    ...references(decision, language),
    ...(decision.kind === 'refuse' ? [] : listed(decision.kind === 'permit' ? w.given : w.wouldBe, decision.categories)),
    ...(decision.kind === 'refuse' ? [] : listed(w.left, decision.omitted)),
    ...(decision.kind === 'refuse' ? [] : listed(w.blocked, decision.blocked)),
    ...(decision.kind === 'permit' && decision.fieldsOnly ? [say(w.documents)] : []),
    ...deadline(decision, language),
  ].join('\n');
};

const opening = (decision: Decision, language: Language): readonly string[] => {
  const role = roleNames[decision.recipient.role][language];
  const who = decision.recipient.name === null ? role : `${role} (${decision.recipient.name})`;
  const subject = who.charAt(0).toUpperCase() + who.slice(1);
  switch (decision.kind) {
    case 'permit': {
      const gets = { nl: `${subject} ${w.gets.nl} dit bericht.`, en: `${subject} ${w.gets.en} this message.` };
      return [gets[language]];
    }
    case 'hold':
      return [`${subject} ${w.waits[language]}.`, ...decision.reasons.map((reason) => holdTexts[reason][language])];
    case 'refuse':
      return [`${subject} ${w.not[language]}.`, ...decision.reasons.map((reason) => refusalTexts[reason][language])];
  }
};

const references = (decision: Decision, language: Language): readonly string[] => {
  const named: readonly (readonly [Words, DocumentRef | null])[] = [
    [w.agreement, decision.agreement],
    [w.wpg, decision.senderAgreement],
    [w.setting, decision.setting],
    [w.mandate, decision.mandate],
    [w.consent, decision.consent],
  ];
  const version = { nl: 'versie', en: 'version' }[language];
  return named.flatMap(([words, ref]) => (ref === null ? [] : [`${words[language]}: ${ref.key}, ${version} ${ref.version}.`]));
};

const deadline = (decision: Decision, language: Language): readonly string[] => {
  if (decision.dutyDeadline === null || decision.kind === 'refuse') return [];
  const authority = decision.deadlineAuthority === 'law' ? w.byLaw : w.byPolicy;
  return [`${w.deadline[language]}: ${showMoment(decision.dutyDeadline, language)} (${authority[language]}).`];
};
