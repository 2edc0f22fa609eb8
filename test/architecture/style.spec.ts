import { describe, expect, test } from '@jest/globals';
import {
  fewParameters, noAny, noAssertion, noBang, noClock, noDeadCode, noDice, noEmptyCatch, noEnum, noLeftOutSpecs, noLooseEnds, noWaiting, promises,
  type Rule, smallFiles, smallFunctions, tellingNames,
} from './rules.js';
import { filesBelow, holds, parse, sources, textOf } from './sources.js';

// Files outside domain and store that may say `as T`, each with its reason: a JSON edge right before zod, or a library that types too little.
const assertionExceptions: ReadonlyMap<string, string> = new Map([]);

const rules: readonly (readonly [string, Rule, string, readonly [string, string]])[] = [
  ['files stay short', smallFiles, 'Nobody reads a file of more than 400 lines to its end (style rule 6).', ['libs/flow/x.ts', 'x;\n'.repeat(401)]],
  ['functions fit the eye', smallFunctions, 'A function of more than 70 lines does more than one thing (style rule 6).', ['libs/flow/x.ts', `const f = () => {\n${'x;\n'.repeat(70)}};`]],
  ['parameters stay few', fewParameters, 'Beyond four, the reader no longer sees which is which (style rule 6).', ['libs/flow/x.ts', 'const f = (a, b, c, d, e) => a;']],
  ['names tell something', tellingNames, 'These words can be put behind any noun, so they say nothing (style rule 7).', ['libs/flow/x.ts', 'interface CaseInfo {}']],
  ['interfaces carry no prefix', tellingNames, 'The reader need not know that a noun is an interface (style rule 7).', ['libs/flow/x.ts', 'interface ICase {}']],
  ['file names tell something', tellingNames, 'A file is named after its one noun (style rules 1 and 7).', ['libs/flow/case-utils.ts', '']],
  ['nothing is any', noAny, 'any switches the compiler off for all that it touches (style rule 17).', ['libs/flow/x.spec.ts', 'const x: any = 1;']],
  ['nothing is asserted to be there', noBang, '`!` is a promise nobody checks; test for it, or throw (style rule 17).', ['libs/flow/x.spec.ts', 'x!.y;']],
  ['there are no enums', noEnum, 'Unions of strings are the same in code, database and log (style rule 17).', ['libs/flow/x.ts', 'enum X { a }']],
  ['no fault is swallowed', noEmptyCatch, 'An empty catch hides the fault that matters (style rule 15).', ['libs/flow/x.ts', 'try { x(); } catch { /* fine */ }']],
  ['types are proven, not claimed', noAssertion(assertionExceptions), 'Parse with zod at the edge, then trust the type; `as T` is for domain and store (style rule 17).', ['libs/flow/x.ts', 'const x = y as Case;']],
  ['no work is left without a number', noLooseEnds, 'A loose end without a number is forgotten (style rule 13).', ['libs/flow/x.ts', '// TODO later\nx;']],
  ['no code lies about in comments', noDeadCode, 'The history keeps what was; the file says what is (style rule 13).', ['libs/flow/x.ts', '// const x = 1;\ny;']],
  ['decisions do not wait', noWaiting, 'What waits can change its mind in between; decisions are pure (style rule 2).', ['libs/domain/x.ts', 'const f = async () => 1;']],
  ['nobody looks at the clock', noClock, 'A decision must come out the same when it is checked next year: time is passed as `at` (I11).', ['libs/domain/x.ts', 'const now = new Date();']],
  ['nobody throws dice', noDice, 'Math.random can be guessed and cannot be repeated; keys and salts come from node:crypto.', ['libs/domain/x.ts', 'const x = Math.random();']],
  ['no spec is left out', noLeftOutSpecs, 'A spec that does not run proves nothing, and .only silences all others.', ['libs/flow/x.spec.ts', "test.only('x', f);"]],
  ['every exported function says its promise', promises, 'Who calls it should not have to read it (style rule 11).', ['libs/flow/x.ts', 'export const x = () => 1;']],
];

