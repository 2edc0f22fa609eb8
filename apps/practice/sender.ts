import { expiredBefore, makePracticePki } from '../../certs/practice.js';
import type { Party } from '@ketensluis/domain';
import { sealMail, type KeyPair } from '@ketensluis/mail';
import { readIdentity } from '@ketensluis/platform';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { entriesOf, hubEntry, practiceHubAddress } from './entries.js';
import { submit } from './submit.js';

/** What a practice party sends. */
export interface PracticeMail {
  readonly from: string;
  readonly subject: string;
  readonly text: string;
  readonly attachments: readonly { readonly name: string; readonly contentType: string; readonly content: Uint8Array }[];
}

/** What may be wrong with a mail on request: signed by another party, signed with an expired certificate, or in clear. */
export const flaws = ['wrong-signature', 'expired-certificate', 'plain'] as const;
/** One of `flaws`. */
export type Flaw = (typeof flaws)[number];

/** Where the hub takes mail. */
export interface HubAddress {
  readonly host: string;
  readonly port: number;
}

/** Sends in the name of practice parties; resolves with the hub's reply, also when it refuses. */
export interface PracticeSender {
  /** A whole mail, sealed for the hub; who sends it again sends these bytes again, as a mail server does. */
  readonly write: (mail: PracticeMail, flaw?: Flaw) => Promise<Uint8Array>;
  readonly send: (mail: PracticeMail, hub: HubAddress, flaw?: Flaw) => Promise<{ readonly code: number; readonly text: string }>;
}

/** A sender with the keys in this folder; the keys of `startPracticeChain` must be there. */
export const practiceSender = (options: { readonly directory: string; readonly parties: readonly Party[]; readonly now: () => Date }): PracticeSender => {
  const { directory } = options;
  const entryFor = (from: string) => {
    const entry = options.parties.flatMap(entriesOf).find(({ address }) => address === from);
    if (entry === undefined) throw new Error(`no practice party sends from ${from}`);
    return entry;
  };
  const signerFor = async (from: string, flaw: Flaw | undefined): Promise<KeyPair> => {
    const entry = entryFor(from);
    if (flaw === 'expired-certificate') return expiredSigner(directory, entry, options.now());
    const other = flaw === 'wrong-signature' ? options.parties.flatMap(entriesOf).find(({ address }) => address !== from) : entry;
    return (await readIdentity(from, join(directory, (other ?? entry).id))).sign;
  };
  const write: PracticeSender['write'] = async (mail, flaw) => {
    const { encrypt } = await readIdentity(practiceHubAddress, join(directory, hubEntry.id));
    const input = { ...mail, to: practiceHubAddress, messageId: `<${randomUUID()}@${mail.from.slice(mail.from.lastIndexOf('@') + 1)}>`, date: options.now() };
    return flaw === 'plain' ? plainMail(input) : sealMail({ ...input, signer: await signerFor(mail.from, flaw), recipientCertificate: encrypt.certificate });
  };
  return {
    write,
    send: async (mail, hub, flaw) =>
      submit(await write(mail, flaw), { from: mail.from, to: practiceHubAddress }, { ...hub, tlsCa: await readFile(join(directory, 'ca', 'root.cert.pem'), 'utf8') }),
  };
};

const expiredSigner = async (directory: string, entry: ReturnType<typeof entriesOf>[number], at: Date): Promise<KeyPair> => {
  const expired = { ...entry, id: `${entry.id}-expired`, validity: expiredBefore(at) };
  await makePracticePki({ directory, at, parties: [expired] });
  return (await readIdentity(entry.address, join(directory, expired.id))).sign;
};

const plainMail = (mail: { readonly from: string; readonly to: string; readonly subject: string; readonly messageId: string; readonly date: Date; readonly text: string }): Buffer =>
  Buffer.from(
    [
      `From: ${mail.from}`, `To: ${mail.to}`, `Subject: ${mail.subject}`, `Message-ID: ${mail.messageId}`,
      `Date: ${mail.date.toUTCString().replace('GMT', '+0000')}`, 'MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-8', '', mail.text, '',
    ].join('\r\n'),
  );
