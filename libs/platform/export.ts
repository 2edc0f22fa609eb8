import type { ExportFile, ExportPorts, ExportScope, ExportTarget, ExportUnit } from '@ketensluis/flow';
import { exportSource } from '@ketensluis/store';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, truncate } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type pg from 'pg';
import { z } from 'zod';
import { createAudit } from './audit.js';
import type { Configuration } from './config.js';
import { exportReadme } from './export-readme.js';
import { openVault } from './master-key.js';
import { registerReader } from './registers.js';

/** A disk with no room left; what was written stays, and the export goes on from there. */
export class DiskFull extends Error {
  constructor(directory: string) {
    super(`There is no room left in ${directory}. What is written is good: make room and run the same command again, it goes on where it was.`);
    this.name = 'DiskFull';
  }
}

const scopeSchema = z.strictObject({ v: z.literal(1), controller: z.string().nullable(), municipality: z.string().nullable(), upTo: z.iso.datetime(), size: z.number().int().min(0) });
const unitSchema = z.strictObject({ unit: z.string(), files: z.array(z.strictObject({ path: z.string(), bytes: z.number().int() })) });

const manifest = 'MANIFEST.sha256';
const beginning = '.export.json';
const diary = '.export.jsonl';

/** What an export to this folder needs, for a command beside the hub. */
export const createExport = async (pool: pg.Pool, configuration: Configuration, to: { readonly directory: string; readonly writeVerifier: (directory: string) => Promise<void> }): Promise<ExportPorts> => {
  const audit = await createAudit(pool, configuration);
  const vault = await openVault(join(configuration.dataFolder, 'keys'));
  return {
    ...audit,
    registers: registerReader(pool, audit.clock),
    source: exportSource({ pool, vault, directory: to.directory, readme: exportReadme, writeVerifier: to.writeVerifier }),
    target: await exportFolder(to.directory),
  };
};

/**
 * A folder as the target of an export. Each file is written whole and flushed; a line in a diary says that its unit is done, and a unit whose files are
 * not all there is written again. At the end the diary gives way to a manifest, in the form `sha256sum -c` reads.
 */
export const exportFolder = async (directory: string): Promise<ExportTarget> => {
  const written = await readDiary(directory);
  return {
    begun: () => full(directory, () => readBeginning(directory)),
    begin: (scope) => full(directory, () => writeWhole(directory, { path: beginning, bytes: Buffer.from(JSON.stringify({ v: 1, ...scope, upTo: scope.upTo.toISOString() })) })),
    isWritten: (unit) => written.has(unit),
    write: (unit) => full(directory, () => writeUnit(directory, unit)),
    finish: () => full(directory, () => finish(directory)),
  };
};

const noRoom = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

const full = async <T>(directory: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (fault) {
    if (noRoom.has(codeOf(fault))) throw new DiskFull(directory);
    throw fault;
  }
};

const codeOf = (fault: unknown): string => (typeof fault === 'object' && fault !== null && 'code' in fault ? String(fault.code) : '');

const textOf = async (path: string): Promise<string | null> => {
  try {
    return await readFile(path, 'utf8');
  } catch (fault) {
    if (codeOf(fault) === 'ENOENT') return null;
    throw fault;
  }
};

const readBeginning = async (directory: string): Promise<ExportScope | null> => {
  if ((await textOf(join(directory, manifest))) !== null) throw new Error(`${directory} holds a whole export; name another folder for a new one.`);
  const text = await textOf(join(directory, beginning));
  if (text !== null) {
    const { controller, municipality, upTo, size } = scopeSchema.parse(JSON.parse(text));
    return { controller, municipality, upTo: new Date(upTo), size };
  }
  const there = await readdir(directory).catch(() => []);
  // A crash before the beginning was whole leaves at most its unfinished file.
  if (there.some((name) => name !== `${beginning}.new`)) throw new Error(`${directory} is not empty and holds no export; name an empty folder.`);
  return null;
};

/** Units of which every file is there with its size. */
const readDiary = async (directory: string): Promise<ReadonlySet<string>> => {
  const text = (await textOf(join(directory, diary))) ?? '';
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  // A crash cut the last line off; its unit is written again.
  if (whole.length < text.length) await truncate(join(directory, diary), Buffer.byteLength(whole));
  const units = new Set<string>();
  for (const line of whole.split('\n').slice(0, -1)) {
    const { unit, files } = unitSchema.parse(JSON.parse(line));
    const sizes = await Promise.all(files.map(({ path }) => stat(join(directory, path)).then(({ size }) => size, () => -1)));
    if (files.every(({ bytes }, place) => sizes[place] === bytes)) units.add(unit);
  }
  return units;
};

const writeUnit = async (directory: string, unit: ExportUnit): Promise<void> => {
  const files: { path: string; bytes: number }[] = [];
  for await (const file of unit.files()) {
    await writeWhole(directory, file);
    files.push({ path: file.path, bytes: file.bytes.length });
  }
  const handle = await open(join(directory, diary), 'a', 0o600);
  try {
    await handle.write(`${JSON.stringify({ unit: unit.name, files })}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const writeWhole = async (directory: string, { path, bytes }: ExportFile): Promise<void> => {
  const place = join(directory, path);
  await mkdir(dirname(place), { recursive: true, mode: 0o700 });
  const handle = await open(`${place}.new`, 'w', 0o600);
  await handle.writeFile(bytes).then(() => handle.sync()).finally(() => handle.close());
  await rename(`${place}.new`, place);
};

const finish = async (directory: string): Promise<{ readonly files: number; readonly bytes: number }> => {
  const lines: string[] = [];
  let bytes = 0;
  for (const path of [...(await pathsBelow(directory))].sort()) {
    if (path.endsWith('.new') || path === beginning || path === diary) continue;
    lines.push(`${await sha256Of(join(directory, path))}  ${path}\n`);
    bytes += (await stat(join(directory, path))).size;
  }
  await writeWhole(directory, { path: manifest, bytes: Buffer.from(lines.join('')) });
  for (const path of await pathsBelow(directory)) if (path.endsWith('.new')) await rm(join(directory, path));
  await rm(join(directory, diary), { force: true });
  await rm(join(directory, beginning), { force: true });
  return { files: lines.length, bytes };
};

const pathsBelow = async (directory: string): Promise<readonly string[]> => {
  const found = await readdir(directory, { recursive: true, withFileTypes: true });
  return found.filter((one) => one.isFile()).map((one) => relative(directory, join(one.parentPath, one.name)).split(sep).join('/'));
};

const sha256Of = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  for await (const part of createReadStream(path)) hash.update(part);
  return hash.digest('hex');
};
