import type { deskStore } from '@ketensluis/platform';
import { bilingual, type Language } from '../shell/language.js';

/** Why a delivery did not arrive, in one sentence, and who can do something about it. */
export interface Cause {
  readonly what: string;
  readonly who: string;
}

type Known = (party: string) => Cause;

const nl = {
  'peer-busy': (party) => ({ what: `De mailserver van ${party} is tijdelijk te druk of neemt nu niets aan.`, who: 'Er hoeft niets: Ketensluis probeert het vanzelf opnieuw.' }),
  'not-believed': (party) => ({ what: `${party} gelooft de handtekening onder onze webhooks nu niet (401).`, who: `Vraag de beheerder van ${party} of sleutel en klok kloppen, en kijk naar de klok van deze hub. Daarna gaat het vanzelf.` }),
  'connection-refused': (party) => ({ what: `Op het adres van ${party} luistert nu niemand: de server staat uit of een firewall houdt ons tegen.`, who: `Bel de beheerder van ${party} als dit langer dan een uur duurt.` }),
  'connection-lost': (party) => ({ what: `De verbinding met ${party} viel onderweg weg.`, who: 'Er hoeft niets: Ketensluis probeert het vanzelf opnieuw.' }),
  timeout: (party) => ({ what: `${party} antwoordde niet op tijd.`, who: `Bel de beheerder van ${party} als dit langer dan een uur duurt.` }),
  'host-not-found': (party) => ({ what: `De naam van de server van ${party} staat niet in DNS.`, who: `Vraag de beheerder van ${party} om het DNS-record te herstellen.` }),
  'protocol-error': (party) => ({ what: `De server van ${party} hield zich niet aan het protocol.`, who: `Vraag de beheerder van ${party} om de server na te kijken.` }),
  'route-unknown': (party) => ({ what: `Of er een veilige weg naar ${party} is, is nu niet vast te stellen: DNS antwoordt niet, of een DNSSEC-handtekening klopt niet.`, who: `Kijk of de resolver van deze hub werkt. Werkt die, bel dan de beheerder van ${party}. Zodra DNS klopt gaat het vanzelf verder.` }),
  refused: (party) => ({ what: `De server van ${party} weigerde dit bericht.`, who: `Geef het antwoord hieronder door aan de beheerder van ${party}, en bied het daarna opnieuw aan.` }),
  expired: (party) => ({ what: `${party} nam het bericht vijf dagen lang niet aan; de laatste poging is geweest.`, who: `Bel de beheerder van ${party}, en bied het opnieuw aan als de storing voorbij is.` }),
  'no-certificate': (party) => ({ what: `Er is geen bruikbaar certificaat of kanaal van ${party}: er is niets om voor te versleutelen.`, who: `Vraag ${party} om een certificaat. Zodra het is goedgekeurd gaat het bericht vanzelf.` }),
  'certificate-unusable': (party) => ({ what: `Het certificaat van ${party} kan niet worden gebruikt: het is verlopen, ingetrokken of niet te bewijzen.`, who: `Vraag ${party} om een nieuw certificaat. Zodra het is goedgekeurd gaat het bericht vanzelf.` }),
  'no-key': (party) => ({ what: `Er is geen sleutel om webhooks aan ${party} mee te ondertekenen.`, who: 'Geef een sleutel uit op de pagina van de partij; wat wacht gaat dan vanzelf.' }),
  'endpoint-disabled': (party) => ({ what: `Het eindpunt van ${party} zei dat het niet meer bestaat (410).`, who: `Vraag ${party} naar het nieuwe adres en zet het eindpunt weer aan.` }),
  'address-not-allowed': (party) => ({ what: `Het eindpunt van ${party} staat in een netwerk waar deze hub niet heen mag.`, who: 'Klopt het adres, zet het netwerk dan in KETENSLUIS_CALL_NETWORKS.' }),
  'form-not-permitted': (party) => ({ what: `De regel staat niet toe dat dit bericht in deze vorm naar ${party} gaat.`, who: `Geef ${party} een kanaal dat wel mag: mail, of een webhook die alleen meldt.` }),
  'no safe route': (party) => ({ what: `Het maildomein van ${party} biedt geen veilige weg.`, who: `Bij de levering staat onder ‘De weg’ wat ontbreekt. Laat de beheerder van ${party} dat herstellen, en bied het daarna opnieuw aan.` }),
  tlsa: (party) => ({ what: `De mailserver van ${party} toont een ander certificaat dan in DNS staat (TLSA).`, who: `Bel de beheerder van ${party}: het record is verouderd, of er zit iemand tussen. Is het hersteld, bied het dan opnieuw aan.` }),
  tls: (party) => ({ what: `De beveiligde verbinding met ${party} klopt niet: het servercertificaat of de TLS-instelling is fout.`, who: `Laat de beheerder van ${party} de server herstellen, en bied het daarna opnieuw aan.` }),
  'party-inactive': (party) => ({ what: `${party} is gepauzeerd, niet meer aangesloten, of werkt niet meer voor deze gemeente.`, who: 'Hervat de partij; wat wacht gaat dan vanzelf verder.' }),
  'no-agreement': () => ({ what: 'De verwerkersovereenkomst die dit dekte is geëindigd.', who: 'De gemeente moet een nieuwe overeenkomst sluiten; daarna gaat het bericht vanzelf.' }),
  'setting-off': () => ({ what: 'De gemeente heeft deze gegevensdeling uitgezet.', who: 'Alleen de gemeente kan dat veranderen; geef het anders op.' }),
  log: () => ({ what: 'Wat er zou uitgaan is niet wat het logboek zegt.', who: 'Bel wie over het logboek gaat. Bied dit niet opnieuw aan.' }),
  'given-up': () => ({ what: 'Een beheerder heeft deze levering opgegeven.', who: 'De afzender en de gemeente hebben hierover een taak.' }),
  fault: () => ({ what: 'Ketensluis kon dit bericht drie keer niet verwerken. Wat in deze zaak daarna kwam wacht erop.', who: 'Zoek in de logregels van de hub naar message.failed met dit kenmerk. Is de fout hersteld, laat de zaak dan verder gaan.' }),
  replaced: () => ({ what: 'De afzender heeft dit bericht verbeterd of ingetrokken voor het aankwam.', who: 'Er hoeft niets.' }),
  unknown: (party) => ({ what: `Waarom ${party} dit niet kreeg is niet bekend.`, who: 'Bekijk de pogingen, en bied het opnieuw aan.' }),
} satisfies Readonly<Record<string, Known>>;

