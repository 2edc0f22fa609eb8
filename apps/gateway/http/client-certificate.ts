import { oinSchema } from '@ketensluis/domain';
import { parseCertificate, validatePath, type Certificate, type Trust } from '@ketensluis/mail';

/** Whom a client certificate proves: an organisation by its OIN. */
export interface ProvenClient {
  readonly oin: string;
  /** SHA-256 of the DER, hexadecimal. */
  readonly sha256: string;
}

/**
 * The organisation that a shown chain proves: its path leads to an anchor of ours, it is unrevoked, for client authentication, and its subject has an
 * OIN as serialNumber, as in certificates of PKIoverheid. Null for anything less, also for octets that are no certificate.
 */
export const provenClient = (shown: readonly Uint8Array[], trust: Trust, at: Date): ProvenClient | null => {
  const [target, ...intermediates] = shown.map(readCertificate);
  if (target === undefined || target === null) return null;
  const result = validatePath({ target, intermediates: intermediates.filter((one) => one !== null), trust, at, purpose: 'authenticate-client', profile: 'strict' });
  const oin = oinSchema.safeParse(target.subject.serialNumber);
  return result.kind === 'valid' && oin.success ? { oin: oin.data, sha256: target.sha256 } : null;
};

const readCertificate = (der: Uint8Array): Certificate | null => {
  try {
    return parseCertificate(der);
  } catch (fault) {
    if (fault instanceof Error && fault.message.startsWith('bug:')) throw fault;
    return null;
  }
};
