import { bilingual } from '../shell/language.js';

/** Texts by a code of the log, which may be one that this version does not know. */
export const coded = (texts: Readonly<Record<string, string>>): Readonly<Record<string, string>> => texts;

/** Words of the room with the entries of the log. */
export const logWords = bilingual(
  {
    title: 'Verstrekkingen', lead: 'Wie kreeg welke gegevens, wanneer en op welke grond. Het logboek kan alleen groeien; u ziet de regels van uw eigen organisatie. Wat u hier bekijkt wordt ook vastgelegd.',
    nr: 'Nr.', at: 'Tijd', from: 'Van', to: 'Aan', given: 'Gegevens', ground: 'Grondslag en regel', decision: 'Beslissing', about: 'Betrokkene',
    permit: 'Toegestaan', hold: 'Wacht', refuse: 'Geweigerd', none: 'Vastgelegd', nobody: 'iemand zonder aansluiting', more: (count: number) => `en ${count} meer`, gone: 'vernietigd',
    decisions: { toegestaan: 'Toegestaan', wacht: 'Wacht', geweigerd: 'Geweigerd', raadpleging: 'Raadplegingen van het logboek', alles: 'Alle regels van het logboek' },
    purpose: 'Waarom kijkt u?', purposeHint: 'Het doel komt in het logboek te staan.', first: 'Van', last: 'Tot en met', dayHint: 'dd-mm-jjjj', recipient: 'Ontvanger', sender: 'Afzender', category: 'Soort gegevens',
    basis: 'Grondslag (code)', basisHint: 'zoals wth:2.8', ruleId: 'Regel', ruleHint: 'zoals WTH-08', law: 'Regelversie', channel: 'Kanaal', outside: 'Alleen buiten kantoortijd', outsideHint: 'Kantoortijd: maandag tot en met vrijdag van 8 tot 18 uur, geen feestdagen.', anybody: 'Alle',
    search: 'Zoeken', filters: 'Filters', moreFilters: 'Meer filters', clear: 'Filters wissen', byPerson: 'Zoek op persoon', csv: 'CSV',
    channels: coded({ 'smime-mail': 'versleutelde mail (S/MIME)', webhook: 'webhook', 'secure-mail': 'beveiligde mail (NTA 7516)', feed: 'feed', portal: 'geopend in Ketensluis' }),
    dayFault: 'Schrijf een dag als 22-11-2026.', orderFault: 'De eerste dag ligt na de laatste.', unknownFault: 'Deze waarde bestaat niet. Kies of typ een andere.',
    found: (count: string, first: string, last: string) => `${count}, ${first} t/m ${last}`, rows: (count: number, more: boolean) => (more ? `Meer dan ${count.toLocaleString('nl-NL')} regels` : count === 1 ? '1 regel' : `${count.toLocaleString('nl-NL')} regels`),
    csvMost: (most: number) => `De CSV heeft ten hoogste ${most.toLocaleString('nl-NL')} regels. Kies een kortere periode voor de rest.`, upTo: (size: number) => `Van de eerste ${size.toLocaleString('nl-NL')} regels van het logboek.`,
    empty: 'Geen verstrekkingen in deze periode', emptySpan: (first: string, last: string) => `De eerste verstrekking van uw organisatie is van ${first}, de laatste van ${last}.`, emptyNone: 'Van uw organisatie is nog niets verstrekt. Zodra de hub iets doorgeeft staat het hier, zonder dat u iets doet.', emptyAll: 'Toon die periode',
    emptyPerson: 'Niets gevonden over deze persoon', emptyPersonNext: 'Controleer het nummer, of zoek op naam en geboortedatum. Iemand zonder BSN in het bericht staat alleen op naam in het logboek.',
    again: 'Zoek opnieuw', personNotice: (purpose: string) => `Zoekvraag over één persoon: ${purpose}`, personNext: 'De persoon staat niet in het adres van deze pagina en niet in het toegangslogboek. U kunt hier tien uur naar terug.',
    makeReport: 'Maak het inzagerapport', newSearch: 'Andere persoon', searchGone: 'Deze zoekvraag is er niet meer', searchGoneNext: 'Een zoekvraag over een persoon blijft tien uur staan en is alleen voor wie hem deed.',
  },
  {
    title: 'Disclosures', lead: 'Who received which data, when and on which ground. The log can only grow; you see the entries of your own organisation. What you look at here is recorded as well.',
    nr: 'No.', at: 'Time', from: 'From', to: 'To', given: 'Data', ground: 'Ground and rule', decision: 'Decision', about: 'Person',
    permit: 'Permitted', hold: 'Waits', refuse: 'Refused', none: 'Recorded', nobody: 'somebody not connected', more: (count) => `and ${count} more`, gone: 'destroyed',
    decisions: { toegestaan: 'Permitted', wacht: 'Waits', geweigerd: 'Refused', raadpleging: 'Consultations of the log', alles: 'Every entry of the log' },
    purpose: 'Why do you look?', purposeHint: 'The purpose is written in the log.', first: 'From', last: 'Up to and including', dayHint: 'dd-mm-yyyy', recipient: 'Recipient', sender: 'Sender', category: 'Kind of data',
    basis: 'Ground (code)', basisHint: 'as in wth:2.8', ruleId: 'Rule', ruleHint: 'as in WTH-08', law: 'Rule version', channel: 'Channel', outside: 'Only outside office hours', outsideHint: 'Office hours: Monday to Friday from 8 to 18, holidays apart.', anybody: 'All',
    search: 'Search', filters: 'Filters', moreFilters: 'More filters', clear: 'Clear filters', byPerson: 'Search for a person', csv: 'CSV',
    channels: { 'smime-mail': 'encrypted mail (S/MIME)', webhook: 'webhook', 'secure-mail': 'secure mail (NTA 7516)', feed: 'feed', portal: 'opened in Ketensluis' },
    dayFault: 'Write a day as 22-11-2026.', orderFault: 'The first day is after the last.', unknownFault: 'There is no such value. Choose or type another.',
    found: (count, first, last) => `${count}, ${first} to ${last}`, rows: (count, more) => (more ? `More than ${count.toLocaleString('en-GB')} entries` : count === 1 ? '1 entry' : `${count.toLocaleString('en-GB')} entries`),
    csvMost: (most) => `The CSV has ${most.toLocaleString('en-GB')} entries at most. Choose a shorter period for the rest.`, upTo: (size) => `Of the first ${size.toLocaleString('en-GB')} entries of the log.`,
    empty: 'No disclosures in this period', emptySpan: (first, last) => `The first disclosure of your organisation is of ${first}, the last of ${last}.`, emptyNone: 'Nothing of your organisation was disclosed yet. As soon as the hub passes something on it stands here, by itself.', emptyAll: 'Show that period',
    emptyPerson: 'Nothing was found about this person', emptyPersonNext: 'Check the number, or search by name and day of birth. Somebody without a BSN in the message is in the log by name alone.',
    again: 'Search again', personNotice: (purpose) => `Search about one person: ${purpose}`, personNext: 'The person is not in the address of this page and not in the access log. You can come back here for ten hours.',
    makeReport: 'Make the access report', newSearch: 'Another person', searchGone: 'This search is no longer there', searchGoneNext: 'A search about a person stays for ten hours, and is only for whoever made it.',
  },
);

