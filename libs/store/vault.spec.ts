import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { createVault, decrypt, encrypt } from './vault.js';

const key = randomBytes(32);

describe('what the hub stores about persons', () => {
  test('opens again for the same key and place, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), fc.string(), (plain, place) => {
        expect(Buffer.from(decrypt(key, encrypt(key, plain, place), place))).toEqual(Buffer.from(plain));
      }),
    );
  });

  test('does not open when a single bit differs', () => {
    const sealed = encrypt(key, Buffer.from('Eva Proef'), 'message:1');
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(() => decrypt(key, changed, 'message:1')).toThrow();
    }
  });

  test('does not open in another row, under another key, or cut short', () => {
    const sealed = encrypt(key, Buffer.from('Eva Proef'), 'message:1');
    expect(() => decrypt(key, sealed, 'message:2')).toThrow();
    expect(() => decrypt(randomBytes(32), sealed, 'message:1')).toThrow();
    expect(() => decrypt(key, sealed.subarray(0, 20), 'message:1')).toThrow('bug: sealed bytes are too short');
  });

  test('never looks the same twice', () => {
    expect(encrypt(key, Buffer.from('a'), 'x')).not.toEqual(encrypt(key, Buffer.from('a'), 'x'));
  });
});

describe('the master key', () => {
  test('opens what it wrapped, and another master key does not', () => {
    const vault = createVault(key);
    const { key: made, wrapped } = vault.newKey();
    expect(Buffer.from(vault.unwrap(wrapped))).toEqual(Buffer.from(made));
    expect(() => createVault(randomBytes(32)).unwrap(wrapped)).toThrow();
  });

  test('has 32 bytes', () => {
    expect(() => createVault(randomBytes(16))).toThrow('bug: a data key has 32 bytes');
  });
});
