import { bilingual } from '../shell/language.js';

const behavioursNl: Readonly<Record<string, string>> = {
  normal: 'Gewoon', slow: 'Traag: wacht voor elk antwoord', '4xx': 'Nu niet: weigert voorlopig (4xx)', '5xx': 'Nooit: weigert voorgoed (5xx)', 'drop-after-data': 'Breekt de verbinding af nadat de mail binnen is',
  'no-tls': 'Biedt geen versleuteling aan', 'expired-certificate': 'Toont een verlopen certificaat', dsn: 'Meldt dat de mail is bezorgd', bounce: 'Neemt aan en stuurt later terug', mdn: 'Meldt dat de mail is gelezen, zonder handtekening', signed: 'Stuurt een ontvangstbewijs met handtekening',
  'false-dsn': 'Meldt vals dat de mail niet is bezorgd',
  'tlsa-mismatch': 'DNS: het TLSA-record hoort bij een andere sleutel', 'dnssec-missing': 'DNS: niet met DNSSEC ondertekend', 'dnssec-broken': 'DNS: de DNSSEC-handtekening klopt niet', 'nta-expired': 'DNS: het NTA 7516-record is verlopen',
};
const behavioursEn: Readonly<Record<string, string>> = {
  normal: 'Normal', slow: 'Slow: waits before each answer', '4xx': 'Not now: refuses for the time being (4xx)', '5xx': 'Never: refuses for good (5xx)', 'drop-after-data': 'Breaks the connection once the mail is in',
  'no-tls': 'Offers no encryption', 'expired-certificate': 'Shows a certificate that has ended', dsn: 'Reports that the mail was delivered', bounce: 'Takes the mail and returns it later', mdn: 'Reports that the mail was read, unsigned', signed: 'Sends a signed receipt',
  'false-dsn': 'Reports falsely that the mail was not delivered',
  'tlsa-mismatch': 'DNS: the TLSA record is of another key', 'dnssec-missing': 'DNS: not signed with DNSSEC', 'dnssec-broken': 'DNS: the DNSSEC signature is broken', 'nta-expired': 'DNS: the NTA 7516 record has ended',
};

const channelsNl: Readonly<Record<string, string>> = { 'smime-mail': 'Versleutelde mail (S/MIME)', 'secure-mail': 'Veilige mail (NTA 7516)', portal: 'Portaal: mail zonder inhoud', webhook: 'Webhook', feed: 'Feed' };
const channelsEn: Readonly<Record<string, string>> = { 'smime-mail': 'Encrypted mail (S/MIME)', 'secure-mail': 'Secure mail (NTA 7516)', portal: 'Portal: mail without content', webhook: 'Webhook', feed: 'Feed' };

const doneNl: Readonly<Record<string, string>> = { klok: 'De klok staat vooruit.', gedrag: 'De partij gedraagt zich nu zo.', stap: 'De stap is gespeeld.', kanaal: 'De partij wordt nu zo bereikt.' };
const doneEn: Readonly<Record<string, string>> = { klok: 'The clock has moved.', gedrag: 'The party behaves like that now.', stap: 'The step was played.', kanaal: 'The party is reached in that way now.' };

