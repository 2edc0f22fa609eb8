// Writes what follows from the sources: config/schema from the message definitions and the API's operations, config/hub.yaml from the settings,
// libs/store/schema.sql from the migrations. Specs fail when the committed files differ.
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
// Folders below it are written by hand, but for the API's document.
const stale = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile() && !wanted.has(entry.name)).map(({ name }) => name);
await Promise.all(stale.map((name) => rm(join(folder, name))));
await Promise.all(files.map((file) => writeFile(join(folder, file.name), file.content)));
// The document of the API, for a hub at its usual address.
const { apiDocument } = await import('../../dist/apps/gateway/http/api/operations.js');
await mkdir(join(folder, 'api'), { recursive: true });
await writeFile(join(folder, 'api', 'openapi.json'), apiDocument('https://localhost:8443'));
const { configurationReference } = await import('../../dist/libs/platform/index.js');
await writeFile(fileURLToPath(new URL('../hub.yaml', import.meta.url)), configurationReference());
const { generateSchema } = await import('./schema.mjs');
await generateSchema();
console.log(`${files.length} files in config/schema, ${stale.length} removed`);
