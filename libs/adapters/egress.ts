import { BlockList, isIP, isIPv6 } from 'node:net';

/**
 * Networks that are not the public internet (IANA special-purpose registries, RFC 6890), and those that wrap an address of another network
 * (NAT64, 6to4, Teredo): whoever names one in DNS would lead us to a machine of ours or of our neighbour. An IPv4-mapped
 * address is judged as the IPv4 address in it.
 */
const notPublic = [
  '0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24',
  '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4',
  '::/128', '::1/128', '64:ff9b::/96', '64:ff9b:1::/48', '100::/64', '2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20',
  '5f00::/16', 'fc00::/7', 'fe80::/10', 'fec0::/10', 'ff00::/8',
];

/** Networks as a list one can ask; throws on a text that names none, such as `10.0.0.0` without its length. */
export function networksOf(texts: readonly string[]): BlockList {
  const list = new BlockList();
  for (const text of texts) {
    const [address = '', length = '', ...rest] = text.split('/');
    if (isIP(address) === 0 || !/^\d{1,3}$/.test(length) || rest.length > 0) throw new RangeError('not a network such as 192.0.2.0/24');
    list.addSubnet(address, Number(length), familyOf(address));
  }
  return list;
}

const forbidden = networksOf(notPublic);

/** True when a connection to this address may be opened: it is on the public internet, or in a network that was allowed by name. To be asked after DNS. */
export function mayCall(address: string, allowed: BlockList | null = null): boolean {
  if (isIP(address) === 0) return false;
  return isWithin(allowed, address) || !isWithin(forbidden, address);
}

/** True when the address lies in one of these networks; of no list it never does. */
export function isWithin(list: BlockList | null, address: string): boolean {
  return list !== null && isIP(address) !== 0 && list.check(address, familyOf(address));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}
