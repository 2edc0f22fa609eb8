// `npm run check`: the quick look before a commit, types and architecture rules only.
import { checkNode, ensureInstalled } from './install.mjs';

checkNode();
await ensureInstalled('develop');
const { checkTypes } = await import('./steps.mjs');
const { runSpecs } = await import('./specs.mjs');
const types = await checkTypes();
const rules = await runSpecs(['test/architecture']);
process.exit(types === 0 ? rules : types);
