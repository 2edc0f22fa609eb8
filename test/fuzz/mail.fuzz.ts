import { randomInt } from 'node:crypto';
import { fuzzMail } from '../../libs/mail/smime/fuzz/fuzz-mail.js';

const slowestMaxMs = 5_000;

/** Mutates whole mails at every layer; throws when one crashed the reader, took too long, or said what nobody signed. */
export async function run(cases: number): Promise<void> {
  const seed = Number(process.env['KETENSLUIS_FUZZ_SEED'] ?? randomInt(2 ** 31));
  console.log(`mail: KETENSLUIS_FUZZ_SEED=${seed} gives these cases again`);
  const { outcomes, broken, slowestMs } = fuzzMail({ cases, seed, now: () => performance.now() });
  console.log(`mail: slowest ${slowestMs.toFixed(1)} ms; ${JSON.stringify(outcomes)}`);
  if (broken.length > 0) throw new Error(`accepted what nobody signed: cases ${broken.slice(0, 10).join(', ')}`);
  if (slowestMs > slowestMaxMs) throw new Error(`one case took ${slowestMs.toFixed(0)} ms`);
}