type CauseCode = keyof typeof nl;

const en: Readonly<Record<CauseCode, Known>> = {
  'peer-busy': (party) => ({ what: `The mail server of ${party} is too busy or takes nothing for now.`, who: 'Nothing is needed: Ketensluis tries again by itself.' }),
  'not-believed': (party) => ({ what: `${party} does not believe the signature under our webhooks now (401).`, who: `Ask the administrator of ${party} whether key and clock are right, and look at the clock of this hub. Then it goes by itself.` }),
  'connection-refused': (party) => ({ what: `Nobody listens at the address of ${party}: the server is off or a firewall keeps us out.`, who: `Call the administrator of ${party} when this lasts more than an hour.` }),
  'connection-lost': (party) => ({ what: `The connection to ${party} broke on the way.`, who: 'Nothing is needed: Ketensluis tries again by itself.' }),
  timeout: (party) => ({ what: `${party} did not answer in time.`, who: `Call the administrator of ${party} when this lasts more than an hour.` }),
  'host-not-found': (party) => ({ what: `The name of the server of ${party} is not in DNS.`, who: `Ask the administrator of ${party} to mend the DNS record.` }),
  'protocol-error': (party) => ({ what: `The server of ${party} did not keep to the protocol.`, who: `Ask the administrator of ${party} to look at the server.` }),
  'route-unknown': (party) => ({ what: `Whether there is a safe way to ${party} cannot be found out now: DNS does not answer, or a DNSSEC signature is broken.`, who: `See whether the resolver of this hub works. If it does, call the administrator of ${party}. Once DNS is right it goes on by itself.` }),
  refused: (party) => ({ what: `The server of ${party} refused this message.`, who: `Pass the answer below on to the administrator of ${party}, then offer it again.` }),
  expired: (party) => ({ what: `${party} did not take the message for five days; the last try was made.`, who: `Call the administrator of ${party}, and offer it again when the trouble is over.` }),
  'no-certificate': (party) => ({ what: `There is no usable certificate or channel of ${party}: nothing to encrypt to.`, who: `Ask ${party} for a certificate. Once it is approved the message goes by itself.` }),
  'certificate-unusable': (party) => ({ what: `The certificate of ${party} cannot be used: it ended, was revoked or cannot be proven.`, who: `Ask ${party} for a new certificate. Once it is approved the message goes by itself.` }),
  'no-key': (party) => ({ what: `There is no key to sign webhooks to ${party} with.`, who: 'Give out a key on the page of the party; what waits then goes by itself.' }),
  'endpoint-disabled': (party) => ({ what: `The endpoint of ${party} said that it is gone (410).`, who: `Ask ${party} for the new address and switch the endpoint on again.` }),
  'address-not-allowed': (party) => ({ what: `The endpoint of ${party} is in a network this hub may not enter.`, who: 'If the address is right, put the network in KETENSLUIS_CALL_NETWORKS.' }),
  'form-not-permitted': (party) => ({ what: `The rule does not let this message go to ${party} in this form.`, who: `Give ${party} a channel that may: mail, or a webhook that only announces.` }),
  'no safe route': (party) => ({ what: `The mail domain of ${party} offers no safe way.`, who: `With the delivery, under ‘The way’, stands what is missing. Have the administrator of ${party} mend it, then offer it again.` }),
  tlsa: (party) => ({ what: `The mail server of ${party} shows another certificate than DNS says (TLSA).`, who: `Call the administrator of ${party}: the record is out of date, or somebody stands between. Once it is mended, offer it again.` }),
  tls: (party) => ({ what: `The secure connection to ${party} is not right: the certificate of the server or its TLS settings are wrong.`, who: `Have the administrator of ${party} mend the server, then offer it again.` }),
  'party-inactive': (party) => ({ what: `${party} is paused, is not connected any more, or does not work for this municipality.`, who: 'Resume the party; what waits then goes on by itself.' }),
  'no-agreement': () => ({ what: 'The processor agreement that covered this has ended.', who: 'The municipality must make a new agreement; the message then goes by itself.' }),
  'setting-off': () => ({ what: 'The municipality switched this sharing off.', who: 'Only the municipality can change that; else give it up.' }),
  log: () => ({ what: 'What would go out is not what the log says.', who: 'Call whoever guards the log. Do not offer this again.' }),
  'given-up': () => ({ what: 'An operator gave this delivery up.', who: 'The sender and the municipality have a task about it.' }),
  fault: () => ({ what: 'Ketensluis failed three times to process this message. What came after it in this case waits for it.', who: 'Look in the log lines of the hub for message.failed with this reference. Once the fault is mended, let the case go on.' }),
  replaced: () => ({ what: 'The sender corrected or withdrew this message before it arrived.', who: 'Nothing is needed.' }),
  unknown: (party) => ({ what: `Why ${party} did not get this is not known.`, who: 'Look at the tries, and offer it again.' }),
};

