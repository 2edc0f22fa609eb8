import { execFile } from 'node:child_process';
import { chown, stat } from 'node:fs/promises';

/** The system account PostgreSQL runs under; `null` means the account of this process. */
export type Account = { readonly uid: number; readonly gid: number } | null;

/** What a finished program left behind. */
export interface Finished {
  readonly code: number;
  readonly output: string;
}

const outputMaxBytes = 1_000_000;

/** The environment PostgreSQL programs get: nothing of ours, so a stray PGDATA or PGPORT cannot redirect them. */
export const serverEnvironment = (): NodeJS.ProcessEnv => ({ PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' });

/** Runs a program to its end as `account`; never throws, a program that cannot start has code 127. */
export const runAs = (account: Account, file: string, args: readonly string[], timeoutMs = 120_000): Promise<Finished> =>
  new Promise((resolve) => {
    // cwd '/': the account need not be able to enter the folder we were started from.
    const options = { cwd: '/', env: serverEnvironment(), maxBuffer: outputMaxBytes, timeout: timeoutMs, ...(account ?? {}) };
    execFile(file, [...args], options, (fault, stdout, stderr) => {
      const code = fault === null ? 0 : typeof fault.code === 'number' ? fault.code : 127;
      resolve({ code, output: `${stdout}${stderr}${code === 127 && fault !== null ? fault.message : ''}`.trim() });
    });
  });

/** Whether `account` may enter `folder`; asked of the system itself, because mode bits do not tell about ACLs. */
export const canEnter = async (account: Account, folder: string): Promise<boolean> =>
  (await runAs(account, '/bin/sh', ['-c', 'cd "$1"', 'sh', folder])).code === 0;

/** Makes `account` the owner of one file or folder; nothing happens when it is our own account. */
export const giveTo = async (account: Account, path: string): Promise<void> => {
  if (account !== null) await chown(path, account.uid, account.gid);
};

const numberOf = async (option: '-u' | '-g'): Promise<number | null> => {
  const { code, output } = await runAs(null, 'id', [option, 'nobody']);
  return code === 0 && /^\d+$/.test(output) ? Number(output) : null;
};

/** The account without rights that PostgreSQL gets when we are root, whom it refuses: `nobody`, 65534 on nearly every system. */
export const nobody = async (): Promise<{ readonly uid: number; readonly gid: number }> => ({
  uid: (await numberOf('-u')) ?? 65_534,
  gid: (await numberOf('-g')) ?? 65_534,
});

/** The account for a database in `cluster`: ours when we are not root, else whoever already owns the files, else nobody. */
export const serverAccount = async (cluster: string): Promise<Account> => {
  if (process.getuid?.() !== 0) return null;
  const owner = await stat(cluster).catch(() => null);
  return owner === null || owner.uid === 0 ? nobody() : { uid: owner.uid, gid: owner.gid };
};
