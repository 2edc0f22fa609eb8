import { isActive, mailboxOf } from '@ketensluis/domain';
import { learnFromMail, readCertificate, refreshRevocation, warnEndings, type CertificatePorts, type Clock, type Ids, type InUse, type RegisterReader, type RevocationClient, type TrustStore } from '@ketensluis/flow';
import { parseCrl, type Certificate, type Trust } from '@ketensluis/mail';
import { openTask, TrustNotAsLogged, type Queryable } from '@ketensluis/store';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { derOf } from './identity.js';
import type { Keyring } from './keyring.js';
import type { EventLog } from './logging.js';

/** What keeping keys and certificates in order takes. */
export interface TrustUpkeepParts {
  readonly keyring: Keyring;
  readonly store: TrustStore;
  readonly registers: RegisterReader;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly events: EventLog;
  readonly client: Queryable;
  /** Null: nobody may be asked, and lists come as files. */
  readonly revocation: RevocationClient | null;
  /** False: another process asks for lists and warns of ends; this one keeps its keys those of now, and asks what a mail of its own waits for. */
  readonly isKeeper: boolean;
  /** True where what was held for a key or certificate is tried again. */
  readonly isSender: boolean;
}

/** Keeps keys, certificates, lists and warnings in order, apart from the way of a mail. */
export interface TrustUpkeep {
  /** One round; what is not due is left out. False: there is nothing more to do now. */
  readonly step: () => Promise<boolean>;
  /** Certificates of a mail that waits for an answer (DER): they are asked about in the next round, which is called for. */
  readonly ask: (certificates: readonly Uint8Array[]) => void;
  readonly onWork: (wake: () => void) => void;
}

/** Lists and answers are looked at this often, by the clock of the hub. */
const refreshEveryMs = 60_000;
const warnEveryMs = 15 * 60_000;
/** Certificates that were asked for by mails; beyond this the oldest is forgotten, and its sender tries again. */
const askedMax = 500;

/** Where the private halves of own keys stand, below the folder of keys. */
export const ownKeysFolder = (keys: string): string => join(keys, 'own');

/** Starts nothing by itself: a loop calls `step`. */
export const trustUpkeep = (parts: TrustUpkeepParts): TrustUpkeep => {
  const { keyring, clock, events } = parts;
  const asked = new Map<string, Certificate>();
  let isAsked = false;
  let [refreshedAt, warnedAt] = [0, 0];
  // Somebody may have changed something while no hub ran.
  let mayRetry = true;
  let warnedOf: Trust | null = null;
  let wake = (): void => undefined;
  const isDue = (lastMs: number, everyMs: number): boolean => Math.abs(clock.now().getTime() - lastMs) >= everyMs;
  const refresh = async (): Promise<void> => {
    try {
      const changed = await keyring.refresh();
      if (changed !== null) events.tell('trust.changed', { kind: changed });
      if (!parts.isSender || (changed !== 'documents' && !mayRetry)) return;
      mayRetry = false;
      // Now, and not when it was written: a try in between would have gone by the keys of before.
      await parts.store.retryHeld(clock.now());
    } catch (fault) {
      if (fault instanceof TrustNotAsLogged) await openTask(parts.client, { kind: 'log', ref: fault.document, party: null, cause: fault.message }, clock.now());
      throw fault;
    }
  };
  return {
    onWork: (tell) => void (wake = tell),
    ask: (certificates) => {
      for (const certificate of certificates.map(readCertificate)) if (certificate !== null) asked.set(certificate.sha256, certificate);
      for (const name of [...asked.keys()].slice(0, Math.max(0, asked.size - askedMax))) asked.delete(name);
      isAsked = true;
      wake();
    },
    step: async () => {
      await refresh();
      if ((await learn(parts)) > 0) await refresh();
      if (parts.revocation !== null && (isAsked || (parts.isKeeper && isDue(refreshedAt, refreshEveryMs)))) {
        [isAsked, refreshedAt] = [false, clock.now().getTime()];
        if (await fetchAll(parts, parts.revocation, [...asked.values()])) await refresh();
      }
      // A list that was made anew must not be told of for a quarter of an hour.
      if (parts.isKeeper && (isDue(warnedAt, warnEveryMs) || warnedOf !== keyring.trust())) {
        [warnedAt, warnedOf] = [clock.now().getTime(), keyring.trust()];
        const made = await warnEndings(await inUseOf(parts), clock.now(), parts.store);
        if (made > 0) events.tell('expiry.warned', { count: made });
      }
      return false;
    },
  };
};