const words = bilingual<Readonly<Record<CauseCode, Known>>>(nl, en);
const isKnown = (code: string): code is CauseCode => Object.hasOwn(nl, code);

const tlsCodes = /^(starttls|certificate-(expired|host|not)|sts-|tlsa-|dane-|validation-failure|dnssec)/;

/** The code of a cause as it is kept: words before the first colon, or that of a try. */
const codeOf = (cause: string): CauseCode => {
  if (isKnown(cause)) return cause;
  if (/^\d{3}$/.test(cause) || cause.startsWith('refused by the party')) return 'refused';
  if (cause.startsWith('no acceptance')) return 'expired';
  if (cause.startsWith('no safe route')) return 'no safe route';
  if (cause === 'tlsa-invalid') return 'tlsa';
  if (tlsCodes.test(cause)) return 'tls';
  return /document|not-as-logged|leaf|log/.test(cause) ? 'log' : 'unknown';
};

/** The likely cause in one sentence, and what to do. */
export const causeText = (cause: string, party: string, language: Language): Cause => words(language)[codeOf(cause.split(':')[0] ?? '')](party);

/** Why a case stands still, and what to do: the hub parks a message for one reason only. */
export const parkedText = (language: Language): Cause => words(language).fault('');

/** Why a delivery is where it is, by what is kept of it; null when it is on its way or there. */
export const causeOf = ({ state, cause, last }: Pick<deskStore.DeskDelivery, 'state' | 'cause' | 'last'>): string | null => {
  if (state === 'stuck' || state === 'ended') return cause ?? 'unknown';
  // A try that is under way has no outcome yet, and nothing is wrong with it.
  return state === 'again' && last !== null && last.outcome !== null && last.outcome !== 'delivered' && last.outcome !== 'announced' ? (last.code ?? 'unknown') : null;
};
