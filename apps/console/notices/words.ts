import type { NoticeStatus, QuestionSubject, ReturnReason } from '@ketensluis/domain';
import { bilingual } from '../shell/language.js';

/** What was done, as the address of the page says it afterwards. */
export type Done = 'ontvangen' | 'toegewezen' | 'geopend' | 'verstuurd' | 'gevraagd' | 'teruggegeven' | 'al-gezegd' | 'later' | 'weg';

interface Named {
  readonly status: Readonly<Record<NoticeStatus, string>>;
  readonly returned: Readonly<Record<ReturnReason, string>>;
  readonly asked: Readonly<Record<QuestionSubject, string>>;
  readonly done: Readonly<Record<Done, string>>;
}

const nl: Named = {
  status: { nieuw: 'Nieuw', ontvangen: 'Ontvangen', 'in behandeling': 'In behandeling', 'advies nodig': 'Advies nodig', verlengd: 'Verlengd', ingetrokken: 'Ingetrokken', afgelopen: 'Afgelopen', teruggegeven: 'Teruggegeven' },
  returned: { 'andere-regio': 'De zaak hoort bij een andere regio', 'geen-taak': 'Wij hebben in deze zaak geen taak', dubbel: 'Wij hebben deze melding al langs een andere weg', onbekend: 'Anders: bel ons' },
  asked: { bereikbaarheid: 'Hoe iemand te bereiken is', bijlage: 'Een bijlage ontbreekt of is niet te lezen', termijn: 'Een tijdstip of termijn is niet duidelijk', inhoud: 'De inhoud is niet duidelijk', anders: 'Iets anders' },
  done: {
    ontvangen: 'De ontvangst is bevestigd. Dat staat in het logboek.', toegewezen: 'De zaak is toegewezen.', geopend: 'Het bericht is opgehaald. Dat staat in het logboek.',
    verstuurd: 'Het bericht is aangenomen. Het wordt beslist, vastgelegd en afgeleverd; dat duurt meestal enkele seconden.', gevraagd: 'De afzender krijgt het verzoek om u te bellen.',
    teruggegeven: 'De melding is teruggegeven. De afzender krijgt een taak.', 'al-gezegd': 'Dit is al gezegd en staat nog open bij de afzender.',
    later: 'Het logboek kan dit nu niet vastleggen, daarom is er niets geopend. Probeer het over een minuut opnieuw.', weg: 'Dit bericht mag nu niet meer worden gegeven. Bel de afzender.',
  },
};
const en: Named = {
  status: { nieuw: 'New', ontvangen: 'Received', 'in behandeling': 'In hand', 'advies nodig': 'Advice needed', verlengd: 'Extended', ingetrokken: 'Withdrawn', afgelopen: 'Ended', teruggegeven: 'Given back' },
  returned: { 'andere-regio': 'The case belongs to another region', 'geen-taak': 'We have no task in this case', dubbel: 'We have this notice already by another way', onbekend: 'Other: call us' },
  asked: { bereikbaarheid: 'How somebody can be reached', bijlage: 'An attachment is missing or cannot be read', termijn: 'A moment or a term is not clear', inhoud: 'The content is not clear', anders: 'Something else' },
  done: {
    ontvangen: 'The receipt is confirmed. The log says so.', toegewezen: 'The case is assigned.', geopend: 'The message was fetched. The log says so.',
    verstuurd: 'The message is accepted. It is decided, recorded and delivered; this mostly takes some seconds.', gevraagd: 'The sender gets the request to call you.',
    teruggegeven: 'The notice is given back. The sender gets a task.', 'al-gezegd': 'This was said already and stands open with the sender.',
    later: 'The log cannot record this now, so nothing was opened. Try again in a minute.', weg: 'This message may not be given any more. Call the sender.',
  },
};

