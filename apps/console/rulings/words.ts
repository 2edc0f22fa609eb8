import type { CourtShow, CourtType, Role } from '@ketensluis/domain';
import { bilingual } from '../shell/language.js';

const typesNl: Record<CourtType, string> = { 'voorziening.verzocht': 'Verzoek voorlopige voorziening', 'zitting.bepaald': 'Zitting', 'uitspraak.voorziening': 'Uitspraak voorlopige voorziening', 'uitspraak.beroep': 'Uitspraak beroep', 'uitspraak.hoger-beroep': 'Uitspraak hoger beroep' };
const typesEn: Record<CourtType, string> = { 'voorziening.verzocht': 'Request for provisional relief', 'zitting.bepaald': 'Hearing', 'uitspraak.voorziening': 'Ruling on provisional relief', 'uitspraak.beroep': 'Ruling on appeal', 'uitspraak.hoger-beroep': 'Ruling on higher appeal' };
const showsNl: Record<CourtShow, string> = { new: 'Nieuw: verzoek zonder zitting', hearing: 'Zitting binnen 3 dagen', unsent: 'Nog niet bezorgd', sent: 'Bezorgd' };
const showsEn: Record<CourtShow, string> = { new: 'New: request without a hearing', hearing: 'Hearing within 3 days', unsent: 'Not delivered yet', sent: 'Delivered' };

/** Codes of a ruling in words; a code without words is shown as it is. */
const dictaNl: Readonly<Record<string, string>> = {
  afgewezen: 'Afgewezen', 'toegewezen-geschorst': 'Toegewezen: huisverbod geschorst', 'gegrond-vernietigd': 'Gegrond: besluit vernietigd', ongegrond: 'Ongegrond', 'niet-ontvankelijk': 'Niet-ontvankelijk', kortsluiting: 'Kortsluiting (Awb 8:86)',
};
const dictaEn: Readonly<Record<string, string>> = {
  afgewezen: 'Refused', 'toegewezen-geschorst': 'Granted: ban suspended', 'gegrond-vernietigd': 'Well-founded: decision annulled', ongegrond: 'Unfounded', 'niet-ontvankelijk': 'Inadmissible', kortsluiting: 'Decided with the main case (Awb 8:86)',
};
const effectsNl: Readonly<Record<string, string>> = { blijft: 'Het huisverbod blijft', eindigt: 'Het huisverbod eindigt', verkort: 'Het huisverbod wordt korter' };
const effectsEn: Readonly<Record<string, string>> = { blijft: 'The ban stays', eindigt: 'The ban ends', verkort: 'The ban gets shorter' };

/** Whom a copy is for, short enough for a table. */
const shortNl: Readonly<Partial<Record<Role, string>>> = { POL: 'politie', VT: 'Veilig Thuis', BM: 'gemeente', ADV: 'raadsman', PART: 'huisgenoten', UHG: 'uithuisgeplaatste', INST: 'aangewezen instantie' };
const shortEn: Readonly<Partial<Record<Role, string>>> = { POL: 'police', VT: 'Veilig Thuis', BM: 'municipality', ADV: 'lawyer', PART: 'household', UHG: 'person sent out', INST: 'designated instance' };

const mannersNl: Readonly<Record<string, string>> = { fysiek: 'Op de rechtbank', video: 'Per video', telefoon: 'Per telefoon' };
const mannersEn: Readonly<Record<string, string>> = { fysiek: 'In court', video: 'By video', telefoon: 'By telephone' };

/** Codes of a court. */
export const courtWords = bilingual(
  { types: typesNl, shows: showsNl, dicta: dictaNl, effects: effectsNl, short: shortNl, manners: mannersNl },
  { types: typesEn, shows: showsEn, dicta: dictaEn, effects: effectsEn, short: shortEn, manners: mannersEn },
);

/** How a copy stands. */
export const copyWords = bilingual(
  { delivered: 'bezorgd', done: 'gedaan', 'by-hand': 'zelf doen', 'under-way': 'onderweg', held: 'vastgehouden', stuck: 'niet aangekomen' },
  { delivered: 'delivered', done: 'done', 'by-hand': 'do by hand', 'under-way': 'under way', held: 'held', stuck: 'did not arrive' },
);