/** Words of the state of the log and of looking for one person. */
export const searchWords = bilingual(
  {
    state: 'Controle van het logboek', unchanged: (time: string) => `Ongewijzigd, gecontroleerd ${time}`, changed: (time: string) => `GEWIJZIGD, gecontroleerd ${time}`, never: 'Nog niet gecontroleerd',
    checkedOf: (size: number) => `${size.toLocaleString('nl-NL')} regels gecontroleerd: elke regel en de getekende stand kloppen.`, grown: (more: number) => `Daarna kwamen er ${more.toLocaleString('nl-NL')} regels bij. Die zijn getekend, en bij de volgende controle aan de beurt.`,
    signed: (size: number, time: string) => `Laatste getekende stand: ${time}, ${size.toLocaleString('nl-NL')} regels.`, witnesses: (names: string) => `Getuigen: ${names}.`, noWitness: 'Dit logboek heeft geen getuigen van buiten: alleen zijn eigen handtekening.', witnessAway: (names: string) => `Geen antwoord van: ${names}.`,
    checkNow: 'Controleer nu', changedTitle: 'Het logboek wijkt af', changedNext: 'De hub mag nu niets meer versturen. Bel de beheerder van de hub en de beheerder van het logboek, en bewaar wat u nu ziet. Verander zelf niets.', problems: 'Wat er afwijkt',
    neverNext: 'Laat het logboek controleren voordat u er een antwoord op baseert.',
    title: 'Zoek op persoon', lead: 'Wie kreeg welke gegevens over deze persoon, wanneer en op welke grond? Kies eerst waarom u dat wilt weten.', why: 'Waarom zoekt u deze persoon?', whyHint: 'Het doel en uw account komen in het toegangslogboek te staan. De persoon niet.',
    by: 'Waarop zoekt u?', byBsn: 'Burgerservicenummer', byName: 'Naam en geboortedatum', bsn: 'Burgerservicenummer', bsnHint: 'Negen cijfers. Het wordt alleen gebruikt om te zoeken.', name: 'Voor- en achternaam', nameHint: 'Zoals in het bericht staat; hoofdletters en accenten maken niet uit.', born: 'Geboortedatum', go: 'Zoeken',
    whyFault: 'Kies waarom u zoekt.', byFault: 'Kies waarop u zoekt.', bsnFault: 'Dit is geen burgerservicenummer: negen cijfers die kloppen met de elfproef.', nameFault: 'Vul de naam in.', bornFault: 'Schrijf de geboortedatum als 3-2-1987.',
  },
  {
    state: 'Check of the log', unchanged: (time) => `Unchanged, checked ${time}`, changed: (time) => `CHANGED, checked ${time}`, never: 'Not checked yet',
    checkedOf: (size) => `${size.toLocaleString('en-GB')} entries checked: every entry and the signed head are right.`, grown: (more) => `After that ${more.toLocaleString('en-GB')} entries came. They are signed, and have their turn at the next check.`,
    signed: (size, time) => `Last signed head: ${time}, ${size.toLocaleString('en-GB')} entries.`, witnesses: (names) => `Witnesses: ${names}.`, noWitness: 'This log has no witnesses outside: its own signature alone.', witnessAway: (names) => `No answer from: ${names}.`,
    checkNow: 'Check now', changedTitle: 'The log is not as it was', changedNext: 'The hub must send nothing now. Call the operator of the hub and whoever guards the log, and keep what you see. Change nothing yourself.', problems: 'What differs',
    neverNext: 'Have the log checked before you base an answer on it.',
    title: 'Search for a person', lead: 'Who received which data about this person, when and on which ground? First choose why you want to know.', why: 'Why do you look for this person?', whyHint: 'The purpose and your account are written in the access log. The person is not.',
    by: 'What do you search by?', byBsn: 'Citizen service number', byName: 'Name and day of birth', bsn: 'Citizen service number (BSN)', bsnHint: 'Nine digits. It is used to search and for nothing else.', name: 'First and last name', nameHint: 'As it stands in the message; capitals and accents do not matter.', born: 'Day of birth', go: 'Search',
    whyFault: 'Choose why you search.', byFault: 'Choose what you search by.', bsnFault: 'This is no citizen service number: nine digits that pass the check of eleven.', nameFault: 'Fill in the name.', bornFault: 'Write the day of birth as 3-2-1987.',
  },
);

