import { stepOwnKey, type OwnKey, type OwnKeyRole, type OwnKeyStep } from '@ketensluis/domain';
import { issueRequest, validatePath, type Certificate, type KeyProvider, type OwnKeyKind, type PathInput, type Trust } from '@ketensluis/mail';
import type { KeptCertificate, TrustChange, TrustDocument, TrustStore } from './certificate-ports.js';
import { keptFrom, readCertificate } from './kept-certificate.js';
import { onLatest } from './on-latest.js';
import type { Clock, Ids } from './ports.js';

/** What changing own keys takes. */
export interface OwnKeyPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly trust: TrustStore;
  readonly provider: KeyProvider;
  /** Whom the hub believes: a certificate that others cannot prove is of no use. */
  readonly believe: () => Trust;
}

/** A key that is wanted: for what, of what kind, and for which address or hosts the authority is asked to certify it. */
export interface WantedOwnKey {
  readonly role: OwnKeyRole;
  readonly kind: OwnKeyKind;
  readonly organization: string;
  readonly address: string;
  readonly hosts: readonly string[];
  /** Of our organisation; without it in the certificate for servers no webhook can say who speaks. */
  readonly oin?: string;
}

/** `request`: what an authority is asked with, DER; null for DKIM, whose key is published in DNS. */
export type OwnKeyVerdict =
  | { readonly kind: 'changed'; readonly key: OwnKey; readonly request: Uint8Array | null }
  | { readonly kind: 'refused'; readonly detail: string };

/** A new key at the provider, and the request for its certificate. It is used for nothing yet. */
export const makeOwnKey = async (wanted: WantedOwnKey, by: string, ports: OwnKeyPorts): Promise<OwnKeyVerdict> => {
  const at = ports.clock.now();
  const key: OwnKey = {
    kind: 'own-key', id: ports.ids.next(at), role: wanted.role, algorithm: wanted.kind, state: 'made', certificate: null, chain: [], madeAt: at.toISOString(),
    announcedAt: null, activeAt: null, retiringAt: null, decryptOnlyAt: null, keepUntil: null, destroyedAt: null,
  };
  await ports.provider.generate(key.id, wanted.kind);
  const request = await requestOf(key.id, wanted, ports);
  return onLatest(async () => {
    const { head } = await ports.trust.load();
    const isSaved = await ports.trust.save([changeOf(key, 1, { by, at, ports })], { certificates: [], task: null, done: [] }, head);
    return isSaved ? { kind: 'changed' as const, key, request } : 'overtaken';
  });
};

/** What an authority is asked to certify a key with, DER; as often as somebody asks. Null for DKIM. */
export const requestOf = async (id: string, wanted: WantedOwnKey, { provider }: Pick<OwnKeyPorts, 'provider'>): Promise<Uint8Array | null> =>
  wanted.role === 'dkim' ? null : issueRequest({
    subject: { commonName: wanted.organization, organization: wanted.organization, country: 'NL', ...(wanted.oin === undefined ? {} : { serialNumber: wanted.oin }) },
    publicKey: await provider.publicKey(id), extensions: extensionsOf(wanted), sign: (content) => provider.sign(id, content),
  });

const [emailProtection, serverAuth, clientAuth] = ['1.3.6.1.5.5.7.3.4', '1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'];

type Extensions = Parameters<typeof issueRequest>[0]['extensions'];

const extensionsOf = ({ role, kind, address, hosts }: WantedOwnKey): Extensions => {
  switch (role) {
    case 'sign': return { keyUsage: ['digitalSignature', 'nonRepudiation'], extendedKeyUsage: [emailProtection], emails: [address] };
    case 'decrypt': return { keyUsage: [kind === 'rsa-3072' ? 'keyEncipherment' : 'keyAgreement'], extendedKeyUsage: [emailProtection], emails: [address] };
    case 'tls': return { keyUsage: ['digitalSignature'], extendedKeyUsage: [serverAuth, clientAuth], dns: hosts };
    case 'dkim': return {};
  }
};

/** What is asked of a key: a step of its life; announcing brings its certificate and what leads from there toward an anchor (DER). */
export type AskedStep = Exclude<OwnKeyStep, { kind: 'announce' }> | { readonly kind: 'announce'; readonly certificates: readonly Uint8Array[] };

/**
 * One step in the life of an own key, with its entries in the log; running hubs follow without a restart. A certificate is announced only when it is for
 * this key, for this use, and provable now. A key is gone from the provider once its destruction is in the log.
 */
export const changeOwnKey = (id: string, asked: AskedStep, by: string, ports: OwnKeyPorts): Promise<OwnKeyVerdict> => onLatest(() => changeOnce({ id, asked, by }, ports));

interface AskedChange {
  readonly id: string;
  readonly asked: AskedStep;
  readonly by: string;
}

