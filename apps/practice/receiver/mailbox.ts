import type { OpenedMail } from '@ketensluis/mail';
import { join } from 'node:path';
import { findKeptProof } from '../mailbox/inbox.js';
import { proofCheck } from '../mailbox/proof-check.js';
import { startMailbox } from '../mailbox/server.js';

export interface ReceiverMailboxOptions {
  readonly host: string;
  readonly port: number;
  readonly oin: string;
  readonly address: string;
  readonly hubAddress: string;
  readonly tls: { readonly key: string; readonly cert: string };
  /** Mails and their proofs stand in `receiver` below it. */
  readonly folder: string;
  readonly logKeyFile: string;
  readonly policyFile: string;
  readonly open: (raw: Uint8Array, at: Date) => Promise<OpenedMail>;
  readonly now: () => Date;
  readonly say: (line: string) => void;
}

/** A mailbox of whoever connects a system: it takes what a recipient may take, and says in plain words what it took and why not. */
export const startReceiverMailbox = async (options: ReceiverMailboxOptions): Promise<{ readonly port: number; readonly close: () => Promise<void> }> => {
  const { say, address, tls } = options;
  const inboxDirectory = join(options.folder, 'receiver', 'inbox');
  const check = proofCheck({ ...options, kept: (message) => findKeptProof(inboxDirectory, message) });
  const mailbox = await startMailbox({
    party: { id: 'receiver', address, tls }, inboxDirectory, host: options.host, port: options.port, now: options.now,
    check: async (raw, at) => {
      const taken = await check(raw, at);
      switch (taken.kind) {
        case 'taken': say('mail: opened, signed by the hub, and the proof holds'); break;
        case 'proven-later': say(`mail: the proof of ${taken.of}, complete by now`); break;
        case 'tested': say('mail: a test, with nothing in it'); break;
        case 'noticed': say('mail: word to people, with nothing of a case in it'); break;
        case 'refused': say(`mail refused: ${taken.text}`); break;
      }
      return taken;
    },
    onMail: ({ file }) => say(`mail: kept as ${file}`),
  });
  return { port: mailbox.port, close: mailbox.close };
};
