import type { DeskRole } from '@ketensluis/domain';
import type { RoomName } from './words.js';

/** A room in the menu of a desk. */
export interface MenuItem {
  readonly name: RoomName;
  readonly href: string;
  /** After `g`, the letter that goes there. */
  readonly key: string;
}

/** What stands in the menu, in this order; each desk has three to six rooms. */
export const menus: Readonly<Record<DeskRole, readonly MenuItem[]>> = {
  'case-worker': [{ name: 'notices', href: '/zaakmeldingen', key: 'z' }],
  'court-clerk': [{ name: 'rulings', href: '/uitspraken', key: 'u' }],
  'municipality-officer': [
    { name: 'sharing', href: '/gegevensdeling', key: 'g' }, { name: 'approvals', href: '/ter-goedkeuring', key: 'k' }, { name: 'agreements', href: '/overeenkomsten', key: 'o' }, { name: 'mandates', href: '/mandaten', key: 'm' },
    { name: 'cases', href: '/zaken', key: 'z' }, { name: 'monitor', href: '/monitor', key: 'n' },
  ],
  'privacy-officer': [
    { name: 'disclosures', href: '/verstrekkingen', key: 'v' }, { name: 'matrix', href: '/wie-deelt-wat', key: 'w' }, { name: 'access', href: '/toegang', key: 't' },
    { name: 'sample', href: '/steekproef', key: 's' }, { name: 'reports', href: '/rapporten', key: 'r' },
  ],
  operator: [
    { name: 'deliveries', href: '/leveringen', key: 'l' }, { name: 'stuck', href: '/vastgelopen', key: 'v' }, { name: 'terms', href: '/termijnen', key: 't' },
    { name: 'certificates', href: '/certificaten', key: 'c' }, { name: 'parties', href: '/partijen', key: 'p' }, { name: 'checks', href: '/controlelijst', key: 'x' },
  ],
  integrator: [
    { name: 'connect', href: '/aansluiten', key: 'a' }, { name: 'tester', href: '/aansluiten/proefbericht', key: 'p' }, { name: 'catalogue', href: '/aansluiten/berichtsoorten', key: 'b' }, { name: 'ownLog', href: '/aansluiten/log', key: 'l' },
  ],
};
