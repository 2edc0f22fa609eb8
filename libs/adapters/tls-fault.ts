import type { UnusableCode } from '@ketensluis/flow';

/** By the codes of OpenSSL and Node.js. */
const certificateCodes: Readonly<Record<string, UnusableCode>> = {
  CERT_HAS_EXPIRED: 'certificate-expired',
  CERT_NOT_YET_VALID: 'certificate-expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate-host-mismatch',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate-not-trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate-not-trusted',
  UNABLE_TO_GET_ISSUER_CERT: 'certificate-not-trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate-not-trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate-not-trusted',
  CERT_UNTRUSTED: 'certificate-not-trusted',
  CERT_REJECTED: 'certificate-not-trusted',
  CERT_REVOKED: 'certificate-not-trusted',
  INVALID_CA: 'certificate-not-trusted',
  INVALID_PURPOSE: 'certificate-not-trusted',
  CERT_SIGNATURE_FAILURE: 'validation-failure',
  CERT_CHAIN_TOO_LONG: 'validation-failure',
  PATH_LENGTH_EXCEEDED: 'validation-failure',
  NOT_SECURE: 'validation-failure',
};

/** Why a handshake that ended with this code must not be tried below its floor (I12); null when the code says nothing about what was offered. */
export function tlsFaultOf(code: string | null): UnusableCode | null {
  if (code === null) return null;
  const known = Object.hasOwn(certificateCodes, code) ? certificateCodes[code] : undefined;
  if (known !== undefined) return known;
  return /^(ERR_SSL_|ERR_TLS_|EPROTO$)/.test(code) ? 'validation-failure' : null;
}
