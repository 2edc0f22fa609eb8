import { bilingual } from '../shell/language.js';

/** Words around the list. */
export const checkWords = bilingual(
  { title: 'Controlelijst', lead: 'Alles wat niet goed staat, met wat eraan te doen is.', fine: 'Alles is in orde.', fineBody: 'Er is niets gevonden dat hersteld moet worden.', what: 'Wat', level: 'Ernst', bad: 'Nu doen', wait: 'Binnenkort', todo: 'Doen', look: 'Bekijk', never: 'nog nooit', tiles: 'In het kort' },
  { title: 'Checklist', lead: 'Everything that is not right, with what to do about it.', fine: 'Everything is in order.', fineBody: 'Nothing was found that needs mending.', what: 'What', level: 'Urgency', bad: 'Do now', wait: 'Soon', todo: 'Do', look: 'Look', never: 'never yet', tiles: 'At a glance' },
);
