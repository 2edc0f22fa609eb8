import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { constants, createPublicKey, diffieHellman, generateKeyPairSync, publicEncrypt, randomUUID, verify } from 'node:crypto';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyFiles, type KeyFiles } from './key-files.js';

let folder: string;
let files: KeyFiles;
beforeAll(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'key-files-')), 'own');
  files = keyFiles(folder);
});
afterAll(() => rm(join(folder, '..'), { recursive: true }));
const publicOf = async (id: string) => createPublicKey({ key: Buffer.from(await files.publicKey(id)), format: 'der', type: 'spki' });

describe('keys in files', () => {
  test('sign and agree under their id, and only their owner can read them', async () => {
    const id = randomUUID();
    await files.generate(id, 'p-256');
    expect((await stat(join(folder, `${id}.key.pem`))).mode & 0o777).toBe(0o600);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    const content = Buffer.from('content');
    expect(verify('sha256', content, await publicOf(id), await files.sign(id, content))).toBe(true);
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const secret = await files.unwrap(id, { kind: 'ecdh', bytes: other.publicKey.export({ format: 'der', type: 'spki' }) });
    expect(secret).toEqual(diffieHellman({ privateKey: other.privateKey, publicKey: await publicOf(id) }));
    expect(await files.unwrap(id, { kind: 'ecdh', bytes: content })).toBeNull();
  });

  test('unwrap what was wrapped for them, and give one answer to whatever does not fit', async () => {
    const [id, pair] = [randomUUID(), generateKeyPairSync('rsa', { modulusLength: 2048 })];
    await files.adopt(id, pair.privateKey);
    const wrapped = publicEncrypt({ key: pair.publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }, Buffer.from('content key'));
    expect(await files.unwrap(id, { kind: 'oaep', bytes: wrapped })).toEqual(Buffer.from('content key'));
    expect(await files.unwrap(id, { kind: 'oaep', bytes: wrapped.subarray(1) })).toBeNull();
  });

  test('are never written over, and gone when they are destroyed', async () => {
    const id = randomUUID();
    await files.generate(id, 'ed25519');
    await expect(files.generate(id, 'p-256')).rejects.toThrow(/EEXIST/);
    await files.adopt(id, generateKeyPairSync('ed25519').privateKey);
    expect((await publicOf(id)).asymmetricKeyType).toBe('ed25519');
    await files.destroy(id);
    await files.destroy(id);
    await expect(files.handle(id)).rejects.toThrow();
    expect((await readdir(folder)).filter((name) => name.includes(id) || name.endsWith('.new'))).toEqual([]);
    expect(() => files.handle('../master')).rejects.toThrow(/bug/);
  });
});
