import { decideRoute, routeEvidence, type MailProtection, type MailReceipt, type MailRoute, type MailRouteFacts, type RouteHost } from '@ketensluis/domain';
import type { DeliveryOutcome, TlsSessions, TransportEvidence } from '@ketensluis/flow';
import { closedOutcome, type Carrier } from '../smtp/carrier.js';
import type { OutgoingMail, SmtpTarget } from '../smtp/connection.js';
import { startEvidence } from '../smtp/evidence.js';
import type { SmtpLimits } from '../smtp/limits.js';
import { outcomeOf } from '../smtp/outcome.js';
import { smtpPool, type Sending, type SmtpPool } from '../smtp/pool.js';
import { underWay } from '../smtp/under-way.js';
import { matchDane } from './dane.js';
import { gatherFacts, type FactsParts } from './facts.js';
import { countRoute, countSession } from './sessions.js';

/** What bringing mail by a way that is looked up takes. */
export interface RouteParts extends FactsParts {
  /** PEM of the CAs a server's name is proven by where it is not proven by DANE; absent: the roots that came with Node. */
  readonly ca?: string;
  readonly sessions: TlsSessions;
}

/** What one domain is reached by. */
export interface RoutedOptions {
  /** The mail domain; every mail goes there. */
  readonly domain: string;
  readonly protection: MailProtection;
  readonly parts: RouteParts;
  readonly heloName: string;
  readonly limits: SmtpLimits;
}

/** Servers and addresses one try may call: each may take its whole time. */
const callsMax = 4;

/**
 * Looks up before every mail by which way its domain may be reached, and goes no other: servers by preference, each of which proves itself before anything
 * of the mail is sent (RFC 7672 §2.2). A server that cannot take it now, or proves nothing, is passed over for the next.
 */
export function routedCarrier(options: RoutedOptions): Carrier {
  const { domain, protection, parts } = options;
  const pools = openPools(options);
  const nowhere: SmtpTarget = { host: domain, port: parts.portOf(domain) };
  const tries = underWay();
  const once = async (mail: OutgoingMail, asked: readonly MailReceipt[]): Promise<DeliveryOutcome> => {
    const begun = startEvidence(nowhere, mail.at, asked);
    const facts = await gatherFacts(domain, mail.at, parts);
    const route = decideRoute(facts, protection, mail.at);
    await countRoute(parts.sessions, facts, route, mail.at);
    if (route.kind !== 'open') return notSent(facts, route, begun(null));
    const calls = route.hosts.flatMap((host) => host.addresses.map((address) => ({ host, address }))).slice(0, callsMax);
    pools.keepOnly(calls);
    const outcomes: DeliveryOutcome[] = [];
    for (const { host, address } of calls) {
      const evidence = startEvidence({ host: host.host.name, port: parts.portOf(host.host.name) }, mail.at, asked);
      const sending = await pools.send({ host, address }, mail);
      const outcome = outcomeOf(sending.transmission, { ...evidence(sending), route: routeEvidence(facts, route, { host, matched: matchedOf(sending) }) });
      await countSession(parts.sessions, { facts, host, sending, outcome, at: mail.at });
      outcomes.push(outcome);
      if (outcome.kind !== 'deferred' && outcome.kind !== 'unusable') break;
    }
    return tellingOutcome(outcomes);
  };
  return {
    send: (mail, asked = []) => tries.track(once(mail, asked)),
    closed: (at) => closedOutcome(nowhere, at),
    close: async () => {
      await tries.settled();
      await pools.close();
    },
  };
}

const matchedOf = ({ secure, provenBy }: Sending): string | null => (secure === null ? null : (provenBy ?? 'name and CA'));

function notSent(facts: MailRouteFacts, route: MailRoute, begun: TransportEvidence): DeliveryOutcome {
  const evidence = { ...begun, route: routeEvidence(facts, route, null) };
  const text = `no safe route: ${route.reasons.join(', ')}`;
  if (route.kind === 'unknown') return { kind: 'deferred', cause: 'route-unknown', code: null, text, evidence };
  return { kind: 'unusable', code: 'no-safe-route', detail: text, evidence };
}

// A later try helps where one server only could not take it now; that one proved nothing is for a person only when none did better.
function tellingOutcome(outcomes: readonly DeliveryOutcome[]): DeliveryOutcome {
  const last = outcomes.at(-1);
  if (last === undefined) throw new Error('bug: an open route without servers');
  return last.kind === 'unusable' ? (outcomes.find(({ kind }) => kind === 'deferred') ?? last) : last;
}

interface Call {
  readonly host: RouteHost;
  readonly address: string;
}

/** Connections per server, address and what the server must prove: where that changed, none that was proven by less is used again. */
function openPools({ parts, heloName, limits }: RoutedOptions) {
  const open = new Map<string, SmtpPool>();
  const keyOf = ({ host, address }: Call): string => JSON.stringify([host.host.name, address, host.proof]);
  return {
    send: (call: Call, mail: OutgoingMail): Promise<Sending> => {
      const key = keyOf(call);
      const pool = open.get(key) ?? smtpPool(targetOf(call, parts), heloName, limits);
      open.set(key, pool);
      return pool.send(mail);
    },
    keepOnly: (calls: readonly Call[]): void => {
      const wanted = new Set(calls.map(keyOf));
      for (const [key, pool] of open) {
        if (wanted.has(key)) continue;
        open.delete(key);
        void pool.close();
      }
    },
    close: async () => void (await Promise.all([...open.values()].map((pool) => pool.close()))),
  };
}

/** The address that was looked up is called, so that nobody can turn the name meanwhile; the name is what the server is asked for (RFC 7672 §8.1). */
function targetOf({ host: { host, proof }, address }: Call, { portOf, ca }: RouteParts): SmtpTarget {
  const name = proof.kind === 'dane' ? host.tlsaBase : host.name;
  const target = { host: address, port: portOf(host.name), servername: name };
  if (proof.kind === 'web-pki') return { ...target, ...(ca === undefined ? {} : { tlsCa: ca }) };
  return {
    ...target,
    verify: (chain, at) => {
      const answer = matchDane({ records: proof.records, chain, names: proof.names, at });
      return answer.kind === 'matched' ? { kind: 'proven', by: answer.record } : answer;
    },
  };
}
