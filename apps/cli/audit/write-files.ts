import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ReportFile } from '@ketensluis/report';
import { PlainFault } from '../terminal.js';

/** Writes the files of a report and SHA256SUMS over them, readable by this account only. Nothing is overwritten: a file that is there stops it. */
export const writeFiles = async (directory: string, files: readonly ReportFile[]): Promise<void> => {
  const sums = files.map(({ path, bytes }) => `${createHash('sha256').update(bytes).digest('hex')}  ${path}\n`).join('');
  for (const { path, bytes } of [...files, { path: 'SHA256SUMS', bytes: Buffer.from(sums, 'utf8') }]) {
    const place = join(directory, path);
    await mkdir(dirname(place), { recursive: true, mode: 0o700 });
    await writeFile(place, bytes, { flag: 'wx', mode: 0o600 }).catch((fault: NodeJS.ErrnoException) => {
      throw fault.code === 'EEXIST' ? new PlainFault(`${place} is there already: name an empty folder.`) : fault;
    });
  }
};