/** Words of the list. */
export const listWords = bilingual(
  {
    title: 'Uitspraken', lead: 'Verzoeken, zittingen en uitspraken over huisverboden van uw gerecht. De nieuwste staat bovenaan.', add: 'Uitspraak toevoegen', numbers: 'In het kort',
    tiles: { new: 'Nieuw', hearing: 'Zitting binnen 3 dagen', unsent: 'Nog te verzenden', sent: 'Bezorgd' },
    tileNotes: { new: 'verzoek zonder zitting', hearing: 'nog geen uitspraak', unsent: 'iemand heeft zijn afschrift nog niet', sent: 'iedereen heeft zijn afschrift' },
    show: 'Toon', outcome: 'Uitkomst', municipality: 'Gemeente', period: 'Periode', all: 'Alles', days: (days: number) => `Laatste ${days} dagen`, year: 'Laatste jaar',
    count: (count: number, more: boolean) => `${count}${more ? ' op deze bladzijde' : ''} ${count === 1 ? 'regel' : 'regels'}`,
    columns: { court: 'Zaaknummer rechtbank', hub: 'Zaak hub', type: 'Soort', date: 'Datum', outcome: 'Uitkomst', copies: 'Afschriften' },
    none: 'Hier staat nu niets', noneNext: 'Geen regel past bij deze keuze.', clear: 'Toon alles', unknown: 'onbekend', hearing: 'zitting', deciding: 'wordt beslist', refused: 'niet aangenomen', parked: 'staat stil', replaced: 'vervangen',
    empty: 'Nog geen uitspraken. Zo sluit u de feed aan', emptyBody: 'De feed meldt uw zaaksysteem wat er voor uw gerecht klaarstaat. Probeer hem eerst met deze regel:', emptyNext: 'Uitspraken die uw gerecht verstuurt staan hier vanzelf, ook als zij per webhook, API of mail komen.',
    scanned: 'Er is verder terug nog meer om te doorzoeken: ga naar de volgende bladzijde.',
  },
  {
    title: 'Rulings', lead: 'Requests, hearings and rulings on bans of your court. The newest comes first.', add: 'Add a ruling', numbers: 'In short',
    tiles: { new: 'New', hearing: 'Hearing within 3 days', unsent: 'Still to send', sent: 'Delivered' },
    tileNotes: { new: 'request without a hearing', hearing: 'no ruling yet', unsent: 'somebody lacks his copy', sent: 'everybody has his copy' },
    show: 'Show', outcome: 'Outcome', municipality: 'Municipality', period: 'Period', all: 'Everything', days: (days) => `Last ${days} days`, year: 'Last year',
    count: (count, more) => `${count} ${count === 1 ? 'row' : 'rows'}${more ? ' on this page' : ''}`,
    columns: { court: 'Court case number', hub: 'Case in the hub', type: 'Kind', date: 'Date', outcome: 'Outcome', copies: 'Copies' },
    none: 'Nothing here now', noneNext: 'No row fits this choice.', clear: 'Show everything', unknown: 'unknown', hearing: 'hearing', deciding: 'being decided', refused: 'not accepted', parked: 'stands still', replaced: 'replaced',
    empty: 'No rulings yet. This is how you connect the feed', emptyBody: 'The feed tells your case system what is ready for your court. Try it with this line first:', emptyNext: 'Rulings your court sends appear here by themselves, also when they come by webhook, API or mail.',
    scanned: 'There is more to search further back: go to the next page.',
  },
);

