import type { LawPack } from '@ketensluis/domain';
import { bilingual, type Language } from './language.js';

// What no rule about one message says: choices and hearings the law itself orders, and the file of the court, which many messages make.
const wordsOf = bilingual<Readonly<Record<string, string>>>(
  {
    E3: 'Overleg met Veilig Thuis vóór het opleggen.', E13: 'De voorzieningenrechter hoort binnen drie dagen.', E15: 'De voorzieningenrechter doet meteen uitspraak, of binnen 24 uur na de zitting.',
    E20: 'Kies voor het einde: verlengen, intrekken of laten aflopen.', 'WTH-15': 'Zorg dat alle stukken van de zaak voor de zitting bij de rechtbank zijn.', unknown: 'Een plicht uit een eerder wetsbestand',
  },
  {
    E3: 'Consult Veilig Thuis before imposing.', E13: 'The court hears within three days.', E15: 'The court rules at once, or within 24 hours of the hearing.',
    E20: 'Choose before the end: extend, withdraw or let it expire.', 'WTH-15': 'See to it that all documents of the case are with the court before the hearing.', unknown: 'A duty of an earlier law pack',
  },
);

/** What a duty asks for: in words of its own where its name (`event:role`) has them, else in the sentence of the rule that gave it. */
export const dutySentence = ({ name, rule }: { readonly name: string; readonly rule: string | null }, { rules }: LawPack, language: Language): string => {
  const words = wordsOf(language);
  return words[name.split(':')[0] ?? ''] ?? rules.find(({ id }) => id === rule)?.explain[language] ?? words['unknown'] ?? '';
};
