// Makes the secrets of docker-compose.yml in a folder: passwords of the database and the broker, and the addresses that hold them. What is there is kept.
//   node config/scripts/secrets.mjs secrets
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const roles = ['gateway', 'decide', 'seal', 'deliver', 'watch', 'console', 'practice'];

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('Name the folder: node config/scripts/secrets.mjs secrets');
  process.exit(2);
}
// Files in containers keep their owner and mode: whoever reads them there is another account than here. The folder keeps everybody else out.
await mkdir(folder, { recursive: true, mode: 0o700 });
if ((await readdir(folder)).length > 0) {
  console.log(`${folder} holds secrets already; nothing was changed.`);
  process.exit(0);
}
const password = () => randomBytes(24).toString('hex');
const accounts = [['owner', 'ketensluis', password()], ...roles.map((role) => [role, `ketensluis_${role}`, password()])];
const broker = password();
const files = {
  'database-admin': password(),
  'database-roles': accounts.map(([, name, secret]) => `${name} ${secret}\n`).join(''),
  'broker-conf': `default_user = ketensluis\ndefault_pass = ${broker}\n`,
  'broker-url': `amqp://ketensluis:${broker}@broker:5672/`,
  ...Object.fromEntries(accounts.map(([role, name, secret]) => [`${role}-url`, `postgres://${name}:${secret}@database:5432/ketensluis`])),
};
for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text, { mode: 0o644, flag: 'wx' });
console.log(`${Object.keys(files).length} secrets written to ${folder}. Keep them out of git and out of backups that others read.`);
