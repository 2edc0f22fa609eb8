import type { Power } from '@ketensluis/domain';
import { bilingual } from '../shell/language.js';

interface Named {
  readonly powers: Readonly<Record<Power, string>>;
}

const nl: Named = { powers: { '2(1)': 'het huisverbod opleggen', '2(3)': 'overleggen met Veilig Thuis', '2(7)': 'het huisverbod mondeling aanzeggen', '2(8)': 'de huisgenoten en de instantie inlichten', '5(1)': 'een raadsman regelen' } };
const en: Named = { powers: { '2(1)': 'impose the ban', '2(3)': 'consult Veilig Thuis', '2(7)': 'announce the ban orally', '2(8)': 'tell the household and the instance', '5(1)': 'see to a lawyer' } };

/** What each power is (Wth art. 3(1)). */
export const powerWords = bilingual(nl, en);

/** Words of the register of mandates. */
export const mandateWords = bilingual(
  {
    title: 'Mandaten', lead: 'Welke hulpofficier van justitie namens de burgemeester een huisverbod mag opleggen. Zonder mandaat gaat een huisverbod van een hulpofficier niet door Ketensluis. Verlengen en intrekken blijven altijd bij de burgemeester.',
    inForce: 'Geldt', future: 'Gaat nog in', ended: 'Beëindigd', function: 'Hulpofficier', reference: 'Kenmerk', powers: 'Mag', decision: 'Besluit', signedBy: 'Ondertekend door', from: 'Van', to: 'Tot', state: 'Status', open: 'geen einde', end: 'Beëindigen', endLabel: (name: string) => `Mandaat van ${name} beëindigen`,
    add: 'Mandaat toevoegen', empty: 'Nog geen mandaten.', emptyBody: 'Leg hier het mandaatbesluit van de burgemeester vast. Tot dan legt alleen de burgemeester zelf huisverboden op.',
    waitingTitle: (count: number) => (count === 1 ? '1 verstrekking wacht op een mandaat' : `${count} verstrekkingen wachten op een mandaat`), waitingBody: 'Zodra het mandaat er is, wordt dit vanzelf opnieuw beslist.',
    count: (count: number) => (count === 1 ? '1 mandaat' : `${count} mandaten`), draft: 'Een proef van u staat nog klaar en is niet aangeboden', offered: 'Een voorstel wacht op een tweede medewerker', look: 'Bekijk het voorstel', effect: 'Gevolg',
    formLead: 'Vul in wat in het mandaatbesluit staat. U ziet eerst wat er verandert; daarna keurt een tweede medewerker het goed.', holder: 'Functie van de hulpofficier', holderHint: 'Een mandaat geldt voor een functie, niet voor een persoon.', noHolder: 'Geen aangesloten politieorganisatie heeft nu een hulpofficier die voor uw gemeente werkt. Vraag de beheerder van Ketensluis.', choose: 'Kies',
    referenceHint: 'Staat als mandaat_id in elk besluit, bijvoorbeeld MAND-9901-HOVJ.', decisionHint: 'Naam of vindplaats van het mandaatbesluit.', fromDay: 'Eerste dag', lastDay: 'Laatste dag', dayHint: 'dd-mm-jjjj', lastHint: 'dd-mm-jjjj. Laat leeg als er geen einde is.',
    reason: 'Reden', reasonHint: 'Komt in het logboek. Geen namen van betrokkenen.', preview: 'Naar het voorstel', powersLegend: 'Bevoegdheden',
    endTitle: 'Mandaat beëindigen', endLead: (name: string) => `Na de laatste dag kan ${name} niet meer namens de burgemeester handelen. Huisverboden die al zijn opgelegd blijven gelden.`, endHint: 'dd-mm-jjjj. De dag zelf telt nog mee. Gisteren of eerder kan niet: wat toen gebeurde, gebeurde met mandaat.',
    previewTitle: 'Dit verandert er', back: 'Terug', field: 'Veld', before: 'Nu', after: 'Straks', effectAdd: (name: string, from: string, count: number) => `${name} mag vanaf ${from} namens de burgemeester handelen.${count === 0 ? '' : ` ${count} wachtende ${count === 1 ? 'verstrekking wordt' : 'verstrekkingen worden'} opnieuw beslist.`}`,
    effectEnd: (name: string, until: string) => `${name} mag tot ${until} namens de burgemeester handelen, en daarna niet meer.`,
    fields: { key: 'Sleutel', reference: 'Kenmerk', 'holder.oin': 'OIN van de organisatie', 'holder.function': 'Functie', powers: 'Bevoegdheden', signedBy: 'Ondertekend door', decision: 'Besluit', from: 'Van', to: 'Tot', municipality: 'Gemeente', kind: 'Soort', grantedBy: 'Gegeven door' },
    faults: {
      holder: 'Kies de functie die het mandaat krijgt.', reference: 'Gebruik letters, cijfers, punten en streepjes, met ten minste één letter.', powers: 'Kies ten minste één bevoegdheid.', signedBy: 'Vul in wie het besluit ondertekende.', decision: 'Vul in welk besluit dit is.',
      from: 'Vul een dag in als dd-mm-jjjj.', to: 'Vul een dag in als dd-mm-jjjj, op of na de eerste dag, of laat het leeg.', reason: 'Vul een reden in van ten minste vijf tekens.', last: 'Vul een dag in als dd-mm-jjjj: vandaag of later, en niet voor de eerste dag.', register: 'Het register neemt dit niet aan: ', same: 'Dit verandert niets: zo staat het er al.',
    },
  },
  {
    title: 'Mandates', lead: 'Which hulpofficier van justitie may impose a ban for the burgemeester. Without a mandate a ban of a hulpofficier does not pass through Ketensluis. To extend and to withdraw always stay with the burgemeester.',
    inForce: 'In force', future: 'Still to begin', ended: 'Ended', function: 'Hulpofficier', reference: 'Reference', powers: 'May', decision: 'Decision', signedBy: 'Signed by', from: 'From', to: 'Until', state: 'Status', open: 'no end', end: 'End', endLabel: (name) => `End the mandate of ${name}`,
    add: 'Add a mandate', empty: 'No mandates yet.', emptyBody: 'Record the mandate decision of the burgemeester here. Until then only the burgemeester imposes bans.',
    waitingTitle: (count) => (count === 1 ? '1 disclosure waits for a mandate' : `${count} disclosures wait for a mandate`), waitingBody: 'As soon as the mandate is there this is decided anew by itself.',
    count: (count) => (count === 1 ? '1 mandate' : `${count} mandates`), draft: 'A draft of yours is ready and was not offered', offered: 'A proposal waits for a second officer', look: 'Look at the proposal', effect: 'Effect',
    formLead: 'Fill in what the mandate decision says. You first see what changes; then a second officer approves it.', holder: 'Function of the hulpofficier', holderHint: 'A mandate is for a function, not for a person.', noHolder: 'No connected police organisation has a hulpofficier now who works for your municipality. Ask the operator of Ketensluis.', choose: 'Choose',
    referenceHint: 'Stands as mandaat_id in each order, for example MAND-9901-HOVJ.', decisionHint: 'Name or place of the mandate decision.', fromDay: 'First day', lastDay: 'Last day', dayHint: 'dd-mm-yyyy', lastHint: 'dd-mm-yyyy. Leave empty when there is no end.',
    reason: 'Reason', reasonHint: 'Goes into the log. No names of persons concerned.', preview: 'To the proposal', powersLegend: 'Powers',
    endTitle: 'End a mandate', endLead: (name) => `After the last day ${name} can no longer act for the burgemeester. Bans that were imposed already still hold.`, endHint: 'dd-mm-yyyy. The day itself still counts. Yesterday or earlier is not possible: what happened then happened under the mandate.',
    previewTitle: 'This changes', back: 'Back', field: 'Field', before: 'Now', after: 'Then', effectAdd: (name, from, count) => `${name} may act for the burgemeester from ${from}.${count === 0 ? '' : ` ${count} waiting ${count === 1 ? 'disclosure is' : 'disclosures are'} decided anew.`}`,
    effectEnd: (name, until) => `${name} may act for the burgemeester until ${until}, and no longer after that.`,
    fields: { key: 'Key', reference: 'Reference', 'holder.oin': 'OIN of the organisation', 'holder.function': 'Function', powers: 'Powers', signedBy: 'Signed by', decision: 'Decision', from: 'From', to: 'Until', municipality: 'Municipality', kind: 'Kind', grantedBy: 'Given by' },
    faults: {
      holder: 'Choose the function that gets the mandate.', reference: 'Use letters, digits, dots and dashes, with at least one letter.', powers: 'Choose at least one power.', signedBy: 'Fill in who signed the decision.', decision: 'Fill in which decision this is.',
      from: 'Fill in a day as dd-mm-yyyy.', to: 'Fill in a day as dd-mm-yyyy, on or after the first day, or leave it empty.', reason: 'Fill in a reason of at least five characters.', last: 'Fill in a day as dd-mm-yyyy: today or later, and not before the first day.', register: 'The register does not take this: ', same: 'This changes nothing: it stands like this already.',
    },
  },
);
