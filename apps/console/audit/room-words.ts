import { bilingual } from '../shell/language.js';
import { coded } from './words.js';

/** Words of who shares what. */
export const matrixWords = bilingual(
  {
    title: 'Wie deelt wat', lead: (period: string) => `Aantal verstrekkingen per paar, ${period}. Kies een getal voor de regels zelf.`, period: 'Periode', category: 'Soort gegevens', all: 'Alle soorten', show: 'Toepassen', perPair: 'Per paar', perGround: 'Per grondslag', view: 'Weergave',
    quarter: (quarter: number, year: number) => `kwartaal ${quarter} van ${year}`, from: 'Van', to: (name: string) => `aan ${name}`, none: 'geen', own: 'eigen', refused: (count: number) => `${count} geweigerd`, waits: (count: number) => `${count} wacht`,
    nobody: 'iemand zonder aansluiting', part: ([senders, allSenders]: readonly [number, number], [recipients, allRecipients]: readonly [number, number]) => `U ziet wie het meest deelt en krijgt: ${senders} van ${allSenders} afzenders en ${recipients} van ${allRecipients} ontvangers.`, everybody: 'Toon iedereen', darker: 'Sterker gekleurd: meer verstrekkingen.', striped: 'Gestreept: alleen geweigerd.', small: 'Aantallen onder de 5 kunnen naar een persoon wijzen. Geef ze niet door buiten uw organisatie.',
    behind: (counted: number, size: number) => `Geteld tot regel ${counted.toLocaleString('nl-NL')} van ${size.toLocaleString('nl-NL')}. Het tellen gaat door; ververs de pagina over een minuut.`, upTo: (size: number) => `Geteld over de eerste ${size.toLocaleString('nl-NL')} regels van het logboek.`,
    empty: 'Geen besluiten in deze periode', emptyNext: 'Kies een andere periode. De lijst met verstrekkingen zegt wanneer de eerste was.', toList: 'Naar de verstrekkingen',
    ground: 'Grondslag', given: 'Verstrekt', held: 'Wacht', refusals: 'Geweigerd', noGround: 'zonder grondslag', shown: 'aan',
  },
  {
    title: 'Who shares what', lead: (period) => `Number of disclosures for each pair, ${period}. Choose a number for the entries themselves.`, period: 'Period', category: 'Kind of data', all: 'All kinds', show: 'Apply', perPair: 'By pair', perGround: 'By ground', view: 'View',
    quarter: (quarter, year) => `quarter ${quarter} of ${year}`, from: 'From', to: (name) => `to ${name}`, none: 'none', own: 'own', refused: (count) => `${count} refused`, waits: (count) => `${count} wait`,
    nobody: 'somebody not connected', part: ([senders, allSenders], [recipients, allRecipients]) => `You see who shares and gets most: ${senders} of ${allSenders} senders and ${recipients} of ${allRecipients} recipients.`, everybody: 'Show everybody', darker: 'Stronger colour: more disclosures.', striped: 'Striped: refused only.', small: 'Numbers below 5 may point to a person. Do not pass them on outside your organisation.',
    behind: (counted, size) => `Counted up to entry ${counted.toLocaleString('en-GB')} of ${size.toLocaleString('en-GB')}. Counting goes on; refresh the page in a minute.`, upTo: (size) => `Counted over the first ${size.toLocaleString('en-GB')} entries of the log.`,
    empty: 'No decisions in this period', emptyNext: 'Choose another period. The list of disclosures says when the first one was.', toList: 'To the disclosures',
    ground: 'Ground', given: 'Disclosed', held: 'Waits', refusals: 'Refused', noGround: 'without a ground', shown: 'to',
  },
);

