// What a spec imports as `@jest/globals`. Without `jest` on purpose: no mocks of our own code, and time comes from a clock that is passed.
import { jestGlobals } from './environment.mjs';

// Asked at each use, not once: a module that two specs share, such as a conformance suite, is loaded once per worker, and described its
// tests to the spec that ran before, which told nobody of them.
const current = (name) => new Proxy(() => undefined, {
  apply: (_target, _self, args) => globalThis[jestGlobals][name](...args),
  get: (_target, key) => globalThis[jestGlobals][name][key],
});

export const [afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test] =
  ['afterAll', 'afterEach', 'beforeAll', 'beforeEach', 'describe', 'expect', 'it', 'test'].map(current);
