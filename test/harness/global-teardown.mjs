// Stops the PostgreSQL of this Jest run, when one was started, and removes its folder.
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const isServerOf = async (pid, folder) => {
  // Only a process that says it works in this folder is ours to stop.
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => null);
  return process.platform === 'linux' ? (command?.includes(folder) ?? false) : true;
};

export const removeRun = async (folder) => {
  const text = await readFile(join(folder, 'postgres', 'cluster', 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number(text.split('\n')[0]);
  if (pid > 0 && (await isServerOf(pid, folder))) {
    // SIGQUIT: immediate. These data are thrown away the next moment.
    try {
      process.kill(pid, 'SIGQUIT');
      for (let waited = 0; waited < 10_000; waited += 20) {
        process.kill(pid, 0);
        await pause(20);
      }
    } catch (fault) {
      if (fault.code !== 'ESRCH') throw fault;
    }
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 5 }).catch((fault) => {
    // Left by another account; it is that account's to remove.
    if (fault.code !== 'EACCES' && fault.code !== 'EPERM') throw fault;
  });
};

export default async () => {
  if (process.env.KETENSLUIS_TEST_RUN !== undefined) await removeRun(process.env.KETENSLUIS_TEST_RUN);
};