/** Words of who looked. */
export const accessWords = bilingual(
  {
    title: 'Toegang', lead: 'Wie keek in het logboek, wanneer en waarom: mensen en programma\'s. Dat u dit bekijkt staat zelf ook in de lijst.', what: 'Wat', outside: 'Alleen buiten kantoortijd', many: 'Alleen wie 100 regels of meer zag', show: 'Toepassen', clear: 'Filters wissen',
    kinds: { '': 'Alles', zoeken: 'Zoekvragen', openen: 'Geopende regels', meenemen: 'Rapporten, bestanden en export', steekproef: 'Steekproeven en oordelen', controle: 'Controles van het logboek', programma: 'Programma\'s (API, feed, lezers)' },
    nr: 'Nr.', at: 'Tijd', who: 'Wie', did: 'Wat', why: 'Waarom', seen: 'Gezien', trace: 'Kenmerk', empty: 'Niemand keek op deze manier', emptyNext: 'Er is geen raadpleging die bij dit filter past. Wis de filters om alles te zien.',
    actions: coded({ search: 'zocht in het logboek', open: 'opende een regel of steekproef', export: 'nam een bestand mee', report: 'maakte een overzicht of rapport', sample: 'trok een steekproef', judge: 'gaf een oordeel in een steekproef', defer: 'stelde inzage uit', verify: 'controleerde het logboek', 'read-access': 'bekeek wie er keek' }),
    aboutPerson: 'over één persoon', entry: (index: string) => `regel ${index}`, everybody: 'over alle organisaties', party: 'partij', entries: (count: number) => (count === 1 ? '1 regel' : `${count} regels`),
    ways: { reader: 'met een leestoken', api: 'met de API', feed: 'met zijn feed' }, questions: { bundle: 'alle regels', own: 'de eigen regels', entry: 'één regel', feed: 'de feed' },
    outcomes: { given: 'gekregen', refused: 'geweigerd', absent: 'bestaat niet', same: 'had het al', late: 'niets gekregen: het logboek was niet op tijd getekend' },
  },
  {
    title: 'Access', lead: 'Who looked into the log, when and why: people and programs. That you look at this stands in the list as well.', what: 'What', outside: 'Only outside office hours', many: 'Only who saw 100 entries or more', show: 'Apply', clear: 'Clear filters',
    kinds: { '': 'Everything', zoeken: 'Searches', openen: 'Opened entries', meenemen: 'Reports, files and exports', steekproef: 'Samples and judgements', controle: 'Checks of the log', programma: 'Programs (API, feed, readers)' },
    nr: 'No.', at: 'Time', who: 'Who', did: 'What', why: 'Why', seen: 'Seen', trace: 'Reference', empty: 'Nobody looked in this way', emptyNext: 'No consultation fits this filter. Clear the filters to see everything.',
    actions: { search: 'searched the log', open: 'opened an entry or a sample', export: 'took a file', report: 'made an overview or report', sample: 'drew a sample', judge: 'judged an entry of a sample', defer: 'deferred access', verify: 'checked the log', 'read-access': 'looked at who looked' },
    aboutPerson: 'about one person', entry: (index) => `entry ${index}`, everybody: 'over every organisation', party: 'party', entries: (count) => (count === 1 ? '1 entry' : `${count} entries`),
    ways: { reader: 'by a reader token', api: 'by the API', feed: 'by its feed' }, questions: { bundle: 'all entries', own: 'its own entries', entry: 'one entry', feed: 'the feed' },
    outcomes: { given: 'given', refused: 'refused', absent: 'no such thing', same: 'had it already', late: 'got nothing: the log was not sealed in time' },
  },
);

