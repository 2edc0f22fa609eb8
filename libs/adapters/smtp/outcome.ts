import type { DeferralCause, DeliveryOutcome, TransportEvidence, UnusableCode } from '@ketensluis/flow';
import { tlsFaultOf } from '../tls-fault.js';
import type { LineFailure, Transmission } from './connection.js';

/** Judges how one mail over SMTP ended. The order of the checks matters: what cannot be repeated safely comes first. */
export function outcomeOf(transmission: Transmission, evidence: TransportEvidence): DeliveryOutcome {
  if (transmission.kind === 'answered') {
    const { code, text } = transmission;
    return { kind: 'delivered', receipt: { code, text, evidence } };
  }
  const { failure, sent } = transmission;
  const unusable = evidence.tls === null ? unusableCode(failure) : null;
  if (unusable !== null) return { kind: 'unusable', code: unusable, detail: detailOf(failure), evidence };
  if (failure.reply !== null) return answered(failure, failure.reply, evidence);
  // EMESSAGE without a reply: the mail is larger than the SIZE the peer announced (RFC 1870 §6.1).
  if (failure.code === 'EMESSAGE') return { kind: 'rejected', code: 552, text: 'larger than the peer accepts', evidence };
  // The final dot may have arrived, and with it the responsibility of the peer (RFC 5321 §4.5.3.2.6).
  if (sent === 'all') {
    return { kind: 'unknown', cause: failure.code === 'ETIMEDOUT' ? 'timeout' : 'connection-lost', text: detailOf(failure), evidence };
  }
  return { kind: 'deferred', cause: causeOf(failure), code: null, text: detailOf(failure), evidence };
}

/** Only a refusal of this mail is final. A 5xx to the greeting or EHLO is about us or their server, and 503 about the order of commands. */
function answered(failure: LineFailure, reply: { readonly code: number; readonly text: string }, evidence: TransportEvidence): DeliveryOutcome {
  const { code, text } = reply;
  const aboutThisMail = failure.command === 'MAIL FROM' || failure.command === 'RCPT TO' || failure.command === 'DATA';
  if (code >= 500 && code !== 503 && aboutThisMail) return { kind: 'rejected', code, text, evidence };
  const cause = code < 500 && code >= 400 ? 'peer-busy' : aboutThisMail ? 'protocol-error' : 'peer-busy';
  return { kind: 'deferred', cause, code, text, evidence };
}

/** What our own check of a certificate says (RFC 8460 §4.3). */
const certificateFaults = ['tlsa-invalid', 'certificate-host-mismatch', 'certificate-expired', 'certificate-not-trusted'] as const;

/** A line that would break the floor (I12): STARTTLS refused or absent, or a handshake that failed on what was offered. */
function unusableCode(failure: LineFailure): UnusableCode | null {
  if (failure.command === 'STARTTLS') {
    if (failure.reply !== null && failure.reply.code < 500) return null; // 454: TLS is not there for the moment (RFC 3207 §4).
    return 'starttls-not-supported';
  }
  return certificateFaults.find((code) => code === failure.cause) ?? tlsFaultOf(failure.cause);
}

const causes: Readonly<Record<string, DeferralCause>> = {
  ETIMEDOUT: 'timeout',
  EDNS: 'host-not-found',
  ENOTFOUND: 'host-not-found',
  EAI_AGAIN: 'host-not-found',
  ECONNREFUSED: 'connection-refused',
  EHOSTUNREACH: 'connection-refused',
  ENETUNREACH: 'connection-refused',
  EPROTOCOL: 'protocol-error',
};

function causeOf(failure: LineFailure): DeferralCause {
  return causes[failure.cause ?? ''] ?? causes[failure.code ?? ''] ?? 'connection-lost';
}

/** Codes only: what a library writes in its message may quote the peer. */
function detailOf(failure: LineFailure): string {
  const parts = [failure.command, failure.cause ?? failure.code, failure.reply === null ? null : `${failure.reply.code} ${failure.reply.text}`];
  return parts.filter((part) => part !== null).join(': ') || 'the connection ended';
}
