import { noticeEvents, type NoticeEvent } from '@ketensluis/domain';
import type { PersonMail } from '@ketensluis/flow';
import { twoLanguages } from '../portal/letter.js';
import type { Letter } from '../smtp/letter.js';

/** Where somebody says what he wants to hear, below the console. */
const ownMailPath = '/mijn/mail';

const eventTexts: Readonly<Record<NoticeEvent, { readonly nl: string; readonly en: string }>> = {
  'new-notice': { nl: 'er is een nieuwe melding', en: 'there is a new notice' },
  'term-near': { nl: 'een termijn loopt bijna af', en: 'a term is near its end' },
  'task-opened': { nl: 'er is iets voor u te doen', en: 'there is something for you to do' },
};

/** What a person reads. It says that something happened and where to look; never what, of whom, or how often. */
export const personLetter = (about: PersonMail['about'], consoleUrl: string): Letter => {
  switch (about.kind) {
    case 'events': {
      const told = noticeEvents.filter((event) => about.events.includes(event));
      return twoLanguages({
        subject: 'Er is nieuws in Ketensluis',
        nl: ['In Ketensluis:', ...told.map((event) => `- ${eventTexts[event].nl}`), `Meld u aan om het te zien: ${consoleUrl}/`, `Deze mail uitzetten: ${consoleUrl}${ownMailPath}`],
        en: ['In Ketensluis:', ...told.map((event) => `- ${eventTexts[event].en}`), `Sign in to see it: ${consoleUrl}/`, `Switch this mail off: ${consoleUrl}${ownMailPath}`],
      });
    }
    case 'findings':
      return twoLanguages({
        subject: 'Controle van Ketensluis',
        nl: ['Dit vond de hub bij zijn controle.', ...about.nl, `De lijst van nu: ${consoleUrl}/controlelijst, of ketensluis doctor`],
        en: ['This is what the hub found when it checked itself.', ...about.en, `The list of now: ${consoleUrl}/controlelijst, or ketensluis doctor`],
      });
    case 'figures':
      return twoLanguages({
        subject: 'Uw cijfers uit Ketensluis',
        nl: ['Bij deze mail zitten de cijfers van uw gemeente over het lopende halfjaar, zoals ze op de pagina Monitor staan.', `Deze mail uitzetten: ${consoleUrl}/monitor`],
        en: ['With this mail come the figures of your municipality for the current half year, as they stand on the page Monitor.', `Switch this mail off: ${consoleUrl}/monitor`],
      });
  }
};
