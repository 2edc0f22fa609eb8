import type { NoticeEvent, NoticePace } from '@ketensluis/domain';
import { bilingual } from '../shell/language.js';

interface Named {
  readonly events: Readonly<Record<NoticeEvent, string>>;
  readonly paces: Readonly<Record<NoticePace, string>>;
}

const nl: Named = {
  events: { 'new-notice': 'Een nieuwe melding voor uw organisatie', 'term-near': 'Een termijn die binnen 24 uur afloopt', 'task-opened': 'Iets dat op u wacht, zoals een voorstel of een taak' },
  paces: { hourly: 'Hooguit één keer per uur', daily: 'Eén keer per dag, om 7 uur' },
};
const en: Named = {
  events: { 'new-notice': 'A new notice for your organisation', 'term-near': 'A term that ends within 24 hours', 'task-opened': 'Something that waits for you, such as a proposal or a task' },
  paces: { hourly: 'Once an hour at most', daily: 'Once a day, at 7 o’clock' },
};

/** Words of the page on which somebody says what to hear by mail. */
export const ownMailWords = bilingual(
  {
    ...nl, title: 'Mail van Ketensluis', lead: 'U kunt een mail krijgen als er iets is. In die mail staat alleen dát er iets is en waar u het vindt: geen zaak, geen naam, geen aantal.',
    on: 'U krijgt mail', off: 'U krijgt geen mail', onBody: (address: string) => `Aan ${address}.`, offBody: 'Kies hieronder wat u wilt weten.', done: { aan: 'Opgeslagen. U krijgt mail over wat vanaf nu gebeurt.', uit: 'U krijgt geen mail meer.' },
    what: 'Waarover', address: 'Mailadres', addressHint: 'Uw eigen werkadres. De mail gaat alleen naar een mailserver die versleutelt en zijn naam bewijst.', pace: 'Hoe vaak', save: 'Opslaan', stop: 'Zet alle mail uit',
    nothing: 'Bij uw rol hoort niets waarover u mail kunt krijgen.', away: 'Meldt u zich negentig dagen niet aan, dan stopt de mail vanzelf.',
    unable: 'Deze hub kan nu geen mail aan mensen sturen', unableBody: 'De beheerder heeft geen resolver ingesteld, waarmee mailservers worden opgezocht. Uw keuze wordt bewaard.',
    faults: { events: 'Kies ten minste één ding, of zet de mail uit.', address: 'Vul een mailadres in, zoals naam@organisatie.nl.', pace: 'Kies hoe vaak.' },
  },
  {
    ...en, title: 'Mail from Ketensluis', lead: 'You can get a mail when there is something. The mail only says that there is something and where to find it: no case, no name, no number.',
    on: 'You get mail', off: 'You get no mail', onBody: (address) => `To ${address}.`, offBody: 'Choose below what you want to know.', done: { aan: 'Saved. You get mail about what happens from now on.', uit: 'You get no more mail.' },
    what: 'About what', address: 'Mail address', addressHint: 'Your own address at work. The mail goes only to a mail server that encrypts and proves its name.', pace: 'How often', save: 'Save', stop: 'Switch all mail off',
    nothing: 'Your role has nothing you can get mail about.', away: 'If you do not sign in for ninety days, the mail stops by itself.',
    unable: 'This hub cannot mail people now', unableBody: 'The operator has set no resolver, by which mail servers are looked up. Your choice is kept.',
    faults: { events: 'Choose at least one thing, or switch the mail off.', address: 'Fill in a mail address, such as name@organisation.nl.', pace: 'Choose how often.' },
  },
);
