import { fileURLToPath } from 'node:url';

export default {
  rootDir: fileURLToPath(new URL('..', import.meta.url)),
  roots: ['<rootDir>/libs', '<rootDir>/apps', '<rootDir>/test', '<rootDir>/certs'],
  testMatch: ['**/*.spec.ts'],
  // Node.js itself finds, compiles and loads what a spec imports (loader.mjs), not Jest.
  testRunner: '<rootDir>/test/harness/jest/runner.mjs',
  testEnvironment: '<rootDir>/test/harness/jest/environment.mjs',
  testSequencer: '<rootDir>/test/harness/jest/sequencer.mjs',
  transform: {},
  // A process that runs spec after spec is replaced when it has grown this far.
  workerIdleMemoryLimit: '1500MB',
  globalSetup: '<rootDir>/test/harness/global-setup.mjs',
  globalTeardown: '<rootDir>/test/harness/global-teardown.mjs',
  testTimeout: 60_000,
};