describe('house style', () => {
  for (const [name, rule, reason, [path, text]] of rules) {
    test(name, () => holds(reason, sources.flatMap(rule)));
    test(`${name}: the rule sees a breach`, () => expect(rule(parse(path, text))).toHaveLength(1));
  }

  const fine: readonly (readonly [string, Rule, string, string])[] = [
    ['a constant', noAssertion(new Map()), 'libs/flow/x.ts', "const x = ['a'] as const;"],
    ['an assertion in the domain', noAssertion(new Map()), 'libs/domain/x.ts', 'const x = y as Case;'],
    ['a moment that was given', noClock, 'libs/domain/x.ts', 'const x = new Date(at);'],
    ['a legal word', tellingNames, 'libs/domain/processor-agreement.ts', 'interface ProcessorAgreement {}'],
    ['a word of the mail standard', tellingNames, 'libs/mail/cms/signed-data.ts', 'interface SignedData {}'],
    ['a spec that says which tool it lacks', noLeftOutSpecs, 'libs/flow/x.spec.ts', "test.skip('x: NOT RUN, install y', f);"],
    ['numbered work', noLooseEnds, 'libs/flow/x.ts', '// TODO #12 later\nx;'],
    ['an async method beside the domain', noWaiting, 'libs/flow/x.ts', 'const f = async () => 1;'],
  ];
  for (const [name, rule, path, text] of fine) {
    test(`leaves ${name} alone`, () => expect(rule(parse(path, text))).toEqual([]));
  }

  test('has no drawer for everything', () => {
    const folders = new Set(['apps', 'libs', 'config', 'certs', 'test'].flatMap((top) => filesBelow(top)).flatMap((path) => path.split('/').slice(0, -1)));
    const drawers = ['shared', 'common', 'utils', 'util', 'helpers', 'misc', 'core'].filter((name) => folders.has(name));
    holds('A folder answers "which process?" or "which kind of thinking?"; these answer nothing (style rule 1).', drawers);
  });

  test('gives no file a use for an exception it no longer needs', () => {
    const none = noAssertion(new Map());
    holds('An exception that is not used any more invites the next one.', [...assertionExceptions.keys()].filter((path) => sources.filter((source) => source.path === path).flatMap(none).length === 0));
  });
});

describe('the tree', () => {
  // In pieces, so that this file does not find itself.
  const elsewhere = new RegExp([['', 'work', ''].join('/'), ['', 'home', '\\w'].join('/'), ['', 'Users', '\\w'].join('/'), ['', 'tmp', '\\w'].join('/'), `registry${'\\.'}npmjs`, `https?://[^\\s'"]*(verdaccio|artifactory|nexus|pypi|:4873)`].join('|'));
  const texts = filesBelow('.').filter((path) => /\.(ts|mjs|js|json|ya?ml|md|sql|tsv|sh|txt|html|css)$|(^|\/)(Dockerfile|run|\.npmrc|LICENSE)$/.test(path));

  test('names no place of one computer or network', () => {
    const offenders = texts.flatMap((path) =>
      textOf(path).split('\n').flatMap((line, index) => (elsewhere.test(line) ? [`${path}:${index + 1} ${line.trim().slice(0, 100)}`] : [])));
    holds('A path or registry of one computer makes the next one fail, and tells where we work.', offenders);
  });

  test('names such a place as a breach', () => expect(elsewhere.test(`see ${['', 'home', 'someone'].join('/')}`)).toBe(true));

  test('ends every text file with a line feed and uses no others', () => {
    const offenders = texts.filter((path) => !path.endsWith('.json') && !path.startsWith('test/fixtures/')).filter((path) => { const text = textOf(path); return text !== '' && (!text.endsWith('\n') || text.includes('\r\n')); });
    holds('Mixed line endings make every later change look larger than it is.', offenders);
  });
});
