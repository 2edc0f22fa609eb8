import type { Party } from '@ketensluis/domain';

/** The hub's own address in the practice chain. */
export const practiceHubAddress = 'hub@ketensluis.example';

// RSA, because `openssl cms` and Outlook encrypt to P-256 with a key derivation over SHA-1, which the hub refuses.
/** The hub's keys. */
export const hubEntry = { id: 'hub', address: practiceHubAddress, name: 'Ketensluis', keys: 'rsa-3072' } as const;

/** Police keys are RSA, as on most smart cards of today; everybody else has P-256. */
const rsaParties = ['politie-noorderwaard'];

/** Whose keys are made for a party: its own, and those of each of its posts, each for one address. */
export const entriesOf = (party: Party) => {
  const keys = rsaParties.includes(party.key) ? ('rsa-3072' as const) : ('p-256' as const);
  const own = party.channel?.address ?? party.addresses[0];
  return [
    ...(own === undefined ? [] : [{ id: party.key, address: own, name: party.name, keys }]),
    ...party.functions.flatMap((post) => post.addresses.slice(0, 1).map((address) => ({ id: `${party.key}-${post.code}`, address, name: post.name, keys }))),
  ];
};
