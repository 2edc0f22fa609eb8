// `npm run check`: the quick look before a commit, types and architecture rules only.
import { checkNode, ensureInstalled } from './install.mjs';

checkNode();
await ensureInstalled('develop');
const { checkTypes, runJest } = await import('./steps.mjs');
const types = await checkTypes();
const rules = await runJest(['test/architecture']);
process.exit(types === 0 ? rules : types);
