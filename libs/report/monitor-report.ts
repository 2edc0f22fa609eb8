import { isSmallCount, monitorQuestions, type HalfYear, type MonitorQuestion } from '@ketensluis/domain';
import { csvOf } from './csv.js';
import type { Language } from './words.js';

type Questions = Readonly<Record<MonitorQuestion, { readonly name: string; readonly how: string }>>;

const nl: Questions = {
  1: { name: 'Opgelegde huisverboden', how: 'Zaken waarin een huisverbod is aangezegd of opgelegd, op de dag van opleggen. Eerst mondeling en later op schrift telt als één.' },
  2: { name: 'Geweigerde huisverboden', how: 'Zaken waarin de burgemeester na de risicotaxatie besloot geen huisverbod op te leggen, op de dag van dat besluit. Een risicotaxatie zonder voorstel telt niet.' },
  3: { name: 'Inschakeling raadsman', how: 'Zaken waarin de uithuisgeplaatste een raadsman wenste, in het besluit of in een eigen bericht. Het gaat om de wens; één per huisverbod.' },
  4: { name: 'Ingetrokken huisverboden', how: 'Zaken waarin de burgemeester het huisverbod introk, ook na verlenging. Een einde door de rechter telt hier niet.' },
  5: { name: 'Verlengingen', how: 'Besluiten tot verlengen, op de dag van het besluit. Wie in twee stappen verlengt, telt twee keer.' },
  6: { name: 'Uithuisgeplaatsten in opvang', how: 'Zaken waarin opvang is gevraagd, op de dag waarop die moest ingaan. Of iemand de opvang gebruikte, weet Ketensluis niet.' },
  '7a': { name: 'Gestarte hulp: uithuisgeplaatste', how: 'Hulptrajecten die de instantie meldde als gestart voor de uithuisgeplaatste, op de startdag.' },
  '7b': { name: 'Gestarte hulp: achterblijver', how: 'Hetzelfde voor de partner die achterbleef.' },
  '7c': { name: 'Gestarte hulp: kinderen', how: 'Hetzelfde voor kinderen. Geteld worden trajecten, niet kinderen.' },
  8: { name: 'Verzoeken om een voorlopige voorziening', how: 'Verzoeken bij de rechtbank, ook over een verlenging, elk nummer van de rechtbank één keer, op de dag van ontvangst bij de rechtbank.' },
  9: { name: 'Uitspraken: huisverbod hield geen stand', how: 'Uitspraken op een verzoek om een voorlopige voorziening waarna het huisverbod eindigde of korter werd, op de dag van de uitspraak.' },
  '9b': { name: 'Uitspraken: huisverbod bleef', how: 'Uitspraken op zo’n verzoek waarna het huisverbod bleef. De handleiding van 2008 zegt "ongegrond"; daarom staan beide er.' },
  10: { name: 'Beroepen', how: 'Beroepen bij de rechtbank, elk nummer één keer, op de dag van ontvangst daar. Ketensluis hoort ervan bij de zitting of de uitspraak: een vers beroep kan nog ontbreken.' },
  '10b': { name: 'Hoger beroepen', how: 'Hetzelfde bij de Raad van State.' },
};
const en: Questions = {
  1: { name: 'Bans imposed', how: 'Cases in which a ban was announced or imposed, by the day of imposing. First orally and later in writing counts as one.' },
  2: { name: 'Bans refused', how: 'Cases in which the burgemeester decided after the risk assessment not to impose a ban, by the day of that decision. An assessment without a proposal does not count.' },
  3: { name: 'Lawyer called in', how: 'Cases in which the person sent out wished a lawyer, in the order or in a message of its own. It is the wish that counts; one for a ban.' },
  4: { name: 'Bans withdrawn', how: 'Cases in which the burgemeester withdrew the ban, also after an extension. An end by the court does not count here.' },
  5: { name: 'Extensions', how: 'Decisions to extend, by the day of the decision. Who extends in two steps counts twice.' },
  6: { name: 'Persons sent out in shelter', how: 'Cases in which shelter was asked, by the day it was to begin. Ketensluis does not know whether it was used.' },
  '7a': { name: 'Help started: person sent out', how: 'Courses of help the instance told to have started for the person sent out, by the day they started.' },
  '7b': { name: 'Help started: who stayed', how: 'The same for the partner who stayed behind.' },
  '7c': { name: 'Help started: children', how: 'The same for children. Courses are counted, not children.' },
  8: { name: 'Requests for provisional relief', how: 'Requests at the court, also on an extension, each number of the court once, by the day the court received it.' },
  9: { name: 'Rulings: the ban did not stand', how: 'Rulings on a request for provisional relief after which the ban ended or became shorter, by the day of the ruling.' },
  '9b': { name: 'Rulings: the ban stood', how: 'Rulings on such a request after which the ban stayed. The manual of 2008 says "unfounded"; so both are here.' },
  10: { name: 'Appeals', how: 'Appeals at the court, each number once, by the day it was received there. Ketensluis hears of it by the hearing or the ruling: a fresh appeal may be missing.' },
  '10b': { name: 'Higher appeals', how: 'The same at the Council of State.' },
};

/** The questions in words, with how each is counted. */
export const monitorQuestionWords: Readonly<Record<Language, Questions>> = { nl, en };

/** What stands in the place of a number that may point to somebody. */
export const smallCountText: Readonly<Record<Language, string>> = { nl: 'minder dan 5', en: 'fewer than 5' };

const heads: Readonly<Record<Language, readonly string[]>> = { nl: ['Vraag', 'Wat', 'Aantal', 'Hoe geteld'], en: ['Question', 'What', 'Number', 'How it is counted'] };

/** The figures of one half year as CSV, small numbers hidden as on the page. The name says the period and no municipality. */
export const monitorFile = (half: HalfYear, counts: Readonly<Record<MonitorQuestion, number>>, language: Language): { readonly name: string; readonly bytes: Uint8Array } => {
  const questions = monitorQuestionWords[language];
  const rows = monitorQuestions.map((question) => [question, questions[question].name, isSmallCount(counts[question]) ? smallCountText[language] : counts[question], questions[question].how]);
  return { name: `monitor-huisverbod-${half.name}.csv`, bytes: csvOf(heads[language], rows) };
};
