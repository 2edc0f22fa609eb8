import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkpointText, openCheckpoint, parseCheckpointText, signCheckpoint } from './checkpoint.js';
import { openNote, parseNote, signNote } from './note.js';
import { formatSignerKey, parseSignerKey, parseVerifierKey, signerOf } from './note-key.js';
import type { NoteSigner, VerifierKey } from './note-key.js';

// The key and the note of the reference implementation's own tests (golang.org/x/mod/sumdb/note).
const vkey = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const skey = 'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz';
const text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const line = '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';
const reference = Buffer.from(`${text}\n${line}`);

const verifierOf = (key: string): VerifierKey => {
  const parsed = parseVerifierKey(key);
  if ('kind' in parsed) throw new Error(parsed.detail);
  return parsed;
};
const peter = verifierOf(vkey);
const peterSigner = (): NoteSigner => {
  const parsed = parseSignerKey(skey);
  if ('kind' in parsed) throw new Error(parsed.detail);
  return parsed;
};
const log = signerOf('log.example/1', Buffer.alloc(32, 1));
const logKey = verifierOf(log.vkey);
const stranger = signerOf('log.example/1', Buffer.alloc(32, 2));

describe('keys', () => {
  test('read and written as the reference does', () => {
    expect(peter).toMatchObject({ name: 'PeterNeumann', keyId: 0xc74f20a3 });
    expect(peterSigner().vkey).toBe(vkey);
    const seed = Buffer.from('gQoUAtUUbI2E8kQzMPVAgOv5juF9nHT2JS/F1ccoMXM=', 'base64');
    expect(formatSignerKey('PeterNeumann', seed)).toBe(skey);
  });

  test('are refused when any one character of the line differs', () => {
    for (let i = 0; i < vkey.length; i += 1) {
      const changed = vkey.slice(0, i) + String.fromCharCode(vkey.charCodeAt(i) + 1) + vkey.slice(i + 1);
      expect('kind' in parseVerifierKey(changed)).toBe(true);
    }
  });

  test('of another algorithm are refused by name', () => {
    const other = Buffer.concat([Buffer.from([0x04]), Buffer.alloc(32, 9)]).toString('base64');
    expect(parseVerifierKey(`witness.example+00000000+${other}`)).toMatchObject({ code: 'unsupported-algorithm' });
  });

  test.each(['', 'PRIVATE+KEY+', vkey, `${skey}A`, skey.replace('c74f20a3', 'c74f20a4')])('no secret key: %s', (bad) => {
    expect(parseSignerKey(bad)).toMatchObject({ kind: 'refused' });
  });
});

describe('a signed note', () => {
  test('of the reference verifies, and ours is the same byte for byte', () => {
    expect(openNote(reference, [peter])).toMatchObject({ kind: 'opened', text });
    expect(Buffer.from(signNote(text, [peterSigner()]))).toEqual(reference);
  });

  test('is refused whichever single bit of it differs', () => {
    for (let bit = 0; bit < reference.length * 8; bit += 1) {
      const changed = Uint8Array.from(reference);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit % 8));
      expect(openNote(changed, [peter]).kind).toBe('refused');
    }
  });

  test('may carry signatures of keys we do not know: they prove nothing and spoil nothing', () => {
    const both = signNote('head\n', [stranger, log]);
    expect(openNote(both, [logKey])).toMatchObject({ kind: 'opened', unknown: [{ name: 'log.example/1', keyId: stranger.keyId }] });
    expect(openNote(signNote('head\n', [stranger]), [logKey])).toMatchObject({ code: 'no-known-key' });
  });

  test('with a true and a false signature of keys we know is refused whole', () => {
    const good = Buffer.from(signNote('head\n', [log])).toString();
    const other = Buffer.from(signNote('tail\n', [peterSigner()])).toString();
    const note = Buffer.from(good + other.slice(other.indexOf('—')));
    expect(openNote(note, [logKey])).toMatchObject({ kind: 'opened' });
    expect(openNote(note, [logKey, peter])).toMatchObject({ code: 'bad-signature' });
  });

  test('may have blank lines in its text: the last one separates', () => {
    expect(openNote(signNote('a\n\nb\n', [log]), [logKey])).toMatchObject({ text: 'a\n\nb\n' });
  });

  test.each<[string, Uint8Array | string]>([
    ['nothing', ''],
    ['no signature', 'head\n\n'],
    ['no newline at the end', Buffer.from(signNote('head\n', [log])).toString().slice(0, -1)],
    ['a control character', 'he\tad\n\n— a AAAAAAA=\n'],
    ['bytes that are not UTF-8', Uint8Array.from([0xff, 0x0a, 0x0a])],
    ['more signatures than we look at', `head\n\n${'— a AAAAAAA=\n'.repeat(101)}`],
    ['a signature without key name', 'head\n\n—  AAAAAAA=\n'],
    ['a hyphen for a dash', 'head\n\n- a AAAAAAA=\n'],
    ['a signature of nothing', 'head\n\n— a AAAAAA==\n'],
  ])('is malformed with %s', (_, bytes) => {
    expect(parseNote(typeof bytes === 'string' ? Buffer.from(bytes) : bytes)).toMatchObject({ code: 'malformed' });
  });

  test('of arbitrary bytes is refused without a crash', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => openNote(bytes, [peter]).kind === 'refused'));
    fc.assert(fc.property(fc.string(), fc.string(), (a, b) => openNote(Buffer.from(`${a}\n\n— ${b}\n`), [peter]).kind === 'refused'));
  });
});

describe('a checkpoint', () => {
  const head = { origin: 'log.example/1', size: 20_852_163, root: Buffer.from('CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=', 'base64') };

  test('reads the example of C2SP tlog-checkpoint', () => {
    expect(parseCheckpointText('example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n'))
      .toEqual({ ...head, origin: 'example.com/behind-the-sofa' });
  });

  test('is origin, size and root, and opens with the key of that origin', () => {
    expect(checkpointText(head)).toBe('log.example/1\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n');
    expect(openCheckpoint(signCheckpoint(head, log), [logKey])).toMatchObject({ kind: 'opened', ...head });
  });

  test('of one log signed by the key of another is refused', () => {
    expect(openCheckpoint(signNote(checkpointText(head), [peterSigner()]), [peter])).toMatchObject({ code: 'wrong-origin' });
  });

  test.each([
    ['a leading zero', 'o\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n'],
    ['a sign', 'o\n+1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n'],
    ['a size we cannot count to', 'o\n9007199254740993\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n'],
    ['a short root', 'o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxqw==\n'],
    ['an empty origin', '\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n'],
    ['an empty extension line', 'o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n'],
  ])('is refused with %s', (_, bad) => expect(parseCheckpointText(bad)).toBeNull());
});
