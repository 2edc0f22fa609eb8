import { resolverPlace } from '@ketensluis/adapters';
import { z } from 'zod';
import { mailAddress, networks, type ConfigurationRow } from './row.js';

/** Who the hub is, how it reaches others, and what it tells its operator. */
export const wayRows = {
  address: {
    key: 'KETENSLUIS_ADDRESS', meaning: "The hub's own mail address, in its certificates and as sender; its domain names the log. Not in practice.",
    consequence: 'It cannot be changed later without a new log. Without it and a trust folder the hub is for practice only.',
    expected: 'a mail address, together with KETENSLUIS_TRUST', example: 'hub@ketensluis.nl', initial: null,
    read: mailAddress.transform((text) => text.toLowerCase()),
  },
  callNetworks: {
    key: 'KETENSLUIS_CALL_NETWORKS', meaning: 'Networks that are not the public internet and that webhooks and looked-up mail may go to all the same.',
    consequence: 'Without it only the public internet is called; in practice this computer too.',
    expected: 'networks such as 10.20.0.0/16,fd12:3456::/48', example: '10.20.0.0/16', initial: null, read: networks(1_000),
  },
  resolver: {
    key: 'KETENSLUIS_RESOLVER', meaning: 'Validating resolver (such as unbound) on this computer, by which DNSSEC, DANE and NTA 7516 are judged.',
    consequence: 'Without it nothing is proven by DNS: mail that only its way protects is held, and other mail goes only to hosts that are named. npm start brings a practice one along.',
    expected: 'an address of this computer, with or without a port', example: '127.0.0.1:53', initial: null,
    read: z.string().max(60).refine((text) => resolverPlace(text) !== null),
  },
  mailNetworks: {
    key: 'KETENSLUIS_MAIL_NETWORKS', meaning: 'Networks the mail servers of NTA 7516 domains must stand in.',
    consequence: 'Without it they may stand everywhere.',
    expected: 'networks such as 145.0.0.0/8,2a02::/16', example: '145.0.0.0/8,2a02::/16', initial: null, read: networks(4_000),
  },
  tlsReportContact: {
    key: 'KETENSLUIS_TLSRPT_CONTACT', meaning: 'Mail address for questions about reports on TLS (RFC 8460), which are sent daily to the domains that ask for them.',
    consequence: 'Without it none are sent.',
    expected: 'a mail address', example: 'post@ketensluis.example', initial: null, read: mailAddress,
  },
  operatorContact: {
    key: 'KETENSLUIS_OPERATOR_CONTACT', meaning: 'Mail address of who runs the hub: each morning what is wrong and what was mended, when there is any.',
    consequence: 'Without it nobody is mailed; the list is at ketensluis doctor and in the console. No case and no person is in the mail.',
    expected: 'a mail address, together with KETENSLUIS_RESOLVER outside practice', example: 'beheer@ketensluis.example', initial: null, read: mailAddress,
  },
  caseLawUrl: {
    key: 'KETENSLUIS_CASE_LAW_URL', meaning: 'Public case-law feed (Rechtspraak open data) that rulings get their ECLI from.',
    consequence: 'Without it it is not read, and rulings have no ECLI unless the court names it.',
    expected: 'an https address without a query', example: 'https://data.rechtspraak.nl/uitspraken/zoeken', initial: null,
    read: z.url({ protocol: /^https$/ }).max(500).refine((text) => URL.canParse(text) && new URL(text).search === '' && new URL(text).username === '' && new URL(text).hash === ''),
  },
  tracesUrl: {
    key: 'KETENSLUIS_TRACES_URL', meaning: 'Where traces go: an address that takes OTLP over HTTP.',
    consequence: 'Without it none are made. Whoever reads them sees ids of messages and organisations, and when what was done; no case and no person.',
    expected: 'an address over http or https, without a query or a password', example: 'http://localhost:4318/v1/traces', initial: null,
    read: z.url({ protocol: /^https?$/ }).max(500).refine((text) => URL.canParse(text) && [new URL(text).search, new URL(text).username, new URL(text).password, new URL(text).hash].join('') === ''),
  },
  logLevel: {
    key: 'KETENSLUIS_LOG_LEVEL', meaning: 'How much is logged, in hub.log of the data folder.',
    consequence: 'debug is for practice: a hub for real parties does not start with it.',
    expected: 'fatal, error, warn, info or debug', example: 'info', initial: 'info',
    read: z.enum(['fatal', 'error', 'warn', 'info', 'debug']),
  },
} as const satisfies Readonly<Record<string, ConfigurationRow>>;