/** Words of the page of the practice chain. */
export const desk = bilingual(
  {
    clock: 'Oefenklok:', title: 'Oefenen', lead: 'Alles in deze omgeving is verzonnen: de mensen, de partijen en de tijd. U kunt hier niets stukmaken. Wat u doet, staat wel in het logboek, net als in het echt.',
    story: 'Het verhaal', storyLead: 'Speel het verhaal van een huisverbod nog eens, stap voor stap, in een nieuwe zaak. Elke stap is echte mail met een echte handtekening. U ziet wie wat krijgt, en wie niet.',
    first: 'Begin een nieuwe zaak', again: 'Begin weer een nieuwe zaak', step: 'Speel de volgende stap', nextStep: (place: number, of: number) => `Stap ${place} van ${of}:`, over: 'Het verhaal van deze zaak is uit. De volgende stap begint een nieuwe zaak:', caseIs: 'Zaak',
    slow: 'Een stap duurt een paar tellen.', told: 'Wat er gebeurde', nothingTold: 'Er is nog niets gespeeld', nothingToldNext: 'Kies hierboven de knop. De zaken van het eerste verhaal staan al in de andere schermen.',
    time: 'De klok', timeLead: 'Zet de klok vooruit en zie termijnen verlopen en nieuwe pogingen beginnen. Terug kan niet: het logboek neemt geen tijd aan die terugloopt.', now: 'Het is nu', ahead: 'Vooruit:',
    steps: { u1: '1 uur', u12: '12 uur', d1: '1 dag', d3: '3 dagen', d10: '10 dagen' },
    parties: 'De partijen', partiesLead: 'Laat een partij zich misdragen en kijk bij Leveringen wat de hub doet. Zet haar daarna weer op gewoon. Wat met ‘DNS’ begint, merkt u alleen bij een partij op veilige mail of op het portaal.', party: 'Partij', behaviour: 'Gedrag', set: 'Stel in', behavesNow: 'Gedrag nu',
    channelLead: 'Verander hoe een partij berichten krijgt. Wie op het portaal zit, opent ze hier onder Zaakmeldingen.', channel: 'Kanaal', channels: channelsNl,
    post: 'Mail aan mensen', postLead: 'Zo’n mail zegt alleen dat er iets is: geen zaak, geen naam. Een partij op het portaal krijgt hem, en wie bij ‘Mail van Ketensluis’, in het menu onder de eigen naam, een adres van een oefenpartij invult.', noPost: 'Er is nog geen mail', noPostNext: 'Zet hierboven een partij op het portaal en speel een stap van het verhaal.',
    readPost: 'Lees de mail', postTo: (to: string) => `aan ${to}`, postFiles: (files: string) => `Bijlagen: ${files}`,
    behaviours: behavioursNl, done: doneNl,
    unknown: { partij: 'Kies een partij uit de lijst.', gedrag: 'Kies een gedrag uit de lijst.', kanaal: 'Kies een kanaal uit de lijst.' },
  },
  {
    clock: 'Practice clock:', title: 'Practice', lead: 'Everything here is invented: the people, the parties and the time. You can break nothing. What you do is in the log all the same, as it would be in earnest.',
    story: 'The story', storyLead: 'Play the story of a ban once more, step by step, in a new case. Each step is real mail with a real signature. You see who gets what, and who does not.',
    first: 'Begin a new case', again: 'Begin another case', step: 'Play the next step', nextStep: (place, of) => `Step ${place} of ${of}:`, over: 'The story of this case is over. The next step begins a new case:', caseIs: 'Case',
    slow: 'A step takes a few seconds.', told: 'What happened', nothingTold: 'Nothing was played yet', nothingToldNext: 'Choose the button above. The cases of the first story are in the other screens already.',
    time: 'The clock', timeLead: 'Move the clock forward and see terms run out and retries begin. It never goes back: the log takes no time that does.', now: 'It is now', ahead: 'Forward:',
    steps: { u1: '1 hour', u12: '12 hours', d1: '1 day', d3: '3 days', d10: '10 days' },
    parties: 'The parties', partiesLead: 'Make a party misbehave and see under Deliveries what the hub does. Set it back to normal afterwards. What begins with ‘DNS’ shows only with a party on secure mail or on the portal.', party: 'Party', behaviour: 'Behaviour', set: 'Set', behavesNow: 'Behaves now',
    channelLead: 'Change how a party gets messages. Who is on the portal opens them here, under Case notices.', channel: 'Channel', channels: channelsEn,
    post: 'Mail to people', postLead: 'Such a mail only says that there is something: no case, no name. A party on the portal gets it, and whoever fills in an address of a practice party at ‘Mail from Ketensluis’, in the menu under the own name.', noPost: 'There is no mail yet', noPostNext: 'Put a party on the portal above and play a step of the story.',
    readPost: 'Read the mail', postTo: (to) => `to ${to}`, postFiles: (files) => `Attachments: ${files}`,
    behaviours: behavioursEn, done: doneEn,
    unknown: { partij: 'Choose a party from the list.', gedrag: 'Choose a behaviour from the list.', kanaal: 'Choose a channel from the list.' },
  },
);
