import { activeOwnKey, advertisedKey, chooseCertificate, encryptionForm, openingKeys, type CertificateChoice, type ChannelOf, type EncryptionForm, type OwnKey, type OwnKeyRole, type Party } from '@ketensluis/domain';
import { readCertificate, type SeenMail, type TrustDocument, type TrustRecords, type TrustStore } from '@ketensluis/flow';
import type { KeyPair, KeyProvider, OpenedMail, Trust } from '@ketensluis/mail';
import { createHash, X509Certificate } from 'node:crypto';
import { certificateOnly, derOf, isClosed, type Identity } from './identity.js';
import { hubKeys, type HubKey } from './roles.js';

/** What the keyring is made of. `identity` holds until keys are written down in the database; `trust` are the anchors and lists from files. */
export interface KeyringParts {
  readonly identity: Identity;
  readonly trust: () => Trust;
  readonly store: Pick<TrustStore, 'mark' | 'load'>;
  readonly provider: Pick<KeyProvider, 'handle'>;
  /** Which private halves this process opens; all when absent. */
  readonly held?: ReadonlySet<HubKey>;
}

/** To whom mail for a party is encrypted, and how. */
export type RecipientChoice =
  | { readonly kind: 'chosen'; readonly certificate: Uint8Array; readonly form: EncryptionForm }
  | Exclude<CertificateChoice, { readonly kind: 'chosen' }>;

/**
 * Keys and certificates as they are now, in memory: nothing of it asks the database for a mail. `refresh` reads them again when something changed; objects
 * stay the same until then, so that threads are sent them once.
 */
export interface Keyring {
  /** Always of now: its parts change when keys do. */
  readonly identity: Identity;
  readonly openingKeys: () => readonly KeyPair[];
  readonly trust: () => Trust;
  /** True for a certificate that an operator revoked. */
  readonly isRevoked: (sha256: string) => boolean;
  readonly recipientOf: (party: Party, channel: ChannelOf<'smime-mail'>, at: Date) => RecipientChoice;
  readonly records: () => TrustRecords;
  /** What changed: keys or certificates, only what was fetched, or nothing. Throws when the database is not what the log says; then what was read before goes on to hold. */
  readonly refresh: () => Promise<'documents' | 'fetched' | null>;
  /** Calls after every change, until what it returns is called; for servers that must be told. What is called must not throw. */
  readonly onChange: (told: () => void) => () => void;
  /** Notes what a proven mail let us know; false when all of it is known. */
  readonly hear: (mail: OpenedMail, at: Date) => boolean;
  /** What was heard since the last call. */
  readonly heard: () => readonly SeenMail[];
}

/** Mails whose news wait to be written down; what comes above is heard again from a later mail. */
const heardMax = 500;
const rememberedMax = 10_000;

const noRecords: TrustRecords = { head: 0, documents: [], certificates: new Map(), lists: [], answers: [], capabilities: new Map() };

/** The keys of one moment. */
interface Snapshot {
  readonly records: TrustRecords;
  readonly identity: Identity;
  readonly opening: readonly KeyPair[];
  readonly revoked: ReadonlySet<string>;
}

/** Opens the keyring and reads it once. */
export const openKeyring = async (parts: KeyringParts): Promise<Keyring> => {
  let mark: string | null = null;
  let now: Snapshot = { records: noRecords, identity: parts.identity, opening: [parts.identity.encrypt], revoked: new Set() };
  let combined: { readonly base: Trust; readonly records: TrustRecords; readonly trust: Trust } | null = null;
  const told = new Set<() => void>();
  const ear = listener();
  const trust = (): Trust => {
    const base = parts.trust();
    if (combined?.base !== base || combined.records !== now.records) combined = { base, records: now.records, trust: withFetched(base, now.records) };
    return combined.trust;
  };
  const refresh: Keyring['refresh'] = async () => {
    const latest = await parts.store.mark();
    if (latest === mark) return null;
    const records = await parts.store.load();
    const isOther = versionsOf(records) !== versionsOf(now.records);
    now = await snapshotOf(records, parts, now);
    mark = latest;
    for (const tell of told) tell();
    return isOther ? 'documents' : 'fetched';
  };
  await refresh();
  return {
    // Whoever holds this object has the keys of now whenever he looks.
    identity: {
      address: parts.identity.address,
      get sign() { return now.identity.sign; },
      get encrypt() { return now.identity.encrypt; },
      get tls() { return now.identity.tls; },
      get dkim() { return now.identity.dkim; },
    },
    openingKeys: () => now.opening,
    trust,
    isRevoked: (sha256) => now.revoked.has(sha256),
    recipientOf: (party, channel, at) => recipientOf(now, { party, channel, at }),
    records: () => now.records,
    refresh,
    onChange: (tell) => {
      told.add(tell);
      return () => void told.delete(tell);
    },
    hear: (mail, at) => ear.hear(mail, now.records, at),
    heard: ear.heard,
  };
};

