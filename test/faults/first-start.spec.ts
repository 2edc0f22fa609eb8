import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildOnce, projectRoot } from './hub-child.js';
import { masterKey } from '../../libs/platform/master-key.js';

// The key that wraps all others is made once. Stopped halfway, or made by two at once, there is the whole key or none.
const run = promisify(execFile);
let folder: string;
beforeAll(buildOnce, 120_000);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ketensluis-key-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the master key at the first start', () => {
  test('is one and the same for all who start together', async () => {
    // Whether two meet in the middle is chance: many rounds.
    for (let round = 0; round < 60; round += 1) {
      const place = join(folder, String(round));
      const keys = await Promise.all(Array.from({ length: 8 }, () => masterKey(place)));
      expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(1);
      expect(await masterKey(place)).toEqual(keys[0]);
      expect(await readdir(place)).toEqual(['master.key']);
    }
  });

  test('a disk that was full at the first try leaves nothing that stands in the way of the second', async () => {
    const make = `await (await import('./dist/libs/platform/master-key.js')).masterKey(process.argv[1])`;
    // A process that may write no byte to any file stops just after it made the file.
    const command = `ulimit -f 0; exec "$0" --input-type=module -e "${make}" "$1"`;
    await expect(run('sh', ['-c', command, process.execPath, folder], { cwd: projectRoot })).rejects.toThrow();
    expect(await masterKey(folder)).toHaveLength(32);
  });

  test('a key that is there and damaged is never made anew', async () => {
    await writeFile(join(folder, 'master.key'), 'abc');
    await expect(masterKey(folder)).rejects.toThrow('master.key is damaged');
  });
});
