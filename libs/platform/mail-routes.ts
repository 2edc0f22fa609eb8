import {
  createResolver, dkimSigner, gatherFacts, isYes, networksOf, personMailSender, resolverPlace, routeParts, tlsReports, tlsReportSender, webhookClient, webhookLimits,
  type RouteParts, type RoutePlaces, type RouteSettings, type TlsReport, type TlsReportHead,
} from '@ketensluis/adapters';
import type { MailRouteFacts } from '@ketensluis/domain';
import type { PersonMailSender, ReportTlsPorts, TlsReportState } from '@ketensluis/flow';
import { createStsPolicies, createTlsReports, createTlsSessions } from '@ketensluis/store';
import type pg from 'pg';
import type { Configuration } from './config.js';
import type { Identity } from './identity.js';
import type { EventLog } from './logging.js';

/** The settings by which routes to mail domains are looked up, and who answers questions about reports on them; null: none are sent. */
export type MailRouteSettings = RouteSettings & { readonly reportContact: string | null; /** Who is mailed what is wrong with the hub; nobody when absent. */ readonly operatorContact?: string | null };

/** What the environment says about routes. */
export const routeSettings = ({ resolver, mailNetworks, callNetworks, tlsReportContact, operatorContact }: Configuration): MailRouteSettings =>
  ({ resolver, within: mailNetworks, allowed: callNetworks, reportContact: tlsReportContact, operatorContact });

/** What holds where the settings say nothing: no resolver, and so no proven route. */
export const noRoutes: MailRouteSettings = { resolver: null, within: [], allowed: [], reportContact: null };

/** What looking up routes takes, its memory in this database. A count that fails is told and holds no mail up: it may be on its way already. */
export const mailRoutes = (pool: pg.Pool, settings: RouteSettings, about: { readonly events?: EventLog; readonly places?: RoutePlaces } = {}): RouteParts => {
  const sessions = createTlsSessions(pool);
  const count: typeof sessions.count = (session) => sessions.count(session).catch((fault: unknown) => about.events?.fault('session.uncounted', fault));
  return routeParts(settings, { policies: createStsPolicies(pool), sessions: { ...sessions, count } }, about.places);
};

/** What is found of a mail domain at this moment, as a channel would find it; nothing is sent. */
export const findRouteFacts = (pool: pg.Pool, { settings, places }: LookedUpBy, domain: string, at: Date): Promise<MailRouteFacts> =>
  gatherFacts(domain, at, mailRoutes(pool, settings, { places }));

/** By what routes are looked up: the settings, and where practice stands elsewhere than the world does. */
export interface LookedUpBy {
  readonly settings: MailRouteSettings;
  readonly places: RoutePlaces;
}

/** A name only the resolver of practice knows (`example` is nobody's, RFC 6761): it answers for DNSSEC without having checked anything. */
export const practiceResolverMark = 'oefenresolver.ketensluis.example';

/** True when what listens there is the resolver of practice. One that does not answer is not. */
export const isPracticeResolver = async (resolver: string): Promise<boolean> => {
  const place = resolverPlace(resolver);
  return place !== null && (await createResolver(place, askLimits)(practiceResolverMark, 'TXT')).kind === 'found';
};

// It is asked at a start: a resolver that is away must not keep a hub from starting.
const askLimits = { datagramMs: 1_000, datagrams: 2, streamMs: 1_000 };

/** The reports of one UTC day to the domains mail was to go to (RFC 8460). */
export const tlsReportsOfDay = async (pool: pg.Pool, head: TlsReportHead): Promise<readonly TlsReport[]> => tlsReports(await createTlsSessions(pool).ofDay(head.day), head);

/** What became of the last reports that were due, the newest first. */
export const tlsReportStates = (pool: pg.Pool, most: number): Promise<readonly TlsReportState[]> => createTlsReports(pool).list(most);

/** Who reports, where nothing else was said. */
export const reportingOrganization = 'Ketensluis';

/** What sends the reports of RFC 8460 by itself; null unless a contact is named and a resolver is there to look up who wants them. */
export const tlsReporting = (
  pool: pg.Pool, { reportContact, resolver, allowed }: MailRouteSettings, { identity, routes }: { readonly identity: Pick<Identity, 'address' | 'dkim'>; readonly routes: RouteParts },
): Omit<ReportTlsPorts, 'clock'> | null => {
  if (reportContact === null || resolver === null) return null;
  const send = tlsReportSender({
    organization: reportingOrganization, contact: reportContact, from: identity.address, route: routes,
    // The key of the moment, and only where it is that of the domain the report comes from.
    sign: () => (identity.dkim !== undefined && identity.address.endsWith(`@${identity.dkim.domain}`) ? dkimSigner(identity.dkim) : null),
    post: (url, gzip) => postReport(url, gzip, allowed),
  });
  return { reports: createTlsReports(pool), send };
};

/** What mails people at the console that there is something; null without a resolver, since no server of theirs can be looked up then. The key is that of each moment. */
export const personMail = (
  { resolver }: MailRouteSettings, { identity, routes, consoleUrl }: { readonly identity: Pick<Identity, 'address' | 'dkim'>; readonly routes: RouteParts; readonly consoleUrl: string },
): PersonMailSender | null =>
  (resolver === null ? null : personMailSender({ from: identity.address, consoleUrl, route: routes, sign: async (raw) => (identity.dkim === undefined ? raw : dkimSigner(identity.dkim)(raw)) }));

// RFC 8460 §5.4, by the rules of every webhook: only to an address that may be called, and with a certificate that is proven.
const postReport = async (url: string, gzip: Uint8Array, allowed: readonly string[]): Promise<boolean> => {
  const client = webhookClient({ url, ...(allowed.length === 0 ? {} : { allowed: networksOf(allowed) }) }, webhookLimits);
  const posted = await client.post({ 'content-type': 'application/tlsrpt+gzip' }, gzip);
  client.close();
  return posted.kind === 'answered' && isYes(posted.status);
};
