// `npm run fuzz [-- name] [-- --cases=100000]`: feeds broken input to every parser. Each test/fuzz/<name>.fuzz.ts exports run(cases).
import { checkNode, ensureInstalled } from './install.mjs';

const usualCases = 100_000;

checkNode();
await ensureInstalled('develop');
const { build } = await import('./build.mjs');
const { loadPrograms } = await import('./steps.mjs');
await build();
const args = process.argv.slice(2);
const cases = Number(args.find((arg) => arg.startsWith('--cases='))?.slice('--cases='.length) ?? usualCases);
if (!Number.isSafeInteger(cases) || cases < 1) {
  console.error('--cases= takes a whole number above 0, for example --cases=100000');
  process.exit(1);
}
for (const { name, load } of await loadPrograms('fuzz', 'fuzz', args.find((arg) => !arg.startsWith('--')))) {
  const startedAt = Date.now();
  await (await load()).run(cases);
  console.log(`${name}: ${cases} cases, no crash and no loop (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
}
