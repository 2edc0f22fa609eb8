import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mayCall, networksOf } from './egress.js';

describe('where a connection may go', () => {
  test.each(['8.8.8.8', '145.131.10.10', '2a02:2770::1', '1.1.1.1'])('to %s: it may', (address) => expect(mayCall(address)).toBe(true));
  test.each([
    '127.0.0.1', '127.255.0.9', '0.0.0.0', '10.1.2.3', '172.31.255.255', '192.168.1.1', '169.254.169.254', '100.64.0.1', '224.0.0.1', '255.255.255.255',
    '::1', '::', '::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:a9fe:a9fe', '64:ff9b::7f00:1', '2002:7f00:1::', 'fe80::1', 'fd00::1', 'ff02::1', '2001:db8::1', '192.0.2.1',
    'localhost', '', '127.1', '0x7f.1', '2130706433', '8.8.8.8 ', 'fe80::1%eth0',
  ])('to %s: it may not', (address) => expect(mayCall(address)).toBe(false));

  test('to a network that was allowed by name, and no further', () => {
    const allowed = networksOf(['127.0.0.0/8', 'fd00::/64']);
    expect(['127.0.0.1', 'fd00::5', '10.0.0.1', 'fd00:0:0:1::1'].map((address) => mayCall(address, allowed))).toEqual([true, true, false, false]);
  });

  test('whatever text comes, it is answered', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.ipV4(), fc.ipV6()), (text) => typeof mayCall(text) === 'boolean'));
  });

  test.each(['10.0.0.0', '10.0.0.0/33', 'x/8', '10.0.0.0/8/8', ''])('%j is no network', (text) => expect(() => networksOf([text])).toThrow());
});
