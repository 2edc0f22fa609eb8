/** Why a mailbox cannot be read, as far as an operator can do something about it. */
export type MailboxFault = keyof typeof mailboxFaults;

/** What each says to a person; it stands in the task, so nothing of a mail is in it. */
export const mailboxFaults = {
  'sign-in-refused': 'its server refused the user or the password',
  'folder-absent': 'its server has no folder of this name',
  'certificate-not-proven': 'the certificate of its server is not proven: another name, or not under caFile',
  unreachable: 'its server cannot be reached at this host and port',
  unknown: 'it cannot be read, or stands still at one mail; see mailbox.failed in the log',
} as const;

const unreachable = /^(ECONN|ENOTFOUND|EAI_|ETIMEDOUT|ETIMEOUT|EHOST|ENET|CONNECT_TIMEOUT|GREETING_TIMEOUT|NoConnection)/;
const certificate = /^(CERT_|ERR_TLS_CERT|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|INVALID_CA|INVALID_PURPOSE)/;

/** By what the client says of a fault. Its words, and those of the server, are not looked at: they may hold anything. */
export const mailboxFaultOf = (fault: unknown): MailboxFault => {
  if (!(fault instanceof Error)) return 'unknown';
  if (Reflect.get(fault, 'authenticationFailed') === true) return 'sign-in-refused';
  if (Reflect.get(fault, 'mailboxMissing') === true) return 'folder-absent';
  const code: unknown = Reflect.get(fault, 'code');
  if (typeof code !== 'string') return 'unknown';
  return certificate.test(code) ? 'certificate-not-proven' : unreachable.test(code) ? 'unreachable' : 'unknown';
};
