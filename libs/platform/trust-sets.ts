import { parseCertificate, type Trust } from '@ketensluis/mail';
import { readdir, readFile } from 'node:fs/promises';
import { isAbsolute, join, normalize } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { derOf } from './identity.js';
import type { RevocationHost } from './revocation-client.js';

/** A trust set that cannot be used; the message tells what to change. */
export class TrustSetNotUsable extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TrustSetNotUsable';
  }
}

const fileSchema = z.string().min(1).max(200).refine((path) => !isAbsolute(path) && !normalize(path).startsWith('..'), 'a file below this folder');
const oidSchema = z.string().regex(/^[0-2](\.\d+)+$/, 'a policy is a dotted number');
const hostSchema = z.union([
  z.string().regex(/^[a-z0-9.-]{1,253}$/).transform((host): RevocationHost => ({ host })),
  z.strictObject({ host: z.string().regex(/^[a-z0-9.-]{1,253}$/), port: z.number().int().min(1).max(65_535).optional(), networks: z.array(z.string()).max(20).optional() })
    .transform(({ host, port, networks }): RevocationHost => ({ host, ...(port === undefined ? {} : { port }), ...(networks === undefined ? {} : { networks }) })),
]);

const setSchema = z.strictObject({
  set: z.string().regex(/^[a-z0-9][a-z0-9-]{0,60}$/),
  /** For mail, for servers and clients over TLS, or both. */
  use: z.array(z.enum(['mail', 'tls'])).min(1),
  /** Of the practice authority, which anybody can use: never beside real parties. */
  practice: z.boolean().default(false),
  /** An anchor is named with its hash: another file under the same name is no anchor. Only practice, which makes its own, leaves it out. */
  anchors: z.array(z.strictObject({ file: fileSchema, sha256: z.string().regex(/^[0-9a-f]{64}$/).optional() })).min(1).max(20),
  intermediates: z.array(fileSchema).max(50).default([]),
  /** The policies of which one must hold for a whole path (initialPolicySet with requireExplicitPolicy, RFC 5280 §6.1.1). */
  policies: z.array(oidSchema).min(1).max(50),
  /** Who may be asked for lists and answers. */
  hosts: z.array(hostSchema).max(100).default([]),
});

/** Whom the hub believes by configuration: anchors with the policies required below them, and who may be asked whether something was revoked. */
export interface TrustSets {
  readonly names: readonly string[];
  readonly anchors: Trust['anchors'];
  readonly intermediates: Trust['intermediates'];
  readonly hosts: readonly RevocationHost[];
}

/** `practiceFolder` is where practice keeps its authority, and null outside practice. */
export interface TrustSetsWanted {
  readonly practiceFolder: string | null;
}

/** The organisation in the certificates of the practice authority. */
export const practiceOrganisation = 'O=Ketensluis oefening';

/**
 * Reads `*.yaml` of this folder (config/trust/README.md). In practice the practice sets alone, outside practice all others: nobody is believed in one because of
 * the other. Throws `TrustSetNotUsable` for a file that does not pass, an anchor with another hash, and an anchor of practice outside practice.
 */
export const readTrustSets = async (folder: string, { practiceFolder }: TrustSetsWanted): Promise<TrustSets> => {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).sort();
  const sets = (await Promise.all(names.map((name) => readSet(folder, name)))).filter((set) => set.practice === (practiceFolder !== null));
  if (new Set(sets.map(({ set }) => set)).size !== sets.length) throw new TrustSetNotUsable(`${folder}: two sets have one name`);
  const read = await Promise.all(sets.map(async (set) => {
    const place = practiceFolder ?? folder;
    const anchors = await Promise.all(set.anchors.map((anchor) => readAnchor(place, anchor, practiceFolder !== null)));
    const between = await Promise.all(set.intermediates.map((file) => readPems(place, file)));
    return { anchors: anchors.map((certificate) => ({ certificate, policies: set.policies, uses: set.use, set: set.set })), intermediates: between.flat(), hosts: set.hosts };
  }));
  return {
    names: sets.map(({ set }) => set),
    anchors: read.flatMap(({ anchors }) => anchors), intermediates: read.flatMap(({ intermediates }) => intermediates), hosts: read.flatMap(({ hosts }) => hosts),
  };
};

type TrustSet = z.output<typeof setSchema>;

const readSet = async (folder: string, name: string): Promise<TrustSet> => {
  const parsed = setSchema.safeParse(parse(await readFile(join(folder, name), 'utf8')));
  if (!parsed.success) throw new TrustSetNotUsable(parsed.error.issues.map(({ path, message }) => `${name}: ${path.join('.')}: ${message}`).join('\n'));
  const unnamed = parsed.data.anchors.find(({ sha256 }) => sha256 === undefined);
  if (unnamed !== undefined && !parsed.data.practice) throw new TrustSetNotUsable(`${name}: the anchor ${unnamed.file} needs its sha256`);
  return parsed.data;
};

const readPems = async (folder: string, file: string): Promise<readonly Uint8Array[]> => {
  const text = await readFile(join(folder, file), 'utf8').catch(() => {
    throw new TrustSetNotUsable(`${file}: cannot be read`);
  });
  const ders = derOf(text);
  if (ders.length === 0) throw new TrustSetNotUsable(`${file}: holds no certificate`);
  return ders;
};

const readAnchor = async (folder: string, { file, sha256 }: TrustSet['anchors'][number], isPractice: boolean): Promise<Uint8Array> => {
  const [der, ...more] = await readPems(folder, file);
  if (der === undefined || more.length > 0) throw new TrustSetNotUsable(`${file}: must hold one certificate`);
  const certificate = parseCertificate(der);
  if (sha256 !== undefined && certificate.sha256 !== sha256) throw new TrustSetNotUsable(`${file}: its sha256 is ${certificate.sha256}, and not what the set names`);
  if (!isPractice && certificate.subject.printable.includes(practiceOrganisation)) throw new TrustSetNotUsable(`${file}: is an anchor of practice, which real parties must not be proven by`);
  return der;
};
