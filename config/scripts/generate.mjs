// Writes what follows from the sources: config/schema from the message definitions, libs/store/schema.sql from the migrations. Specs fail
// when the committed files differ.
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';

const folder = fileURLToPath(new URL('../schema', import.meta.url));

await build();
const { generateSchemas } = await import('../../dist/libs/contract/index.js');
const files = generateSchemas();
await mkdir(folder, { recursive: true });
const wanted = new Set(files.map((file) => file.name));
const stale = (await readdir(folder)).filter((name) => !wanted.has(name));
await Promise.all(stale.map((name) => rm(join(folder, name))));
await Promise.all(files.map((file) => writeFile(join(folder, file.name), file.content)));
const { generateSchema } = await import('./schema.mjs');
await generateSchema();
console.log(`${files.length} files in config/schema, ${stale.length} removed`);
