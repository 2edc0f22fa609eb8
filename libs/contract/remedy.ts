import { textForms, type Field, type Label } from '@ketensluis/domain';

/** What the value of a field must look like, for whoever has to repair it. */
export const remedyOf = (of: Field): Label => {
  switch (of.kind) {
    case 'text': return of.form === null ? textRemedy(of.maxLength, of.lines) : textForms[of.form].remedy;
    case 'date': return { nl: 'Geef een bestaande dag als JJJJ-MM-DD.', en: 'Give an existing day as YYYY-MM-DD.' };
    case 'instant': return { nl: 'Geef een tijdstip met seconden en tijdzone, bijvoorbeeld 2026-03-23T20:00:00+01:00.', en: 'Give a moment with seconds and offset, such as 2026-03-23T20:00:00+01:00.' };
    case 'bsn': return { nl: 'Geef een burgerservicenummer van negen cijfers dat aan de elfproef voldoet.', en: 'Give a citizen service number of nine digits that passes the 11-check.' };
    case 'boolean': return { nl: 'Geef true of false.', en: 'Give true or false.' };
    case 'integer': return { nl: `Geef een geheel getal van ${of.min} tot en met ${of.max}.`, en: `Give a whole number from ${of.min} to ${of.max}.` };
    case 'enum': return oneOfRemedy(of.values);
    case 'group': return { nl: 'Geef ten minste een veld in deze groep, of laat de groep weg.', en: 'Give at least one field in this group, or leave the group out.' };
    case 'list': return { nl: `Geef 1 tot en met ${of.maxItems} keer ${of.item.name}, of laat de lijst weg.`, en: `Give ${of.item.name} 1 to ${of.maxItems} times, or leave the list out.` };
  }
};

const textRemedy = (maxLength: number, lines: boolean): Label => ({
  nl: `Geef tekst van 1 tot en met ${maxLength} tekens${lines ? '' : ' op een regel'}, zonder besturingstekens.`,
  en: `Give text of 1 to ${maxLength} characters${lines ? '' : ' on one line'}, without control characters.`,
});

const oneOfRemedy = (values: readonly string[]): Label => ({ nl: `Kies uit: ${values.join(', ')}.`, en: `Choose one of: ${values.join(', ')}.` });

/** The names a group knows, for whoever used another. */
export const knownNames = (fields: readonly Field[]): Label => {
  const names = fields.map((of) => of.name).join(', ');
  return { nl: `Dit veld bestaat hier niet. Bekend zijn: ${names}.`, en: `This field does not exist here. Known are: ${names}.` };
};

/** What to do about a required field that is absent. */
export const missing = (of: Field): Label => {
  const shape = of.kind === 'group' || of.kind === 'list' ? { nl: '', en: '' } : remedyOf(of);
  return { nl: `Vul ${of.label.nl} in (${of.source}). ${shape.nl}`.trim(), en: `Fill in ${of.label.en} (${of.source}). ${shape.en}`.trim() };
};
