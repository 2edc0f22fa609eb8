import { categories, categoryNames, messageDefinitions, messageTypes, type Field } from '@ketensluis/domain';
import { z } from 'zod';
import { nothing, served, type ServedOperation } from './operation.js';

const kinds = ['berichtsoort', 'categorie', 'veld'] as const;

const termSchema = z.strictObject({
  naam: z.string().meta({ description: 'Zoals het in berichten staat.' }),
  soort: z.enum(kinds).meta({ description: 'Waarvan het een naam is.' }),
  nl: z.string().meta({ description: 'In het Nederlands.' }),
  en: z.string().meta({ description: 'In het Engels.' }),
  bron: z.string().nullable().meta({ description: 'Wetsartikel of andere bron; null als er geen is.' }),
});
type Term = z.output<typeof termSchema>;

const fieldTerms = (fields: readonly Field[], path: string): readonly Term[] => fields.flatMap((field) => {
  const naam = `${path}${field.name}`;
  const own: Term = { naam, soort: 'veld', nl: field.label.nl, en: field.label.en, bron: field.source };
  if (field.kind === 'group') return [own, ...fieldTerms(field.fields, `${naam}.`)];
  return field.kind === 'list' && field.item.kind === 'group' ? [own, ...fieldTerms(field.item.fields, `${naam}[].`)] : [own];
});

const terms: readonly Term[] = [
  ...messageTypes.map((type): Term => ({ naam: type, soort: 'berichtsoort', ...messageDefinitions[type].label, bron: messageDefinitions[type].article })),
  ...categories.map((category): Term => ({ naam: category, soort: 'categorie', ...categoryNames[category], bron: null })),
  ...messageTypes.flatMap((type) => fieldTerms(messageDefinitions[type].fields, `${type}:`)),
];

/** The words of the messages, for everybody. */
export const glossaryOperations: readonly ServedOperation[] = [
  served({
    id: 'begrippenOphalen', method: 'GET', address: '/begrippen', tag: 'begrippen', scope: null, path: nothing,
    summary: 'Begrippen', description: 'De soorten berichten, categorieen van gegevens en velden, in het Nederlands en het Engels. Voor iedereen.',
    query: z.strictObject({ soort: z.enum(kinds).optional().meta({ description: `een van ${kinds.join(', ')}.` }) }),
    answer: {
      status: 200, description: 'De begrippen.',
      content: {
        name: 'Begrippen', schema: z.strictObject({ begrippen: z.array(termSchema).meta({ description: 'In vaste volgorde.' }) }),
        example: { begrippen: [{ naam: 'C-ADDR', soort: 'categorie', nl: 'adres van de woning', en: 'address of the home', bron: null }] },
      },
    },
    example: {},
  }, async ({ query }) => ({ begrippen: terms.filter(({ soort }) => query.soort === undefined || soort === query.soort) })),
];
