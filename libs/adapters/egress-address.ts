import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { isIP, type BlockList, type LookupFunction } from 'node:net';
import { mayCall } from './egress.js';

/** Why a connection was not opened: the address lies in a network the hub may not be led into. Names neither address nor host. */
export class AddressNotAllowed extends Error {
  readonly code = 'ADDRESS_NOT_ALLOWED';

  constructor() {
    super('the address is not on the public internet');
    this.name = 'AddressNotAllowed';
  }
}

/** All addresses of a name, as the system knows them. */
export type NameLookup = (host: string) => Promise<readonly LookupAddress[]>;

/** By the resolver of this computer. */
export const systemNames: NameLookup = (host) =>
  new Promise((resolve, reject) => systemLookup(host, { all: true, verbatim: true }, (fault, found) => (fault === null ? resolve(found) : reject(fault))));

/**
 * A look-up for `net.connect` that gives only addresses one may call, so that what was checked is what is connected to: a name that points elsewhere a moment
 * later (DNS rebinding) is looked up and checked again. One address inside is enough to refuse the name.
 */
export const guardedLookup = (names: NameLookup, allowed: BlockList | null): LookupFunction => (host, options, done) => {
  names(host).then(
    (found) => {
      const [first] = found;
      if (first === undefined) return done(Object.assign(new Error('the name has no address'), { code: 'ENOTFOUND' }), '', 0);
      if (!found.every(({ address }) => mayCall(address, allowed))) return done(new AddressNotAllowed(), '', 0);
      return options.all === true ? done(null, [...found]) : done(null, first.address, first.family);
    },
    (fault: unknown) => done(fault instanceof Error ? fault : new Error('the name could not be looked up'), '', 0),
  );
};

/** True when the host of an address is a name, or a number that may be called: a number is never looked up, so it is judged here. */
export const isHostAllowed = (host: string, allowed: BlockList | null): boolean => {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  return isIP(bare) === 0 || mayCall(bare, allowed);
};
