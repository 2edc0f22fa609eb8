/** What is heard while a step of the story is played. */
export type Heard =
  | { readonly kind: 'not-taken'; readonly answer: string }
  | { readonly kind: 'stored'; readonly from: string; readonly type: string }
  | { readonly kind: 'turned-down'; readonly cause: string }
  | { readonly kind: 'parked' }
  | { readonly kind: 'received'; readonly party: string; readonly type: string; readonly article: string; readonly rule: string; readonly categories: readonly string[]; readonly left: readonly string[] }
  /** Permitted, and not with the party: `told` by a mail without content, tried `again`, or `stuck` until somebody acts. */
  | { readonly kind: 'not-brought'; readonly party: string; readonly way: 'told' | 'again' | 'stuck' }
  /** `recipient` is null for who is not connected, and then `code` says who. */
  | { readonly kind: 'withheld'; readonly recipient: string | null; readonly code: string; readonly isHeld: boolean; readonly reason: string }
  | { readonly kind: 'under-way' };

interface Words {
  readonly notTaken: (answer: string) => string;
  readonly stored: (from: string, type: string) => string;
  readonly turnedDown: (cause: string) => string;
  readonly parked: string;
  readonly received: (party: string, type: string, ground: string, categories: string) => string;
  readonly leftOut: (categories: string) => string;
  readonly ways: Readonly<Record<'told' | 'again' | 'stuck', (party: string) => string>>;
  readonly held: string;
  readonly refused: string;
  readonly nobody: (code: string) => string;
  readonly underWay: string;
  readonly persons: Readonly<Record<string, string>>;
  readonly reasons: Readonly<Record<string, string>>;
}

const en: Words = {
  notTaken: (answer) => `the hub does not take it: ${answer}`,
  stored: (from, type) => `${from} sends ${type}; the hub stores it and answers 250`,
  turnedDown: (cause) => `the hub refuses it (${cause}): it cannot be in this case. The refusal is in the log, and a task to tell the sender is open.`,
  parked: 'the hub set it aside: a person must look at this case.',
  received: (party, type, ground, categories) => `${party} received it: ${type}, ${ground}; gets ${categories}`,
  leftOut: (categories) => `; left out ${categories}`,
  ways: {
    told: (party) => `${party} got a mail without content: its people open it in Ketensluis, under Case notices`,
    again: (party) => `${party} has not got it yet: it is tried again by itself, see Deliveries`,
    stuck: (party) => `${party} does not get it like this: somebody must look, see Stuck`,
  },
  held: 'held', refused: 'refused',
  nobody: (code) => `nobody connected (${code})`,
  underWay: 'the hub is not done yet: see what is tried again under Deliveries.',
  persons: { UHG: 'the person who had to leave', PART: 'the partner' },
  reasons: {
    'outside-hub': 'to be told by hand, with its deadline: no channel of the hub reaches them',
    'no-agreement': 'the municipality has no processor agreement; the duty stays open, with its deadline',
    'setting-off': 'the municipality has not switched this on',
    'no-basis': 'no article of law gives it to them',
    forbidden: 'the law does not allow it',
    'necessity-missing': 'somebody must first say why it is necessary',
    'consent-missing': 'the person has not consented',
    'no-mandate': 'no mandate is registered',
    'nothing-to-give': 'nothing in it is for them',
  },
};

const nl: Words = {
  notTaken: (answer) => `de hub neemt het niet aan: ${answer}`,
  stored: (from, type) => `${from} stuurt ${type}; de hub bewaart het en antwoordt 250`,
  turnedDown: (cause) => `de hub weigert het (${cause}): het kan niet in deze zaak. De weigering staat in het logboek, en er is een taak om het de afzender te laten weten.`,
  parked: 'de hub legde het opzij: iemand moet naar deze zaak kijken.',
  received: (party, type, ground, categories) => `${party} ontving het: ${type}, ${ground}; krijgt ${categories}`,
  leftOut: (categories) => `; weggelaten ${categories}`,
  ways: {
    told: (party) => `${party} kreeg een mail zonder inhoud: de mensen daar openen het in Ketensluis, onder Zaakmeldingen`,
    again: (party) => `${party} heeft het nog niet: het wordt vanzelf opnieuw geprobeerd, zie Leveringen`,
    stuck: (party) => `${party} krijgt het zo niet: iemand moet ernaar kijken, zie Vastgelopen`,
  },
  held: 'wacht', refused: 'geweigerd',
  nobody: (code) => `niemand die is aangesloten (${code})`,
  underWay: 'de hub is nog niet klaar: wat opnieuw wordt geprobeerd staat bij Leveringen.',
  persons: { UHG: 'de uithuisgeplaatste', PART: 'de partner' },
  reasons: {
    'outside-hub': 'iemand vertelt het zelf, binnen de termijn: geen kanaal van de hub komt daar',
    'no-agreement': 'de gemeente heeft geen verwerkersovereenkomst; de plicht blijft staan, met haar termijn',
    'setting-off': 'de gemeente heeft dit niet aangezet',
    'no-basis': 'geen wetsartikel geeft het aan hen',
    forbidden: 'de wet staat het niet toe',
    'necessity-missing': 'iemand moet eerst zeggen waarom het noodzakelijk is',
    'consent-missing': 'de persoon gaf geen toestemming',
    'no-mandate': 'er is geen mandaat geregistreerd',
    'nothing-to-give': 'er staat niets in dat voor hen is',
  },
};

/** What was heard, in a sentence. */
export const sentenceOf = (heard: Heard, language: 'nl' | 'en'): string => {
  const words = language === 'nl' ? nl : en;
  switch (heard.kind) {
    case 'not-taken': return words.notTaken(heard.answer);
    case 'stored': return words.stored(heard.from, heard.type);
    case 'turned-down': return words.turnedDown(heard.cause);
    case 'parked': return words.parked;
    case 'received': return `${words.received(heard.party, heard.type, `${heard.article} (${heard.rule})`, heard.categories.join(' '))}${heard.left.length === 0 ? '' : words.leftOut(heard.left.join(' '))}`;
    case 'not-brought': return words.ways[heard.way](heard.party);
    case 'withheld': return `${words.persons[heard.code] ?? heard.recipient ?? words.nobody(heard.code)}: ${heard.isHeld ? words.held : words.refused}, ${words.reasons[heard.reason] ?? heard.reason}`;
    case 'under-way': return words.underWay;
  }
};

const marks: Readonly<Record<Heard['kind'], string>> = { 'not-taken': '', stored: '', 'turned-down': '-- ', parked: '-- ', received: '-> ', 'not-brought': '-- ', withheld: '-- ', 'under-way': '-- ' };

/** The line of a terminal. */
export const lineOf = (heard: Heard): string => `  ${marks[heard.kind]}${sentenceOf(heard, 'en')}`;