const versionsOf = ({ documents }: TrustRecords): string => documents.map(({ id, version }) => `${id}@${version}`).join();

/** What was fetched beside what stands in files. */
export const withFetched = (base: Trust, { lists, answers }: Pick<TrustRecords, 'lists' | 'answers'>): Trust =>
  lists.length === 0 && answers.length === 0 ? base : { ...base, crls: [...base.crls, ...lists.map(({ der }) => der)], ocsp: [...(base.ocsp ?? []), ...answers.map(({ der }) => der)] };

const keyOfUse = { sign: 'signing', decrypt: 'opening', tls: 'tls', dkim: 'dkim' } as const satisfies Readonly<Record<OwnKeyRole, HubKey>>;

/** The keys in use of each kind, as pairs; null where none is. */
const pairsOf = async ({ documents, certificates }: TrustRecords, provider: KeyringParts['provider'], held: ReadonlySet<HubKey> = new Set(hubKeys)) => {
  const keys = documents.filter((one): one is Extract<TrustDocument, { kind: 'own-key' }> => one.kind === 'own-key');
  const pairOf = async (key: OwnKey | null): Promise<KeyPair | null> => {
    const certificate = key === null || key.certificate === null ? undefined : certificates.get(key.certificate);
    if (key === null || certificate === undefined) return null;
    const open = { certificate: certificate.der, chain: key.chain.flatMap((sha256) => certificates.get(sha256)?.der ?? []) };
    return held.has(keyOfUse[key.role]) ? { ...open, privateKey: await provider.handle(key.id) } : certificateOnly(open, keyOfUse[key.role]);
  };
  const opening = (await Promise.all(openingKeys(keys).map(pairOf))).filter((pair) => pair !== null);
  const [sign, encrypt, tls] = await Promise.all([pairOf(activeOwnKey(keys, 'sign')), pairOf(advertisedKey(keys)), pairOf(activeOwnKey(keys, 'tls'))]);
  const dkim = held.has('dkim') ? activeOwnKey(keys, 'dkim') : null;
  return { opening, sign, encrypt, tls, dkim: dkim === null ? null : { selector: dkimSelector(dkim), privateKey: await provider.handle(dkim.id) } };
};

/** Who the hub is by the keys that were written down; null while one for signing, opening or servers is not in use. Throws when a private half is not there. */
export const identityFrom = async (records: TrustRecords, provider: KeyringParts['provider'], address: string, held?: ReadonlySet<HubKey>): Promise<Identity | null> => {
  const { sign, encrypt, tls, dkim } = await pairsOf(records, provider, held);
  if (sign === null || encrypt === null || tls === null) return null;
  return { address, sign, encrypt, tls: tlsOf(tls), ...(dkim === null ? {} : { dkim: { domain: domainOf(address), ...dkim } }) };
};

