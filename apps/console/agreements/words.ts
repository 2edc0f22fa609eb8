import type { AgreementStatus, ContractPart } from '@ketensluis/domain';
import { bilingual } from '../shell/language.js';

const partsNl: Readonly<Record<ContractPart, string>> = {
  subject: 'Onderwerp, duur, aard en doel van de verwerking', data: 'Soorten persoonsgegevens en van wie',
  a: 'a. Alleen op schriftelijke instructie van de gemeente', b: 'b. Geheimhouding door medewerkers', c: 'c. Beveiliging (art. 32)', d: 'd. Subverwerkers alleen met toestemming',
  e: 'e. Hulp bij rechten van betrokkenen', f: 'f. Hulp bij datalekken en DPIA (art. 32-36)', g: 'g. Wissen of teruggeven na afloop', h: 'h. Informatie en controle (audits)', written: 'Schriftelijk, ook elektronisch (lid 9)',
};
const partsEn: Readonly<Record<ContractPart, string>> = {
  subject: 'Subject, duration, nature and purpose of the processing', data: 'Types of personal data and of whom',
  a: 'a. Only on documented instructions of the municipality', b: 'b. Confidentiality of staff', c: 'c. Security (art. 32)', d: 'd. Sub-processors only with authorisation',
  e: 'e. Help with the rights of persons', f: 'f. Help with breaches and the DPIA (art. 32-36)', g: 'g. Deletion or return at the end', h: 'h. Information and audits', written: 'In writing, also electronic (paragraph 9)',
};
const statusNl: Readonly<Record<AgreementStatus, string>> = { unsigned: 'Concept', future: 'Getekend, gaat nog in', active: 'Getekend', ending: 'Loopt af', ended: 'Verlopen', terminated: 'Opgezegd' };
const statusEn: Readonly<Record<AgreementStatus, string>> = { unsigned: 'Draft', future: 'Signed, still to begin', active: 'Signed', ending: 'Ending', ended: 'Ended', terminated: 'Terminated' };

