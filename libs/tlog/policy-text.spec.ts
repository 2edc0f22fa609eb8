import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cosignerOf, signerOf } from './note-key.js';
import { parsePolicy, type LogPolicy, type Quorum } from './policy.js';
import { formatPolicy } from './policy-text.js';

const log = signerOf('log.example/1', Buffer.alloc(32, 1)).vkey;
const names = ['Waterveen', 'Hoogland', 'Veiligheidsregio', 'Zuidë'];
const witnesses = names.map((name, seed) => `witness ${name} ${cosignerOf(`witness.example/${seed}`, Buffer.alloc(32, seed + 1)).vkey} https://witness.example/${seed}`);
const policyOf = (text: string): LogPolicy => {
  const policy = parsePolicy(Buffer.from(text));
  if ('kind' in policy) throw new Error(`line ${policy.line}: ${policy.detail}`);
  return policy;
};
/** What decides; keys compare by their line. */
const essence = ({ logs, witnesses: known, quorum }: LogPolicy): { readonly logs: readonly string[]; readonly known: readonly string[]; readonly quorum: Quorum } =>
  ({ logs: logs.map(({ key }) => key.vkey), known: known.map(({ name, key }) => `${name} ${key.vkey}`), quorum });

test('a policy written as a file is read as the same policy, without addresses', () => {
  const count = (members: number) => fc.integer({ min: 1, max: members });
  fc.assert(fc.property(count(2), count(2), count(2), fc.constantFrom('outer', 'inner-a', 'Waterveen', 'none'), (a, b, c, quorum) => {
    const text = [`log ${log}`, ...witnesses, `group inner-a ${a} Waterveen Hoogland`, `group inner-b ${b} Veiligheidsregio Zuidë`, `group outer ${c} inner-a inner-b`, `quorum ${quorum}`].join('\n');
    const written = formatPolicy(policyOf(text));
    expect(essence(policyOf(written))).toEqual(essence(policyOf(text)));
    expect(written).not.toContain('https:');
  }));
});
