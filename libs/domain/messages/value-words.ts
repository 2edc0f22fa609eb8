import type { Label } from './label.js';

const same = (word: string): Label => ({ nl: word, en: word });

// One word means one thing in every message, so it is said in one way wherever it stands.
const words: Readonly<Record<string, Label>> = {
  ja: { nl: 'ja', en: 'yes' }, nee: { nl: 'nee', en: 'no' }, onbekend: { nl: 'onbekend', en: 'unknown' }, anders: { nl: 'anders', en: 'other' },
  man: { nl: 'man', en: 'man' }, vrouw: { nl: 'vrouw', en: 'woman' },

  echtgenoot: { nl: 'echtgenoot', en: 'spouse' }, 'geregistreerd-partner': { nl: 'geregistreerd partner', en: 'registered partner' }, levensgezel: { nl: 'levensgezel', en: 'partner' },
  'ex-partner': { nl: 'ex-partner', en: 'former partner' }, ouder: { nl: 'ouder', en: 'parent' }, 'kind-meerderjarig': { nl: 'meerderjarig kind', en: 'adult child' },
  'broer-of-zus': { nl: 'broer of zus', en: 'brother or sister' }, 'ander-familielid': { nl: 'ander familielid', en: 'other relative' }, huisgenoot: { nl: 'huisgenoot', en: 'household member' },

  politiesysteem: { nl: 'politiesysteem', en: 'police system' }, waarneming: { nl: 'waarneming', en: 'observation' }, verklaring: { nl: 'verklaring', en: 'statement' },
  hoog: { nl: 'hoog', en: 'high' }, middelmatig: { nl: 'middelmatig', en: 'medium' }, laag: { nl: 'laag', en: 'low' },
  huisverbod: { nl: 'huisverbod', en: 'a ban' }, 'geen-huisverbod': { nl: 'geen huisverbod', en: 'no ban' },

  opleggen: { nl: 'opleggen', en: 'impose' }, 'niet-opleggen': { nl: 'niet opleggen', en: 'do not impose' }, 'geen-advies': { nl: 'geen advies', en: 'no advice' },
  verlengen: { nl: 'verlengen', en: 'extend' }, 'niet-verlengen': { nl: 'niet verlengen', en: 'do not extend' },
  intrekken: { nl: 'intrekken', en: 'withdraw' }, 'niet-intrekken': { nl: 'niet intrekken', en: 'do not withdraw' },

  burgemeester: same('burgemeester'), 'loco-burgemeester': { nl: 'loco-burgemeester', en: 'deputy burgemeester' },
  'HOVJ-mandaat': { nl: 'hulpofficier van justitie, onder mandaat', en: 'hulpofficier van justitie, under a mandate' },
  uithuisgeplaatste: { nl: 'uithuisgeplaatste', en: 'person sent out of the home' }, minderjarige: { nl: 'minderjarige', en: 'minor' }, raadsman: { nl: 'raadsman', en: 'lawyer' },
  'aangewezen-instantie': { nl: 'aangewezen instantie', en: 'designated instance' }, 'veilig-thuis': same('Veilig Thuis'), politie: { nl: 'politie', en: 'police' }, rechtbank: { nl: 'rechtbank', en: 'court' },
  'openbaar-ministerie': { nl: 'openbaar ministerie', en: 'public prosecutor' }, getuige: { nl: 'getuige', en: 'witness' }, 'andere-belanghebbende': { nl: 'andere belanghebbende', en: 'other interested party' },
  achterblijver: { nl: 'achterblijver', en: 'who stayed behind' }, kinderen: { nl: 'kinderen', en: 'children' },

  persoonlijk: { nl: 'persoonlijk', en: 'in person' }, telefoon: { nl: 'telefoon', en: 'telephone' }, brief: { nl: 'brief', en: 'letter' }, 'veilige-mail': { nl: 'veilige mail', en: 'secure mail' },
  systeem: { nl: 'systeem', en: 'system' }, fysiek: { nl: 'fysiek', en: 'in the courtroom' }, video: same('video'),
  uitgereikt: { nl: 'uitgereikt', en: 'handed over' }, toegezonden: { nl: 'toegezonden', en: 'sent' }, 'nedergelegd-ter-secretarie': { nl: 'neergelegd bij de secretarie', en: 'left at the town hall' },

  'geen-ernstig-en-onmiddellijk-gevaar': { nl: 'geen ernstig en onmiddellijk gevaar', en: 'no serious and immediate danger' }, 'ander-middel-volstaat': { nl: 'ander middel volstaat', en: 'other means suffice' },
  'niet-meerderjarig': { nl: 'niet meerderjarig', en: 'not of age' }, 'hulp-aanvaard': { nl: 'hulp aanvaard', en: 'help accepted' }, 'gevaar-geweken': { nl: 'gevaar geweken', en: 'the danger is over' },
  rechter: { nl: 'rechter', en: 'the court' },

  'voorlopige-voorziening': { nl: 'voorlopige voorziening', en: 'provisional relief' }, beroep: { nl: 'beroep', en: 'appeal' }, 'hoger-beroep': { nl: 'hoger beroep', en: 'higher appeal' },
  afgewezen: { nl: 'afgewezen', en: 'refused' }, 'toegewezen-geschorst': { nl: 'toegewezen: huisverbod geschorst', en: 'granted: ban suspended' },
  'gegrond-vernietigd': { nl: 'gegrond: besluit vernietigd', en: 'well-founded: decision annulled' }, ongegrond: { nl: 'ongegrond', en: 'unfounded' },
  'niet-ontvankelijk': { nl: 'niet-ontvankelijk', en: 'inadmissible' }, kortsluiting: { nl: 'kortsluiting (Awb 8:86)', en: 'decided with the main case (Awb 8:86)' },
  blijft: { nl: 'het huisverbod blijft', en: 'the ban stays' }, eindigt: { nl: 'het huisverbod eindigt', en: 'the ban ends' }, verkort: { nl: 'het huisverbod wordt korter', en: 'the ban becomes shorter' },

  onjuist: { nl: 'onjuist', en: 'incorrect' }, 'verkeerde-zaak': { nl: 'verkeerde zaak', en: 'wrong case' }, 'verkeerde-ontvanger': { nl: 'verkeerde ontvanger', en: 'wrong recipient' },
  onrechtmatig: { nl: 'onrechtmatig', en: 'unlawful' }, dubbel: { nl: 'dubbel', en: 'sent twice' }, 'niet-gebruiken': { nl: 'niet gebruiken', en: 'do not use' }, vernietigen: { nl: 'vernietigen', en: 'destroy' },
};

/** What people read for a value of a closed list; items of the RiHG have no word but their number. */
export const valueWords = (value: string): Label => (Object.hasOwn(words, value) ? words[value] : undefined) ?? same(value);

/** Every value that has a word of its own. */
export const wordedValues: readonly string[] = Object.keys(words);