/** Words of the sample. */
export const sampleWords = bilingual(
  {
    title: 'Steekproef', lead: 'Beoordeel besluiten die het lot aanwijst. Het zaad staat erbij: wie het logboek heeft, kan dezelfde steekproef opnieuw trekken.', draw: 'Trek een steekproef', drawText: (count: number) => `${count} besluiten uit een periode, willekeurig.`, period: 'Uit welke periode?', go: 'Trek', earlier: 'Eerdere steekproeven',
    drawn: 'Getrokken', of: 'Uit', seed: 'Zaad', judged: 'Beoordeeld', questions: 'Vragen', incidents: 'Incidenten', empty: 'Nog geen steekproef', emptyNext: 'Trek er een. Een steekproef per kwartaal is een goed begin.', one: 'Steekproef', population: (drawn: number, all: number) => `${drawn} van ${all.toLocaleString('nl-NL')} besluiten`,
    again: 'Zo trekt u hem opnieuw', nothing: 'In deze periode waren geen besluiten; er is niets te beoordelen.', verdict: 'Oordeel', open: 'nog niet', judge: 'Beoordeel', verdicts: { 'in order': 'in orde', question: 'vraag', incident: 'incident' },
    judgeTitle: (index: number) => `Regel ${index} beoordelen`, judgeAsk: 'Klopt deze beslissing?', inOrder: 'In orde: dit mocht, en niet meer dan nodig.', question: 'Vraag: ik wil hier iets over weten.', incident: 'Incident: dit had niet gemogen.', remark: 'Toelichting', remarkHint: 'Wordt versleuteld bewaard. Schrijf geen namen als het niet nodig is.',
    save: 'Leg het oordeel vast', verdictFault: 'Kies een oordeel.', remarkFault: 'Schrijf bij een vraag of incident wat er is.', done: 'Het oordeel is vastgelegd.', allDone: 'Alle besluiten van deze steekproef zijn beoordeeld.', detail: 'Open de regel', next: 'Volgende beslissing', earlierJudged: (verdict: string) => `Eerder oordeel: ${verdict}. Een nieuw oordeel telt in de plaats; het oude blijft staan.`,
  },
  {
    title: 'Sample', lead: 'Judge decisions that chance points out. The seed is shown: whoever has the log can draw the same sample again.', draw: 'Draw a sample', drawText: (count) => `${count} decisions of a period, at random.`, period: 'Of which period?', go: 'Draw', earlier: 'Earlier samples',
    drawn: 'Drawn', of: 'Out of', seed: 'Seed', judged: 'Judged', questions: 'Questions', incidents: 'Incidents', empty: 'No sample yet', emptyNext: 'Draw one. A sample each quarter is a good start.', one: 'Sample', population: (drawn, all) => `${drawn} of ${all.toLocaleString('en-GB')} decisions`,
    again: 'How to draw it again', nothing: 'There were no decisions in this period; there is nothing to judge.', verdict: 'Judgement', open: 'not yet', judge: 'Judge', verdicts: { 'in order': 'in order', question: 'question', incident: 'incident' },
    judgeTitle: (index) => `Judge entry ${index}`, judgeAsk: 'Is this decision right?', inOrder: 'In order: this was allowed, and no more than needed.', question: 'Question: I want to know something about this.', incident: 'Incident: this should not have happened.', remark: 'Note', remarkHint: 'Kept encrypted. Write no names where there is no need.',
    save: 'Record the judgement', verdictFault: 'Choose a judgement.', remarkFault: 'With a question or incident, write what it is.', done: 'The judgement is recorded.', allDone: 'Every decision of this sample is judged.', detail: 'Open the entry', next: 'Next decision', earlierJudged: (verdict) => `Earlier judgement: ${verdict}. A new one counts instead; the earlier one stays.`,
  },
);

