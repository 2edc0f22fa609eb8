import type { MailReceipt } from '@ketensluis/domain';
import type { TransportEvidence } from '@ketensluis/flow';
import type { SmtpTarget } from './connection.js';
import type { Sending } from './pool.js';

/** Starts to measure one try, to be ended with what became of it; time is measured, the moment is given (I11). `asked`: the receipts the mail itself asks for. */
export function startEvidence(target: SmtpTarget, startedAt: Date, asked: readonly MailReceipt[] = []): (sent: Sending | null) => TransportEvidence {
  const begun = performance.now();
  return (sent) => ({
    host: target.host,
    port: target.port,
    remoteAddress: sent?.remoteAddress ?? null,
    tls: sent?.secure ?? null,
    reply: sent === null ? null : replyText(sent.transmission),
    startedAt,
    durationMs: Math.round(performance.now() - begun),
    ...(sent?.notifies === true || asked.length > 0 ? { asked: [...(sent?.notifies === true ? ['dsn' as const] : []), ...asked] } : {}),
  });
}

function replyText(transmission: Sending['transmission']): string | null {
  const reply = transmission.kind === 'answered' ? transmission : transmission.failure.reply;
  return reply === null ? null : `${reply.code} ${reply.text}`;
}