/** Words of the list of cases. */
export const listWords = bilingual(
  {
    ...nl, title: 'Zaakmeldingen', lead: 'Zaken van de laatste 90 dagen waarover uw organisatie bericht kreeg. Nieuwe meldingen komen vanzelf.', updated: 'Bijgewerkt', refresh: 'Ververs',
    waits: (count: number) => (count === 1 ? '1 nieuwe melding wacht op ontvangst' : `${count} nieuwe meldingen wachten op ontvangst`), before: 'vóór', late: 'de termijn is voorbij:', tooLate: 'te laat', noTerm: 'zonder termijn',
    open: 'Openen en ontvangst bevestigen', more: (count: number) => `Nog ${count} in de lijst`,
    running: 'Lopende huisverboden en termijnen', until: 'tot', today: 'nu', legend: 'Volle balk: opgelegd of verlengd. Streeplijn: mogelijke verlenging. Rood: loopt binnen twee dagen af. De tabel hieronder heeft dezelfde gegevens.',
    chart: (count: number) => `Tijdlijn van ${count} lopende huisverboden. De tabel hieronder heeft dezelfde gegevens.`, chartMore: (count: number) => `Nog ${count} lopende staan alleen in de tabel.`,
    filters: 'Toon', all: 'Alle', mine: 'Mijn', everybody: 'Van iedereen', municipalities: 'Gemeente', statuses: 'Status', whose: 'Toegewezen',
    count: (count: number) => (count === 1 ? '1 zaak' : `${count} zaken`), case: 'Zaak', state: 'Status', municipality: 'Gemeente', persons: 'Betrokkenen', deadline: 'Eerstvolgende termijn', assigned: 'Toegewezen aan',
    you: 'u', nobody: 'niemand', ends: 'Loopt af', confirm: 'Bevestigen', none: 'geen', afterOpening: 'na openen', unknownPersons: 'niet vermeld', newMessage: 'Nieuw bericht',
    evicted: '1 uithuisgeplaatste', adults: (count: number) => (count === 1 ? '1 volwassene' : `${count} volwassenen`), children: (count: number) => (count === 1 ? '1 kind' : `${count} kinderen`),
    empty: 'Geen lopende huisverboden in uw regio', emptyBody: 'Nieuwe meldingen komen hier vanzelf. U hoeft de pagina niet te verversen.', emptyFilter: 'Geen zaken bij deze keuze', emptyFilterBody: 'Kies een andere status of gemeente, of', clear: 'toon alle zaken',
  },
  {
    ...en, title: 'Case notices', lead: 'Cases of the last 90 days of which your organisation was told. New notices appear by themselves.', updated: 'Updated', refresh: 'Refresh',
    waits: (count) => (count === 1 ? '1 new notice waits for receipt' : `${count} new notices wait for receipt`), before: 'before', late: 'the term has passed:', tooLate: 'late', noTerm: 'without a term',
    open: 'Open and confirm receipt', more: (count) => `${count} more in the list`,
    running: 'Running bans and terms', until: 'to', today: 'now', legend: 'Full bar: imposed or extended. Dashed: possible extension. Red: ends within two days. The table below has the same data.',
    chart: (count) => `Timeline of ${count} running bans. The table below has the same data.`, chartMore: (count) => `${count} more running ones stand in the table only.`,
    filters: 'Show', all: 'All', mine: 'Mine', everybody: 'Of everybody', municipalities: 'Municipality', statuses: 'Status', whose: 'Assigned',
    count: (count) => (count === 1 ? '1 case' : `${count} cases`), case: 'Case', state: 'Status', municipality: 'Municipality', persons: 'Persons', deadline: 'Next deadline', assigned: 'Assigned to',
    you: 'you', nobody: 'nobody', ends: 'Ends', confirm: 'Confirm', none: 'none', afterOpening: 'after opening', unknownPersons: 'not told', newMessage: 'New message',
    evicted: '1 person sent out', adults: (count) => (count === 1 ? '1 adult' : `${count} adults`), children: (count) => (count === 1 ? '1 child' : `${count} children`),
    empty: 'No running bans in your region', emptyBody: 'New notices appear here by themselves. You need not refresh the page.', emptyFilter: 'No cases with this choice', emptyFilterBody: 'Choose another status or municipality, or', clear: 'show all cases',
  },
);

