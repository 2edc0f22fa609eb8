import type { SignInRefusal } from '@ketensluis/platform';
import { bilingual } from '../shell/language.js';

const refusalsNl: Record<SignInRefusal | 'away', string> = {
  stale: 'De aanmelding duurde te lang of was al gebruikt. Begin opnieuw.',
  'provider-refused': 'Het aanmelden bij uw organisatie is niet gelukt of afgebroken.',
  'client-refused': 'De aanmelddienst van uw organisatie neemt Ketensluis niet aan. Dat ligt niet aan u: vraag de beheerder van Ketensluis om naar de controlelijst te kijken.',
  'provider-away': 'De aanmelddienst van uw organisatie is niet bereikbaar.',
  'level-too-low': 'U bent aangemeld met een te laag betrouwbaarheidsniveau. Hier is eIDAS substantieel of hoog nodig: meld u aan met uw tweede factor.',
  'no-role': 'U heeft nog geen rol in Ketensluis. Vraag de beheerder van uw organisatie om een rol.',
  'no-party': 'Uw organisatie is in de aanmelding niet herkend. Vraag de beheerder van uw organisatie om het OIN mee te geven.',
  away: 'De aanmelddienst van uw organisatie is niet bereikbaar.',
};
const refusalsEn: Record<SignInRefusal | 'away', string> = {
  stale: 'Signing in took too long or was used before. Begin again.',
  'provider-refused': 'Signing in at your organisation did not succeed or was broken off.',
  'client-refused': 'The sign-in service of your organisation does not accept Ketensluis. You did nothing wrong: ask the operator of Ketensluis to look at the checklist.',
  'provider-away': 'The sign-in service of your organisation cannot be reached.',
  'level-too-low': 'You signed in at a level of assurance that is too low. eIDAS substantial or high is needed here: use your second factor.',
  'no-role': 'You have no role in Ketensluis yet. Ask the administrator of your organisation for one.',
  'no-party': 'Your organisation was not recognised. Ask its administrator to pass on the OIN.',
  away: 'The sign-in service of your organisation cannot be reached.',
};

/** Words of signing in and out. */
export const signInWords = bilingual(
  { refused: 'Aanmelden lukt niet', again: 'Opnieuw aanmelden', out: 'U bent afgemeld', outBody: 'Uw sessie is beëindigd. Sluit de browser als u deze computer deelt.', outEverywhere: 'Ook uw sessies op andere computers zijn beëindigd.', refusals: refusalsNl },
  { refused: 'You cannot sign in', again: 'Sign in again', out: 'You are signed out', outBody: 'Your session has ended. Close the browser if you share this computer.', outEverywhere: 'Your sessions on other computers have ended too.', refusals: refusalsEn },
);
