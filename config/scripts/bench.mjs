// `npm run bench [-- name]`: measures on this computer. Each test/bench/<name>.bench.ts exports run() and prints its own table.
import { checkNode, ensureInstalled } from './install.mjs';

checkNode();
await ensureInstalled('develop');
const { build } = await import('./build.mjs');
const { loadPrograms } = await import('./steps.mjs');
await build();
for (const { name, load } of await loadPrograms('bench', 'bench', process.argv[2])) {
  console.log(`\n== ${name}`);
  await (await load()).run();
}
