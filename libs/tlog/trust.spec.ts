import { describe, expect, test } from '@jest/globals';
import { cosign } from './cosignature.js';
import { entryOf, keys, logOf, proofIn, signer } from './log.fixture.js';
import { leafHash } from './merkle.js';
import { cosignerOf } from './note-key.js';
import { parsePolicy, type LogPolicy } from './policy.js';
import { checkReceipts } from './receipts.js';
import { verifyProof } from './tlog-proof.js';
import { openTrusted } from './trust.js';

const entries = [entryOf(0), entryOf(1), entryOf(2)];
const note = Buffer.from(logOf(entries).get('checkpoint') ?? '');
const text = note.toString('utf8').split('\n\n')[0] ?? '';
const witness = cosignerOf('witness.example/1', Buffer.alloc(32, 5));
const cosigned = Buffer.concat([note, Buffer.from(cosign(witness, `${text}\n`, new Date('2026-03-01T12:00:05Z')))]);
const read = parsePolicy(Buffer.from(`log ${signer.vkey}\nwitness w ${witness.vkey}\nquorum w\n`));
if ('kind' in read) throw new Error(read.detail);
const policy: LogPolicy = read;

describe('what is demanded of a checkpoint', () => {
  test('by the key of the log alone: its signature', () => {
    expect([note, cosigned].map((one) => openTrusted(one, keys).kind)).toEqual(['opened', 'opened']);
  });

  test('by a policy: its witnesses as well', () => {
    expect(openTrusted(note, policy)).toMatchObject({ kind: 'refused', code: 'no-quorum', detail: 'too few witnesses signed: none' });
    expect(openTrusted(cosigned, policy)).toMatchObject({ kind: 'opened', cosignatures: [{ witness: 'w' }] });
  });

  test('holds for a proof, and for what a recipient kept, where it is told and not called tampering', () => {
    const [alone, leaf] = [Buffer.from(proofIn(entries, 1)), entryOf(1)];
    const witnessed = Buffer.concat([alone.subarray(0, alone.length - note.length), cosigned]);
    expect(verifyProof(alone, leafHash(leaf), policy)).toMatchObject({ code: 'no-quorum' });
    expect(verifyProof(witnessed, leafHash(leaf), policy)).toMatchObject({ kind: 'proven', index: 1 });
    const kept = (proof: Uint8Array) => [{ name: 'p', proof, leaf, opening: null, document: null }];
    expect(checkReceipts({ kept: kept(alone), trust: policy, log: null })).toMatchObject({ verdict: 'incomplete', findings: [{ code: 'no-quorum' }] });
    expect(checkReceipts({ kept: kept(witnessed), trust: policy, log: null })).toMatchObject({ verdict: 'good' });
    const shown = new Map([...logOf(entries)]);
    expect(checkReceipts({ kept: kept(witnessed), trust: policy, log: (path) => shown.get(path) ?? null })).toMatchObject({ verdict: 'incomplete', compared: 0 });
    shown.set('checkpoint', cosigned);
    expect(checkReceipts({ kept: kept(witnessed), trust: policy, log: (path) => shown.get(path) ?? null })).toMatchObject({ verdict: 'good', compared: 1 });
  });
});
