import { execFileSync } from 'node:child_process';
import { createPrivateKey, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { openMail } from '../../libs/mail/smime/inbound.js';
import { sealMail } from '../../libs/mail/smime/outbound.js';
import { party, practiceTrust, sampleMail } from '../../libs/mail/smime/fuzz/correspondents.js';
import type { KeyPair } from '../../libs/mail/smime/identity.js';

const attachmentBytes = 25 * 1024 * 1024;
/** The whole hub has 400 MB (bench large-mail); one thread may not take more than this of a process with nothing else in it. */
const limitMegabytes = 260;
const at = new Date('2026-06-01T12:00:00Z');

/** What a child prints: milliseconds for the one mail, and the most memory its process ever had. */
interface Measurement {
  readonly ms: number;
  readonly peakMegabytes: number;
}

const measured = (work: () => void): void => {
  const start = performance.now();
  work();
  const ms = performance.now() - start;
  process.stdout.write(JSON.stringify({ ms, peakMegabytes: process.resourceUsage().maxRSS / 1024 } satisfies Measurement));
};

const flat = (pair: KeyPair): object => ({ ...pair, privateKey: pair.privateKey.export({ format: 'der', type: 'pkcs8' }) });
const unflat = (pair: KeyPair & { readonly privateKey: unknown }): KeyPair => {
  if (!(pair.privateKey instanceof Uint8Array)) throw new Error('bug: no key');
  return { ...pair, privateKey: createPrivateKey({ key: Buffer.from(pair.privateKey), format: 'der', type: 'pkcs8' }) };
};

/** In a child: seals one mail with a 25 MB attachment into `folder`, and keeps what opening it needs. */
export function sealOnce(folder: string): void {
  const [hub, police] = [party('sluis@hub.example', 'rsa'), party('meldkamer@politie.example', 'rsa')];
  const content = randomBytes(attachmentBytes);
  const file = { name: 'beelden.bin', contentType: 'application/octet-stream', content };
  writeFileSync(join(folder, 'context'), serialize({ pair: flat(police.encrypt), trust: practiceTrust() }));
  measured(() => writeFileSync(join(folder, 'mail'), sealMail({ ...sampleMail(hub, police, at), attachments: [file] })));
}

/** In a child: opens that mail. */
export function openOnce(folder: string): void {
  const { pair, trust } = deserialize(readFileSync(join(folder, 'context')));
  const raw = readFileSync(join(folder, 'mail'));
  const keys = [unflat(pair)];
  measured(() => {
    const opened = openMail(raw, { keys, trust, at });
    if (opened.kind === 'refused') throw new Error(opened.detail);
    if (opened.parts.at(-1)?.content.length !== attachmentBytes) throw new Error('attachment lost');
  });
}

const inChild = (name: string, folder: string): Measurement => {
  const script = `import(${JSON.stringify(import.meta.url)}).then((bench) => bench.${name}(${JSON.stringify(folder)}))`;
  return JSON.parse(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }));
};

/** Prints time and peak memory of sealing and opening one mail with a 25 MB attachment, each in a fresh process; throws above the limit. */
export async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mail-memory-'));
  try {
    for (const name of ['sealOnce', 'openOnce']) {
      const { ms, peakMegabytes } = inChild(name, folder);
      console.log(`${name}: ${ms.toFixed(0)} ms, peak ${peakMegabytes.toFixed(0)} MB (limit ${limitMegabytes} MB)`);
      if (peakMegabytes > limitMegabytes) throw new Error(`${name} took ${peakMegabytes.toFixed(0)} MB`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

