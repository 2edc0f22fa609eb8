import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { untilListening } from './listening.js';

/** True when Debian's postfix is here and may be run: it drops rights by itself and must be started by root. */
export const hasPostfix = (): boolean => existsSync('/usr/lib/postfix/sbin/master') && process.getuid?.() === 0;

/** A real mail system of this test alone: mailboxes for one domain, everything else goes to the hub, over TLS with a certificate that is checked. */
export interface Postfix {
  readonly port: number;
  /** Every mail that was put into the mailbox of its domain, oldest first. */
  readonly mails: () => Promise<readonly Buffer[]>;
  /** What it wrote down. */
  readonly log: () => Promise<string>;
  readonly stop: () => Promise<void>;
}

/** What it is started with: `ca` vouches for the hub. */
export interface PostfixOptions {
  readonly domain: string;
  readonly hubPort: number;
  readonly tls: { readonly key: string; readonly cert: string };
  readonly ca: string;
}

const idOf = (what: '-u' | '-g', name: string): number => Number(execFileSync('id', [what, name], { encoding: 'utf8' }).trim());

/** Starts Postfix on a free port with a queue of its own. */
export const startPostfix = async (options: PostfixOptions): Promise<Postfix> => {
  const folder = await mkdtemp(join(tmpdir(), 'ketensluis-postfix-'));
  await chmod(folder, 0o755);
  const port = await freePort();
  const [uid, gid] = [idOf('-u', 'postfix'), idOf('-g', 'postfix')];
  for (const part of ['conf', 'queue', 'data', 'mail']) await mkdir(join(folder, part), { mode: 0o755 });
  await Promise.all([chown(join(folder, 'data'), uid, gid), chown(join(folder, 'mail'), uid, gid)]);
  await Promise.all([
    writeFile(join(folder, 'key.pem'), options.tls.key, { mode: 0o600 }), writeFile(join(folder, 'cert.pem'), options.tls.cert), writeFile(join(folder, 'ca.pem'), options.ca),
    writeFile(join(folder, 'conf', 'main.cf'), mainOf(folder, options, { uid, gid })), writeFile(join(folder, 'conf', 'master.cf'), masterOf(port)),
  ]);
  const server = spawn('/usr/sbin/postfix', ['-c', join(folder, 'conf'), 'start-fg'], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => void server.once('exit', () => resolve()));
  await untilListening(port, 'postfix');
  const inbox = join(folder, 'mail', 'inbox', 'new');
  return {
    port,
    mails: async () => {
      const names = existsSync(inbox) ? (await readdir(inbox)).sort() : [];
      return Promise.all(names.map((name) => readFile(join(inbox, name))));
    },
    log: () => readFile(join(folder, 'postfix.log'), 'utf8').catch(() => ''),
    stop: async () => {
      // What was started is a script around the master process, which only this ends.
      execFileSync('/usr/sbin/postfix', ['-c', join(folder, 'conf'), 'stop'], { stdio: 'ignore' });
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
};

const mainOf = (folder: string, { domain, hubPort }: PostfixOptions, { uid, gid }: { readonly uid: number; readonly gid: number }): string => `
compatibility_level = 3.6
queue_directory = ${folder}/queue
data_directory = ${folder}/data
maillog_file = ${folder}/postfix.log
maillog_file_prefixes = ${folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = localhost
mydestination =
mynetworks = 127.0.0.0/8
disable_dns_lookups = yes
smtp_host_lookup = native
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_tls_security_level = encrypt
smtpd_tls_cert_file = ${folder}/cert.pem
smtpd_tls_key_file = ${folder}/key.pem
virtual_mailbox_domains = ${domain}
virtual_mailbox_base = ${folder}/mail
virtual_mailbox_maps = static:inbox/
virtual_uid_maps = static:${uid}
virtual_gid_maps = static:${gid}
virtual_minimum_uid = 1
message_size_limit = 60000000
virtual_mailbox_limit = 60000000
relayhost = [localhost]:${hubPort}
smtp_tls_security_level = secure
smtp_tls_secure_cert_match = nexthop
smtp_tls_CAfile = ${folder}/ca.pem
minimal_backoff_time = 2s
maximal_backoff_time = 4s
queue_run_delay = 2s
`;

const masterOf = (port: number): string => `
${port} inet n - n - - smtpd
postlog unix-dgram n - n - 1 postlogd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
showq unix n - n - - showq
`;
