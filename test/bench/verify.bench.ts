import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeVerifier } from '../../apps/cli/log/write-verifier.js';
import { fillLog } from './log-filler.js';
import { familyTimeMs, loadAverage, memoryMegabytes } from './processor-time.js';

const isQuick = process.env['KETENSLUIS_BENCH_QUICK'] !== undefined;
const sizes = isQuick ? [50_000] : [100_000, ...(process.env['KETENSLUIS_BENCH_LARGE'] === undefined ? [400_000] : [1_000_000])];
const rounds = 3;

/** Prints how fast the verifier an auditor gets checks a whole log, as a process of its own, and the most memory it took. */
export async function run(): Promise<void> {
  console.log(`Included: start of Node.js, reading the files, every hash, every leaf by its schema, ids and references. One thread; target 170,000 entries/s and 150 MB (load ${loadAverage()}).`);
  for (const size of sizes) {
    const directory = mkdtempSync(join(tmpdir(), 'ketensluis-verify-bench-'));
    try {
      const leafBytes = fillLog(directory, size);
      await writeVerifier(join(directory, 'verifier'));
      const taken: Taken[] = [];
      for (let round = 0; round < rounds; round += 1) taken.push(await verify(directory));
      const best = taken.reduce((one, other) => (other.processorMs < one.processorMs ? other : one));
      console.log(`  ${size} entries of ${(leafBytes / size).toFixed(0)} bytes: ${(size / best.wallMs * 1000).toFixed(0)}/s by the clock, ${(size / best.processorMs * 1000).toFixed(0)}/s of CPU time, at most ${best.peakMegabytes.toFixed(0)} MB (best of ${rounds})`);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }
}

interface Taken {
  readonly wallMs: number;
  readonly processorMs: number;
  readonly peakMegabytes: number;
}

const lookMs = 20;

const verify = async (directory: string): Promise<Taken> => {
  const [startedMs, before] = [performance.now(), familyTimeMs(process.pid)];
  const [ownBefore] = [process.cpuUsage()];
  const child = spawn(process.execPath, [join(directory, 'verifier', 'ketensluis-log.mjs'), 'verify', directory], { stdio: ['ignore', 'ignore', 'inherit'] });
  let peakMegabytes = 0;
  const look = setInterval(() => {
    try {
      peakMegabytes = Math.max(peakMegabytes, memoryMegabytes(child.pid ?? 0, 'VmHWM'));
    } catch {
      clearInterval(look);
    }
  }, lookMs);
  const exit = await new Promise((resolve) => child.once('close', resolve));
  clearInterval(look);
  if (exit !== 0) throw new Error(`the verifier ended with ${String(exit)}`);
  const own = process.cpuUsage(ownBefore);
  return { wallMs: performance.now() - startedMs, processorMs: familyTimeMs(process.pid) - before - (own.user + own.system) / 1000, peakMegabytes };
};