/** Words of the box about the feed. */
export const feedWords = bilingual(
  {
    title: 'Feed van uw gerecht', lead: 'De feed meldt wat er voor uw gerecht klaarstaat. Hij is geen afschrift: een uitspraak is pas bezorgd als de ontvanger het bericht heeft.',
    address: 'Adres (Atom)', test: 'Open het adres:', testHint: 'zonder certificaat of token hoort hier 401 te komen: dan klopt het adres.', signIn: 'Aanmelden', signInBody: 'Met het clientcertificaat van uw gerecht, of met een token in de header Authorization. Nooit in het adres.',
    last: 'Laatst opgehaald', never: 'nog nooit', by: (name: string) => `door ${name}`, certificate: 'een programma met certificaat of sleutel', items: 'In de feed', itemsText: (items: number, unread: number) => `${items} ${items === 1 ? 'melding' : 'meldingen'}, ${unread} nog niet gezien`,
    withCertificate: 'Proberen met certificaat', withToken: 'Proberen met token',
    quiet: 'De feed is langer dan 2 uur niet opgehaald', quietBody: (ago: string) => `De laatste keer was ${ago}. Er gaat niets verloren: wat klaarstaat blijft staan. Kijk of uw zaaksysteem draait, of probeer de regel hieronder.`, quietNever: 'Uw gerecht krijgt berichten per feed, maar niemand heeft hem nog opgehaald. Probeer de regel hieronder.',
    notFeed: 'Uw gerecht krijgt stukken nu langs een andere weg. De feed blijft leeg tot de beheerder van de hub het kanaal op "feed" zet.', toFeed: 'Naar de feed', details: 'Aanmelden en proberen',
  },
  {
    title: 'Feed of your court', lead: 'The feed tells what is ready for your court. It is no copy: a ruling is delivered only when its recipient has the message.',
    address: 'Address (Atom)', test: 'Open the address:', testHint: 'without certificate or token this should answer 401: then the address is right.', signIn: 'Signing in', signInBody: 'With the client certificate of your court, or with a token in the header Authorization. Never in the address.',
    last: 'Last fetched', never: 'never', by: (name) => `by ${name}`, certificate: 'a program with a certificate or key', items: 'In the feed', itemsText: (items, unread) => `${items} ${items === 1 ? 'item' : 'items'}, ${unread} not seen yet`,
    withCertificate: 'Try it with a certificate', withToken: 'Try it with a token',
    quiet: 'The feed has not been fetched for more than 2 hours', quietBody: (ago) => `The last time was ${ago}. Nothing is lost: what is ready stays there. See whether your case system runs, or try the line below.`, quietNever: 'Your court gets messages by feed, and nobody has fetched it yet. Try the line below.',
    notFeed: 'Your court gets documents another way now. The feed stays empty until the operator of the hub sets the channel to "feed".', toFeed: 'To the feed', details: 'Signing in, and trying it',
  },
);

