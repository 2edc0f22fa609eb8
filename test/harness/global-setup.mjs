// Gives this Jest run a folder of its own; the first test that needs PostgreSQL starts it there (test/harness/database.ts).
import { chmod, mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeRun } from './global-teardown.mjs';

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (fault) {
    return fault.code === 'EPERM';
  }
};

// A run that was killed could not clean up: its server is stopped and its folder removed now.
const removeAbandoned = async () => {
  for (const name of await readdir(tmpdir())) {
    const pid = /^ketensluis-jest-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await removeRun(join(tmpdir(), name));
  }
};

export default async () => {
  await removeAbandoned();
  const folder = await mkdtemp(join(tmpdir(), `ketensluis-jest-${process.pid}-`));
  // PostgreSQL runs under another account when the tests run as root, and must be able to enter.
  await chmod(folder, 0o755);
  process.env.KETENSLUIS_TEST_RUN = folder;
};
