import { mailboxOf, type Party } from '@ketensluis/domain';

/** The hub's own address in the practice chain. */
export const practiceHubAddress = 'hub@ketensluis.example';

// RSA, because `openssl cms` and Outlook encrypt to P-256 with a key derivation over SHA-1, which the hub refuses.
/** What stands behind the last @ of an address. */
export const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1);

/** The mail server of a practice domain. */
export const serverName = (domain: string): string => `mx.${domain}`;

/** The hub's keys. */
export const hubEntry = { id: 'hub', address: practiceHubAddress, name: 'Ketensluis', oin: '00000001900000000900', keys: 'rsa-3072', dkimSelector: 'ketensluis' } as const;

// RSA, as on most smart cards of the police today: the officer who sends in the story, and the unit that receives. An RSA key takes most of a second to
// make, so everybody else has P-256.
const rsaEntries = ['politie-noorderwaard', 'politie-noorderwaard-hovj-1'];

/** Whose keys are made for a party: its own, and those of each of its posts, each for one address. */
export const entriesOf = (party: Party) => {
  const own = mailboxOf(party.channel) ?? party.addresses[0];
  return [
    ...(own === undefined ? [] : [{ id: party.key, address: own, name: party.name, oin: party.oin, dns: [serverName(domainOf(own))] }]),
    ...party.functions.flatMap((post) => post.addresses.slice(0, 1).map((address) => ({ id: `${party.key}-${post.code}`, address, name: post.name }))),
  ].map((entry) => ({ ...entry, keys: rsaEntries.includes(entry.id) ? ('rsa-3072' as const) : ('p-256' as const) }));
};
