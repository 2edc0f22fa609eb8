import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkpointText, signCheckpoint } from './checkpoint.js';
import { cosign, cosignatureTime, medianTime, openCosigned } from './cosignature.js';
import { parseNote, parseSignature } from './note.js';
import { cosignerOf, formatSignerKey, parseCosigner, parseCosignerKey, parseVerifierKey, signerOf } from './note-key.js';
import type { CosignerKey } from './note-key.js';
import { parsePolicy } from './policy.js';
import type { LogPolicy } from './policy.js';

// A checkpoint of a public log as its public witness cosigned it, with the key the witness publishes: made by nobody of ours.
const publicText = 'coachandhorses2026h1.staging.certificate.transparency.goog\n185550722\nYXAM0VmnrfvLaBCOOYSJhCaE5F10oGBOo+hkbDa1kng=\n';
const publicLine = '— witness.navigli.sunlight.geomys.org o+AP4gAAAABqb7DzNrGFRJnQ9vrJ8xpnwZytnr/ZYczDIsvwvouiSjwOjn7a72ccxBk+lKnZ7dKqkYKER1s/KxLTaVwQD7lJZTC/CQ==';
const publicKey = 'witness.navigli.sunlight.geomys.org+a3e00fe2+BNy/co4C1Hn1p+INwJrfUlgz7W55dSZReusH/GhUhJ/G';
// The example of C2SP tlog-cosignature; its keys are not published.
const example = `example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
`;

const keyOf = (vkey: string): CosignerKey => {
  const key = parseCosignerKey(vkey);
  if ('kind' in key) throw new Error(key.detail);
  return key;
};
const timeOf = (line: string, text: string, key: CosignerKey): Date | null => {
  const signature = parseSignature(line);
  return signature === null ? null : cosignatureTime(signature, text, key);
};
const log = signerOf('log.example/1', Buffer.alloc(32, 1));
const witnesses = [2, 3, 4].map((seed) => cosignerOf(`witness.example/${seed}`, Buffer.alloc(32, seed)));
const policyOf = (quorum: string): LogPolicy => {
  const lines = [`log ${log.vkey}`, ...witnesses.map(({ vkey }, place) => `witness w${place} ${vkey}`), `group g ${quorum} w0 w1 w2`, 'quorum g', ''];
  const policy = parsePolicy(Buffer.from(lines.join('\n')));
  if ('kind' in policy) throw new Error(policy.detail);
  return policy;
};
const checkpoint = { origin: log.name, size: 7, root: Buffer.alloc(32, 5) };
const text = checkpointText(checkpoint);
const at = (seconds: number): Date => new Date(Date.parse('2026-03-01T12:00:00.000Z') + seconds * 1000);
const noteWith = (...lines: readonly string[]): Uint8Array => Buffer.concat([signCheckpoint(checkpoint, log), Buffer.from(lines.join(''))]);
const lineOf = (place: number, seconds = 0, over = text): string => {
  const cosigner = witnesses[place];
  if (cosigner === undefined) throw new Error('no such witness');
  return cosign(cosigner, over, at(seconds));
};

describe('a cosignature', () => {
  test('of a public witness over a public log verifies, with its time', () => {
    expect(timeOf(publicLine, publicText, keyOf(publicKey))).toEqual(new Date('2026-08-02T21:04:51.000Z'));
    expect(timeOf(publicLine, publicText.replace('185550722', '185550721'), keyOf(publicKey))).toBeNull();
  });

  test('in the example of the standard has its layout and time', () => {
    const note = parseNote(Buffer.from(example));
    if ('kind' in note) throw new Error(note.detail);
    const signature = Buffer.from(note.signatures[1]?.signature ?? []);
    expect([signature.length, signature.readBigUInt64BE(0)]).toEqual([72, 1679315147n]);
  });

  test('is deterministic, so a witness that answers again gives the same line in the same second', () => {
    expect(lineOf(0)).toBe(lineOf(0));
    expect(timeOf(lineOf(0).trimEnd(), text, keyOf(witnesses[0]?.vkey ?? ''))).toEqual(at(0));
  });

  test('is false whichever single bit differs', () => {
    const key = keyOf(witnesses[0]?.vkey ?? '');
    const signature = parseSignature(lineOf(0).trimEnd());
    if (signature === null) throw new Error('no line');
    for (let bit = 0; bit < signature.signature.length * 8; bit += 1) {
      const changed = Uint8Array.from(signature.signature);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit % 8));
      expect(cosignatureTime({ ...signature, signature: changed }, text, key)).toBeNull();
    }
  });
});

describe('keys of witnesses and of logs', () => {
  test('are told apart, so that one cannot stand in for the other', () => {
    expect(parseCosignerKey(log.vkey)).toMatchObject({ code: 'unsupported-algorithm' });
    expect(parseVerifierKey(publicKey)).toMatchObject({ code: 'unsupported-algorithm' });
    const skey = formatSignerKey('w', Buffer.alloc(32, 9), 'witness');
    expect(parseCosigner(skey)).toMatchObject({ vkey: cosignerOf('w', Buffer.alloc(32, 9)).vkey });
  });
});

describe('a cosigned checkpoint', () => {
  test('tells who signed, when, and whether they are enough', () => {
    const opened = openCosigned(noteWith(lineOf(0, 3), lineOf(2, 1)), policyOf('2'));
    expect(opened).toMatchObject({ kind: 'opened', size: 7, hasQuorum: true, cosignatures: [{ witness: 'w0', at: at(3) }, { witness: 'w2', at: at(1) }] });
    expect(opened.kind === 'opened' && medianTime(opened.cosignatures)).toEqual(at(2));
    expect(openCosigned(noteWith(lineOf(0)), policyOf('2'))).toMatchObject({ kind: 'opened', hasQuorum: false });
  });

  test('counts a witness once, however often it signed', () => {
    expect(openCosigned(noteWith(lineOf(0, 1), lineOf(0, 2)), policyOf('2'))).toMatchObject({ hasQuorum: false, cosignatures: [{ at: at(1) }] });
  });

  test('is refused with a line that a known witness gave for another checkpoint', () => {
    const other = lineOf(1, 0, checkpointText({ ...checkpoint, size: 8 }));
    expect(openCosigned(noteWith(lineOf(0), other), policyOf('1'))).toMatchObject({ kind: 'refused', code: 'bad-signature' });
  });

  test('leaves lines of strangers aside, and is refused without its log', () => {
    const stranger = cosign(cosignerOf('witness.example/2', Buffer.alloc(32, 99)), text, at(0));
    expect(openCosigned(noteWith(stranger, lineOf(0)), policyOf('any'))).toMatchObject({ hasQuorum: true, cosignatures: [{ witness: 'w0' }] });
    const alone = Buffer.from(`${text}\n${lineOf(0)}${lineOf(1)}${lineOf(2)}`);
    expect(openCosigned(alone, policyOf('any'))).toMatchObject({ kind: 'refused', code: 'no-known-key' });
  });

  test('never throws, whatever stands in the note', () => {
    const policy = policyOf('any');
    const good = Buffer.from(noteWith(lineOf(0), lineOf(1)));
    fc.assert(fc.property(fc.nat(good.length - 1), fc.uint8Array({ maxLength: 9 }), (place, bytes) => {
      const changed = Buffer.concat([good.subarray(0, place), bytes, good.subarray(place + bytes.length)]);
      const opened = openCosigned(changed, policy);
      // What still opens was signed by the log word for word.
      if (opened.kind === 'opened') expect(opened.text).toBe(text);
    }), { numRuns: 2_000 });
  });
});