/** Words of one message of the court. */
export const rulingWords = bilingual(
  {
    court: 'Zaaknummer rechtbank', hub: 'Zaak hub', municipality: 'Gemeente', received: 'Ontvangen', outcome: 'Uitkomst', effect: 'Gevolg', until: 'Huisverbod werkt tot', ruledAt: 'Uitspraak op', dated: 'Dagtekening', requestedAt: 'Verzoek ontvangen op', hearingAt: 'Zitting op', manner: 'Wijze', oral: 'Mondelinge uitspraak', yes: 'ja', no: 'nee', ecli: 'ECLI', related: 'Connexe zaken',
    facts: 'Gegevens', documents: 'Stukken', noDocuments: 'Bij dit bericht zit geen stuk.', open: (place: number) => `Stuk ${place} openen`, kB: (kB: number) => `${kB} kB`, opened: 'Dat u deze zaak opende staat in het toegangslogboek.', destroyed: 'De inhoud is vernietigd.',
    copies: 'Afschriften en mededelingen', copiesLead: '"In de feed" betekent dat de ontvanger het kan zien; "bezorgd" dat hij het heeft.', who: 'Wie', what: 'Wat', ground: 'Op grond van', due: 'Uiterlijk', feed: 'In de feed', state: 'Status', copy: 'afschrift', word: 'mededeling',
    notInFeed: 'nee', noTerm: 'geen termijn', late: 'te laat', markDone: 'Leg vast dat dit gedaan is', close: 'Vastleggen en sluiten', inCase: 'zaak', how: 'Hoe en wanneer deed u dit?', howHint: 'Bijvoorbeeld: telefonisch verteld om 15:10. Geen namen. Dit gaat versleuteld naar het logboek.', howMissing: 'Schrijf op hoe en wanneer u dit deed.', byHand: 'Deze ontvanger krijgt niets via Ketensluis. Doe dit zelf en leg het hier vast.',
    noCopies: 'Bij dit bericht horen geen afschriften.', others: 'Wie dit bericht krijgt', otherNone: 'Nog niemand: het bericht wordt beslist.',
    states: { accepted: 'Wordt beslist', applied: 'Verwerkt', refused: 'Niet aangenomen', parked: 'Staat stil' },
    deciding: 'Het bericht is veilig aangenomen en wordt nu beslist. Dat duurt meestal een paar seconden. Ververs de pagina als er niets verandert.', refused: 'Dit bericht past niet bij de zaak. Er is niets verstuurd.', parked: 'Dit bericht staat stil. De beheerder van de hub kijkt ernaar; er gaat niets verloren.', replaced: 'Dit bericht is later vervangen of ingetrokken.',
    addHere: 'Uitspraak toevoegen', done: { verstuurd: 'De uitspraak is verstuurd', gedaan: 'Vastgelegd: dit is gedaan' }, doneBody: 'Hieronder ziet u wie zijn afschrift heeft.', notOpen: 'Deze plicht staat niet (meer) open.',
    history: 'Wat er gebeurde', cameIn: 'Bericht ontvangen', decided: (log: string) => `Beslist en in het logboek${log}`, logNumber: (number: number) => ` (nr. ${number})`, got: (who: string) => `${who} heeft het`,
  },
  {
    court: 'Court case number', hub: 'Case in the hub', municipality: 'Municipality', received: 'Received', outcome: 'Outcome', effect: 'Effect', until: 'Ban has effect until', ruledAt: 'Ruled at', dated: 'Date of the document', requestedAt: 'Request received at', hearingAt: 'Hearing at', manner: 'Manner', oral: 'Oral ruling', yes: 'yes', no: 'no', ecli: 'ECLI', related: 'Related cases',
    facts: 'Facts', documents: 'Documents', noDocuments: 'No document came with this message.', open: (place) => `Open document ${place}`, kB: (kB) => `${kB} kB`, opened: 'That you opened this case stands in the access log.', destroyed: 'The content was destroyed.',
    copies: 'Copies and notices', copiesLead: '"In the feed" means that the recipient can see it; "delivered" that he has it.', who: 'Who', what: 'What', ground: 'On the ground of', due: 'At the latest', feed: 'In the feed', state: 'Status', copy: 'copy', word: 'notice',
    notInFeed: 'no', noTerm: 'no term', late: 'late', markDone: 'Record that this was done', close: 'Record and close', inCase: 'case', how: 'How and when did you do this?', howHint: 'For example: told by telephone at 15:10. No names. This goes to the log, encrypted.', howMissing: 'Write down how and when you did this.', byHand: 'This recipient gets nothing through Ketensluis. Do it yourself and record it here.',
    noCopies: 'No copies belong to this message.', others: 'Who gets this message', otherNone: 'Nobody yet: the message is being decided.',
    states: { accepted: 'Being decided', applied: 'Processed', refused: 'Not accepted', parked: 'Stands still' },
    deciding: 'The message was safely accepted and is being decided now. That mostly takes a few seconds. Refresh the page if nothing changes.', refused: 'This message does not fit the case. Nothing was sent.', parked: 'This message stands still. The operator of the hub looks at it; nothing is lost.', replaced: 'This message was replaced or withdrawn later.',
    addHere: 'Add a ruling', done: { verstuurd: 'The ruling was sent', gedaan: 'Recorded: this is done' }, doneBody: 'Below you see who has his copy.', notOpen: 'This duty is not open (any more).',
    history: 'What happened', cameIn: 'Message received', decided: (log) => `Decided and in the log${log}`, logNumber: (number) => ` (no. ${number})`, got: (who) => `${who} has it`,
  },
);

