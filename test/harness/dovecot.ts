import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { untilListening } from './listening.js';

/** True when Debian's dovecot-imapd is here. */
export const hasDovecot = (): boolean => existsSync('/usr/sbin/dovecot') && existsSync('/usr/lib/dovecot/imap-login');

/** A real IMAP server of this test alone, with one mailbox. */
export interface Dovecot {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** Puts a mail into the mailbox, as a mail system would. */
  readonly put: (raw: Uint8Array) => Promise<void>;
  /** Numbers all mails anew, as after a restored backup: another UIDVALIDITY. */
  readonly renumber: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const accountOf = (name: string): number => Number(execFileSync('id', ['-u', name], { encoding: 'utf8' }).trim());

/** Starts Dovecot with implicit TLS on a free port. As root it serves the mailbox under another account, as it demands. */
export const startDovecot = async (tls: { readonly key: string; readonly cert: string }): Promise<Dovecot> => {
  const folder = await mkdtemp(join(tmpdir(), 'ketensluis-dovecot-'));
  await chmod(folder, 0o755);
  const [port, user, password] = [await freePort(), 'hub', 'oefenwachtwoord'];
  const uid = accountOf(process.getuid?.() === 0 ? 'dovecot' : String(process.getuid?.()));
  const maildir = join(folder, 'mail');
  for (const part of ['', 'new', 'cur', 'tmp']) await mkdir(join(maildir, part), { recursive: true });
  await Promise.all([
    writeFile(join(folder, 'key.pem'), tls.key, { mode: 0o600 }), writeFile(join(folder, 'cert.pem'), tls.cert),
    writeFile(join(folder, 'users'), `${user}:{PLAIN}${password}\n`), writeFile(join(folder, 'dovecot.conf'), configuration({ folder, maildir, port, uid })),
  ]);
  for (const part of ['', 'new', 'cur', 'tmp']) await chown(join(maildir, part), uid, uid);
  const server = spawn('/usr/sbin/dovecot', ['-F', '-c', join(folder, 'dovecot.conf')], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => void server.once('exit', () => resolve()));
  await untilListening(port, 'dovecot');
  let count = 0;
  return {
    port, user, password,
    put: async (raw) => {
      count += 1;
      const [name, made] = [`${String(1_000_000 + count)}.M1P${count}.test`, join(maildir, 'tmp', `m${count}`)];
      await writeFile(made, raw);
      await chown(made, uid, uid);
      await rename(made, join(maildir, 'new', name));
    },
    renumber: async () => {
      for (const file of await readdir(maildir)) if (file.startsWith('dovecot')) await rm(join(maildir, file), { recursive: true });
    },
    stop: async () => {
      server.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
};

const configuration = ({ folder, maildir, port, uid }: { readonly folder: string; readonly maildir: string; readonly port: number; readonly uid: number }): string => `
protocols = imap
listen = 127.0.0.1
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/log
ssl = required
auth_failure_delay = 0
ssl_min_protocol = TLSv1.2
ssl_cert = <${folder}/cert.pem
ssl_key = <${folder}/key.pem
passdb {
  driver = passwd-file
  args = ${folder}/users
}
userdb {
  driver = static
  args = uid=${uid} gid=${uid} home=${folder}
}
first_valid_uid = 1
mail_location = maildir:${maildir}
service imap-login {
  chroot =
  inet_listener imap {
    port = 0
  }
  inet_listener imaps {
    port = ${port}
    ssl = yes
  }
}
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
`;
