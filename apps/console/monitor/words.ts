import { monitorQuestionWords, smallCountText } from '@ketensluis/report';
import { bilingual } from '../shell/language.js';

/** The questions in words, with how each is counted. */
export const questionWords = bilingual(monitorQuestionWords.nl, monitorQuestionWords.en);

/** Words around them. */
export const monitorWords = bilingual(
  {
    title: 'Monitor', lead: 'De tien vragen van de monitor huisverbod van 2008, geteld uit de berichten van uw gemeente. Geteld wordt op de dag van de gebeurtenis.',
    mail: 'Elke maand per mail', mailOn: (address: string) => `U krijgt de cijfers op de eerste dag van elke maand als CSV, aan ${address}.`, mailOff: 'Krijg de cijfers van uw gemeente op de eerste dag van elke maand als CSV. Ze gaan over het halfjaar van de dag ervoor; kleine aantallen zijn verborgen, zoals hier.',
    mailAddress: 'Mailadres', mailHint: 'Uw eigen werkadres.', mailStart: 'Stuur mij de cijfers', mailStop: 'Stop deze mail', mailFault: 'Vul een mailadres in, zoals naam@gemeente.nl.', mailDone: { aan: 'Opgeslagen. De eerste mail komt op de eerste dag van de volgende maand.', uit: 'U krijgt de cijfers niet meer per mail.' },
    mailUnable: 'Deze hub kan nu geen mail aan mensen sturen: de beheerder heeft geen resolver ingesteld. Uw keuze wordt bewaard.',
    period: 'Halfjaar', half: (year: string, half: string) => (half === '1' ? `januari tot en met juni ${year}` : `juli tot en met december ${year}`), show: 'Toon', csv: 'CSV voor de halfjaarrapportage',
    chart: (period: string) => `Antwoorden op de tien vragen, ${period}`, table: 'De tien vragen', number: 'Vraag', question: 'Wat', count: 'Aantal', how: 'Hoe geteld', small: smallCountText.nl,
    smallTitle: 'Kleine aantallen zijn verborgen', smallBody: 'Een aantal van 1 tot en met 4 kan naar iemand wijzen en staat er als "minder dan 5". Er zijn alleen halve jaren, zodat niemand een verborgen aantal kan uitrekenen door perioden van elkaar af te trekken.',
    running: 'Dit halfjaar loopt nog: de aantallen kunnen nog stijgen.', goneTitle: 'Van dit halfjaar is al iets vernietigd',
    goneBody: 'Zaken zonder huisverbod worden zes maanden na het laatste bericht vernietigd, zaken met een huisverbod na vijf jaar. Wat vernietigd is, telt hier niet meer mee. Bewaar daarom elk halfjaar de CSV.',
    empty: 'In dit halfjaar is niets gebeurd dat telt.', emptyBody: 'Kies een ander halfjaar.',
  },
  {
    title: 'Monitor', lead: 'The ten questions of the monitor of bans of 2008, counted from the messages of your municipality. What counts is the day on which it happened.',
    mail: 'By mail each month', mailOn: (address) => `You get the figures on the first day of each month as CSV, at ${address}.`, mailOff: 'Get the figures of your municipality on the first day of each month as CSV. They are of the half year of the day before; small numbers are hidden, as here.',
    mailAddress: 'Mail address', mailHint: 'Your own address at work.', mailStart: 'Send me the figures', mailStop: 'Stop this mail', mailFault: 'Fill in a mail address, such as name@municipality.nl.', mailDone: { aan: 'Saved. The first mail comes on the first day of next month.', uit: 'You no longer get the figures by mail.' },
    mailUnable: 'This hub cannot mail people now: the operator has set no resolver. Your choice is kept.',
    period: 'Half year', half: (year, half) => (half === '1' ? `January to June ${year}` : `July to December ${year}`), show: 'Show', csv: 'CSV for the half-year report',
    chart: (period) => `Answers to the ten questions, ${period}`, table: 'The ten questions', number: 'Question', question: 'What', count: 'Number', how: 'How it is counted', small: smallCountText.en,
    smallTitle: 'Small numbers are hidden', smallBody: 'A number from 1 to 4 may point to somebody, and stands here as "fewer than 5". There are only half years, so that nobody can reckon a hidden number by taking one period from another.',
    running: 'This half year still runs: the numbers can rise.', goneTitle: 'Part of this half year has been destroyed',
    goneBody: 'Cases without a ban are destroyed six months after the last message, cases with a ban after five years. What was destroyed no longer counts here. So keep the CSV of each half year.',
    empty: 'Nothing that counts happened in this half year.', emptyBody: 'Choose another half year.',
  },
);
