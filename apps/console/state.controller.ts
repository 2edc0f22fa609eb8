import { HUB, type Hub, type HubState } from '@ketensluis/platform';
import { Controller, Get, Header, Inject, Query } from '@nestjs/common';

type Language = 'nl' | 'en';

const words = {
  nl: {
    title: 'Ketensluis', badge: 'OEFENOMGEVING', intro: 'Hoe het met de sluis gaat. Alleen aantallen: geen zaken en geen personen.',
    other: 'English', rows: {
      accepted: 'Berichten aangenomen', waiting: 'Berichten die op een beslissing wachten', parked: 'Zaken die stilstaan (een mens moet kijken)',
      delivered: 'Verstrekkingen bezorgd', underWay: 'Verstrekkingen onderweg', heldOrDead: 'Verstrekkingen vastgehouden of niet te bezorgen',
      openDuties: 'Plichten die open staan', openTasks: 'Taken die open staan', entries: 'Regels in het logboek', sealed: 'Regels verzegeld',
    },
    sealed: 'Het logboek is verzegeld tot en met de laatste regel.', behind: 'De laatste regels worden nu verzegeld; wat daarbij hoort vertrekt pas daarna.',
  },
  en: {
    title: 'Ketensluis', badge: 'PRACTICE', intro: 'How the hub is doing. Numbers only: no cases and no persons.',
    other: 'Nederlands', rows: {
      accepted: 'Messages accepted', waiting: 'Messages waiting for a decision', parked: 'Cases standing still (a person must look)',
      delivered: 'Disclosures delivered', underWay: 'Disclosures on their way', heldOrDead: 'Disclosures held or undeliverable',
      openDuties: 'Duties open', openTasks: 'Tasks open', entries: 'Entries in the log', sealed: 'Entries sealed',
    },
    sealed: 'The log is sealed up to its last entry.', behind: 'The last entries are being sealed; what belongs to them leaves only after that.',
  },
} as const;

const keys: readonly (keyof HubState)[] = [
  'accepted', 'waiting', 'parked', 'delivered', 'underWay', 'heldOrDead', 'openDuties', 'openTasks', 'entries', 'sealed',
];

const page = (state: HubState, language: Language): string => {
  const text = words[language];
  const rows = keys.map((key) => `<tr><th scope="row">${text.rows[key]}</th><td>${state[key]}</td></tr>`).join('\n');
  return `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${text.title}</title></head>
<body>
<p><strong>${text.badge}</strong> <a href="/?taal=${language === 'nl' ? 'en' : 'nl'}">${text.other}</a></p>
<main>
<h1>${text.title}</h1>
<p>${text.intro}</p>
<table>${rows}</table>
<p>${state.entries === state.sealed ? text.sealed : text.behind}</p>
</main>
</body>
</html>
`;
};

/** One page in two languages that says how the hub is doing. */
@Controller()
export class StateController {
  constructor(@Inject(HUB) private readonly hub: Hub) {}

  /** Numbers at this moment; nothing is cached. */
  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('cache-control', 'no-store')
  @Header('content-security-policy', "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
  @Header('x-content-type-options', 'nosniff')
  async state(@Query('taal') language?: string): Promise<string> {
    return page(await this.hub.state(), language === 'en' ? 'en' : 'nl');
  }
}
