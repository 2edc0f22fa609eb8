import { mailboxOf, portalNoticeOf, type Party } from '@ketensluis/domain';
import { bilingual, type Language } from '../shell/language.js';

const words = bilingual(
  {
    'no-key': 'De hub heeft geen sleutel om voor u te tekenen. Maak er een bij Sleutels.', 'no-certificate': 'Er is geen certificaat om mail aan u mee te versleutelen. Stel er een voor bij Sleutels.',
    'certificate-unusable': 'Uw server wees het certificaat van de hub af. Laat uw server de uitgever van dat certificaat vertrouwen.', 'endpoint-disabled': 'Uw server antwoordde 410 (weg). Het adres staat uit tot de beheerder het weer aanzet.',
    'address-not-allowed': 'Het adres ligt in een netwerk waar de hub niet heen mag, zoals een intern netwerk.', 'certificate-host-mismatch': 'Het certificaat van uw server is voor een andere naam, of draagt een ander OIN.', 'certificate-expired': 'Het certificaat van uw server is verlopen of nog niet geldig.',
    'certificate-not-trusted': 'Geen uitgever die de hub vertrouwt staat in voor het certificaat van uw server. Vaak ontbreekt het tussenliggende certificaat.', 'validation-failure': 'De TLS-verbinding kwam niet tot stand: oude versie, of een beschadigde keten. Nodig is TLS 1.2 of 1.3.',
    'host-not-found': 'De naam bestaat niet in de DNS, of de DNS antwoordt niet.', 'connection-refused': 'Op dat adres en die poort luistert niets, of een firewall weigert.', 'connection-lost': 'De verbinding brak af voor er een antwoord was.', timeout: 'Uw server antwoordde niet binnen twintig seconden. Antwoord eerst 2xx en werk daarna.',
    'not-believed': 'Uw server geloofde de handtekening niet (401). Controleer de sleutel en uw klok; de hub probeert het vanzelf weer.', 'peer-busy': 'Uw server zei dat het nu niet kon (5xx of 429). De hub probeert het vanzelf weer.', 'no-safe-route': 'Naar dit maildomein is geen weg die veilig genoeg is (DANE, MTA-STS of NTA 7516).', 'starttls-not-supported': 'De mailserver biedt geen STARTTLS.', 'log-not-sealed': 'Het logboek kon niet worden verzegeld; er ging niets uit.',
    answered: (code: string) => `Uw server antwoordde ${code}. Nodig is 2xx.`, other: (code: string) => `Oorzaak: ${code}.`,
  },
  {
    'no-key': 'The hub has no key to sign with for you. Make one at Keys.', 'no-certificate': 'There is no certificate to encrypt mail to you. Propose one at Keys.',
    'certificate-unusable': 'Your server turned the certificate of the hub down. Have your server trust the authority of that certificate.', 'endpoint-disabled': 'Your server answered 410 (gone). The address is off until the operator switches it on.',
    'address-not-allowed': 'The address lies in a network the hub may not be led into, such as an internal one.', 'certificate-host-mismatch': 'The certificate of your server is for another name, or carries another OIN.', 'certificate-expired': 'The certificate of your server has ended or is not valid yet.',
    'certificate-not-trusted': 'No authority the hub trusts vouches for the certificate of your server. Often the certificate between is missing.', 'validation-failure': 'The TLS connection did not come about: an old version, or a damaged chain. TLS 1.2 or 1.3 is needed.',
    'host-not-found': 'The name is not in the DNS, or the DNS does not answer.', 'connection-refused': 'Nothing listens at that address and port, or a firewall refuses.', 'connection-lost': 'The connection broke before there was an answer.', timeout: 'Your server did not answer within twenty seconds. Answer 2xx first and work afterwards.',
    'not-believed': 'Your server did not believe the signature (401). Check the key and your clock; the hub tries again by itself.', 'peer-busy': 'Your server said that it could not now (5xx or 429). The hub tries again by itself.', 'no-safe-route': 'There is no way to this mail domain that is safe enough (DANE, MTA-STS or NTA 7516).', 'starttls-not-supported': 'The mail server offers no STARTTLS.', 'log-not-sealed': 'The log could not be sealed; nothing left.',
    answered: (code) => `Your server answered ${code}. 2xx is needed.`, other: (code) => `Cause: ${code}.`,
  },
);

/** What a code of a try that failed means, and the command with which the party sees the same from its own side. */
export interface Cause {
  readonly text: string;
  /** Null where nothing outside shows it. */
  readonly command: string | null;
}

/** Cause of a try along this channel. */
export const causeOf = (code: string, channel: Party['channel'], language: Language): Cause => {
  const told = words(language);
  const known = Object.entries(told).find(([name, text]) => name === code && typeof text === 'string')?.[1];
  return { text: typeof known === 'string' ? known : /^\d{3}$/.test(code) ? told.answered(code) : told.other(code), command: commandOf(code, channel) };
};

const commandOf = (code: string, channel: Party['channel']): string | null => {
  const place = placeOf(channel);
  if (place === null) return null;
  const { host, port, isMail } = place;
  if (code === 'host-not-found') return isMail ? `dig +short MX ${host}` : `dig +short ${host} A; dig +short ${host} AAAA`;
  if (isMail) return /certificate|starttls|validation|route|tlsa|dane|sts/.test(code) ? `dig +short MX ${host}; openssl s_client -starttls smtp -connect "$(dig +short MX ${host} | sort -n | head -1 | cut -d' ' -f2)":25 -verify_return_error </dev/null` : null;
  if (code === 'certificate-expired') return `openssl s_client -connect ${host}:${port} -servername ${host} </dev/null 2>/dev/null | openssl x509 -noout -dates -subject`;
  if (code === 'certificate-host-mismatch') return `openssl s_client -connect ${host}:${port} -servername ${host} </dev/null 2>/dev/null | openssl x509 -noout -subject -ext subjectAltName`;
  if (/^(?:certificate-|validation-failure)/.test(code)) return `openssl s_client -connect ${host}:${port} -servername ${host} -verify_return_error -showcerts </dev/null`;
  if (/^(?:connection-|timeout|peer-busy|not-believed|\d{3}$)/.test(code)) return `curl -v -X POST -H 'content-type: application/cloudevents+json' -d '{}' https://${host}:${port}${place.path}`;
  return null;
};

const placeOf = (channel: Party['channel']): { readonly host: string; readonly port: string; readonly path: string; readonly isMail: boolean } | null => {
  if (channel?.kind === 'webhook') {
    const { hostname, port, pathname } = new URL(channel.url);
    return { host: hostname, port: port === '' ? '443' : port, path: pathname, isMail: false };
  }
  const mailbox = mailboxOf(channel) ?? portalNoticeOf(channel);
  return mailbox === null ? null : { host: mailbox.slice(mailbox.lastIndexOf('@') + 1), port: '25', path: '', isMail: true };
};
