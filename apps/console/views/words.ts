import { bilingual } from '../shell/language.js';

/** Words of the views people keep. */
export const viewWords = bilingual(
  {
    label: 'Mijn weergaven', keep: 'Bewaar deze filters', name: 'Naam van de weergave', hint: 'Alleen u ziet hem. Geen namen of nummers van mensen.', save: 'Bewaren', drop: 'Verwijder', title: 'Weergave bewaren', back: 'Terug naar de lijst',
    faults: { empty: 'Geef de weergave een naam.', long: 'Gebruik ten hoogste 60 tekens.', number: 'Laat lange nummers weg: ze kunnen van iemand zijn.', nothing: 'Kies eerst een filter dat bewaard kan worden. Een zoekvraag naar een persoon wordt nooit bewaard.', full: 'U heeft al twintig weergaven van deze lijst. Verwijder er eerst een.' },
  },
  {
    label: 'My views', keep: 'Keep these filters', name: 'Name of the view', hint: 'Only you see it. No names or numbers of people.', save: 'Keep', drop: 'Delete', title: 'Keep a view', back: 'Back to the list',
    faults: { empty: 'Give the view a name.', long: 'Use at most 60 characters.', number: 'Leave long numbers out: they can be somebody’s.', nothing: 'First choose a filter that can be kept. A search for a person is never kept.', full: 'You have twenty views of this list already. Delete one first.' },
  },
);
