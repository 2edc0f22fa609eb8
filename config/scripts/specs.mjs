// Runs the specs with Jest, within a bound, and tells the end in one line. A spec that failed beside others runs once more alone: on two
// cores, beside a browser and a broker, a wait can run out that has nothing to do with what is tested. It is said, never passed over.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { root } from './install.mjs';

// Half of what a spec takes is waiting, for a log that is signed five times a second or for a server that starts: one worker more than
// there are processors keeps those busy. Not more than four, as each may start servers of its own.
const workers = Math.min(availableParallelism() + 1, 4);

/** More files than this that fail are no matter of a busy machine. */
const AGAIN_FILES_MAX = 4;
/** Three times what a run takes on two cores: a run that is longer hangs. */
const RUN_MAX_MINUTES = 50;
/** Jest has told its results; what it still does is closing. */
const CLOSE_MAX_SECONDS = 60;

/** Runs Jest over the specs that `args` choose; ends it when it hangs, before or after its results. Exit code and what it counted. */
const runOnce = async (args, maxWorkers) => {
  const folder = await mkdtemp(join(tmpdir(), 'ketensluis-results-'));
  const results = join(folder, 'results.json');
  const read = () => readFile(results, 'utf8').then(JSON.parse).catch(() => null);
  const jest = ['--no-warnings', join('node_modules', 'jest', 'bin', 'jest.js'), '-c', join('config', 'jest.config.mjs')];
  const child = spawn(process.execPath, [...jest, `--maxWorkers=${maxWorkers}`, '--json', `--outputFile=${results}`, ...args], {
    cwd: root,
    // The results go to the file; on standard output Jest would print them a second time.
    stdio: ['inherit', 'ignore', 'inherit'],
  });
  const startedAt = Date.now();
  let toldAt;
  const watch = setInterval(async () => {
    toldAt ??= (await read()) === null ? undefined : Date.now();
    const hangs = Date.now() - startedAt > RUN_MAX_MINUTES * 60_000 || (toldAt !== undefined && Date.now() - toldAt > CLOSE_MAX_SECONDS * 1_000);
    if (!hangs) return;
    console.error(toldAt === undefined ? `\nNot ready after ${RUN_MAX_MINUTES} minutes: ended.` : '\nJest told its results and did not end: ended.');
    child.kill('SIGKILL');
  }, 5_000);
  const code = await new Promise((resolve) => {
    child.once('error', () => resolve(127));
    child.once('exit', (exit) => resolve(exit ?? 1));
  });
  clearInterval(watch);
  const told = await read();
  await rm(folder, { recursive: true, force: true });
  // Ended by us after its results: these count.
  return { code: toldAt !== undefined && child.signalCode === 'SIGKILL' ? Number(!told.success) : code, told };
};

// A file that could not run at all counts as one.
const failuresOf = (told) => told.numFailedTests + told.numRuntimeErrorTestSuites;

const failedFiles = (told) => told.testResults.filter((one) => one.status === 'failed').map((one) => one.name);

const closingLine = (passed, failed) => console.log(`\n${passed} passed, ${failed} failed`);

/** Runs the specs; `args` go to Jest as they are. Resolves to 0 when each passed, at once or alone. */
export const runSpecs = async (args) => {
  const first = await runOnce(args, workers);
  if (first.told === null) return first.code || 1;
  const passed = first.told.numPassedTests;
  const failed = failuresOf(first.told);
  const again = failedFiles(first.told);
  if (first.code === 0 || again.length === 0 || again.length > AGAIN_FILES_MAX) {
    closingLine(passed, failed);
    return first.code;
  }
  const names = again.map((path) => relative(root, path));
  console.log(`\nFailed beside others, now once more and alone: ${names.join(', ')}`);
  const second = await runOnce(['--runTestsByPath', ...again], 1);
  const left = second.told === null ? failed : failuresOf(second.told);
  if (second.code === 0) console.log(`\nUNSTEADY: ${names.join(', ')} failed beside others and passed alone. Look into why.`);
  closingLine(passed + Math.max(0, failed - left), left);
  return second.code;
};
