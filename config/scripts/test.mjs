// `npm test`: installs what is missing, builds, type-checks and runs every spec. Arguments go to Jest (`npm test -- libs/mail`).
import { checkNode, ensureInstalled } from './install.mjs';

checkNode();
await ensureInstalled('develop');
const { build } = await import('./build.mjs');
const { checkTypes } = await import('./steps.mjs');
const { runSpecs } = await import('./specs.mjs');
console.log(`Built (${await build()} files compiled).`);
const types = await checkTypes();
const specs = await runSpecs(process.argv.slice(2));
if (types !== 0) console.error('\nThe specs ran, but the types are wrong (see above): this run failed.');
process.exit(types === 0 ? specs : types);
