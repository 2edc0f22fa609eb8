import type { CasePerson, CaseState } from '@ketensluis/domain';
import { bilingual } from '../shell/language.js';

interface Named {
  readonly states: Readonly<Record<CaseState | 'WAITING', string>>;
  readonly parts: Readonly<Record<CasePerson['part'], string>>;
}

const nl: Named = {
  states: {
    SIGNAL: 'Signaal', RIHG_DONE: 'Risicotaxatie klaar', CONSULT_VT: 'Overleg met Veilig Thuis', DECISION_PENDING: 'Besluit nodig', IMPOSED_ORAL: 'Mondeling aangezegd', IMPOSED: 'Opgelegd', EXTENDED: 'Verlengd',
    WITHDRAWN: 'Ingetrokken', ANNULLED: 'Door de rechter beëindigd', REFUSED: 'Niet opgelegd', NO_BAN: 'Geen huisverbod', EXPIRED: 'Afgelopen', WAITING: 'Wordt verwerkt',
  },
  parts: { evicted: 'Uithuisgeplaatste', adult: 'Huisgenoot', minor: 'Minderjarige' },
};
const en: Named = {
  states: {
    SIGNAL: 'Signal', RIHG_DONE: 'Risk assessed', CONSULT_VT: 'Veilig Thuis is consulted', DECISION_PENDING: 'Decision needed', IMPOSED_ORAL: 'Announced orally', IMPOSED: 'Imposed', EXTENDED: 'Extended',
    WITHDRAWN: 'Withdrawn', ANNULLED: 'Ended by the court', REFUSED: 'Not imposed', NO_BAN: 'No ban', EXPIRED: 'Ended', WAITING: 'Being processed',
  },
  parts: { evicted: 'Person sent out of the home', adult: 'Household member', minor: 'Minor' },
};

/** Names of states, and of the parts people play. */
export const namedIn = bilingual(nl, en);

/** Words of the list of cases. */
export const listWords = bilingual(
  {
    title: 'Zaken', lead: 'De huisverboden van uw gemeente: hoe ze staan, wat er moet gebeuren en wanneer ze worden vernietigd. In deze lijst staan geen namen.',
    tiles: 'In het kort', running: 'Loopt nu', late: 'Plicht te laat', owed: 'Plicht open', all: 'Alle zaken', lateNote: 'zaken', owedNote: 'zaken',
    chartTitle: 'Lopende huisverboden', chartLead: 'Eerst tien dagen, met verlenging hoogstens achtentwintig. Dezelfde gegevens staan in de tabel.',
    standing: 'Status', duty: 'Plicht', any: 'Alle', standings: { loopt: 'Loopt', afgelopen: 'Afgelopen', zonder: 'Zonder huisverbod' }, duties: { open: 'Open', 'te-laat': 'Te laat' }, apply: 'Toepassen', clear: 'Filters wissen',
    count: (count: number) => (count === 1 ? '1 zaak' : `${count} zaken`), number: 'Zaak', state: 'Status', imposed: 'Opgelegd', ends: 'Eindigt', limit: 'Hoogstens tot', decide: 'Besluit uiterlijk',
    next: 'Volgende plicht', none: 'geen', noTerm: 'zonder termijn', tooLate: 'te laat', more: (count: number) => `en nog ${count}`, toward: (bearer: string, toward: string) => `${bearer} aan ${toward}`, destroyed: 'Vernietigen vanaf', held: 'bewaren tot',
    empty: 'Nog geen zaken.', emptyBody: 'Zodra de politie of de burgemeester een bericht over uw gemeente stuurt, staat de zaak hier. U hoeft niets te doen.',
    emptyFilter: 'Geen zaken met dit filter.', emptyFilterBody: 'Kies een andere status, of', csv: 'CSV',
    noMunicipality: 'Uw organisatie is geen gemeente', noMunicipalityBody: 'Alleen een gemeente heeft hier zaken. Vraag de beheerder van uw organisatie om de juiste rol.',
  },
  {
    title: 'Cases', lead: 'The bans of your municipality: how they stand, what must be done and when they are destroyed. No names are in this list.',
    tiles: 'At a glance', running: 'Runs now', late: 'Duty is late', owed: 'Duty is open', all: 'All cases', lateNote: 'cases', owedNote: 'cases',
    chartTitle: 'Running bans', chartLead: 'Ten days first, twenty-eight at most when extended. The table says the same.',
    standing: 'Status', duty: 'Duty', any: 'All', standings: { loopt: 'Runs', afgelopen: 'Ended', zonder: 'Without a ban' }, duties: { open: 'Open', 'te-laat': 'Late' }, apply: 'Apply', clear: 'Clear filters',
    count: (count) => (count === 1 ? '1 case' : `${count} cases`), number: 'Case', state: 'Status', imposed: 'Imposed', ends: 'Ends', limit: 'At most until', decide: 'Decide before',
    next: 'Next duty', none: 'none', noTerm: 'no term', tooLate: 'late', more: (count) => `and ${count} more`, toward: (bearer, toward) => `${bearer} to ${toward}`, destroyed: 'Destroy from', held: 'keep until',
    empty: 'No cases yet.', emptyBody: 'As soon as the police or the burgemeester sends a message about your municipality, its case is here. You need not do anything.',
    emptyFilter: 'No cases match this filter.', emptyFilterBody: 'Choose another status, or', csv: 'CSV',
    noMunicipality: 'Your organisation is no municipality', noMunicipalityBody: 'Only a municipality has cases here. Ask the administrator of your organisation for the right role.',
  },
);

