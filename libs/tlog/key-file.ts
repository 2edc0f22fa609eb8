import { parseVerifierKey } from './note-key.js';
import type { KeyRefusal, VerifierKey } from './note-key.js';

/** The keys in a file of vkey lines, one each; empty lines and lines that begin with # are skipped. Refused when any line is no key, or none is. Never throws. */
export const parseKeyFile = (bytes: Uint8Array): readonly VerifierKey[] | KeyRefusal => {
  const lines = Buffer.from(bytes).toString('utf8').split('\n').map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
  const keys: VerifierKey[] = [];
  for (const line of lines) {
    const key = parseVerifierKey(line);
    if ('kind' in key) return key;
    keys.push(key);
  }
  return keys.length === 0 ? { kind: 'refused', code: 'malformed', detail: 'no key in it' } : keys;
};
