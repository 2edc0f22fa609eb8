import { describe, expect, test } from '@jest/globals';
import { findProof, proofFiles } from './proof-files.js';

const file = (name: string | null, text: string) => ({ name, content: Buffer.from(text) });
const proof = [file('bewijs.leaf.json', 'l'), file('bewijs.opening.json', 'o'), file('bewijs.tlog-proof', 'p')];

describe('the proof among the files of a disclosure', () => {
  test('is found by its names, in any order', () => {
    const found = { leaf: Buffer.from('l'), opening: Buffer.from('o'), proof: Buffer.from('p') };
    expect(findProof([file(null, 'brief'), file('verstrekking.xml', '<x/>'), ...proof])).toEqual(found);
    expect(findProof([...proof].reverse())).toEqual(found);
  });

  test('is not taken from a file of the sender that has its name', () => {
    expect(findProof([file('bewijs.leaf.json', 'van een ander'), ...proof])).toMatchObject({ leaf: Buffer.from('l') });
  });

  test.each(Object.values(proofFiles).map(({ name }) => name))('without %s is told as missing', (name) => {
    expect(findProof(proof.filter((one) => one.name !== name))).toBe(name);
  });
});
