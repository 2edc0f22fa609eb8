import { createHash } from 'node:crypto';
import { der, type Der } from '../asn1/der.js';
import { oids } from '../asn1/oid.js';
import { extension } from './issue-extensions.js';
import { signatureAlgorithm, signed } from './issue.js';
import type { Holder } from './chain.fixture.js';

/** What a test changes about a response; everything else is as a careful responder would write it. */
export interface ResponseChange {
  readonly status?: 'good' | 'revoked' | 'unknown';
  readonly thisUpdate?: Date;
  readonly nextUpdate?: Date | null;
  readonly nonce?: Uint8Array;
  /** Sent along. */
  readonly certificates?: readonly Uint8Array[];
  readonly hash?: 'sha1' | 'sha256';
  /** The certificate answers are asked about; another serial number is another certificate. */
  readonly serialRaw?: Uint8Array;
  readonly byName?: boolean;
}

/** A response about `target`, issued by `issuer`, in the name of and signed by `signer` (RFC 6960 §4.2.1). */
export function ocspResponse(target: Holder, issuer: Holder, signer: Holder, at: Date, change: ResponseChange = {}): Uint8Array {
  const hash = change.hash ?? 'sha1';
  const digest = (bytes: Uint8Array): Uint8Array => createHash(hash).update(bytes).digest();
  const id = der.sequence(
    der.sequence(der.oid(hash === 'sha1' ? oids.sha1 : oids.sha256), der.null()),
    der.octets(digest(issuer.certificate.subject.raw)), der.octets(digest(issuer.certificate.keyBytes)), change.serialRaw ?? target.certificate.serialRaw,
  );
  const next = change.nextUpdate === undefined ? new Date(at.getTime() + 3_600_000) : change.nextUpdate;
  const single = der.sequence(
    id, statusOf(change.status ?? 'good', at), der.generalizedTime(change.thisUpdate ?? at), ...(next === null ? [] : [der.explicit(0, der.generalizedTime(next))]),
  );
  const responder = change.byName === false
    ? der.explicit(2, der.octets(createHash('sha1').update(signer.certificate.keyBytes).digest()))
    : der.explicit(1, signer.certificate.subject.raw);
  const extensions = change.nonce === undefined ? [] : [der.explicit(1, der.sequence(extension(oids.ocspNonce, false, der.octets(change.nonce))))];
  const tbs = der.sequence(responder, der.generalizedTime(at), der.sequence(single), ...extensions);
  const certificates = change.certificates ?? (signer === issuer ? [] : [signer.der]);
  return successful(withCertificates(signed(tbs, signatureAlgorithm(signer.privateKey, null), signer.privateKey), certificates));
}

/** A basic response in its two wrappings. */
function successful(basic: Der): Uint8Array {
  return der.sequence(der.enumerated(0), der.explicit(0, der.sequence(der.oid(oids.ocspBasic), der.octets(basic))));
}

function withCertificates(basic: Der, certificates: readonly Uint8Array[]): Der {
  if (certificates.length === 0) return basic;
  // What stands inside the sequence, and behind it what came along.
  const header = (basic[1] ?? 0) < 0x80 ? 2 : 2 + ((basic[1] ?? 0) & 0x7f);
  return der.sequence(basic.subarray(header), der.explicit(0, der.sequence(...certificates)));
}

function statusOf(status: 'good' | 'revoked' | 'unknown', at: Date): Der {
  switch (status) {
    case 'good':
      return der.implicit(0, new Uint8Array());
    case 'revoked':
      return der.context(1, der.generalizedTime(at));
    case 'unknown':
      return der.implicit(2, new Uint8Array());
  }
}
