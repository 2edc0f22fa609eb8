import { describe, expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Asn1Error } from '../asn1/der.js';
import { parseCertificate, type Certificate } from './certificate.js';
import { validatePath, type PathResult } from './path.js';
import type { PathTrust } from './trust.js';

// NIST PKITS (2011 issue), the reference suite for RFC 5280 §6: public data, read from outside the repository.
const folder = path.join(process.env['KETENSLUIS_VECTORS'] ?? path.resolve('..', 'shared', 'vectors'), 'pkits');
const isPresent = existsSync(path.join(folder, 'tests.json'));

interface Run {
  readonly test: string;
  readonly title: string;
  readonly anchor: string;
  readonly path: readonly string[];
  readonly target: string;
  readonly crls: readonly string[];
  readonly initialPolicySet: 'any' | readonly string[];
  readonly requireExplicitPolicy: boolean;
  readonly inhibitPolicyMapping: boolean;
  readonly inhibitAnyPolicy: boolean;
  readonly valid: boolean;
  readonly expectedUserPolicies?: readonly string[];
}

const suite: { readonly at: string; readonly tests: readonly Run[] } = isPresent ? JSON.parse(readFileSync(path.join(folder, 'tests.json'), 'utf8')) : { at: '', tests: [] };
const bytesOf = (kind: 'certs' | 'crls', name: string): Uint8Array => readFileSync(path.join(folder, kind, `${name}${kind === 'certs' ? '.crt' : '.crl'}`));

/** A certificate that cannot be read is refused before any path is sought. */
function certificateOf(name: string): Certificate | null {
  try {
    return parseCertificate(bytesOf('certs', name));
  } catch (error) {
    if (error instanceof Asn1Error) return null;
    throw error;
  }
}

function validate(run: Run, revocation: PathTrust['revocation'] = 'require'): PathResult | 'unreadable' {
  const target = certificateOf(run.target);
  if (target === null) return 'unreadable';
  const policies = run.initialPolicySet === 'any' ? null : run.initialPolicySet;
  return validatePath({
    target,
    intermediates: run.path.flatMap((name) => certificateOf(name) ?? []),
    trust: { anchors: [{ certificate: bytesOf('certs', run.anchor), policies }], intermediates: [], crls: run.crls.map((name) => bytesOf('crls', name)), revocation },
    at: new Date(suite.at),
    purpose: 'any',
    profile: 'rfc5280',
    policy: { requireExplicit: run.requireExplicitPolicy, inhibitMapping: run.inhibitPolicyMapping, inhibitAny: run.inhibitAnyPolicy },
  });
}

const isValid = (result: PathResult | 'unreadable'): boolean => result !== 'unreadable' && result.kind === 'valid';
/** DSA is refused on purpose: RFC 8551 §1.5 dropped it, and nobody on the hub has it. */
const refusedOnPurpose: ReadonlySet<string> = new Set(['4.1.4', '4.1.5']);

describe('NIST PKITS', () => {
  test('the suite is there, or says that it is not', () => {
    if (!isPresent) process.stdout.write('PKITS vectors absent: path validation was NOT held against the reference suite\n');
    expect(isPresent || process.env['CI'] !== 'true').toBe(true);
  });

  (isPresent ? test : test.skip)('every path is accepted or refused as NIST says, but for DSA', () => {
    const results = suite.tests.map((run) => ({ run, result: validate(run) }));
    const wrong = results.filter(({ run, result }) => isValid(result) !== run.valid);
    const falseAccepts = wrong.filter(({ run }) => !run.valid);
    const right = results.length - wrong.length;
    process.stdout.write(`PKITS: ${right} of ${results.length} right, ${falseAccepts.length} false accepts; refused on purpose: ${[...refusedOnPurpose].join(', ')} (DSA)\n`);
    expect(falseAccepts.map(({ run }) => `${run.test} ${run.title}`)).toEqual([]);
    const unexpected = wrong.filter(({ run }) => !refusedOnPurpose.has(run.test));
    expect(unexpected.map(({ run, result }) => `${run.test} ${run.title}: ${result === 'unreadable' ? result : result.kind}`)).toEqual([]);
    expect(results).toHaveLength(249);
  });

  (isPresent ? test : test.skip)('the policies that hold are exactly the ones NIST lists', () => {
    const listed = suite.tests.filter((run) => run.valid && run.expectedUserPolicies !== undefined);
    const differences = listed.flatMap((run) => {
      const result = validate(run);
      const policies = result !== 'unreadable' && result.kind === 'valid' ? [...result.policies].sort() : [];
      const expected = [...(run.expectedUserPolicies ?? [])].sort();
      return JSON.stringify(policies) === JSON.stringify(expected) ? [] : [{ test: run.test, policies, expected }];
    });
    expect(differences).toEqual([]);
    expect(listed.length).toBeGreaterThan(0);
  });
});
