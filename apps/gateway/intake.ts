import type { Hub } from '@ketensluis/platform';
import { followTls } from './follow-tls.js';
import { startSmtpIntake, type SmtpIntake } from './smtp/server.js';
import type { RefusalRecorder } from './refusals.js';
import type { RefusalReason } from './smtp/replies.js';
import { mailTaker } from './take-mail.js';

/** Refusals of the line that are about a mail, and so stand in the log as every refusal does (I3). */
const recorded: readonly RefusalReason[] = ['not-for-us', 'bare-newline', 'too-large', 'sender-address'];

/** Opens the SMTP intake of the hub; a 250 means that message and queue row are stored (I5). */
export const startIntake = async (hub: Hub, refusals: RefusalRecorder, options: { readonly host: string; readonly port: number }): Promise<SmtpIntake> => {
  const taker = mailTaker(hub, refusals);
  const intake = await startSmtpIntake({
    ...options,
    tls: hub.identity.tls,
    name: domainOf(hub.identity.address),
    isForUs: (address) => address.toLowerCase() === hub.identity.address,
    receive: ({ raw, from, remote }) => taker.take({ raw, from, remoteAddress: remote.address, helo: remote.helo }),
    onAnswered: taker.answered,
    onRefused: ({ reason }) => {
      hub.events.tell('line.refused', { reason });
      if (recorded.includes(reason)) refusals.recordLine(reason);
    },
    onFault: (error) => hub.events.fault('mail.failed', error),
  });
  const unfollow = followTls(hub, intake.renewTls);
  return {
    ...intake,
    close: async () => {
      unfollow();
      await intake.close();
      await taker.close();
    },
  };
};

const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1);
