import { mailboxOf, type Party } from '@ketensluis/domain';
import { createHash, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { domainOf, hubEntry, practiceHubAddress } from '../entries.js';
import type { MailDomain } from './zone.js';

/** Where the mail server of a party listens; null for one that has none. */
export type ServerPort = (party: string) => number | null;

/** The mail domains of the practice parties and of the hub, with what their keys in `directory` make of them. */
export const mailDomainsOf = async (directory: string, parties: readonly Party[], portOf: ServerPort): Promise<readonly MailDomain[]> => {
  const described = await Promise.all(parties.map((party) => domainWith(directory, party, portOf(party.key))));
  return [...described.filter((one) => one !== null), { name: domainOf(practiceHubAddress), server: null, dkim: await dkimOf(join(directory, hubEntry.id)) }];
};

const domainWith = async (directory: string, { key, channel }: Party, port: number | null): Promise<MailDomain | null> => {
  const address = mailboxOf(channel);
  if (address === null || port === null) return null;
  const { publicKey } = new X509Certificate(await readFile(join(directory, key, 'tls.cert.pem')));
  const keySha256 = createHash('sha256').update(publicKey.export({ type: 'spki', format: 'der' })).digest('hex');
  return { name: domainOf(address), server: { port, keySha256 }, dkim: null };
};

/** The record of the key the hub signs its mail with, as it was written down to be published. */
const dkimOf = async (folder: string): Promise<MailDomain['dkim']> => {
  const line = await readFile(join(folder, 'dkim.dns.txt'), 'utf8').catch(() => '');
  const [, selector, text] = /^([^.]+)\._domainkey\..* IN TXT "(.*)"$/m.exec(line) ?? [];
  return selector === undefined || text === undefined ? null : { selector, text };
};
