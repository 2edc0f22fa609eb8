// The place a spec runs in: the worker process itself. What it changed in the process is put back when it ends.
import { ModuleMocker } from 'jest-mock';

/** Where the runner leaves `test`, `expect` and so on for the spec that it loads next. */
export const jestGlobals = Symbol.for('ketensluis.jest-globals');

export default class ProcessEnvironment {
  // Jest puts its console here and asks for a mocker; specs see neither.
  global = {};
  moduleMocker = new ModuleMocker(globalThis);

  async setup() {
    const { env, exit, exitCode } = process;
    this.before = { env: { ...env }, exit, exitCode };
    process.exit = (code) => {
      throw new Error(`process.exit(${code}) would have ended the specs`);
    };
    // Jest's own way of reading stacks knows nothing of modules that Node.js loaded.
    Error.prepareStackTrace = undefined;
  }

  async teardown() {
    if (this.before === undefined) return;
    const { env, exit, exitCode } = this.before;
    for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
    Object.assign(process.env, env);
    Object.assign(process, { exit, exitCode });
  }

  exportConditions() {
    return ['node'];
  }

  getVmContext() {
    return null;
  }
}