/** Words of one case. */
export const caseWords = bilingual(
  {
    title: 'Zaak', lead: (number: string) => `Zaaknummer ${number}`, opened: 'Dat u deze zaak heeft geopend staat in het logboek.', done: 'Vastgelegd, ook in het logboek. De plicht is gesloten.',
    lateTitle: (count: number) => (count === 1 ? 'Er is 1 plicht te laat' : `Er zijn ${count} plichten te laat`), lateBody: 'Doe het nu buiten Ketensluis om, en leg het hieronder vast.', toDuties: 'Naar de plichten',
    facts: 'Termijnen', state: 'Status', imposed: 'Opgelegd', firstEnd: 'Eerste einde (10 dagen)', ends: 'Eindigt', limit: 'Verlengen kan tot (28 dagen)', decide: 'Besluit over verlengen uiterlijk', destroyed: 'Vernietigen vanaf', held: 'Bewaren voor een procedure tot',
    destroyedNote: (basis: string) => `Daarna wordt de zaak vernietigd, met een verklaring. Grond: ${basis}.`, heldNote: 'Zolang een procedure loopt wordt niets vernietigd.', line: 'Tijdlijn',
    persons: 'Wie het betreft', personsNote: 'Uit de berichten die uw gemeente zelf kreeg of stuurde.', noPersons: 'Uw gemeente kreeg of stuurde nog geen bericht met personen.', name: 'Naam', part: 'Rol', born: 'Geboren',
    steps: 'Stappen', noSteps: 'Nog geen berichten.', from: (sender: string) => `van ${sender}`, replaced: 'verbeterd of ingetrokken', refused: 'niet aangenomen', parked: 'wacht op de beheerder', accepted: 'wordt verwerkt',
    duties: 'Plichten', noDuties: 'Er is nog niets opgedragen.', allDone: 'Er staat geen plicht open.', doneCount: (count: number) => (count === 1 ? '1 plicht is gedaan' : `${count} plichten zijn gedaan`), asked: 'Wat', duty: 'Wie aan wie', article: 'Artikel', due: 'Uiterlijk', standing: 'Status', open: 'Open', late: 'Te laat', closed: 'Gedaan', outside: (by: string) => `buiten Ketensluis, door ${by}`, byHub: 'door een levering of bericht',
    record: 'Vastleggen', recordLabel: (duty: string) => `Vastleggen dat dit buiten Ketensluis is gedaan: ${duty}`, noTerm: 'geen termijn', policy: 'beleid', law: 'wet',
    shares: 'Wie kreeg wat', sharesNone: 'Er is nog niets beslist over deze zaak.', sharesLead: 'Open een ontvanger voor de regels. Elke regel staat zo in het logboek.', what: 'Gegevens', ground: 'Grond', outcome: 'Uitkomst', entry: 'Nr. in het log', entryNote: 'De functionaris gegevensbescherming kan elk nummer openen en controleren.',
    permit: 'Verstrekt', hold: 'Wacht', refuse: 'Niet verstrekt', person: 'persoon',
    actTitle: 'Buiten Ketensluis gedaan', actLead: 'Leg vast dat u aan een plicht voldeed buiten Ketensluis om, bijvoorbeeld per telefoon. De plicht wordt gesloten en het logboek krijgt er een regel bij. Dat kunt u niet terugdraaien.',
    how: 'Hoe en wanneer is het gedaan?', howHint: 'Noem functies en tijdstippen, geen namen. Bijvoorbeeld: "Piketambtenaar belde de aangewezen instantie om 21.40 uur." Wordt versleuteld bewaard.', howFault: 'Schrijf in ten minste tien tekens hoe en wanneer het is gedaan.',
    gone: 'Deze plicht is al gesloten, of bestaat niet. Open de zaak opnieuw.', send: 'Vastleggen en sluiten', back: 'Terug naar de zaak',
  },
  {
    title: 'Case', lead: (number) => `Case number ${number}`, opened: 'The log says that you opened this case.', done: 'Recorded, also in the log. The duty is closed.',
    lateTitle: (count) => (count === 1 ? '1 duty is late' : `${count} duties are late`), lateBody: 'Do it now outside Ketensluis, and record it below.', toDuties: 'To the duties',
    facts: 'Terms', state: 'Status', imposed: 'Imposed', firstEnd: 'First end (10 days)', ends: 'Ends', limit: 'Can be extended to (28 days)', decide: 'Decide on extending before', destroyed: 'Destroy from', held: 'Keep for a procedure until',
    destroyedNote: (basis) => `After that the case is destroyed, with a certificate. Ground: ${basis}.`, heldNote: 'Nothing is destroyed while a procedure runs.', line: 'Timeline',
    persons: 'Whom it is about', personsNote: 'From the messages your municipality itself got or sent.', noPersons: 'Your municipality neither got nor sent a message with persons yet.', name: 'Name', part: 'Part', born: 'Born',
    steps: 'Steps', noSteps: 'No messages yet.', from: (sender) => `from ${sender}`, replaced: 'corrected or withdrawn', refused: 'not taken', parked: 'waits for the operator', accepted: 'being processed',
    duties: 'Duties', noDuties: 'Nothing is ordered yet.', allDone: 'No duty is open.', doneCount: (count) => (count === 1 ? '1 duty is done' : `${count} duties are done`), asked: 'What', duty: 'Who to whom', article: 'Article', due: 'Due', standing: 'Status', open: 'Open', late: 'Late', closed: 'Done', outside: (by) => `outside Ketensluis, by ${by}`, byHub: 'by a delivery or a message',
    record: 'Record', recordLabel: (duty) => `Record that this was done outside Ketensluis: ${duty}`, noTerm: 'no term', policy: 'policy', law: 'law',
    shares: 'Who got what', sharesNone: 'Nothing was decided about this case yet.', sharesLead: 'Open a recipient for its rows. Each row stands like this in the log.', what: 'Data', ground: 'Ground', outcome: 'Outcome', entry: 'No. in the log', entryNote: 'The privacy officer can open and check each number.',
    permit: 'Given', hold: 'Waits', refuse: 'Not given', person: 'person',
    actTitle: 'Done outside Ketensluis', actLead: 'Record that you fulfilled a duty outside Ketensluis, for example by telephone. The duty is closed and the log gets a line. You cannot take this back.',
    how: 'How and when was it done?', howHint: 'Name functions and times, no persons. For example: "The official on call telephoned the designated instance at 21:40." Kept encrypted.', howFault: 'Write in at least ten characters how and when it was done.',
    gone: 'This duty is closed already, or does not exist. Open the case again.', send: 'Record and close', back: 'Back to the case',
  },
);