/** Words of processor agreements. */
export const agreementWords = bilingual(
  {
    room: 'Verwerkersovereenkomsten',
    lead: 'Zonder getekende overeenkomst geeft Ketensluis niets door aan anderen dan uw gemeente (AVG art. 28 lid 3). U mag elk model gebruiken: dat van de VNG, uw eigen tekst of die van de leverancier.',
    empty: 'Er is nog geen verwerkersovereenkomst.', emptyNext: 'Leg de getekende overeenkomst vast. Een collega keurt haar goed, daarna gaat wat wacht door.',
    add: 'Overeenkomst vastleggen', party: 'Partij', hub: 'Ketensluis (verwerker)', named: (laws: string) => `Overeenkomst met Ketensluis over de ${laws}`, key: 'Kenmerk in het register', versionHead: 'Versie', signedBy: 'Getekend door', period: 'Periode', categories: 'Gegevens', subprocessors: 'Subverwerkers', state: 'Status',
    status: statusNl, parts: partsNl, count: (count: number) => String(count), nobody: 'nog niemand', from: (day: string) => `vanaf ${day}`, fromTo: (from: string, to: string) => `${from} tot ${to}`, daysLeft: (days: number) => (days === 1 ? 'nog 1 dag' : `nog ${days} dagen`),
    held: (count: number) => (count === 1 ? '1 verstrekking wacht op een overeenkomst' : `${count} verstrekkingen wachten op een overeenkomst`), heldBody: 'Ze worden opnieuw beslist zodra een overeenkomst die dit dekt is goedgekeurd. Tot die tijd blijft uw plicht: doe het buiten Ketensluis en leg het vast.', heldTo: (name: string, count: number) => `${name}: ${count}`,
    waits: 'Een wijziging van een overeenkomst wacht', draft: 'U heeft een wijziging die u nog niet aanbood', look: 'Bekijk het voorstel', endingTitle: (name: string, days: number) => (days === 1 ? `${name} loopt morgen af` : `${name} loopt over ${days} dagen af`), endingBody: 'Leg op tijd een nieuwe vast. Wij waarschuwen vanaf 60 dagen ervoor.', seeStops: 'Bekijk wat er dan stopt',
    facts: 'De overeenkomst', template: 'Model', templates: { VNG: 'VNG', own: 'Eigen tekst', supplier: 'Van de leverancier' }, regime: 'Regime', mandate: 'Mandaat', hash: 'Kenmerk van het document (sha256)', openPdf: 'Open het getekende document (PDF)', noPdf: 'Het document zelf is hier niet bewaard.',
    recipients: 'Mag naar', everyRule: 'alle regels', persons: 'Gegevens van', counts: 'Aantallen mogen naar', terminated: 'Opgezegd', history: 'Versies', applied: 'Vastgelegd', none: 'geen',
    stops: 'Wat stopt als deze overeenkomst eindigt', stopsLead: 'Deze gegevens gaan dan niet meer via Ketensluis. Wat een plicht is, doet uw gemeente dan zelf, buiten Ketensluis.', stopsNone: 'Niets: deze overeenkomst draagt nu niets alleen.', what: 'Wat', to: 'Aan', isDuty: 'Plicht', dutyStays: 'Plicht blijft: doe het zelf', noDuty: 'Geen plicht',
    edit: 'Wijzigen of tekenen', end: 'Opzeggen', endLead: 'Een opzegging stopt verstrekkingen meteen op dat moment, ook die nog wachten op een poging. Een collega keurt dit goed.', endDay: 'Eindigt op', endReason: 'Waarom zegt u op?', tryEnd: 'Bekijk eerst de gevolgen',
    formNew: 'Overeenkomst vastleggen', formEdit: 'Overeenkomst wijzigen', formLead: 'Vul in wat in het document staat. Daarna ziet u de gevolgen en biedt u het een collega aan. Vastleggen is niet tekenen: u legt vast wat al getekend is.',
    fields: {
      pdf: 'Getekend document (PDF)', template: 'Model', purposes: 'Doel van de verwerking', categories: 'Soorten gegevens', personKinds: 'Gegevens van wie', recipientsAllowed: 'Mag naar', countsTo: 'Aantallen mogen naar', subprocessors: 'Subverwerkers',
      from: 'Gaat in op', to: 'Eindigt op', signedByController: 'Ondertekening gemeente', signedByProcessor: 'Ondertekening verwerker', mandate: 'Mandaat van wie voor de gemeente tekende', documentSha256: 'Kenmerk van het document', terminated: 'Opzegging', regime: 'Regime', laws: 'Wetten', checks: 'Onderdelen van AVG art. 28 lid 3', reason: 'Waarom legt u dit vast?',
    },
    subfields: { person: 'naam', function: 'functie', signedAt: 'getekend op', role: 'rol', rules: 'regels', at: 'op', reason: 'reden', name: 'naam', country: 'land', purpose: 'doel', approvedAt: 'goedgekeurd op', objectedAt: 'bezwaar op' },
    personKinds: { UHG: 'de uithuisgeplaatste', PART: 'de huisgenoten', KIND: 'kinderen' },
    hints: {
      pdf: 'Hoogstens 10 MB. Wij bewaren het versleuteld, met zijn sha256.', pdfKeep: 'Er is al een document. Kies er alleen een als u het vervangt.', day: 'dd-mm-jjjj', to: 'dd-mm-jjjj. Laat leeg als er geen einde is afgesproken.', signature: 'Laat alles leeg als nog niet is getekend.',
      subprocessors: 'Een per regel: naam; land (twee letters); doel; goedgekeurd op (dd-mm-jjjj).', checks: 'Vink aan wat u in het document heeft gevonden. Ontbreekt een onderdeel, dan voldoet de overeenkomst niet.', reason: 'Dit komt in het logboek. Noem geen personen.', mandate: 'Waar staat dat deze persoon mag tekenen?',
    },
    signer: { person: 'Naam', function: 'Functie', day: 'Getekend op' }, submit: 'Bekijk eerst de gevolgen', chooseAgain: 'Kies het bestand opnieuw: een browser onthoudt het niet.',
    faults: {
      pdf: 'Kies het getekende document als PDF.', notPdf: 'Dit is geen PDF. Sla het document op als PDF en kies het opnieuw.', empty: 'Vul dit in.', long: 'Dit is te lang.', day: 'Vul een dag in als dd-mm-jjjj.', order: 'De einddatum ligt voor de begindatum.', past: 'Deze dag is al geweest. Kies vandaag of later.',
      some: 'Kies ten minste een.', signature: 'Vul naam, functie en dag allemaal in, of geen van drie.', both: 'Vul beide ondertekeningen in, of geen van beide.', later: 'Deze dag moet nog komen. Leg vast wat al getekend is.', checks: 'Nog niet alle onderdelen zijn gevonden. Zonder die onderdelen is dit geen geldige overeenkomst.', subprocessor: (line: number) => `Regel ${line}: schrijf naam; land; doel.`, unchanged: 'U heeft niets gewijzigd.', invalid: 'Dit kan zo niet worden vastgelegd.',
    },
  },
  {
    room: 'Processor agreements',
    lead: 'Without a signed agreement Ketensluis passes nothing on to anyone but your municipality (GDPR art. 28(3)). Any template will do: that of the VNG, your own text or that of the supplier.',
    empty: 'There is no processor agreement yet.', emptyNext: 'Record the signed agreement. A colleague approves it, then what waits goes on.',
    add: 'Record an agreement', party: 'Party', hub: 'Ketensluis (processor)', named: (laws) => `Agreement with Ketensluis on the ${laws}`, key: 'Reference in the register', versionHead: 'Version', signedBy: 'Signed by', period: 'Period', categories: 'Data', subprocessors: 'Sub-processors', state: 'Status',
    status: statusEn, parts: partsEn, count: (count) => String(count), nobody: 'nobody yet', from: (day) => `from ${day}`, fromTo: (from, to) => `${from} to ${to}`, daysLeft: (days) => (days === 1 ? '1 day left' : `${days} days left`),
    held: (count) => (count === 1 ? '1 disclosure waits for an agreement' : `${count} disclosures wait for an agreement`), heldBody: 'They are decided anew once an agreement that covers this is approved. Until then your duty stays: do it outside Ketensluis and record it.', heldTo: (name, count) => `${name}: ${count}`,
    waits: 'A change of an agreement waits', draft: 'You have a change that you did not offer yet', look: 'See the proposal', endingTitle: (name, days) => (days === 1 ? `${name} ends tomorrow` : `${name} ends in ${days} days`), endingBody: 'Record a new one in time. We warn from 60 days before.', seeStops: 'See what stops then',
    facts: 'The agreement', template: 'Template', templates: { VNG: 'VNG', own: 'Own text', supplier: 'Of the supplier' }, regime: 'Regime', mandate: 'Mandate', hash: 'Hash of the document (sha256)', openPdf: 'Open the signed document (PDF)', noPdf: 'The document itself is not kept here.',
    recipients: 'May go to', everyRule: 'all rules', persons: 'Data of', counts: 'Counts may go to', terminated: 'Terminated', history: 'Versions', applied: 'Recorded', none: 'none',
    stops: 'What stops when this agreement ends', stopsLead: 'These data then no longer go through Ketensluis. What is a duty, your municipality then does itself, outside Ketensluis.', stopsNone: 'Nothing: this agreement carries nothing by itself now.', what: 'What', to: 'To', isDuty: 'Duty', dutyStays: 'Duty stays: do it yourself', noDuty: 'No duty',
    edit: 'Change or sign', end: 'Terminate', endLead: 'A termination stops disclosures at once at that moment, also those that wait for another try. A colleague approves it.', endDay: 'Ends on', endReason: 'Why do you terminate it?', tryEnd: 'See the effect first',
    formNew: 'Record an agreement', formEdit: 'Change the agreement', formLead: 'Fill in what the document says. Then you see the effect and offer it to a colleague. Recording is not signing: you record what was signed already.',
    fields: {
      pdf: 'Signed document (PDF)', template: 'Template', purposes: 'Purpose of the processing', categories: 'Kinds of data', personKinds: 'Data of whom', recipientsAllowed: 'May go to', countsTo: 'Counts may go to', subprocessors: 'Sub-processors',
      from: 'Begins on', to: 'Ends on', signedByController: 'Signature of the municipality', signedByProcessor: 'Signature of the processor', mandate: 'Mandate of who signed for the municipality', documentSha256: 'Hash of the document', terminated: 'Termination', regime: 'Regime', laws: 'Laws', checks: 'Parts of GDPR art. 28(3)', reason: 'Why do you record this?',
    },
    subfields: { person: 'name', function: 'function', signedAt: 'signed on', role: 'role', rules: 'rules', at: 'on', reason: 'reason', name: 'name', country: 'country', purpose: 'purpose', approvedAt: 'approved on', objectedAt: 'objected on' },
    personKinds: { UHG: 'the person sent out', PART: 'the household', KIND: 'children' },
    hints: {
      pdf: 'At most 10 MB. We keep it encrypted, with its sha256.', pdfKeep: 'There is a document already. Choose one only to replace it.', day: 'dd-mm-yyyy', to: 'dd-mm-yyyy. Leave empty when no end was agreed.', signature: 'Leave all empty when it is not signed yet.',
      subprocessors: 'One a line: name; country (two letters); purpose; approved on (dd-mm-yyyy).', checks: 'Tick what you found in the document. If a part is missing, the agreement does not suffice.', reason: 'This goes to the log. Name no persons.', mandate: 'Where does it say that this person may sign?',
    },
    signer: { person: 'Name', function: 'Function', day: 'Signed on' }, submit: 'See the effect first', chooseAgain: 'Choose the file again: a browser does not remember it.',
    faults: {
      pdf: 'Choose the signed document as a PDF.', notPdf: 'This is no PDF. Save the document as PDF and choose it again.', empty: 'Fill this in.', long: 'This is too long.', day: 'Fill in a day as dd-mm-yyyy.', order: 'The last day is before the first.', past: 'This day is over. Choose today or later.',
      some: 'Choose at least one.', signature: 'Fill in name, function and day all three, or none.', both: 'Fill in both signatures, or neither.', later: 'This day is still to come. Record what was signed already.', checks: 'Not all parts were found. Without them this is no valid agreement.', subprocessor: (line) => `Line ${line}: write name; country; purpose.`, unchanged: 'You changed nothing.', invalid: 'This cannot be recorded like this.',
    },
  },
);
