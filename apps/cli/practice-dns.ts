import { routeSettings, type Configuration, type LookedUpBy } from '@ketensluis/platform';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { startPracticeDns, type PracticeDns } from '../practice/dns/server.js';
import type { MailDomain } from '../practice/dns/zone.js';
import { serverName } from '../practice/entries.js';
import { foldersOf } from './place.js';

/** The resolver of a practice chain that runs in this process. */
export interface OpenPracticeDns extends Pick<PracticeDns, 'setFault' | 'close'> {
  readonly lookedUpBy: LookedUpBy;
}

type Place = z.infer<typeof placeSchema>;
// Mail servers by name: all stand at the address of this computer, each at a port of its own.
const placeSchema = z.strictObject({ resolver: z.string(), ports: z.record(z.string(), z.number().int()) });
const placeFile = (configuration: Configuration): string => join(foldersOf(configuration).practice, 'dns.json');

/** Starts the resolver of practice and tells commands beside the hub where it is, for as long as it is there. */
export const openPracticeDns = async (configuration: Configuration, domains: readonly MailDomain[], now: () => Date): Promise<OpenPracticeDns> => {
  const dns = await startPracticeDns({ domains, now });
  const ports = Object.fromEntries(domains.flatMap(({ name, server }) => (server === null ? [] : [[serverName(name), server.port] as const])));
  const place: Place = { resolver: `${dns.address}:${dns.port}`, ports };
  const file = placeFile(configuration);
  await writeFile(`${file}.new`, JSON.stringify(place));
  await rename(`${file}.new`, file);
  return {
    lookedUpBy: await lookedUpIn(configuration, place), setFault: dns.setFault,
    close: async () => {
      await rm(file, { force: true });
      await dns.close();
    },
  };
};

/** By what a command beside the hub looks routes up: as the settings say, or with the resolver of the practice chain that runs on this data folder. */
export const lookedUpBy = async (configuration: Configuration): Promise<LookedUpBy> => {
  const text = configuration.trust !== null || configuration.resolver !== null ? null : await readFile(placeFile(configuration), 'utf8').catch(() => null);
  return text === null ? { settings: routeSettings(configuration), places: {} } : lookedUpIn(configuration, placeSchema.parse(JSON.parse(text)));
};

/** The networks of this computer, where everything of practice stands. */
export const practiceNetworks: readonly string[] = ['127.0.0.0/8', '::1/128'];

const usualPort = 25;

const lookedUpIn = async (configuration: Configuration, { resolver, ports }: Place): Promise<LookedUpBy> => {
  const settings = routeSettings(configuration);
  const named = new Map(Object.entries(ports));
  const ca = await readFile(join(foldersOf(configuration).practice, 'ca', 'root.cert.pem'), 'utf8');
  return { settings: { ...settings, resolver, allowed: [...practiceNetworks, ...settings.allowed] }, places: { mailPort: (host) => named.get(host) ?? usualPort, ca } };
};
