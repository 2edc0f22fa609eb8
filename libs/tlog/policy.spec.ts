import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cosignerOf, signerOf } from './note-key.js';
import { hasQuorum, parsePolicy } from './policy.js';
import type { LogPolicy } from './policy.js';

const log = signerOf('log.example/1', Buffer.alloc(32, 1)).vkey;
const [w1, w2, w3, w4, w5, w6] = [1, 2, 3, 4, 5, 6].map((seed) => cosignerOf(`witness.example/${seed}`, Buffer.alloc(32, seed)).vkey);
const read = (text: string): ReturnType<typeof parsePolicy> => parsePolicy(Buffer.from(text, 'latin1'));
const policyOf = (text: string): LogPolicy => {
  const policy = read(text);
  if ('kind' in policy) throw new Error(`line ${policy.line}: ${policy.detail}`);
  return policy;
};

/** The example of C2SP tlog-policy, with keys. */
const example = `log ${log}

witness X1 ${w1}
witness X2 ${w2}
witness X3 ${w3}
group X-witnesses 2 X1 X2 X3

witness Y1 ${w4}
witness Y2 ${w5}
witness Y3 ${w6}
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
`;

describe('a policy', () => {
  test('as in the standard asks two of one organisation and one of another', () => {
    const { quorum, witnesses } = policyOf(example);
    expect(witnesses.map(({ name }) => name)).toEqual(['X1', 'X2', 'X3', 'Y1', 'Y2', 'Y3']);
    const cases: readonly (readonly [string, boolean])[] = [
      ['X1 X2 Y1', true], ['X1 X3 Y3', true], ['X1 X2 X3 Y1 Y2 Y3', true], ['X1 X2 X3', false], ['X1 Y1 Y2 Y3', false], ['', false], ['X-witnesses Y1', false],
    ];
    for (const [signed, expected] of cases) expect([signed, hasQuorum(quorum, new Set(signed.split(' ')))]).toEqual([signed, expected]);
  });

  test('may have addresses, comments, tabs and no last line feed', () => {
    expect(policyOf(`\n# comment\n\t # another\n\twitness \t w1  ${w1}   https://w1.example/  \n\n  quorum\tw1`)).toMatchObject({
      logs: [], witnesses: [{ name: 'w1', url: 'https://w1.example/' }], quorum: { kind: 'witness', name: 'w1' },
    });
    expect(hasQuorum(policyOf('quorum none').quorum, new Set())).toBe(true);
  });

  test('may use the keywords as names, and octets that are no ASCII', () => {
    expect(policyOf(`witness all ${w1}\nwitness any ${w2}\ngroup group 2 all any\nquorum group\n`).quorum).toMatchObject({ kind: 'group', threshold: 2 });
    expect(policyOf(`witness K\xe2\x84\xaa ${w1}\nquorum K\xe2\x84\xaa\n`).quorum).toEqual({ kind: 'witness', name: 'K\xe2\x84\xaa' });
    expect(read(`witness K\xe2\x84\xaa ${w1}\nquorum KK\n`)).toMatchObject({ kind: 'refused', line: 2 });
  });
});

describe('a policy is refused, with its line,', () => {
  const cases: readonly (readonly [string, string, number, RegExp])[] = [
    ['without quorum', `witness w ${w1}\n`, 2, /no quorum/],
    ['with two', 'quorum none\nquorum none\n', 2, /second/],
    ['with a quorum before its name', `quorum w\nwitness w ${w1}\n`, 1, /not defined/],
    ['with a control character', 'quorum none\r\n', 1, /control/],
    ['with a word it does not know', 'quorums none\n', 1, /begins with none/],
    ['with the key of a witness for a log', `log ${w1}\nquorum none\n`, 1, /key of the log/],
    ['with the key of a log for a witness', `witness w ${log}\nquorum w\n`, 1, /key of the witness/],
    ['with a key that was mistyped', `witness w ${w1?.replace('+', '+0')}\nquorum w\n`, 1, /key of the witness/],
    ['with one witness under two names', `witness a ${w1}\nwitness b ${w1}\nquorum a\n`, 2, /already/],
    ['with two witnesses under one name', `witness a ${w1}\nwitness a ${w2}\nquorum a\n`, 2, /already/],
    ['with one log twice', `log ${log}\nlog ${log} https://log.example/\nquorum none\n`, 2, /already/],
    ['with none as a name', `witness none ${w1}\nquorum none\n`, 1, /no name/],
    ['with a group before its members', `group g any w\nwitness w ${w1}\nquorum g\n`, 1, /not defined/],
    ['with an empty group', 'group g all\nquorum g\n', 1, /expected: group/],
    ['with a witness in two groups', `witness w ${w1}\ngroup g any w\ngroup h any w\nquorum g\n`, 3, /already/],
    ['with a witness twice in one group', `witness w ${w1}\ngroup g 2 w w\nquorum g\n`, 2, /already/],
    ['with more asked than there are', `witness w ${w1}\ngroup g 2 w\nquorum g\n`, 2, /from 1 to 1/],
    ['with nothing asked', `witness w ${w1}\ngroup g 0 w\nquorum g\n`, 2, /from 1 to 1/],
    ['with none as a member', 'group g any none\nquorum g\n', 1, /not defined/],
    ['with words after its end', `witness w ${w1} https://w.example/ more\nquorum w\n`, 1, /expected: witness/],
    ['that is too large', `#${' '.repeat(70_000)}\nquorum none\n`, 1, /larger/],
  ];
  test.each(cases)('%s', (_, text, line, detail) => {
    expect(read(text)).toEqual({ kind: 'refused', line, detail: expect.stringMatching(detail) });
  });

  test('and never throws, whatever stands in it; more signatures never undo a quorum', () => {
    const word = fc.constantFrom('log', 'witness', 'group', 'quorum', 'all', 'any', 'none', '1', '2', 'a', 'b', 'c', '#', log, w1 ?? '', w2 ?? '', w3 ?? '', '\t', '\x80');
    const text = fc.array(fc.array(word, { maxLength: 6 }), { maxLength: 12 }).map((lines) => lines.map((words) => words.join(' ')).join('\n'));
    const names = ['a', 'b', 'c', 'all', 'any', '1', '2'];
    fc.assert(fc.property(fc.oneof(text, fc.string()), fc.subarray(names), fc.subarray(names), (file, some, more) => {
      const policy = read(file);
      if ('kind' in policy) return policy.detail.length > 0;
      return !hasQuorum(policy.quorum, new Set(some)) || hasQuorum(policy.quorum, new Set([...some, ...more]));
    }), { numRuns: 5_000 });
  });
});
