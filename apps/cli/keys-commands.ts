import { civilDay, daysLeft, ownKeyRoles, type OwnKey, type OwnKeyRole } from '@ketensluis/domain';
import { changeOwnKey, keptCertificate, makeOwnKey, readCertificate, type AskedStep, type KeptCertificate, type OwnKeyVerdict } from '@ketensluis/flow';
import { derOf, dkimSelector } from '@ketensluis/platform';
import { Option, type Command } from 'commander';
import { createPublicKey, X509Certificate } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { certify } from '../../certs/certify.js';
import { withDatabase } from './place.js';
import { PlainFault, say } from './terminal.js';
import { adoptIdentity, openTrustPlace, type TrustPlace } from './trust-place.js';

/** `ketensluis keys list|new|announce|activate|retire|destroy`: the hub's own keys, followed by a running hub without a restart. */
export const addKeysCommands = (program: Command): void => {
  const keys = program.command('keys').description("the hub's own keys: signing, opening, servers, DKIM");
  keys.command('list').description('every key, its state and the days its certificate has left').option('--json', 'as JSON').action(list);
  by(keys.command('new <role>'), 'make a key and ask for its certificate; it is used for nothing yet')
    .addOption(new Option('--kind <kind>', 'of the key').choices(['p-256', 'rsa-3072', 'ed25519']))
    .option('--host <name...>', 'names of the server, for tls')
    .option('--oin <oin>', 'OIN of your organisation, for its certificate; that of the tls key before it when absent. Without it no webhooks go out')
    .option('--organization <name>', 'who it is certified for, as the authority writes it', 'Ketensluis')
    .option('--out <file>', 'where the request goes (PEM)', 'request.pem')
    .option('--practice', 'have the practice authority certify it at once, into the same file')
    .action(make);
  by(keys.command('announce <id> [file]'), 'the certificate is there (PEM, with its chain): partners are asked to use it; for dkim: it stands in DNS')
    .action((id: string, file: string | undefined, options: StepOptions) => announce(id, file, options));
  by(keys.command('activate <id>'), 'use the key from now on; the one before it becomes retiring')
    .option('--early', 'before partners had their fortnight to change over')
    .action((id: string, options: StepOptions & { readonly early?: boolean }) => step(id, { kind: 'activate', early: options.early === true ? 'allowed' : 'refused' }, options));
  by(keys.command('retire <id>'), 'an opening key is no recipient any more; it still opens what was kept')
    .action((id: string, options: StepOptions) => step(id, { kind: 'retire' }, options));
  by(keys.command('destroy <id>'), 'the private half is gone for good; refused while kept mail may need it')
    .action((id: string, options: StepOptions) => step(id, { kind: 'destroy' }, options));
};

const by = (command: Command, description: string): Command => command.description(description).option('--by <name>', 'who does this; kept encrypted beside the entry in the log', userInfo().username);

interface StepOptions {
  readonly by: string;
}

interface MakeOptions extends StepOptions {
  readonly kind?: 'p-256' | 'rsa-3072' | 'ed25519';
  readonly host?: readonly string[];
  readonly oin?: string;
  readonly organization: string;
  readonly out: string;
  readonly practice?: boolean;
}

const withPlace = (work: (place: TrustPlace) => Promise<void>): Promise<void> => withDatabase(async (pool, configuration) => work(await openTrustPlace(pool, configuration)));

interface ListedKey extends Pick<OwnKey, 'role' | 'state'> {
  readonly id: string;
  readonly since: string | null;
  readonly certificate: string | null;
  readonly days: number | null;
  readonly keepUntil: string | null;
}

const list = (options: { readonly json?: boolean }): Promise<void> =>
  withPlace(async (place) => {
    const { documents, certificates } = await place.trust.load();
    const keys = documents.filter((one) => one.kind === 'own-key');
    const at = place.clock.now();
    const rows = keys.length === 0 ? inFiles(place.identity, at) : keys.map((key) => rowOf(key, key.certificate === null ? undefined : certificates.get(key.certificate), at));
    if (options.json === true) return say(JSON.stringify(rows, null, 2));
    if (rows.length === 0) say('No keys yet. Begin with: ketensluis keys new sign --organization "YOUR ORGANISATION" --out sign.req.pem');
    for (const { id, role, state, since, certificate, days, keepUntil } of rows) {
      const ends = days === null ? '' : days > 0 ? `  ${days} days left` : '  ENDED';
      say(`${id}  ${role}  ${state}${since === null ? '' : ` since ${civilDay(new Date(since))}`}${ends}${certificate === null ? '' : `  ${certificate.slice(0, 16)}`}${keepUntil === null ? '' : `  kept until ${civilDay(new Date(keepUntil))}`}`);
    }
  });

const rowOf = (key: OwnKey, certificate: KeptCertificate | undefined, at: Date): ListedKey => ({
  id: key.id, role: key.role, state: key.state, since: key.destroyedAt ?? key.decryptOnlyAt ?? key.retiringAt ?? key.activeAt ?? key.announcedAt ?? key.madeAt,
  certificate: key.certificate, days: certificate === undefined ? null : daysLeft(certificate.notAfter, at), keepUntil: key.state === 'decrypt-only' ? key.keepUntil : null,
});