/** What the flows of certificates work with. */
export const certificatePorts = ({ clock, ids, registers, store, believe }: Pick<TrustUpkeepParts, 'clock' | 'ids' | 'registers' | 'store'> & { readonly believe: () => Trust }): CertificatePorts =>
  ({ clock, ids, registers, trust: store, believe, ofPem: derOf });

const learn = async (parts: TrustUpkeepParts): Promise<number> => {
  const ports = certificatePorts({ ...parts, believe: parts.keyring.trust });
  let count = 0;
  for (const seen of parts.keyring.heard()) count += await learnFromMail(seen, ports);
  return count;
};

const fetchAll = async (parts: TrustUpkeepParts, client: RevocationClient, asked: readonly Certificate[]): Promise<boolean> => {
  const inUse = await inUseOf(parts);
  const watched = [...inUse.own, ...inUse.parties.map(({ certificate }) => certificate), ...inUse.authorities, ...asked];
  const distinct = [...new Map(watched.map((one) => [one.sha256, one])).values()];
  const tried = await refreshRevocation(distinct, { clock: parts.clock, trust: parts.store, client, random: randomBytes });
  for (const { url, problem } of tried) {
    const { hostname } = new URL(url);
    if (problem === null) parts.events.tell('revocation.fetched', { host: hostname });
    else parts.events.tell('revocation.failed', { host: hostname, reason: problem });
  }
  return tried.some(({ problem }) => problem === null);
};

/** Everything that the hub leans on now and that ends some day. */
export const inUseOf = async ({ keyring, registers, clock }: Pick<TrustUpkeepParts, 'keyring' | 'registers' | 'clock'>): Promise<InUse> => {
  const at = clock.now();
  const { anchors, intermediates } = keyring.trust();
  const { registers: current } = await registers.current();
  const read = (ders: readonly Uint8Array[]): readonly Certificate[] => ders.map(readCertificate).filter((one) => one !== null);
  const { sign, encrypt, tls } = keyring.identity;
  const parties = current.parties.filter((party) => isActive(party, at)).flatMap((party) => {
    const choice = party.channel?.kind === 'smime-mail' ? keyring.recipientOf(party, party.channel, at) : null;
    const chosen = choice?.kind === 'chosen' ? readCertificate(choice.certificate) : null;
    return chosen === null || mailboxOf(party.channel) === null ? [] : [{ party: party.oin, certificate: chosen }];
  });
  return {
    own: read([sign.certificate, encrypt.certificate, ...keyring.openingKeys().slice(0, 1).map(({ certificate }) => certificate), ...derOf(tls.cert).slice(0, 1)]),
    parties,
    authorities: read([...anchors.map(({ certificate }) => certificate), ...intermediates]),
    lists: listsOf(keyring),
  };
};

const listsOf = (keyring: Keyring): InUse['lists'] => {
  const fetched = keyring.records().lists;
  const known = new Set(fetched.map(({ issuer }) => issuer));
  const inFiles = keyring.trust().crls.flatMap((der) => {
    try {
      const { issuer, nextUpdate } = parseCrl(der);
      return nextUpdate === null || known.has(issuer.canonical) ? [] : [{ url: `file-${issuer.commonName?.replace(/[^A-Za-z0-9]+/g, '-') ?? 'list'}`, issuer: issuer.canonical, nextUpdate }];
    } catch {
      return []; // what is no list is left out wherever lists are read
    }
  });
  // Of two files for one list the later one counts.
  const latest = new Map(inFiles.toSorted((a, b) => a.nextUpdate.getTime() - b.nextUpdate.getTime()).map((one) => [one.url, one]));
  return [...fetched, ...latest.values()];
};
