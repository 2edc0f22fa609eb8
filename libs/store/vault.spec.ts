import { afterAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openKeyShares } from './key-shares.js';
import { createVault, decrypt, encrypt, KeyDestroyed, shareOf } from './vault.js';

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

const folder = mkdtempSync(join(tmpdir(), 'ketensluis-shares-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the master key', () => {
  const vault = createVault(key, openKeyShares(folder));

  test('opens what it wrapped, and another master key does not', () => {
    const { key: made, wrapped } = vault.newKey();
    expect(Buffer.from(vault.unwrap(wrapped))).toEqual(Buffer.from(made));
    expect(() => createVault(randomBytes(32), openKeyShares(folder)).unwrap(wrapped)).toThrow();
  });

  test('has 32 bytes', () => {
    expect(() => createVault(randomBytes(16), openKeyShares(folder))).toThrow('bug: a data key has 32 bytes');
  });
});

describe('a wrapped key', () => {
  const vault = createVault(key, openKeyShares(folder));

  test('opens in another process with the same folder, and not without the folder', () => {
    const { key: made, wrapped } = vault.newKey();
    expect(Buffer.from(createVault(key, openKeyShares(folder)).unwrap(wrapped))).toEqual(Buffer.from(made));
    expect(() => createVault(key, openKeyShares(join(folder, 'elsewhere'))).unwrap(wrapped)).toThrow('Restore the folder "keys"');
  });

  test('does not open when a bit of it differs, its share included', () => {
    const { wrapped } = vault.newKey();
    for (let at = 0; at < wrapped.length; at += 1) {
      const changed = Buffer.from(wrapped);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(() => vault.unwrap(changed)).toThrow();
    }
  });

  test('opens nowhere any more once it was destroyed, and its neighbours still do', () => {
    const [kept, gone, other] = [vault.newKey(), vault.newKey(), vault.newKey()];
    const share = shareOf(gone.wrapped);
    expect(vault.isAlive(share)).toBe(true);
    vault.destroy([share]);
    vault.destroy([share]);
    expect([vault.isAlive(share), vault.isAlive(shareOf(kept.wrapped))]).toEqual([false, true]);
    for (const one of [vault, createVault(key, openKeyShares(folder))]) {
      expect(() => one.unwrap(gone.wrapped)).toThrow(KeyDestroyed);
      expect(Buffer.from(one.unwrap(kept.wrapped))).toEqual(Buffer.from(kept.key));
      expect(Buffer.from(one.unwrap(other.wrapped))).toEqual(Buffer.from(other.key));
    }
  });

  test('shares nothing with the keys of other processes, however many are made', () => {
    const vaults = [openKeyShares(folder), openKeyShares(folder)].map((shares) => createVault(key, shares));
    const shares = vaults.flatMap((one) => Array.from({ length: 300 }, () => shareOf(one.newKey().wrapped)));
    expect(new Set(shares).size).toBe(shares.length);
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o077).toBe(0);
  });
});
