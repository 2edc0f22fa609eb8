import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server';
import { isOwn, isReporting, slowly, type MailboxBehaviour, type MailboxOptions, type MailboxState } from './behaviour.js';
import { type Inbox, openInbox } from './inbox.js';
import { smtpError, takeMail } from './take.js';

/** The mail server of one practice party. */
export interface Mailbox {
  readonly party: string;
  readonly port: number;
  readonly inbox: Inbox;
  readonly behaviour: () => MailboxBehaviour;
  /** Holds from the next answer on. A change of TLS ends the open connections, so that it shows at once. */
  readonly setBehaviour: (behaviour: MailboxBehaviour) => void;
  readonly close: () => Promise<void>;
}

const tlsBehaviours: ReadonlySet<MailboxBehaviour> = new Set(['no-tls', 'expired-certificate']);
const sizeMaxBytesDefault = 64 * 1024 * 1024;
const closeMs = 500;
const commandsOff = ['AUTH', 'XCLIENT', 'XFORWARD', 'HELP', 'VRFY', 'WIZ', 'SHELL', 'KILL'];

/** Starts the mail server of a practice party; a 250 means that the raw mail is a file in its inbox. It deduplicates nothing. */
export async function startMailbox(options: MailboxOptions): Promise<Mailbox> {
  const state: MailboxState = { options, inbox: await openInbox(options.inboxDirectory), reporting: new Set(), behaviour: 'normal' };
  const smtp = new SMTPServer(serverOptions(state, (session) => breakOff(smtp, session)));
  // A peer that breaks off is part of the practice.
  smtp.on('error', () => {});
  const setBehaviour = (behaviour: MailboxBehaviour) => {
    const tls = behaviour === 'expired-certificate' ? options.expiredTls : options.party.tls;
    if (tls === undefined) throw new Error(`mailbox ${options.party.id} has no expired certificate`);
    const changesOffer = [behaviour, state.behaviour].some((one) => tlsBehaviours.has(one)) || isReporting(behaviour) !== isReporting(state.behaviour);
    state.behaviour = behaviour;
    // Who offers notifications must send them (RFC 3461 §5.2), so the others do not.
    smtp.options.hideDSN = !isReporting(behaviour);
    if (!changesOffer) return;
    smtp.updateSecureContext({ key: tls.key, cert: tls.cert });
    for (const connection of smtp.connections) connection.send(421, '4.3.2 changing, come back');
  };
  setBehaviour(options.behaviour ?? 'normal');
  await new Promise<void>((resolve, reject) => {
    smtp.server.once('error', reject);
    smtp.listen(options.port ?? 0, options.host ?? '127.0.0.1', () => {
      smtp.server.off('error', reject);
      resolve();
    });
  });
  const address = smtp.server.address();
  if (address === null || typeof address === 'string') throw new Error('bug: the mailbox listens on no port');
  return {
    party: options.party.id,
    port: address.port,
    inbox: state.inbox,
    behaviour: () => state.behaviour,
    setBehaviour,
    close: async () => {
      await new Promise<void>((resolve) => smtp.close(resolve));
      await Promise.all(state.reporting);
    },
  };
}

const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase();

/** Ends the connection without a word. */
function breakOff(smtp: SMTPServer, session: SMTPServerSession): void {
  for (const connection of smtp.connections) if (connection.id === session.id) connection._socket.destroy();
}

function serverOptions(state: MailboxState, breakOffFrom: (session: SMTPServerSession) => void): SMTPServerOptions {
  const { options } = state;
  return {
    key: options.party.tls.key,
    cert: options.party.tls.cert,
    minVersion: 'TLSv1.2',
    honorCipherOrder: true,
    name: options.name ?? `${options.party.id}.example`,
    secure: false,
    logger: false,
    heloResponse: '%s',
    disabledCommands: commandsOff,
    disableReverseLookup: true,
    hideSMTPUTF8: true,
    size: options.sizeMaxBytes ?? sizeMaxBytesDefault,
    rejectOversized: true,
    closeTimeout: closeMs,
    onConnect: (session, done) => {
      // In clear it would take mail all the same: that is how it shows when somebody sends it.
      session.disabledCommands = state.behaviour === 'no-tls' ? [...commandsOff, 'STARTTLS'] : commandsOff;
      void slowly(state, done);
    },
    onMailFrom: (_address, _session, done) => void slowly(state, done),
    onRcptTo: (to, _session, done) => {
      const known = isOwn(options, to.address) || (options.checkPeople !== undefined && domainOf(to.address) === domainOf(options.party.address));
      void slowly(state, () => (known ? done() : done(smtpError(550, '5.1.1 no such address here'))));
    },
    onData: (stream, session, done) => void takeMail(state, { stream, session, done, breakOff: () => breakOffFrom(session) }),
  };
}
