import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createResolver, type Resolve } from '../../libs/adapters/mail-route/resolver.js';
import { freePort } from '../harness/free-port.js';

/** The Debian packages the lab is made of. */
export const labPrograms = ['nsd', 'unbound', 'unbound-host', 'ldns-keygen', 'ldns-signzone', 'openssl'] as const;

/** Those that are not on this computer. */
export const missingPrograms = (): readonly string[] => labPrograms.filter((program) => !isThere(program));

/** True when the program can be found. */
export const isThere = (program: string): boolean => {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** A zone of the lab; its lines are those of a zone file, names relative to it. */
export interface LabZone {
  readonly name: string;
  /** `broken`: signed, and changed after that. */
  readonly kind: 'signed' | 'unsigned' | 'broken';
  readonly lines: readonly string[];
}

/** Name servers and a validating resolver on the loopback, for zones of our own. */
export interface DnssecLab {
  readonly folder: string;
  readonly port: number;
  readonly resolve: Resolve;
  /** What unbound says of a name, by a validation of its own: `secure`, `insecure` or `BOGUS`. */
  readonly unboundHost: (name: string, kind: string) => string;
  readonly close: () => Promise<void>;
}

const startMaxMs = 20_000;

/** Signs the zones, serves them with nsd and validates them with unbound. `also`: a second address and port for unbound, such as 53. */
export async function dnssecLab(zones: readonly LabZone[], also?: string): Promise<DnssecLab> {
  const folder = mkdtempSync(join(tmpdir(), 'ketensluis-lab-'));
  chmodSync(folder, 0o755);
  const [authority, port] = [await freePort(), await freePort()];
  const anchors = zones.flatMap((zone) => writeZone(folder, zone));
  writeFileSync(join(folder, 'nsd.conf'), nsdConf(folder, authority, zones));
  writeFileSync(join(folder, 'unbound.conf'), unboundConf(folder, { port, authority, zones, anchors, also }));
  const children = [run('nsd', ['-d', '-c', join(folder, 'nsd.conf')]), run('unbound', ['-d', '-c', join(folder, 'unbound.conf')])];
  const close = async (): Promise<void> => {
    await Promise.all(children.map(stop));
    rmSync(folder, { recursive: true, force: true });
  };
  const resolve = createResolver({ address: '127.0.0.1', port });
  try {
    await ready(resolve, zones);
  } catch (fault) {
    await close();
    throw fault;
  }
  const unboundHost = (name: string, kind: string): string => {
    const said = execFileSync('unbound-host', ['-C', join(folder, 'unbound.conf'), '-v', '-t', kind, name], { encoding: 'utf8' });
    return /\((secure|insecure|BOGUS)/.exec(said)?.[1] ?? said;
  };
  return { folder, port, resolve, unboundHost, close };
}

const head = (name: string): string => `$ORIGIN ${name}.\n$TTL 60\n@ SOA ns.${name}. post.${name}. 1 3600 600 86400 60\n@ NS ns.${name}.\nns A 127.0.0.1\n`;

/** Writes the zone as nsd serves it; gives the file of its trust anchor where it is signed. */
function writeZone(folder: string, { name, kind, lines }: LabZone): readonly string[] {
  const file = join(folder, `${name}.zone`);
  writeFileSync(file, `${head(name)}${lines.join('\n')}\n`);
  if (kind === 'unsigned') return [];
  const key = execFileSync('ldns-keygen', ['-a', 'ECDSAP256SHA256', '-k', '-r', '/dev/urandom', name], { cwd: folder, encoding: 'utf8' }).trim();
  execFileSync('ldns-signzone', ['-n', '-f', `${file}.signed`, file, join(folder, key)], { cwd: folder });
  const signed = execFileSync('cat', [`${file}.signed`], { encoding: 'utf8' });
  // One word of every text changes behind its signature, and every address and TLSA record with it.
  writeFileSync(file, kind === 'broken' ? signed.replaceAll('v=NTA7516-1', 'v=NTA7516-1;x=y').replaceAll(/(IN\s+A\s+127\.0\.0\.)1/g, '$12') : signed);
  return [join(folder, `${key}.key`)];
}

const nsdConf = (folder: string, port: number, zones: readonly LabZone[]): string => `server:
  ip-address: 127.0.0.1@${port}
  database: ""
  username: ""
  chroot: ""
  pidfile: ""
  zonesdir: "${folder}"
  xfrdfile: "${folder}/xfrd.state"
  zonelistfile: "${folder}/zone.list"
  xfrdir: "${folder}"
  server-count: 1
remote-control:
  control-enable: no
${zones.map(({ name }) => `zone:\n  name: "${name}"\n  zonefile: "${name}.zone"`).join('\n')}
`;

interface UnboundPlace {
  readonly port: number;
  readonly authority: number;
  readonly zones: readonly LabZone[];
  readonly anchors: readonly string[];
  readonly also: string | undefined;
}

const unboundConf = (folder: string, { port, authority, zones, anchors, also }: UnboundPlace): string => `server:
  interface: 127.0.0.1@${port}
${also === undefined ? '' : `  interface: ${also}\n`}  directory: "${folder}"
  chroot: ""
  username: ""
  pidfile: ""
  use-syslog: no
  logfile: ""
  do-ip6: no
  do-not-query-localhost: no
  module-config: "validator iterator"
  val-clean-additional: yes
${anchors.map((file) => `  trust-anchor-file: "${file}"`).join('\n')}
remote-control:
  control-enable: no
${zones.map(({ name }) => `stub-zone:\n  name: "${name}"\n  stub-addr: 127.0.0.1@${authority}`).join('\n')}
`;

function run(program: string, words: readonly string[]): ChildProcess {
  return spawn(program, [...words], { stdio: 'ignore' });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const deadline = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await ended;
  clearTimeout(deadline);
}

async function ready(resolve: Resolve, zones: readonly LabZone[]): Promise<void> {
  const signed = zones.find(({ kind }) => kind === 'signed')?.name ?? '';
  for (const begun = performance.now(); performance.now() - begun < startMaxMs; await pause(100)) {
    const answer = await resolve(`ns.${signed}`, 'A');
    if (answer.kind === 'found' && answer.secure) return;
  }
  throw new Error('the lab does not answer: see nsd and unbound');
}

/** The TLSA line of a server for a certificate or its issuer: SHA-256 of the key. */
export const tlsaLine = (host: string, port: number, usage: 2 | 3, pem: string): string => `_${port}._tcp.${host} TLSA ${usage} 1 1 ${spkiSha256(pem)}`;

/** Of the public key of a certificate, hexadecimal. */
export const spkiSha256 = (pem: string): string => createHash('sha256').update(new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' })).digest('hex');
