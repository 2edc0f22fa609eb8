// The mail servers of some practice parties in a process of their own, which a test can kill: each looks at the proof before it takes a mail and keeps both.
import { readIdentity, readTrust } from '@ketensluis/platform';
import { openMail } from '@ketensluis/mail';
import { join } from 'node:path';
import { practiceHubAddress } from '../../apps/practice/entries.js';
import { findKeptProof } from '../../apps/practice/mailbox/inbox.js';
import { proofCheck } from '../../apps/practice/mailbox/proof-check.js';
import { startMailbox } from '../../apps/practice/mailbox/server.js';

/** A party whose mail server runs in the process. */
export interface MailboxParty {
  readonly key: string;
  readonly oin: string;
  readonly address: string;
  readonly port: number;
}

/** What the process is started with; it answers `ready`. */
export interface MailboxOrder {
  readonly practiceFolder: string;
  /** Inbox, proofs and refused mails of each party, below its key. */
  readonly keptFolder: string;
  readonly logKeyFile: string;
  readonly policyFile: string;
  readonly parties: readonly MailboxParty[];
}

const order = await new Promise<MailboxOrder>((resolve) => process.once('message', resolve));
process.on('disconnect', () => process.exit(0));
const trust = await readTrust(join(order.practiceFolder, 'ca'), null);
await Promise.all(order.parties.map(async ({ key, oin, address, port }) => {
  const identity = await readIdentity(address, join(order.practiceFolder, key));
  const open = async (raw: Uint8Array, at: Date) => {
    const opened = openMail(raw, { keys: [identity.encrypt], trust, at });
    if (opened.kind === 'refused') throw new Error(opened.detail);
    return opened;
  };
  await startMailbox({
    party: { id: key, address, tls: identity.tls }, port, inboxDirectory: join(order.keptFolder, key, 'inbox'), now: () => new Date(),
    check: proofCheck({ oin, hubAddress: practiceHubAddress, logKeyFile: order.logKeyFile, policyFile: order.policyFile, open, kept: (message) => findKeptProof(join(order.keptFolder, key, 'inbox'), message) }),
  });
}));
process.send?.('ready');
