import type { Finding, FindingCode } from './doctor.js';

/** What a finding is about, made readable. */
export interface FindingGaps {
  readonly about: string;
  readonly count: number;
  readonly when: string;
}

type Sentence = (gaps: FindingGaps) => string;

const nl: Readonly<Record<FindingCode, readonly [what: Sentence, todo: Sentence]>> = {
  'log-put-back': [({ about, count }) => `Het logboek in de database is teruggezet: ${about} heeft ${count} regels gezien, en de database heeft er minder.`, () => 'Zet een nieuwere reservekopie terug. Zo gaat er niets uit (config/operations.md).'],
  'log-other': [({ about }) => `Het logboek in de database is een ander dan ${about} heeft gezien.`, () => 'Kijk of database en gegevensmap bij elkaar horen. Zo gaat er niets uit (config/operations.md).'],
  'signer-lost': [() => 'De sleutel of het geheugen van de ondertekenaar van het logboek ontbreekt.', () => 'Zet de map signer terug uit de nieuwste reservekopie van de gegevensmap.'],
  'database-in-clear': [() => 'De verbinding met de database gaat over het netwerk en is niet versleuteld en bewezen.', () => 'Zet sslmode=verify-full in KETENSLUIS_DATABASE_URL.'],
  'log-behind': [({ count, when }) => `Het logboek loopt achter: ${count} regels wachten, de oudste sinds ${when}.`, () => 'Zolang dit duurt gaat er niets uit. Kijk of de ondertekenaar en de getuigen werken.'],
  'log-contradicted': [() => 'Een getuige heeft een andere geschiedenis van het logboek.', () => 'Bel wie over het logboek gaat. De hub stuurt niets.'],
  'quorum-lost': [({ when }) => `Er tekenen te weinig getuigen mee sinds ${when}.`, () => 'Bel de beheerder van een getuige die zwijgt.'],
  'witness-silent': [({ about, when }) => `Getuige ${about} antwoordde voor het laatst ${when}.`, () => 'Bel de beheerder van deze getuige.'],
  'own-certificate': [({ when }) => `Een certificaat van de hub eindigt ${when}.`, () => 'Maak een nieuwe sleutel en laat die certificeren.'],
  'party-certificate': [({ about, when }) => `Het certificaat van ${about} eindigt ${when}.`, () => 'Vraag de partij om een nieuw certificaat.'],
  authority: [({ when }) => `Een certificaat van een autoriteit eindigt ${when}.`, () => 'Zet de opvolger in de map van KETENSLUIS_TRUST.'],
  'revocation-list': [({ when }) => `Een lijst van ingetrokken certificaten eindigt ${when}.`, () => 'Kijk of de hub de lijst kan ophalen.'],
  'agreement-ending': [({ about, when }) => `Verwerkersovereenkomst ${about} eindigt ${when}.`, () => 'Vraag de gemeente om te verlengen: daarna gaat er niets meer onder.'],
  'no-channel': [({ about }) => `${about} is actief en heeft geen kanaal.`, () => 'Vraag de partij om een adres en neem het op in het register.'],
  'no-certificate': [({ about }) => `Van ${about} is er geen bruikbaar certificaat om voor te versleutelen.`, () => 'Vraag de partij om een certificaat en laat het door twee personen goedkeuren.'],
  'no-webhook-key': [({ about }) => `Er is geen sleutel om webhooks aan ${about} mee te ondertekenen.`, () => 'Geef een sleutel uit.'],
  'no-own-oin': [() => 'In het certificaat van onze servers staat geen OIN: er gaat geen webhook uit.', () => 'Vraag de autoriteit om een certificaat met het OIN (serialNumber van het subject).'],
  'no-police-agreement': [({ about }) => `Er is geen overeenkomst met ${about} over politiegegevens (Wpg art. 6c): wat die aan burgemeesters meldt wordt vastgehouden.`, () => 'Sluit er een en neem die op in het register; wat wacht wordt dan opnieuw beslist.'],
  'endpoint-off': [({ about }) => `Het eindpunt van ${about} is uit: het antwoordde 410.`, () => 'Vraag de partij of het adres nog klopt, en zet het weer aan.'],
  'party-paused': [({ about, when }) => `${about} is gepauzeerd sinds ${when}.`, () => 'Hervat de partij als de reden voorbij is.'],
  'tasks-open': [({ about, count, when }) => `${count} open ${count === 1 ? 'taak' : 'taken'} (${about}), de oudste van ${when}.`, () => 'Bekijk ze en sluit wat klaar is.'],
  'clock-off': [({ count }) => `De klok van deze computer loopt ${count} seconden anders dan die van de database.`, () => 'Laat beide een tijdserver (NTP) volgen: handtekeningen en termijnen hangen ervan af.'],
  'disk-full': [({ count }) => `Er is nog ${count} GB vrij op de schijf met de gegevens.`, () => 'Maak ruimte: zonder ruimte neemt de hub niets aan.'],
  'backup-unknown': [() => 'De hub weet niet wanneer de laatste reservekopie is gemaakt of teruggezet.', () => 'Kijk in uw eigen systeem voor reservekopieën, en zet er elk kwartaal een terug als proef.'],
  'sign-in-away': [({ about }) => `De aanmelddienst is niet bereikbaar (${about}): niemand kan zich opnieuw aanmelden.`, () => 'Kijk of de aanmelddienst werkt, of deze computer hem kan bereiken en of zijn certificaat hier wordt geloofd (NODE_EXTRA_CA_CERTS).'],
  'sign-in-client': [({ about }) => `De aanmelddienst kent de console niet als zijn client (${about}): niemand kan zich opnieuw aanmelden.`, () => 'Vergelijk client, secretFile en secretIn in het bestand van KETENSLUIS_SIGN_IN met wat bij de aanmelddienst staat. Een nieuw geheim geldt bij de volgende aanmelding.'],
};