/** Words of one case. */
export const caseWords = bilingual(
  {
    ...nl, title: 'Zaakmelding', waits: 'Dit wacht op uw ontvangst', confirm: 'Ontvangst bevestigen', confirmHint: 'Met bevestigen zegt u dat uw organisatie dit kent. Dat staat in het logboek.',
    fetch: 'Openen', fetchHint: 'Dit bericht is nog niet bij u afgeleverd. Openen is ophalen: dat komt eerst in het logboek en telt als aflevering.', due: 'Bevestigen vóór', late: 'te laat', gone: 'Dit bericht is niet te openen: het is vernietigd, of het is niet wat het logboek zegt. De beheerder van de hub weet meer.',
    advice: 'Advies sturen', answer: 'Overleg beantwoorden', question: 'Vraag stellen', notOurs: 'Niet voor ons', print: 'Afdrukken',
    facts: 'De zaak', number: 'Zaaknummer', municipality: 'Gemeente', state: 'Status', persons: 'Betrokkenen', end: 'Einde huisverbod', noEnd: 'niet bekend', endsAt: 'Het huisverbod loopt tot', endedAt: 'Het huisverbod eindigde', assigned: 'Toegewezen aan', nobody: 'niemand', you: 'u',
    assign: 'Toewijzen', assignTo: 'Aan wie', toMe: 'Aan mij toewijzen', unassigned: 'niemand', received: 'Ontvangen berichten', sent: 'Verstuurd door ons', noneSent: 'Uw organisatie verstuurde in deze zaak nog niets.',
    from: 'Van', at: 'Verstuurd', got: 'Bij ons', confirmed: 'Bevestigd', replaced: 'Verbeterd of ingetrokken: zie het latere bericht', ground: 'Grondslag', rule: 'Regel', article: 'artikel', byLaw: 'wet', byPolicy: 'beleid',
    left: (count: number) => (count === 1 ? '1 veld weggelaten: niet toegestaan' : `${count} velden weggelaten: niet toegestaan`), leftNone: 'Er is niets weggelaten waarvan u mag weten.',
    leftWhy: (rule: string, article: string) => `Regel ${rule} (${article}) geeft dit soort gegevens niet aan u.`, leftRest: 'Wat u niet mag weten, staat ook hier niet.', ground2: 'Waarom u dit krijgt',
    signature: 'Afzender bewezen', byMail: 'door de handtekening onder de mail (S/MIME)', byWebhook: 'door de handtekening onder het verzoek', byApi: 'door de sleutel van zijn programma', byConsole: 'aangemeld bij Ketensluis', inLog: 'inhoud gelijk aan het logboek', signedAt: 'ondertekend',
    files: 'Bijlagen', download: 'Ophalen', hash: 'SHA-256', contacts: 'Contact in deze zaak', noAddress: 'geen adres bekend', yes: 'ja', no: 'nee', opened: 'Dat u deze zaak opende staat in het toegangslogboek.',
    states: { accepted: 'Wordt verwerkt', applied: 'Verwerkt', refused: 'Geweigerd: past niet bij hoe de zaak staat', parked: 'Staat stil: de beheerder kijkt ernaar' }, to: 'Naar', delivered: 'afgeleverd', underWay: 'onderweg', held: 'wacht', notGiven: 'niet gegeven',
    new: 'Nieuw', kb: 'kB', content: 'Wat wij schreven',
  },
  {
    ...en, title: 'Case notice', waits: 'This waits for your receipt', confirm: 'Confirm receipt', confirmHint: 'By confirming you say that your organisation knows this. The log says so.',
    fetch: 'Open', fetchHint: 'This message was not delivered to you yet. Opening is fetching: it is recorded in the log first and counts as delivery.', due: 'Confirm before', late: 'late', gone: 'This message cannot be opened: it was destroyed, or it is not what the log says. The operator of the hub knows more.',
    advice: 'Send advice', answer: 'Answer consultation', question: 'Ask a question', notOurs: 'Not for us', print: 'Print',
    facts: 'The case', number: 'Case number', municipality: 'Municipality', state: 'Status', persons: 'Persons', end: 'End of the ban', noEnd: 'not known', endsAt: 'The ban runs until', endedAt: 'The ban ended', assigned: 'Assigned to', nobody: 'nobody', you: 'you',
    assign: 'Assign', assignTo: 'To whom', toMe: 'Assign to me', unassigned: 'nobody', received: 'Messages received', sent: 'Sent by us', noneSent: 'Your organisation sent nothing in this case yet.',
    from: 'From', at: 'Sent', got: 'With us', confirmed: 'Confirmed', replaced: 'Corrected or withdrawn: see the later message', ground: 'Ground', rule: 'Rule', article: 'article', byLaw: 'law', byPolicy: 'policy',
    left: (count) => (count === 1 ? '1 field left out: not permitted' : `${count} fields left out: not permitted`), leftNone: 'Nothing was left out that you may know of.',
    leftWhy: (rule, article) => `Rule ${rule} (${article}) does not give this kind of data to you.`, leftRest: 'What you may not know of does not stand here either.', ground2: 'Why you get this',
    signature: 'Sender proven', byMail: 'by the signature under the mail (S/MIME)', byWebhook: 'by the signature under the request', byApi: 'by the key of its program', byConsole: 'signed in at Ketensluis', inLog: 'content equals the log', signedAt: 'signed',
    files: 'Attachments', download: 'Download', hash: 'SHA-256', contacts: 'Contacts in this case', noAddress: 'no address known', yes: 'yes', no: 'no', opened: 'That you opened this case stands in the access log.',
    states: { accepted: 'Being processed', applied: 'Processed', refused: 'Refused: does not fit how the case stands', parked: 'Stands still: the operator looks at it' }, to: 'To', delivered: 'delivered', underWay: 'under way', held: 'waits', notGiven: 'not given',
    new: 'New', kb: 'kB', content: 'What we wrote',
  },
);