const changeOnce = async ({ id, asked, by }: AskedChange, ports: OwnKeyPorts): Promise<OwnKeyVerdict | 'overtaken'> => {
  const at = ports.clock.now();
  const records = await ports.trust.load();
  const documents = records.documents.filter((one): one is Extract<TrustDocument, { kind: 'own-key' }> => one.kind === 'own-key');
  const current = documents.find((one) => one.id === id);
  if (current === undefined) return refused('there is no such key; see: ketensluis keys list');
  const checked = asked.kind === 'announce' ? await announced(current, asked.certificates, at, ports) : { kind: 'usable' as const, step: asked, certificates: [] };
  if (checked.kind === 'refused') return checked;
  const stepped = stepOwnKey(documents.map(({ version: _version, ...key }) => key), id, checked.step, at);
  if (stepped.kind === 'refused') return stepped;
  const changes = stepped.keys.map((key) => changeOf(key, (documents.find((one) => one.id === key.id)?.version ?? 0) + 1, { by, at, ports }));
  if (!(await ports.trust.save(changes, { certificates: checked.certificates, task: null, done: [] }, records.head))) return 'overtaken';
  if (asked.kind === 'destroy') await ports.provider.destroy(id);
  const [key] = stepped.keys;
  return key === undefined ? refused('nothing changed') : { kind: 'changed', key, request: null };
};

const refused = (detail: string): { readonly kind: 'refused'; readonly detail: string } => ({ kind: 'refused', detail });

type Announced =
  | { readonly kind: 'usable'; readonly step: OwnKeyStep; readonly certificates: readonly KeptCertificate[] }
  | { readonly kind: 'refused'; readonly detail: string };

const purposes: Readonly<Record<Exclude<OwnKeyRole, 'dkim'>, PathInput['purpose']>> = { sign: 'sign-mail', decrypt: 'encrypt-mail', tls: 'serve-tls' };

const announced = async (key: OwnKey, ders: readonly Uint8Array[], at: Date, ports: OwnKeyPorts): Promise<Announced> => {
  if (key.role === 'dkim') return { kind: 'usable', step: { kind: 'announce', certificate: null, chain: [] }, certificates: [] };
  const read = ders.map(readCertificate);
  const [certificate, ...chain] = read.filter((one): one is Certificate => one !== null);
  if (certificate === undefined || read.includes(null)) return refused('the file holds no certificate, or something else beside');
  const publicKey = await ports.provider.publicKey(key.id);
  if (Buffer.compare(certificate.spki, publicKey) !== 0) return refused('the certificate is of another key');
  const path = validatePath({ target: certificate, intermediates: chain, trust: ports.believe(), at, purpose: purposes[key.role], profile: 'strict' });
  if (path.kind === 'refused') return refused(`the certificate cannot be proven: ${path.code}, ${path.detail}`);
  const kept = [certificate, ...chain].map(keptFrom);
  return { kind: 'usable', step: { kind: 'announce', certificate: certificate.sha256, chain: chain.map(({ sha256 }) => sha256) }, certificates: kept };
};

/** A key there already was, with its certificates (DER): it is written down as active, and stands at the provider under its id. */
export interface AdoptedKey {
  readonly id: string;
  readonly role: Exclude<OwnKeyRole, 'dkim'>;
  readonly certificates: readonly Uint8Array[];
}

/** Writes down keys that were in use before any was written down; nothing when some are. Their private halves stand at the provider. */
export const adoptOwnKeys = async (keys: readonly AdoptedKey[], by: string, ports: Pick<OwnKeyPorts, 'clock' | 'ids' | 'trust'>): Promise<boolean> => {
  const at = ports.clock.now();
  const { documents, head } = await ports.trust.load();
  if (documents.some(({ kind }) => kind === 'own-key')) return false;
  const kept = keys.map(({ id, role, certificates }) => ({ id, role, certificates: certificates.map(readCertificate).filter((one) => one !== null).map(keptFrom) }));
  const changes = kept.map(({ id, role, certificates: [certificate, ...chain] }) => changeOf({
    kind: 'own-key', id, role, algorithm: 'other', state: 'active', certificate: certificate?.sha256 ?? null, chain: chain.map(({ sha256 }) => sha256), madeAt: at.toISOString(),
    announcedAt: at.toISOString(), activeAt: at.toISOString(), retiringAt: null, decryptOnlyAt: null, keepUntil: null, destroyedAt: null,
  }, 1, { by, at, ports }));
  if (await ports.trust.save(changes, { certificates: kept.flatMap(({ certificates }) => certificates), task: null, done: [] }, head)) return true;
  // Somebody else's change came in between: it may have been this one.
  return adoptOwnKeys(keys, by, ports);
};

const changeOf = (document: OwnKey, version: number, { by, at, ports }: { readonly by: string; readonly at: Date; readonly ports: Pick<OwnKeyPorts, 'ids'> }): TrustChange => ({
  document, version, code: `own-key.${document.state}`, at, by, entryId: ports.ids.next(at),
});
