import type { Letter } from '../smtp/letter.js';

/**
 * What a party hears when a message waits for it at the console. Neither line names anybody, a case, a municipality or a kind of message: mail that is not
 * protected enough for the message must not tell of it either (NTA 7516 §6.1.2 note 2).
 */
export const waitingLetter = (consoleUrl: string): Letter => twoLanguages({
  subject: 'Nieuw bericht in Ketensluis',
  nl: ['Er staat een bericht voor uw organisatie klaar in Ketensluis.', `Meld u aan om het te openen: ${consoleUrl}/`, 'Wij sturen dit bericht niet per mail. In deze mail staat daarom niets over de inhoud.'],
  en: ['There is a message for your organisation in Ketensluis.', `Sign in to open it: ${consoleUrl}/`, 'We do not send this message by mail, so nothing of its content stands here.'],
});

/** The witnesses have signed since for something the party may have opened already. */
export const completedLetter = (consoleUrl: string): Letter => twoLanguages({
  subject: 'Bewijs aangevuld in Ketensluis',
  nl: ['Het bewijs bij een eerder bericht aan uw organisatie is nu volledig.', `U hoeft niets te doen. Het bericht staat in Ketensluis: ${consoleUrl}/`],
  en: ['The proof of an earlier message to your organisation is complete now.', `There is nothing to do. The message is in Ketensluis: ${consoleUrl}/`],
});

/** A letter of the hub itself, Dutch first. */
export const twoLanguages = ({ subject, nl, en }: { readonly subject: string; readonly nl: readonly string[]; readonly en: readonly string[] }): Letter =>
  ({ subject, body: [...nl, '', 'Ketensluis', '', '--', ...en, '', 'Ketensluis', ''].join('\n') });