/** Before any key was changed they are those in files; the first change writes them down. */
const inFiles = (identity: TrustPlace['identity'], at: Date): readonly ListedKey[] => {
  if (identity === null) return [];
  const row = (role: OwnKeyRole, der: Uint8Array | undefined): ListedKey => {
    const kept = der === undefined ? null : keptCertificate(der);
    return { id: 'in files', role, state: 'active', since: null, certificate: kept?.sha256 ?? null, days: kept === null ? null : daysLeft(kept.notAfter, at), keepUntil: null };
  };
  return [row('sign', identity.sign.certificate), row('decrypt', identity.encrypt.certificate), row('tls', derOf(identity.tls.cert)[0]), ...(identity.dkim === undefined ? [] : [row('dkim', undefined)])];
};

const make = (role: string, options: MakeOptions): Promise<void> =>
  withPlace(async (place) => {
    const wanted = ownKeyRoles.find((one) => one === role);
    if (wanted === undefined) throw new PlainFault(`Choose one of: ${ownKeyRoles.join(', ')}`, 2);
    const kind = options.kind ?? (wanted === 'dkim' ? 'ed25519' : wanted === 'tls' ? 'p-256' : 'rsa-3072');
    if ((kind === 'ed25519') !== (wanted === 'dkim') && !(wanted === 'dkim' && kind === 'rsa-3072')) throw new PlainFault(`A ${kind} key is not for ${wanted}.`, 2);
    const { address, practiceFolder } = place;
    if (options.practice === true && practiceFolder === null) throw new PlainFault('--practice is for practice: real parties believe no key that it certifies.', 2);
    if (wanted === 'tls' && options.host === undefined && practiceFolder === null) throw new PlainFault('Name the server as the parties know it: --host NAME', 2);
    if (options.oin !== undefined && !/^[0-9]{20}$/.test(options.oin)) throw new PlainFault('--oin: twenty digits, such as 00000004003214345001', 2);
    const hosts = options.host ?? ['localhost'];
    await adoptIdentity(place, options.by);
    const oin = options.oin ?? (wanted === 'tls' ? await oinUntilNow(place) : null);
    const made = told(await makeOwnKey({ role: wanted, kind, organization: options.organization, address, hosts, ...(oin === null ? {} : { oin }) }, options.by, place));
    if (made.request === null) return sayDkim(made.key, createPublicKey({ key: Buffer.from(await place.provider.publicKey(made.key.id)), format: 'der', type: 'spki' }), address);
    const use = wanted === 'decrypt' ? 'encrypt' : wanted === 'tls' ? 'tls' : 'sign';
    const publicKey = await place.provider.publicKey(made.key.id);
    const chain = options.practice === true && practiceFolder !== null ? await certify(practiceFolder, { use, name: options.organization, address, hosts, publicKey, ...(oin === null ? {} : { oin }) }, place.clock.now()) : null;
    await writeFile(options.out, chain === null ? requestPem(made.request) : chain.map((der) => new X509Certificate(der).toString()).join(''));
    say(chain === null ? `Key ${made.key.id}. Have ${options.out} certified, then: ketensluis keys announce ${made.key.id} CERTIFICATE.pem`
      : `Key ${made.key.id}, certified into ${options.out}. Next: ketensluis keys announce ${made.key.id} ${options.out}`);
  });

/** The OIN our servers have in their certificate now: it must be in the next one too. */
const oinUntilNow = async ({ trust }: TrustPlace): Promise<string | null> => {
  const { documents, certificates } = await trust.load();
  const active = documents.find((one) => one.kind === 'own-key' && one.role === 'tls' && one.state === 'active');
  const kept = active?.kind === 'own-key' ? certificates.get(active.certificate ?? '') : undefined;
  return kept === undefined ? null : (readCertificate(kept.der)?.subject.serialNumber ?? null);
};

const requestPem = (der: Uint8Array): string =>
  `-----BEGIN CERTIFICATE REQUEST-----\n${Buffer.from(der).toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE REQUEST-----\n`;

const sayDkim = (key: OwnKey, publicKey: ReturnType<typeof createPublicKey>, address: string): void => {
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  // RFC 8463 §4: of Ed25519 the 32 octets themselves stand in DNS, of RSA the SubjectPublicKeyInfo (RFC 6376 §3.6.1).
  const text = publicKey.asymmetricKeyType === 'ed25519' ? `v=DKIM1; k=ed25519; p=${spki.subarray(-32).toString('base64')}` : `v=DKIM1; k=rsa; p=${spki.toString('base64')}`;
  say(`Key ${key.id}. Publish it, then: ketensluis keys announce ${key.id}`);
  say(`${dkimSelector(key)}._domainkey.${address.slice(address.lastIndexOf('@') + 1)}. IN TXT "${text}"`);
};

const announce = (id: string, file: string | undefined, options: StepOptions): Promise<void> =>
  withPlace(async (place) => {
    const text = file === undefined ? '' : await readFile(file, 'utf8').catch(() => {
      throw new PlainFault(`${file}: cannot be read`, 2);
    });
    const certificates = derOf(text);
    await place.ask(certificates);
    await take(place, id, { kind: 'announce', certificates }, options.by);
  });

const step = (id: string, asked: AskedStep, options: StepOptions): Promise<void> => withPlace((place) => take(place, id, asked, options.by));

const take = async (place: TrustPlace, id: string, asked: AskedStep, name: string): Promise<void> => {
  await adoptIdentity(place, name);
  const { key } = told(await changeOwnKey(id, asked, name, place));
  say(`${key.role} key ${key.id} is ${key.state}; it stands in the log, and a running hub follows at once.`);
};

const told = (verdict: OwnKeyVerdict): Extract<OwnKeyVerdict, { kind: 'changed' }> => {
  if (verdict.kind === 'refused') throw new PlainFault(verdict.detail, 3);
  return verdict;
};
