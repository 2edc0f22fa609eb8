import { fileKeyOf, type ConfigurationRow } from './row.js';

const head = `# Every setting of a hub, written by \`npm run generate\` from libs/platform/config. Not read from here: copy what you need to the file that
# KETENSLUIS_CONFIG names, or to hub.yaml in the data folder, and leave out the mark before it.
#
# The environment wins over the file. There every setting has the name behind it, or that name with _FILE for a file with the value in it, as secrets
# are mounted; then nothing of it stands in the environment. Paths that do not begin with / start where the hub is started. An unknown key, or a
# value that cannot be used, stops the start with all of them. Try a file with: ketensluis config check FILE. What holds: ketensluis config show
`;

/** The text of `config/hub.yaml`: per setting what it means, what follows from it, and a line to copy. */
export const referenceText = (groups: readonly (readonly [title: string, rows: readonly ConfigurationRow[]])[]): string =>
  `${head}${groups.map(([title, rows]) => `\n# ---- ${title}\n${rows.map(entryOf).join('')}`).join('')}`;

const entryOf = (row: ConfigurationRow): string => `
# ${row.meaning}
# ${row.consequence}
# ${capital(row.expected)}${row.initial === null ? '' : `; ${row.initial} when absent`}. ${row.key}
${row.key === 'KETENSLUIS_CONFIG' ? '' : `#${fileKeyOf(row.key)}: ${row.example}\n`}`;

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