/** Words of the reports. */
export const reportWords = bilingual(
  {
    title: 'Rapporten', lead: 'Rapporten worden op de achtergrond gemaakt. U kunt weggaan en later terugkomen; na dertig dagen worden ze gewist.', make: 'Maak een rapport',
    person: 'Inzageverzoek', personText: 'Wie gegevens over één persoon kreeg, in gewone taal, met bewijs per regel. Zoek eerst de persoon.', personGo: 'Zoek de persoon', quarter: 'Kwartaalrapport', quarterText: 'Aantallen, weigeringen, wijzigingen, overeenkomsten die aflopen, controles en steekproeven.', quarterAsk: 'Welk kwartaal?', quarterGo: 'Maak het rapport',
    processing: 'Verwerkingsregister', processingText: 'Wat de hub als verwerker voor uw organisatie doet, volgens de overeenkomsten van nu (AVG art. 30 lid 2).', processingGo: 'Maak het register', check: 'Controle van het logboek', checkText: 'Elke regel opnieuw berekend en vergeleken met de getekende stand.', checkGo: 'Controleer het logboek',
    list: 'Uw rapporten', kind: 'Rapport', made: 'Gevraagd', state: 'Status', files: 'Bestanden', based: 'Gaat over', stop: 'Stop', kinds: { person: 'Inzageverzoek', quarter: 'Kwartaalrapport', processing: 'Verwerkingsregister', 'log-check': 'Controle van het logboek' },
    states: { waiting: 'wacht', running: 'bezig', done: 'klaar', failed: 'mislukt', stopped: 'gestopt' }, progress: (step: number, steps: number) => `stap ${step} van ${steps}`, size: (size: number) => `de eerste ${size.toLocaleString('nl-NL')} regels`, hash: 'sha256', all: 'Alles (.zip)', proofs: (count: number) => `${count} bestanden met bewijs`,
    outcomes: coded({ unchanged: 'ongewijzigd', changed: 'GEWIJZIGD', fault: 'Het lukte na drie keer proberen niet. Vraag het opnieuw; blijft het zo, bel dan de beheerder van de hub.', refused: 'De vraag kon zo niet worden gesteld. Vraag het opnieuw met een andere periode.' }),
    empty: 'Nog geen rapporten', emptyNext: 'Kies hierboven wat u nodig heeft. Een inzageverzoek begint met zoeken naar de persoon.', asked: 'Het rapport wordt gemaakt. De stand ververst vanzelf; zonder script ververst u de pagina.', stopped: 'Het rapport is gestopt. Er is niets bewaard.', notStopped: 'Dit rapport was al klaar of gestopt.', summary: (open: number) => (open === 0 ? 'Alles is klaar.' : open === 1 ? '1 rapport is in de maak.' : `${open} rapporten zijn in de maak.`),
    quarterFault: 'Kies een kwartaal uit de lijst.', until: (day: string) => `te halen tot ${day}`, withheld: 'Wat van de wet nog niet aan de persoon mag worden verteld, staat niet in het rapport.',
  },
  {
    title: 'Reports', lead: 'Reports are made in the background. You can leave and come back; they are erased after thirty days.', make: 'Make a report',
    person: 'Request for access', personText: 'Who got data about one person, in plain language, with a proof for each entry. Search for the person first.', personGo: 'Search the person', quarter: 'Quarterly report', quarterText: 'Volumes, refusals, changes, agreements that end, checks and samples.', quarterAsk: 'Which quarter?', quarterGo: 'Make the report',
    processing: 'Register of processing', processingText: 'What the hub does for your organisation as processor, by the agreements of now (GDPR art. 30(2)).', processingGo: 'Make the register', check: 'Check of the log', checkText: 'Every entry computed again and compared with the signed head.', checkGo: 'Check the log',
    list: 'Your reports', kind: 'Report', made: 'Asked', state: 'Status', files: 'Files', based: 'Is about', stop: 'Stop', kinds: { person: 'Request for access', quarter: 'Quarterly report', processing: 'Register of processing', 'log-check': 'Check of the log' },
    states: { waiting: 'waits', running: 'under way', done: 'ready', failed: 'failed', stopped: 'stopped' }, progress: (step, steps) => `step ${step} of ${steps}`, size: (size) => `the first ${size.toLocaleString('en-GB')} entries`, hash: 'sha256', all: 'Everything (.zip)', proofs: (count) => `${count} files of proof`,
    outcomes: { unchanged: 'unchanged', changed: 'CHANGED', fault: 'It did not work in three tries. Ask again; if it stays so, call the operator of the hub.', refused: 'This could not be asked in this way. Ask again with another period.' },
    empty: 'No reports yet', emptyNext: 'Choose above what you need. A request for access begins with searching for the person.', asked: 'The report is being made. Its state follows by itself; without script, refresh the page.', stopped: 'The report was stopped. Nothing was kept.', notStopped: 'This report was ready or stopped already.', summary: (open) => (open === 0 ? 'Everything is ready.' : open === 1 ? '1 report is being made.' : `${open} reports are being made.`),
    quarterFault: 'Choose a quarter of the list.', until: (day) => `to be taken until ${day}`, withheld: 'What the law does not allow to be told to the person yet is not in the report.',
  },
);