const en: typeof nl = {
  'log-put-back': [({ about, count }) => `The log in the database was put back: ${about} has seen ${count} entries, and the database has fewer.`, () => 'Restore a newer backup. As it is nothing leaves (config/operations.md).'],
  'log-other': [({ about }) => `The log in the database is another one than ${about} has seen.`, () => 'See whether database and data folder belong together. As it is nothing leaves (config/operations.md).'],
  'signer-lost': [() => 'The key or the memory of the signer of the log is missing.', () => 'Bring the folder signer back from the newest backup of the data folder.'],
  'database-in-clear': [() => 'The connection to the database crosses the network and is not both encrypted and proven.', () => 'Put sslmode=verify-full in KETENSLUIS_DATABASE_URL.'],
  'log-behind': [({ count, when }) => `The log is behind: ${count} entries wait, the oldest since ${when}.`, () => 'While this lasts nothing leaves. See whether the signer and the witnesses work.'],
  'log-contradicted': [() => 'A witness holds another history of the log.', () => 'Call whoever guards the log. The hub sends nothing.'],
  'quorum-lost': [({ when }) => `Too few witnesses cosign since ${when}.`, () => 'Call the administrator of a witness that is silent.'],
  'witness-silent': [({ about, when }) => `Witness ${about} last answered ${when}.`, () => 'Call the administrator of this witness.'],
  'own-certificate': [({ when }) => `A certificate of the hub ends ${when}.`, () => 'Make a new key and have it certified.'],
  'party-certificate': [({ about, when }) => `The certificate of ${about} ends ${when}.`, () => 'Ask the party for a new certificate.'],
  authority: [({ when }) => `A certificate of an authority ends ${when}.`, () => 'Put what follows it in the folder of KETENSLUIS_TRUST.'],
  'revocation-list': [({ when }) => `A list of revoked certificates ends ${when}.`, () => 'See whether the hub can fetch the list.'],
  'agreement-ending': [({ about, when }) => `Processor agreement ${about} ends ${when}.`, () => 'Ask the municipality to extend it: nothing goes under it after that.'],
  'no-channel': [({ about }) => `${about} is active and has no channel.`, () => 'Ask the party for an address and put it in the register.'],
  'no-certificate': [({ about }) => `There is no usable certificate of ${about} to encrypt to.`, () => 'Ask the party for a certificate and have two persons approve it.'],
  'no-webhook-key': [({ about }) => `There is no key to sign webhooks to ${about} with.`, () => 'Give out a key.'],
  'no-own-oin': [() => 'The certificate of our servers holds no OIN: no webhook goes out.', () => 'Ask the authority for a certificate with the OIN (serialNumber of the subject).'],
  'no-police-agreement': [({ about }) => `There is no agreement with ${about} on police data (Wpg art. 6c): what it tells burgemeesters is held.`, () => 'Make one and put it in the register; what waits is then decided anew.'],
  'endpoint-off': [({ about }) => `The endpoint of ${about} is off: it answered 410.`, () => 'Ask the party whether the address is right, and switch it on again.'],
  'party-paused': [({ about, when }) => `${about} is paused since ${when}.`, () => 'Resume the party when the reason is over.'],
  'tasks-open': [({ about, count, when }) => `${count} open ${count === 1 ? 'task' : 'tasks'} (${about}), the oldest of ${when}.`, () => 'Look at them and close what is done.'],
  'clock-off': [({ count }) => `The clock of this computer is ${count} seconds off that of the database.`, () => 'Have both follow a time server (NTP): signatures and terms depend on it.'],
  'disk-full': [({ count }) => `${count} GB are left on the disk with the data.`, () => 'Make room: without room the hub takes nothing.'],
  'backup-unknown': [() => 'The hub does not know when the last backup was made or restored.', () => 'See your own system for backups, and restore one each quarter as a trial.'],
  'sign-in-away': [({ about }) => `The sign-in service cannot be reached (${about}): nobody can sign in again.`, () => 'See whether the sign-in service works, whether this computer can reach it, and whether its certificate is believed here (NODE_EXTRA_CA_CERTS).'],
  'sign-in-client': [({ about }) => `The sign-in service does not know the console as its client (${about}): nobody can sign in again.`, () => 'Compare client, secretFile and secretIn in the file of KETENSLUIS_SIGN_IN with what is registered at the service. A new secret holds from the next try on.'],
};

/** What is wrong, and what to do. */
export const findingText = ({ code }: Pick<Finding, 'code'>, gaps: FindingGaps, language: 'nl' | 'en'): { readonly what: string; readonly todo: string } => {
  const [what, todo] = (language === 'nl' ? nl : en)[code];
  return { what: what(gaps), todo: todo(gaps) };
};