/** Words of adding a ruling. */
export const addWords = bilingual(
  {
    title: 'Uitspraak toevoegen', choose: 'Bij welke zaak hoort de uitspraak?', chooseLead: 'U voegt een uitspraak toe bij een verzoek of zitting die uw gerecht in Ketensluis heeft gemeld.', waiting: 'Zonder uitspraak', noneWaiting: 'Er wacht geen verzoek of zitting op een uitspraak.', byNumber: 'Of zoek op zaaknummer',
    number: 'Zaaknummer van de rechtbank', numberHint: 'Bijvoorbeeld NWD 26/1001. Het nummer komt niet in het adres van de pagina.', find: 'Zoeken', notFound: 'Uw gerecht heeft geen verzoek of zitting met dit zaaknummer gemeld. Controleer het nummer.', numberMissing: 'Vul het zaaknummer in.', several: 'Dit zaaknummer hoort bij meer zaken. Kies de goede.',
    case: 'Zaak', kind: 'Soort uitspraak', kindMissing: 'Kies het soort uitspraak.', dates: 'Wanneer', day: (what: string) => `${what}: dag`, time: (what: string) => `${what}: tijd`, dayHint: 'dd-mm-jjjj', timeHint: 'uu:mm', dayWrong: (what: string) => `Vul bij "${what}" een dag in als dd-mm-jjjj.`, timeWrong: (what: string) => `Vul bij "${what}" een tijd in als uu:mm.`, future: 'De uitspraak kan niet in de toekomst liggen.',
    ruling: 'Uitspraak', dated: 'Dagtekening', request: 'Verzoek ontvangen', hearing: 'Zitting', until: 'Huisverbod werkt tot', untilHint: 'Alleen als het huisverbod eindigt of korter wordt.',
    outcome: 'Uitkomst', outcomeMissing: 'Kies de uitkomst.', effect: 'Gevolg voor het huisverbod', effectMissing: 'Kies het gevolg voor het huisverbod.', manner: 'Zitting: wijze', mannerMissing: 'Kies hoe de zitting was.', oral: 'Dit is een mondelinge uitspraak (met proces-verbaal)', ecli: 'ECLI', chooseOne: 'Kies',
    file: 'Uitspraak als PDF', fileHint: 'Ten hoogste 10 MB. De naam van het bestand gaat niet mee.', fileKept: (kB: number) => `Het bestand van ${kB} kB blijft, tenzij u een ander kiest.`, fileMissing: 'Voeg de uitspraak toe als PDF.', filePdf: 'Dit is geen PDF. Maak van de uitspraak een PDF.', fileLarge: 'Het bestand is groter dan 10 MB.', next: 'Controleren', back: 'Terug', nothingYet: 'Er wordt nu nog niets verstuurd.',
  },
  {
    title: 'Add a ruling', choose: 'Which case is the ruling about?', chooseLead: 'You add a ruling to a request or hearing that your court reported in Ketensluis.', waiting: 'Without a ruling', noneWaiting: 'No request or hearing waits for a ruling.', byNumber: 'Or look for the case number',
    number: 'Case number of the court', numberHint: 'For example NWD 26/1001. The number does not get into the address of the page.', find: 'Search', notFound: 'Your court reported no request or hearing with this case number. Check the number.', numberMissing: 'Fill in the case number.', several: 'This case number belongs to several cases. Choose the right one.',
    case: 'Case', kind: 'Kind of ruling', kindMissing: 'Choose the kind of ruling.', dates: 'When', day: (what) => `${what}: day`, time: (what) => `${what}: time`, dayHint: 'dd-mm-yyyy', timeHint: 'hh:mm', dayWrong: (what) => `At "${what}", fill in a day as dd-mm-yyyy.`, timeWrong: (what) => `At "${what}", fill in a time as hh:mm.`, future: 'The ruling cannot lie in the future.',
    ruling: 'Ruling', dated: 'Date of the document', request: 'Request received', hearing: 'Hearing', until: 'Ban has effect until', untilHint: 'Only when the ban ends or gets shorter.',
    outcome: 'Outcome', outcomeMissing: 'Choose the outcome.', effect: 'Effect on the ban', effectMissing: 'Choose the effect on the ban.', manner: 'Hearing: manner', mannerMissing: 'Choose how the hearing was.', oral: 'This is an oral ruling (with a record)', ecli: 'ECLI', chooseOne: 'Choose',
    file: 'Ruling as PDF', fileHint: 'At most 10 MB. The name of the file does not go along.', fileKept: (kB) => `The file of ${kB} kB stays, unless you choose another.`, fileMissing: 'Add the ruling as a PDF.', filePdf: 'This is no PDF. Make a PDF of the ruling.', fileLarge: 'The file is larger than 10 MB.', next: 'Check', back: 'Back', nothingYet: 'Nothing is sent yet.',
  },
);

