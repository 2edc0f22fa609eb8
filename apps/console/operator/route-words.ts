import { routeSentences, type RouteEvidence, type RouteReason } from '@ketensluis/domain';
import { bilingual } from '../shell/language.js';

const reasonsNl: Readonly<Record<RouteReason, string>> = {
  'no-resolver': 'Deze hub heeft geen validerende resolver, dus over het domein is niets te bewijzen (KETENSLUIS_RESOLVER).',
  'nta-proven': 'Het domein zegt dat het nu aan NTA 7516 voldoet, en DNSSEC bewijst dat het dat zegt.',
  'nta-absent': 'Het domein zegt niet dat het aan NTA 7516 voldoet.',
  'nta-not-secure': 'Het NTA-record is niet met DNSSEC beschermd, dus iedereen kan het geschreven hebben.',
  'nta-invalid': 'Het NTA-record klopt niet, of er is er meer dan één.',
  'nta-not-in-force': 'Het NTA-record geldt vandaag niet.',
  'nta-unknown': 'Het NTA-record was niet op te zoeken, of zijn DNSSEC-handtekening klopt niet.',
  'takes-no-mail': 'Het domein zegt dat het geen mail aanneemt.',
  'mx-absent': 'Het domein heeft geen mailserver.',
  'mx-not-secure': 'Welke servers mail aannemen is niet met DNSSEC beschermd.',
  'mx-unknown': 'De mailservers waren niet op te zoeken, of hun DNSSEC-handtekening klopt niet.',
  'dane-complete': 'Van elke mailserver staat in DNS, met DNSSEC, welk certificaat hij moet tonen (DANE).',
  'dane-partial': 'Alleen mailservers worden gebruikt waarvan in DNS staat welk certificaat zij moeten tonen; van andere staat dat er niet, of was het niet op te zoeken.',
  'dane-incomplete': 'Niet van elke mailserver staat in DNS, met DNSSEC, welk certificaat hij moet tonen (DANE).',
  'dane-unknown': 'Van geen mailserver was het TLSA-record op te zoeken, of de DNSSEC-handtekening klopt niet.',
  'authentication-incomplete': 'SPF ontbreekt, of DMARC met het beleid quarantine of reject.',
  'authentication-unknown': 'SPF of DMARC was niet op te zoeken.',
  'geography-outside': 'Een mailserver staat buiten de netwerken die zijn ingesteld.',
  'address-not-allowed': 'Een mailserver heeft een adres in een netwerk waar deze hub niet heen mag.',
  'sts-enforced': 'Het domein dwingt MTA-STS af.',
  'sts-not-enforced': 'Het domein dwingt MTA-STS niet af.',
  'sts-mismatch': 'Geen mailserver staat in het MTA-STS-beleid van het domein.',
  'sts-unknown': 'Het MTA-STS-beleid was niet op te halen, en er is er geen bewaard.',
  'tls-not-allowed': 'Het kanaal van de partij of de regel staat geen mail toe die alleen met TLS is beschermd.',
  sealed: 'De mail zelf is versleuteld en ondertekend; TLS komt daar nog bij.',
  'nothing-in-it': 'In de mail staat alleen dat er iets wacht; onderweg is hij toch versleuteld.',
};

/** What a reason says in English; sentences of the domain have no capital and no full stop. */
const reasonsEn = (reason: RouteReason): string => {
  const text = routeSentences[reason];
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
};

/** Words of the way a mail went, or could not go. */
export const routeWords = bilingual(
  {
    title: 'De weg', lead: 'Wat DNS en de mailserver zeiden bij de laatste poging.', domain: 'Maildomein', nta: 'NTA 7516-record', mx: 'Mailservers', tlsa: 'TLSA-record', matched: 'Bewezen door', byName: 'naam en certificaatuitgever', spf: 'SPF', dmarc: 'DMARC', sts: 'MTA-STS',
    secure: 'met DNSSEC', insecure: 'zonder DNSSEC', there: 'aanwezig', none: 'geen', notKnown: 'geen, of niet op te zoeken', unproven: 'De server bewees niet dat hij het is', notMatched: 'niets: het certificaat van de server past er niet bij, of er kwam geen verbinding',
    ways: { 'nta-direct': 'Veilige mail: NTA 7516 met DANE', smime: 'Versleutelde mail (S/MIME) over TLS', 'tls-enforced': 'Mail over afgedwongen TLS', notice: 'Mail zonder inhoud, over TLS', closed: 'Geen veilige weg', unknown: 'Nu niet bekend; het wacht' } satisfies Readonly<Record<RouteEvidence['way'], string>>,
    reason: (reason: RouteReason) => reasonsNl[reason],
  },
  {
    title: 'The way', lead: 'What DNS and the mail server said at the last try.', domain: 'Mail domain', nta: 'NTA 7516 record', mx: 'Mail servers', tlsa: 'TLSA record', matched: 'Proven by', byName: 'name and certificate authority', spf: 'SPF', dmarc: 'DMARC', sts: 'MTA-STS',
    secure: 'with DNSSEC', insecure: 'without DNSSEC', there: 'there', none: 'none', notKnown: 'none, or it could not be looked up', unproven: 'The server did not prove that it is the right one', notMatched: 'nothing: the certificate of the server does not match it, or there was no connection',
    ways: { 'nta-direct': 'Secure mail: NTA 7516 with DANE', smime: 'Encrypted mail (S/MIME) over TLS', 'tls-enforced': 'Mail over enforced TLS', notice: 'Mail without content, over TLS', closed: 'No safe way', unknown: 'Not known now; it waits' },
    reason: reasonsEn,
  },
);
