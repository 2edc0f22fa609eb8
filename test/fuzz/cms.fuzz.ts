import { randomInt } from 'node:crypto';
import { fuzzCms } from '../../libs/mail/cms/fuzz/campaign.js';

const kindsCount = 15;
const slowestMaxMs = 5_000;

/** Mutates CMS messages of every kind; throws when one crashed a reader, took too long, or changed what was signed. */
export async function run(cases: number): Promise<void> {
  const seed = Number(process.env['KETENSLUIS_FUZZ_SEED'] ?? randomInt(2 ** 31));
  console.log(`cms: KETENSLUIS_FUZZ_SEED=${seed} gives these cases again`);
  const { mutations, refused, violations, slowestMs } = fuzzCms({ rounds: Math.ceil(cases / kindsCount), seed, now: () => performance.now() });
  console.log(`cms: ${mutations} mutations, ${refused} refused, slowest ${slowestMs.toFixed(1)} ms`);
  if (violations.length > 0) throw new Error(`${violations.length} broken: ${violations.slice(0, 10).map(({ name, round, problem }) => `${name} ${round} ${problem}`).join('; ')}`);
  if (slowestMs > slowestMaxMs) throw new Error(`one case took ${slowestMs.toFixed(0)} ms`);
}