/** Why a ruling does not fit its case; a cause without words is shown as its code. */
const causesNl: Readonly<Record<string, string>> = {
  'not-requested': 'Op dit verzoek is al uitspraak gedaan, of er is geen verzoek.', 'not-imposed': 'In deze zaak is geen huisverbod opgelegd.', 'in-the-future': 'De uitspraak ligt in de toekomst.', 'out-of-order': 'Er mist een eerdere uitspraak in deze zaak.', 'other-tenant': 'Uw gerecht werkt niet voor deze gemeente.', 'role-not-held': 'Uw gerecht heeft deze rol niet.', 'unknown-party': 'Uw gerecht is nu niet aangesloten.',
};
const causesEn: Readonly<Record<string, string>> = {
  'not-requested': 'This request was ruled on already, or there is no request.', 'not-imposed': 'No ban was imposed in this case.', 'in-the-future': 'The ruling lies in the future.', 'out-of-order': 'An earlier ruling is missing in this case.', 'other-tenant': 'Your court does not work for this municipality.', 'role-not-held': 'Your court does not hold this role.', 'unknown-party': 'Your court is not connected now.',
};

/** Words of looking a ruling over. */
export const draftWords = bilingual(
  {
    title: 'Controleren en versturen', lead: 'Zo gaat de uitspraak uit. Er is nog niets verstuurd. Bij het versturen beslist de hub opnieuw, met dezelfde regels.', gets: 'Dit gaat uit', hands: 'Dit doet u zelf', nobody: 'Dit gaat niet uit', who: 'Wie', what: 'Wat', how: 'Hoe', ground: 'Op grond van', why: 'Waarom', due: 'Uiterlijk',
    byHub: 'via Ketensluis', byMayor: 'namens de burgemeester', withFile: 'met de PDF', noHands: 'U hoeft zelf niemand iets te vertellen.', asked: { copy: 'Zend kosteloos een afschrift.', word: 'Deel de uitspraak onverwijld mee.' }, noTerm: 'geen termijn', send: 'Versturen', change: 'Wijzigen', drop: 'Weggooien', gone: 'Dit concept is er niet meer', goneBody: 'Een concept blijft een uur staan. Er is niets verstuurd.', again: 'Begin opnieuw',
    refused: 'Deze uitspraak past niet bij de zaak en kan zo niet worden verstuurd', kept: 'Een concept blijft een uur staan. Wie bij uw gerecht is aangemeld kan het versturen.', policy: 'termijn van beleid', law: 'termijn van de wet',
    failures: { invalid: 'De uitspraak is niet aangenomen. Kies "Wijzigen" en kijk wat er niet klopt.', busy: 'Er komen nu te veel berichten van uw gerecht. Probeer het over een minuut opnieuw.', conflict: 'Deze uitspraak is al eerder verstuurd.', other: 'Uw gerecht is nu niet aangesloten. Bel de beheerder van de hub.' },
    causes: causesNl,
  },
  {
    title: 'Check and send', lead: 'This is how the ruling goes out. Nothing was sent yet. When you send it the hub decides anew, with the same rules.', gets: 'This goes out', hands: 'This you do yourself', nobody: 'This does not go out', who: 'Who', what: 'What', how: 'How', ground: 'On the ground of', why: 'Why', due: 'At the latest',
    byHub: 'through Ketensluis', byMayor: 'in the name of the burgemeester', withFile: 'with the PDF', noHands: 'You need not tell anybody anything yourself.', asked: { copy: 'Send a copy free of charge.', word: 'Tell the ruling without delay.' }, noTerm: 'no term', send: 'Send', change: 'Change', drop: 'Throw away', gone: 'This draft is not there any more', goneBody: 'A draft is kept for an hour. Nothing was sent.', again: 'Begin again',
    refused: 'This ruling does not fit the case and cannot be sent like this', kept: 'A draft is kept for an hour. Whoever is signed in at your court can send it.', policy: 'term of policy', law: 'term of the law',
    failures: { invalid: 'The ruling was not accepted. Choose "Change" and see what is not right.', busy: 'Too many messages come from your court now. Try again in a minute.', conflict: 'This ruling was sent before.', other: 'Your court is not connected now. Call the operator of the hub.' },
    causes: causesEn,
  },
);
