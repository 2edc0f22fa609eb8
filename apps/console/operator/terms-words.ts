import { bilingual } from '../shell/language.js';

/** Words of the room of terms. */
export const termWords = bilingual(
  {
    title: 'Termijnen', lead: 'Wat de wet of het beleid voor een moment vraagt, en wanneer een huisverbod eindigt. U ziet zaaknummer en partij, nooit de mensen.', red: 'Binnen 2 dagen', late: 'Te laat', running: 'Loopt', tiles: 'In het kort', all: 'Alles',
    municipality: 'Gemeente', only: 'Tonen', onlyAll: 'Alle termijnen', onlyRed: 'Alleen binnen 2 dagen', apply: 'Toepassen', callList: 'Bellijst', timeline: 'Tijdlijn', due: 'Eindigt', case: 'Zaak', what: 'Wat', who: 'Wie moet het doen', toward: 'Voor', warned: 'Gewaarschuwd',
    end: 'Einde van het huisverbod', policy: 'beleid', law: 'wet', notWarned: 'nog niemand', toldAt: (when: string) => `beheerder, ${when}`, steps: ['nog niemand', 'de partijen, 48 uur vooraf', 'de partijen, 24 uur vooraf', 'de partijen, bij het einde'], today: 'nu',
    empty: 'Er loopt geen termijn.', emptyBody: 'Wordt er een huisverbod opgelegd, dan staan de termijnen hier.', chart: 'Tijdlijn van de eerste termijnen; de tabel zegt hetzelfde.', left: 'Nog',
    callTitle: 'Bellijst', callLead: (when: string) => `Termijnen die binnen 2 dagen eindigen of te laat zijn. Gemaakt ${when}. Alleen zaaknummers en organisaties.`, callWho: 'Bel', callDone: 'Gebeld om / met', callEmpty: 'Er is niemand te bellen.', callPhone: 'Telefoonnummers staan in uw piketlijst: de hub heeft ze niet.', print: 'Afdrukken', count: (count: string) => `${count} termijnen`, back: 'Terug naar Termijnen',
  },
  {
    title: 'Terms', lead: 'What the law or policy asks before a moment, and when a ban ends. You see case number and party, never the people.', red: 'Within 2 days', late: 'Too late', running: 'Running', tiles: 'At a glance', all: 'Everything',
    municipality: 'Municipality', only: 'Show', onlyAll: 'All terms', onlyRed: 'Within 2 days only', apply: 'Apply', callList: 'Call list', timeline: 'Timeline', due: 'Ends', case: 'Case', what: 'What', who: 'Who must do it', toward: 'For', warned: 'Warned',
    end: 'End of the ban', policy: 'policy', law: 'law', notWarned: 'nobody yet', toldAt: (when) => `operator, ${when}`, steps: ['nobody yet', 'the parties, 48 hours before', 'the parties, 24 hours before', 'the parties, at the end'], today: 'now',
    empty: 'No term runs.', emptyBody: 'When a ban is imposed its terms appear here.', chart: 'Timeline of the first terms; the table says the same.', left: 'Left',
    callTitle: 'Call list', callLead: (when) => `Terms that end within 2 days or are late. Made ${when}. Case numbers and organisations only.`, callWho: 'Call', callDone: 'Called at / with', callEmpty: 'There is nobody to call.', callPhone: 'Telephone numbers are in your own duty list: the hub does not have them.', print: 'Print', count: (count) => `${count} terms`, back: 'Back to Terms',
  },
);
