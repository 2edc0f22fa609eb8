import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { projectRoot } from '../faults/hub-child.js';
import { freePort } from '../harness/free-port.js';
import type { Service } from './compose-file.js';

/** Services of the compose file as processes of this computer: the same commands and environment, with folders for volumes and ports of its own for each. */
export interface ComposeRun {
  /** Runs a service until it ends, or until it is healthy; throws with its last words when neither happens. */
  readonly start: (name: string, service: Service) => Promise<void>;
  readonly port: (name: string, inside: number) => number;
  readonly words: (name: string) => string;
  /** Ends all, those that depend on others first; gives how each ended. */
  readonly stop: () => Promise<Readonly<Record<string, number | null>>>;
}

const startMaxMs = 60_000;
const portKeys = { 2525: 'KETENSLUIS_SMTP_PORT', 8080: 'KETENSLUIS_HTTP_PORT', 8443: 'KETENSLUIS_API_PORT', 8081: 'KETENSLUIS_CONSOLE_PORT', 8082: 'KETENSLUIS_SIGN_IN_PORT' } as const;
const insidePorts = [...Object.keys(portKeys).map(Number), 8090];

/** `folder` holds volumes and secrets; nothing in it is shared with another run. */
export const composeRun = async (folder: string, names: readonly string[]): Promise<ComposeRun> => {
  const ports = new Map<string, number>();
  for (const name of names) for (const inside of insidePorts) ports.set(`${name}:${inside}`, await freePort());
  const port = (name: string, inside: number): number => ports.get(`${name}:${inside}`) ?? 0;
  const running: { readonly name: string; readonly child: ChildProcess; readonly ended: Promise<number | null> }[] = [];
  const said = new Map<string, string>();
  const start = async (name: string, service: Service): Promise<void> => {
    const translate = translator({ folder, name, service, port, names });
    const environment = Object.fromEntries(Object.entries(service.environment).map(([key, value]) => [key, value === '0.0.0.0' ? '127.0.0.1' : translate(value)]));
    const own = Object.fromEntries(Object.entries(portKeys).map(([inside, key]) => [key, String(port(name, Number(inside)))]));
    const env = { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', KETENSLUIS_DATA: dataOf(folder, name, service), ...own, ...environment };
    const [program = '', ...words] = (service.entrypoint ?? ['node', 'dist/apps/cli/main.js']).concat(service.command).map(translate);
    const child = spawn(program === 'node' ? process.execPath : program, words, { cwd: projectRoot, env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => void said.set(name, ((said.get(name) ?? '') + chunk.toString()).slice(-20_000)));
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    if (service.restart === 'no') {
      const code = await ended;
      if (code !== 0) throw new Error(`${name} ended with ${code}: ${said.get(name) ?? ''}`);
      return;
    }
    running.push({ name, child, ended });
    if (service.healthcheck === undefined) return;
    const [, file = '', ...test] = service.healthcheck.test.map(translate);
    for (const until = Date.now() + startMaxMs; Date.now() < until && child.exitCode === null; await pause(700)) {
      // Each look is a process of its own, as an engine makes it.
      const look = spawn(file === 'node' ? process.execPath : file, test, { timeout: 10_000, stdio: 'ignore' });
      if ((await new Promise<number | null>((resolve) => look.once('exit', resolve))) === 0) return;
    }
    throw new Error(`${name} is not healthy: ${said.get(name) ?? ''}`);
  };
  return {
    start, port, words: (name) => said.get(name) ?? '',
    stop: async () => {
      const codes: Record<string, number | null> = {};
      for (const { name, child, ended } of running.splice(0).reverse()) {
        child.kill('SIGTERM');
        const late = setTimeout(() => child.kill('SIGKILL'), 20_000);
        codes[name] = await ended;
        clearTimeout(late);
      }
      return codes;
    },
  };
};

interface Translated {
  readonly folder: string;
  readonly name: string;
  readonly service: Service;
  readonly names: readonly string[];
  readonly port: ComposeRun['port'];
}

const mountsOf = (folder: string, { volumes }: Service): readonly (readonly [inside: string, here: string])[] =>
  volumes.map((line) => line.split(':')).map(([volume = '', inside = '']) => [inside, join(folder, 'volumes', volume)]);

/** What stands inside a container, as it is on this computer. */
const translator = ({ folder, name, service, port, names }: Translated) => {
  const places = [...mountsOf(folder, service), ['/run/secrets', join(folder, 'secrets')] as const].toSorted(([a], [b]) => b.length - a.length);
  const addresses = names.flatMap((other) => insidePorts.map((inside) => [`${other}:${inside}`, `127.0.0.1:${port(other, inside)}`] as const));
  const own = insidePorts.flatMap((inside) => [`0.0.0.0:${inside}`, `127.0.0.1:${inside}`].map((address) => [address, `127.0.0.1:${port(name, inside)}`] as const));
  return (text: string): string => {
    const replaced = [...addresses, ...own].reduce((so, [from, to]) => so.replaceAll(from, to), text.replaceAll('$$', '$'));
    return places.reduce((so, [inside, here]) => so.replace(new RegExp(`(?<![\\w.-])${inside}(?=/|$|[ )"'])`, 'g'), here), replaced);
  };
};

/** The data folder of a container: of its own, with what is mounted below it. */
const dataOf = (folder: string, name: string, service: Service): string => {
  const data = join(folder, 'containers', name);
  mkdirSync(data, { recursive: true });
  for (const [inside, here] of mountsOf(folder, service)) {
    mkdirSync(here, { recursive: true });
    if (inside.startsWith('/data/')) symlinkSync(here, join(data, inside.slice('/data/'.length)));
  }
  return data;
};
