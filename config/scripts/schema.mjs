// Writes libs/store/schema.sql: what all migrations add up to, so that a review sees the schema and not only the steps.
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { root } from './install.mjs';

const compiled = (path) => import(pathToFileURL(join(root, 'dist', ...path.split('/'))).href);

/** Migrates an empty database and writes its schema as text; expects dist/ to be up to date. */
export const generateSchema = async () => {
  const [{ startEmbeddedPostgres }, { migrate }, { schemaText }, { default: pg }] = await Promise.all([
    compiled('libs/platform/postgres/embedded.js'), compiled('libs/store/migrate.js'), compiled('libs/store/schema-text.js'), import('pg'),
  ]);
  const folder = await mkdtemp(join(tmpdir(), 'ketensluis-schema-'));
  await chmod(folder, 0o755);
  const embedded = await startEmbeddedPostgres({ directory: folder, log: () => undefined });
  const client = new pg.Client({ connectionString: embedded.connectionString });
  try {
    await client.connect();
    await migrate(client);
    await writeFile(join(root, 'libs', 'store', 'schema.sql'), await schemaText(client));
  } finally {
    await client.end();
    await embedded.stop();
    await rm(folder, { recursive: true, force: true });
  }
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { build } = await import('./build.mjs');
  await build();
  await generateSchema();
  console.log('libs/store/schema.sql written');
}
