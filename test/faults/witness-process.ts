// The command `ketensluis witness` in a process that a test can kill at a write: between its memory and its answer.
import { startWatch, watchRenames } from './kill-points.js';

const [phase, occurrence, ...words] = process.argv.slice(2);
const watch = startWatch();
watchRenames(watch, 'memory', 'memory of the witness');
if (phase === 'before' || phase === 'after') watch.arm({ step: 'memory of the witness', occurrence: Number(occurrence), phase });
process.argv = [process.argv[0] ?? '', process.argv[1] ?? '', 'witness', ...words];
await import('../../apps/cli/main.js');