/** Words of what is written in a case. */
export const writeWords = bilingual(
  {
    ...nl, advice: 'Advies sturen', adviceLead: 'Uw advies gaat als bericht naar de burgemeester. Het wordt beslist volgens de wet, vastgelegd in het logboek en afgeleverd. Schrijf geen behandelinhoud.',
    answer: 'Overleg beantwoorden', answerLead: 'Uw antwoord gaat als bericht naar wie het overleg vroeg, en wordt vastgelegd in het logboek.', send: 'Versturen', back: 'Terug naar de zaak', pick: (label: string) => `Kies bij "${label}" een antwoord.`, write: (label: string) => `Vul "${label}" in.`,
    file: 'Advies als bestand', fileHint: 'Een PDF van ten hoogste 10 MB.', filePdf: 'Kies een PDF.', notSaid: 'niet gezegd', yes: 'ja', no: 'nee', refused: 'Het bericht past niet bij het contract. Verbeter wat hieronder staat.', busy: 'Er zijn te veel berichten tegelijk verstuurd. Wacht een minuut.', conflict: 'Dit bericht is al eerder verstuurd.',
    question: 'Vraag stellen aan de afzender', questionLead: 'De wet kent geen bericht voor een vrije vraag. De afzender krijgt daarom alleen een verzoek om u te bellen, met het onderwerp dat u kiest en zonder gegevens over personen.', subject: 'Waarover gaat uw vraag', chooseSubject: 'Kies waarover uw vraag gaat.', ask: 'Verzoek versturen',
    notOurs: 'Niet voor ons', notOursLead: 'De zaak gaat uit uw lijst met lopende zaken, en de afzender krijgt een taak met de reden die u kiest. Wat u ontving blijft in het logboek staan.', reason: 'Reden', chooseReason: 'Kies een reden.', giveBack: 'Melding teruggeven',
  },
  {
    ...en, advice: 'Send advice', adviceLead: 'Your advice goes to the burgemeester as a message. It is decided by the law, recorded in the log and delivered. Write no content of treatment.',
    answer: 'Answer consultation', answerLead: 'Your answer goes as a message to whoever asked, and is recorded in the log.', send: 'Send', back: 'Back to the case', pick: (label) => `Choose an answer at "${label}".`, write: (label) => `Fill in "${label}".`,
    file: 'Advice as a file', fileHint: 'A PDF of at most 10 MB.', filePdf: 'Choose a PDF.', notSaid: 'not said', yes: 'yes', no: 'no', refused: 'The message does not follow the contract. Mend what stands below.', busy: 'Too many messages were sent at once. Wait a minute.', conflict: 'This message was sent before.',
    question: 'Ask the sender', questionLead: 'The law knows no message for a free question. So the sender only gets a request to call you, with the subject you choose and without data on persons.', subject: 'What your question is about', chooseSubject: 'Choose what your question is about.', ask: 'Send request',
    notOurs: 'Not for us', notOursLead: 'The case leaves your list of running cases, and the sender gets a task with the reason you choose. What you received stays in the log.', reason: 'Reason', chooseReason: 'Choose a reason.', giveBack: 'Give notice back',
  },
);
