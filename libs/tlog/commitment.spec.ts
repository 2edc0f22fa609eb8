import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { commit, commitmentText, opens } from './commitment.js';

const salt = Buffer.alloc(32, 0x5a);
const bytes = Buffer.from('999900006');
const opening = { label: 'subject', salt, bytes } as const;

describe('a commitment', () => {
  test('is SHA-256 over context, label, salt and bytes', () => {
    const written = Buffer.concat([Buffer.from('ketensluis/commit/v1\0subject\0', 'latin1'), salt, bytes]);
    expect(Buffer.from(commit(opening))).toEqual(createHash('sha256').update(written).digest());
  });

  test('opens with its own label, salt and bytes and with nothing else', () => {
    const text = commitmentText(opening);
    expect(opens(opening, text)).toBe(true);
    expect(opens({ ...opening, label: 'actor' }, text)).toBe(false);
    expect(opens({ ...opening, salt: Buffer.alloc(32, 0x5b) }, text)).toBe(false);
    expect(opens({ ...opening, bytes: Buffer.from('999900007') }, text)).toBe(false);
    expect(opens(opening, `${text}=`)).toBe(false);
    expect(opens(opening, text.slice(0, 40))).toBe(false);
  });

  test('cannot be opened with salt and bytes cut at another place', () => {
    const whole = Buffer.concat([salt, bytes]);
    const shifted = { label: 'subject', salt: whole.subarray(0, 33), bytes: whole.subarray(33) } as const;
    expect(opens(shifted, commitmentText(opening))).toBe(false);
    expect(() => commit(shifted)).toThrow('bug:');
  });
});
