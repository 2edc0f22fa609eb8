import { adoptOwnKeys, readCertificate, refreshRevocation, type AdoptedKey, type CertificatePorts, type OwnKeyPorts, type SourceProblem, type TrustStore } from '@ketensluis/flow';
import { distributionUrls, type Certificate, type Trust } from '@ketensluis/mail';
import {
  certificatePorts, createTrust, derOf, keyFiles, ownKeysFolder, practiceClock, readIdentity, readTrust, readTrustSets, revocationClient, TrustSetNotUsable, withFetched,
  type Configuration, type Identity, type KeyFiles, type RevocationHost,
} from '@ketensluis/platform';
import { createPrivateKey, randomBytes } from 'node:crypto';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { hubEntry, practiceHubAddress } from '../practice/entries.js';
import { configFolder, foldersOf } from './place.js';
import { PlainFault, say } from './terminal.js';

/** What commands about keys and certificates work with, beside a hub that runs or not. */
export interface TrustPlace extends OwnKeyPorts, CertificatePorts {
  readonly trust: TrustStore;
  readonly provider: KeyFiles;
  readonly address: string;
  /** Of the keys that are in use from files, which only practice has; else null. */
  readonly identity: Identity | null;
  /** Where practice keeps its authority; null outside practice. */
  readonly practiceFolder: string | null;
  /** Asks now whether these certificates (DER) were revoked: a hub that does not run, or does not use them yet, has not asked. */
  readonly ask: (certificates: readonly Uint8Array[]) => Promise<void>;
}

/** Opens keys, certificates and whom to believe, as the hub on this data folder has them. */
export const openTrustPlace = async (pool: pg.Pool, configuration: Configuration): Promise<TrustPlace> => {
  const folders = foldersOf(configuration);
  const { address, identity, base, hosts } = await whoAndWhom(configuration);
  const clock = await practiceClock(pool);
  const { store, registers, ids } = await createTrust(pool, configuration, clock);
  let believed: Trust = withFetched(base, await store.load());
  const ports = certificatePorts({ clock, ids, registers, store, believe: () => believed });
  const client = hosts.length === 0 ? null : revocationClient(hosts);
  const ask = async (ders: readonly Uint8Array[]): Promise<void> => {
    const authorities = [...base.intermediates, ...base.anchors.map(({ certificate }) => certificate)];
    const watched = [...ders, ...authorities].map(readCertificate).filter((one) => one !== null);
    const distinct = [...new Map(watched.map((one) => [one.sha256, one])).values()];
    if (configuration.trust !== null) for (const line of nobodyToAsk(distinct, hosts)) say(line);
    if (client === null) return;
    // Whoever stands at the terminal may have mended it just now: a failure of a moment ago keeps nobody from asking again.
    const tried = await refreshRevocation(distinct, { clock, trust: store, client, random: randomBytes, retryMs: 0 });
    for (const { url, problem } of tried) if (problem !== null) say(notAsked(url, problem));
    believed = withFetched(base, await store.load());
  };
  return { ...ports, provider: keyFiles(ownKeysFolder(folders.keys)), practiceFolder: configuration.trust === null ? folders.practice : null, address, identity, ask };
};

/** Says when nobody can be asked whether these were revoked, which would else look like a list that nobody could get. */
const nobodyToAsk = (certificates: readonly Certificate[], hosts: readonly RevocationHost[]): readonly string[] => {
  const mute = certificates.filter((one) => one.issuer.canonical !== one.subject.canonical && one.ocspUrls.length === 0 && distributionUrls(one.crlDistributionPoints).length === 0);
  return [
    ...(hosts.length === 0 ? ['No trust set names hosts, so nobody can be asked whether it was revoked (config/trust/README.md).'] : []),
    ...mute.map(({ sha256 }) => `Certificate ${sha256.slice(0, 16)} names no address where one can ask whether it was revoked (crlDistributionPoints, OCSP): its authority must put one in.`),
  ];
};

const notAsked = (url: string, problem: SourceProblem): string =>
  `Whether it was revoked could not be asked at ${new URL(url).host}: ${problem}.${problem === 'host-not-allowed' ? ' Name it under hosts in a trust set (config/trust/README.md).' : ''}`;

/** Who the hub is before any key was written down, whom it believes, and who may be asked about revocation. */
const whoAndWhom = async (configuration: Configuration): Promise<{ readonly address: string; readonly identity: Identity | null; readonly base: Trust; readonly hosts: readonly RevocationHost[] }> => {
  if (configuration.trust !== null) return { address: configuration.address ?? '', identity: null, ...(await realTrust(configuration.trust)) };
  const { practice } = foldersOf(configuration);
  if (!(await access(join(practice, hubEntry.id)).then(() => true, () => false))) {
    throw new PlainFault(`There are no keys in ${configuration.dataFolder} yet. Start practice once (npm start), or set KETENSLUIS_TRUST and KETENSLUIS_ADDRESS for a hub of your own (README, Run it for real).`);
  }
  return { address: practiceHubAddress, identity: await readIdentity(practiceHubAddress, join(practice, hubEntry.id)), base: await practiceTrust(practice), hosts: [] };
};

/** Whom a hub for real parties believes: the sets of this folder, with revocation required. */
export const realTrust = async (folder: string): Promise<{ readonly base: Trust; readonly hosts: readonly RevocationHost[] }> => {
  const { anchors, intermediates, hosts } = await readTrustSets(folder, { practiceFolder: null }).catch((fault: unknown) => {
    if (fault instanceof TrustSetNotUsable) throw new PlainFault(`KETENSLUIS_TRUST: ${fault.message}`, 2);
    throw new PlainFault(`KETENSLUIS_TRUST: ${folder} cannot be read as a folder of trust sets (config/trust/README.md)`, 2);
  });
  return { base: { anchors, intermediates, crls: [], revocation: 'require' }, hosts };
};

/** Whom the practice chain believes: its own authority with the policies of config/trust/practice.yaml, and the lists beside it. */
export const practiceTrust = async (practiceFolder: string): Promise<Trust> => {
  const { anchors, intermediates } = await readTrustSets(join(configFolder, 'trust'), { practiceFolder });
  const { crls, revocation } = await readTrust(join(practiceFolder, 'ca'), null);
  return { anchors, intermediates, crls, revocation };
};

/** Writes down the keys the hub has in files, before the first of them is followed by another. True when it was done now. */
export const adoptIdentity = async ({ identity, provider, ids, clock, trust }: TrustPlace, by: string): Promise<boolean> => {
  if (identity === null || (await trust.load()).documents.some(({ kind }) => kind === 'own-key')) return false;
  const { sign, encrypt, tls } = identity;
  const keys = [
    { role: 'sign', key: sign.privateKey, certificates: [sign.certificate, ...sign.chain] },
    { role: 'decrypt', key: encrypt.privateKey, certificates: [encrypt.certificate, ...encrypt.chain] },
    { role: 'tls', key: createPrivateKey(tls.key), certificates: derOf(tls.cert) },
  ] as const;
  const adopted: AdoptedKey[] = [];
  for (const { role, key, certificates } of keys) {
    const id = ids.next(clock.now());
    await provider.adopt(id, key);
    adopted.push({ id, role, certificates });
  }
  return adoptOwnKeys(adopted, by, { clock, ids, trust });
};