/** Words of one entry. */
export const entryWords = bilingual(
  {
    title: (index: number) => `Regel ${index}`, decided: 'Wat er is beslist', gets: (who: string) => `${who} kreeg deze gegevens.`, waits: (who: string) => `${who} kreeg dit nog niet.`, not: (who: string) => `${who} kreeg dit niet.`, other: 'Deze regel is geen beslissing over gegevens.', nobody: 'Iemand zonder aansluiting',
    rule: (rule: string, law: string) => `Regel ${rule} (${law})`, article: 'Artikel', law: 'Regelversie', agreement: 'Overeenkomst', senderAgreement: 'Overeenkomst voor politiegegevens', setting: 'Aangezet door', noAgreement: 'Geen. Dit rust op de plicht van de wet.',
    purpose: 'Doel', sender: 'Van', recipient: 'Aan', type: 'Soort bericht', at: 'Vastgelegd', outcome: 'Hoe het afliep', given: 'Gegeven', toGive: 'Gaat mee zodra het kan', asked: 'Waar het om ging', left: 'Niet gegeven', leftHint: 'Dit kan in zo\'n bericht staan en is niet meegegaan. Of het in dit bericht stond, zegt het logboek niet.', trace: 'Kenmerk', receipts: 'Ontvangstbewijzen', noReceipts: 'Er is geen ontvangstbewijs.', receiptKinds: coded({ 'smtp-250': 'de mailserver nam het aan', 'http-2xx': 'de server nam het aan', dsn: 'bezorgbericht (DSN)', mdn: 'leesbevestiging (MDN)', signed: 'ondertekend ontvangstbewijs', fetch: 'opgehaald', portal: 'bevestigd in Ketensluis' }), kind: 'Soort regel',
    proof: 'Bewijs', proofText: 'De regel zoals hij getekend is, zonder persoonsgegevens. Wie de drie bestanden heeft, kan zonder ons controleren dat de regel in het logboek staat en niet is veranderd.', leaf: 'Regel (.leaf)', tlog: 'Bewijs (.tlog-proof)', vkey: 'Sleutel van het logboek', how: 'Zo controleert u het', leafText: 'De regel als tekst',
    content: 'De inhoud', contentText: 'De inhoud van het bericht staat niet in het logboek en is hier niet te openen. Voor een inzageverzoek geeft de verantwoordelijke de inhoud uit het eigen dossier; het rapport hiernaast zegt wie wat kreeg.', case: 'Bewaren en wissen vraagt altijd twee personen.',
    signed: 'ondertekend', evidence: 'Waarom de afzender is geloofd', evidenceText: (signer: string, set: string) => `Handtekening onder certificaat ${signer}, vertrouwd volgens lijst ${set}.`,
    kinds: coded({ disclosure: 'verstrekking', hold: 'wacht', refusal: 'weigering', consultation: 'raadpleging', outcome: 'uitkomst' }),
  },
  {
    title: (index) => `Entry ${index}`, decided: 'What was decided', gets: (who) => `${who} got these data.`, waits: (who) => `${who} did not get this yet.`, not: (who) => `${who} did not get this.`, other: 'This entry is no decision on data.', nobody: 'Somebody not connected',
    rule: (rule, law) => `Rule ${rule} (${law})`, article: 'Article', law: 'Rule version', agreement: 'Agreement', senderAgreement: 'Agreement for police data', setting: 'Switched on by', noAgreement: 'None. This rests on a duty of the law.',
    purpose: 'Purpose', sender: 'From', recipient: 'To', type: 'Type of message', at: 'Recorded', outcome: 'How it ended', given: 'Given', toGive: 'Goes along as soon as it can', asked: 'What it was about', left: 'Not given', leftHint: 'Such a message can hold this, and it did not go along. Whether this message held it, the log does not say.', trace: 'Reference', receipts: 'Receipts', noReceipts: 'There is no receipt.', receiptKinds: { 'smtp-250': 'the mail server took it', 'http-2xx': 'the server took it', dsn: 'delivery notice (DSN)', mdn: 'read notice (MDN)', signed: 'signed receipt', fetch: 'fetched', portal: 'confirmed in Ketensluis' }, kind: 'Kind of entry',
    proof: 'Proof', proofText: 'The entry as it was signed, without personal data. Whoever has the three files can check without us that the entry is in the log and was not changed.', leaf: 'Entry (.leaf)', tlog: 'Proof (.tlog-proof)', vkey: 'Key of the log', how: 'How to check it', leafText: 'The entry as text',
    content: 'The content', contentText: 'The content of the message is not in the log and cannot be opened here. For a request for access the controller gives the content from its own file; the report says who got what.', case: 'Keeping and erasing always take two persons.',
    signed: 'signed', evidence: 'Why the sender was believed', evidenceText: (signer, set) => `Signature under certificate ${signer}, trusted by list ${set}.`,
    kinds: { disclosure: 'disclosure', hold: 'hold', refusal: 'refusal', consultation: 'consultation', outcome: 'outcome' },
  },
);
