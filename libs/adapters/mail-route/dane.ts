import { createHash, createPublicKey, X509Certificate, type KeyObject } from 'node:crypto';
import { tlsaText, type TlsaRecord } from '@ketensluis/domain';

/** What a server showed and what it must be: `chain` as it was sent, its own certificate first; `names` it may go by. */
export interface DaneQuestion {
  /** Usable ones only (`usableTlsa`). */
  readonly records: readonly TlsaRecord[];
  readonly chain: readonly X509Certificate[];
  readonly names: readonly string[];
  readonly at: Date;
}

/** `record`: the one that was matched, as in a zone file. The codes are those of RFC 8460 §4.3. */
export type DaneAnswer =
  | { readonly kind: 'matched'; readonly record: string }
  | { readonly kind: 'refused'; readonly code: 'tlsa-invalid' | 'certificate-host-mismatch' | 'certificate-expired' | 'certificate-not-trusted' };

const chainMax = 10;

/**
 * Whether a server is the one its TLSA records speak of (RFC 7672 §3.1). One matching record is enough. DANE-EE(3) looks at the certificate alone: its
 * names, its dates and who issued it mean nothing (RFC 7671 §5.1). DANE-TA(2) wants a chain of signatures up to what the record names, certificates
 * that hold today, and the name of the server.
 */
export function matchDane({ records, chain, names, at }: DaneQuestion): DaneAnswer {
  const [own, ...rest] = chain.slice(0, chainMax);
  if (own === undefined) return { kind: 'refused', code: 'tlsa-invalid' };
  const endEntity = records.find((record) => record.usage === 3 && isOf(record, own));
  if (endEntity !== undefined) return { kind: 'matched', record: tlsaText(endEntity) };
  const anchored = records.filter(({ usage }) => usage === 2).flatMap((record) => {
    const path = pathTo(record, own, rest);
    return path === null ? [] : [{ record, path }];
  });
  const [first] = anchored;
  if (first === undefined) return { kind: 'refused', code: 'tlsa-invalid' };
  if (!names.some((name) => carriesName(own, name))) return { kind: 'refused', code: 'certificate-host-mismatch' };
  const valid = anchored.find(({ path }) => path.every((certificate) => holdsAt(certificate, at)));
  if (valid === undefined) return { kind: 'refused', code: 'certificate-expired' };
  if (!isForServers(own)) return { kind: 'refused', code: 'certificate-not-trusted' };
  return { kind: 'matched', record: tlsaText(valid.record) };
}

/** RFC 6698 §2.1.2, §2.1.3: the whole certificate or its key, as it is or as a digest. */
const isOf = ({ selector, matching, hex }: TlsaRecord, certificate: X509Certificate): boolean =>
  association(matching, selector === 0 ? certificate.raw : certificate.publicKey.export({ type: 'spki', format: 'der' })) === hex;

function association(matching: number, content: Buffer): string {
  if (matching === 0) return content.toString('hex');
  return createHash(matching === 1 ? 'sha256' : 'sha512').update(content).digest('hex');
}

/**
 * The certificates from the server's own up to the anchor a record names, each signed by the next; null when there is no such chain. A server must send
 * its anchor (RFC 7671 §5.2); one that stands in DNS as a whole, as certificate or key, may be missing from what it sent.
 */
function pathTo(record: TlsaRecord, own: X509Certificate, rest: readonly X509Certificate[]): readonly X509Certificate[] | null {
  const inDns = wholeAnchor(record);
  const path = [own];
  for (let last = own; path.length <= chainMax; ) {
    if (last !== own && last.ca && isOf(record, last)) return path;
    if (inDns !== null && isSignedBy(last, inDns)) return path;
    const issuer = rest.find((one) => !path.includes(one) && one.ca && last.checkIssued(one) && isSignedBy(last, one.publicKey));
    if (issuer === undefined) return null;
    path.push(issuer);
    last = issuer;
  }
  return null;
}

/** The key of an anchor that stands in DNS as a whole (`2 0 0` and `2 1 0`). */
function wholeAnchor({ selector, matching, hex }: TlsaRecord): KeyObject | null {
  if (matching !== 0) return null;
  const bytes = Buffer.from(hex, 'hex');
  try {
    return selector === 0 ? new X509Certificate(bytes).publicKey : createPublicKey({ key: bytes, format: 'der', type: 'spki' });
  } catch {
    return null;
  }
}

function isSignedBy(certificate: X509Certificate, key: KeyObject): boolean {
  try {
    return certificate.verify(key);
  } catch {
    return false;
  }
}

const holdsAt = ({ validFrom, validTo }: X509Certificate, at: Date): boolean => new Date(validFrom) <= at && at <= new Date(validTo);

// RFC 7672 §3.2.3. A common name is no name any more (RFC 9525 §6.3), and a star stands for one whole label.
const carriesName = (certificate: X509Certificate, name: string): boolean =>
  certificate.checkHost(name, { subject: 'never', wildcards: true, partialWildcards: false, multiLabelWildcards: false, singleLabelSubdomains: false }) !== undefined;

const serverAuthentication = '1.3.6.1.5.5.7.3.1';
// Node gives the extended key usage, under the name of the older extension; undefined when the certificate does not limit what it is for.
const isForServers = ({ keyUsage }: X509Certificate): boolean => !Array.isArray(keyUsage) || keyUsage.includes(serverAuthentication);
