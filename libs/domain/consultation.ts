interface Words {
  readonly nl: string;
  readonly en: string;
}

/**
 * Why somebody looks into the log; a closed list, because the log names it in clear and police data may be looked at for four reasons only
 * (Wpg art. 32a, LED art. 25(2): lawfulness, self-monitoring, integrity and security, criminal proceedings).
 */
export const consultationPurposes = [
  'avg.inzage', 'wpg.inzage', 'toezicht.fg', 'toezicht.ap', 'incident', 'steekproef', 'kwartaalrapport', 'controle.log', 'strafzaak', 'teruggave', 'zaakbehandeling',
] as const;
/** One of `consultationPurposes`. */
export type ConsultationPurpose = (typeof consultationPurposes)[number];

/** What each purpose means, in words for people. */
export const consultationWords: Readonly<Record<ConsultationPurpose, Words>> = {
  'avg.inzage': { nl: 'verzoek om inzage (AVG)', en: 'request for access (GDPR)' },
  'wpg.inzage': { nl: 'verzoek om kennisneming van politiegegevens', en: 'request for access to police data' },
  'toezicht.fg': { nl: 'toezicht door de functionaris gegevensbescherming', en: 'supervision by the data protection officer' },
  'toezicht.ap': { nl: 'vraag van de Autoriteit Persoonsgegevens', en: 'question of the data protection authority' },
  incident: { nl: 'onderzoek van een incident', en: 'inquiry into an incident' },
  steekproef: { nl: 'steekproef', en: 'random sample' },
  kwartaalrapport: { nl: 'kwartaalrapport', en: 'quarterly report' },
  'controle.log': { nl: 'controle van het logboek', en: 'check of the log' },
  strafzaak: { nl: 'strafzaak', en: 'criminal proceedings' },
  // The controller gets back what is his (AVG art. 28(3)(g)); nobody looks into it meanwhile.
  teruggave: { nl: 'teruggave van gegevens aan de verantwoordelijke', en: 'return of data to the controller' },
  // A worker of a recipient reads what was disclosed to his own party.
  zaakbehandeling: { nl: 'behandeling van de zaak', en: 'work on the case' },
};

/** What somebody did with the log. */
const accessActions = ['search', 'open', 'export', 'report', 'sample', 'judge', 'defer', 'verify', 'read-access'] as const;
/** One of `accessActions`. */
export type AccessAction = (typeof accessActions)[number];

/** How a sampled entry was found to be. */
export const verdicts = ['in order', 'question', 'incident'] as const;
/** One of `verdicts`. */
export type Verdict = (typeof verdicts)[number];

/** What became of a disclosure, as its second entry in the log says; `none` while there is no such entry. */
export const outcomes = ['delivered', 'fetched', 'fetch-lapsed', 'failed', 'expired', 'held', 'done-outside-hub', 'none'] as const;
/** One of `outcomes`. */
export type Outcome = (typeof outcomes)[number];

/** True for the codes of `outcomes`. */
export const isOutcome = (text: string): text is Outcome => outcomes.some((one) => one === text);

/** What each outcome means, in words for people. */
export const outcomeWords: Readonly<Record<Outcome, Words>> = {
  delivered: { nl: 'afgeleverd', en: 'delivered' },
  fetched: { nl: 'opgehaald door de ontvanger', en: 'fetched by the recipient' },
  'fetch-lapsed': { nl: 'ophalen begonnen en niet afgemaakt; er is niets vertrokken', en: 'fetch begun and not completed; nothing left' },
  failed: { nl: 'geweigerd door de ontvanger', en: 'refused by the recipient' },
  expired: { nl: 'niet afgeleverd binnen vijf dagen', en: 'not delivered within five days' },
  held: { nl: 'vastgehouden, niet verstuurd', en: 'held back, not sent' },
  'done-outside-hub': { nl: 'buiten Ketensluis om gedaan', en: 'done outside Ketensluis' },
  none: { nl: 'nog geen uitkomst', en: 'no outcome yet' },
};