const snapshotOf = async (records: TrustRecords, { identity, provider, held }: KeyringParts, before: Snapshot): Promise<Snapshot> => {
  const { opening, sign, encrypt, tls, dkim } = await pairsOf(records, provider, held);
  const revoked = new Set(records.documents.flatMap((one) => (one.kind === 'certificate' && one.state === 'revoked' ? [one.sha256] : [])));
  const ownDkim = dkim === null ? identity.dkim : { domain: domainOf(identity.address), ...dkim };
  const same = sameKeys(opening, before.opening);
  return {
    records, revoked,
    opening: opening.length === 0 ? [identity.encrypt] : same ? before.opening : opening,
    identity: {
      address: identity.address, sign: sign === null ? identity.sign : sameKeys([sign], [before.identity.sign]) ? before.identity.sign : sign,
      encrypt: encrypt ?? identity.encrypt, tls: tls === null ? identity.tls : tlsOf(tls), ...(ownDkim === undefined ? {} : { dkim: ownDkim }),
    },
  };
};

const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1);

/** Under which name in DNS the public half of a DKIM key stands: `SELECTOR._domainkey.DOMAIN` (RFC 6376 §3.1). */
export const dkimSelector = ({ id }: Pick<OwnKey, 'id'>): string => `k${id.replace(/-/g, '').slice(-12)}`;

// Handles are kept by the provider, so the same key is the same object.
const sameKeys = (one: readonly KeyPair[], other: readonly KeyPair[]): boolean =>
  one.length === other.length && one.every((pair, place) => isSameKey(pair, other[place]));

const isSameKey = (pair: KeyPair, other: KeyPair | undefined): boolean =>
  other !== undefined && isClosed(pair) === isClosed(other) && Buffer.compare(pair.certificate, other.certificate) === 0 && (isClosed(pair) || pair.privateKey === other.privateKey);

const tlsOf = (pair: KeyPair): Identity['tls'] => ({
  key: isClosed(pair) ? '' : pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  cert: [pair.certificate, ...pair.chain].map((der) => new X509Certificate(der).toString()).join(''),
});

interface RecipientAsked {
  readonly party: Party;
  readonly channel: ChannelOf<'smime-mail'>;
  readonly at: Date;
}

const recipientOf = ({ records, revoked }: Snapshot, { party, channel, at }: RecipientAsked): RecipientChoice => {
  const inRegister = derOf(party.encryptionCertificate ?? '').slice(0, 1).map(readCertificate);
  const approved = records.documents.flatMap((one) => {
    const kept = one.kind === 'certificate' && one.state === 'approved' && one.party === party.oin && one.address === channel.address ? records.certificates.get(one.sha256) : undefined;
    return kept === undefined ? [] : [readCertificate(kept.der)];
  });
  const candidates = [...inRegister, ...approved].filter((one) => one !== null).filter(({ sha256 }) => !revoked.has(sha256));
  const choice = chooseCertificate(candidates, at);
  if (choice.kind !== 'chosen') return choice;
  const chosen = candidates.find(({ sha256 }) => sha256 === choice.sha256);
  if (chosen === undefined) return { kind: 'none' };
  const capabilities = records.capabilities.get(channel.address)?.algorithms ?? null;
  return { kind: 'chosen', certificate: chosen.raw, form: encryptionForm({ wanted: channel.encryption ?? null, capabilities }) };
};

/** Keeps apart what is new in a mail from what every mail says again. */
const listener = () => {
  const remembered = new Set<string>();
  let waiting: SeenMail[] = [];
  return {
    hear: ({ from, signer, learnt, evidence }: OpenedMail, records: TrustRecords, at: Date): boolean => {
      const isKnown = records.capabilities.get(from.toLowerCase())?.algorithms.join() === learnt.capabilities.join();
      const hash = createHash('sha256').update(`${from}|${signer.sha256}|${learnt.capabilities.join()}|`);
      for (const der of learnt.certificates) hash.update(der);
      const name = hash.digest('base64');
      if ((remembered.has(name) && (isKnown || learnt.capabilities.length === 0)) || waiting.length >= heardMax) return false;
      if (remembered.size >= rememberedMax) remembered.clear();
      remembered.add(name);
      waiting.push({ from, signerSha256: signer.sha256, ...learnt, signedAt: evidence.signingTime ?? at });
      return true;
    },
    heard: (): readonly SeenMail[] => {
      const all = waiting;
      waiting = [];
      return all;
    },
  };
};
