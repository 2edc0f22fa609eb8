import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Names of a municipality's own values in the data folder: by day, and for who asks for dark colours. One says nothing of the other, as colours for paper cannot be read at night. */
export const themeFiles = { light: 'theme.css', dark: 'theme-dark.css' } as const;
/** Each of them, or null when there is none. */
export type Theme = Readonly<Record<keyof typeof themeFiles, string | null>>;
const bytesMax = 64 * 1024;

// A value is colours, lengths, fonts and other tokens: nothing that fetches (url, image, src) and nothing that ends the declaration.
const declarationForm = /^--(kl|utrecht)-[a-z0-9-]{1,100}\s*:\s*[^{}<>@\\]{1,500}$/;
const fetches = /(url|image|image-set|src|element|paint|env)\s*\(/i;

/**
 * The values of somebody's own house style: one `:root` with tokens of `apps/console/assets/theme.css` and of the NL Design System. Null when there is no such
 * file. Throws with every line that is anything else: a style sheet could hide what is on a page, or fetch from elsewhere.
 */
export const readTheme = async (dataFolder: string): Promise<Theme> => ({ light: await readOne(join(dataFolder, themeFiles.light)), dark: await readOne(join(dataFolder, themeFiles.dark)) });

const readOne = async (file: string): Promise<string | null> => {
  const text = await readFile(file, 'utf8').catch((fault: unknown) => {
    if (fault instanceof Error && 'code' in fault && fault.code === 'ENOENT') return null;
    throw fault;
  });
  if (text === null) return null;
  const problems = themeProblems(text);
  if (problems.length > 0) throw new Error(`The console does not start, because ${file} cannot be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  return text;
};

/** All that keeps a text from being a theme; empty when it is one. */
export const themeProblems = (text: string): readonly string[] => {
  if (Buffer.byteLength(text) > bytesMax) return [`is larger than ${bytesMax} bytes`];
  const bare = text.replace(/\/\*.*?\*\//gs, '').trim();
  const inside = /^:root\s*\{([^{}]*)\}$/.exec(bare)?.[1];
  if (inside === undefined) return ['must be one block: :root { --kl-accent: #0b5563; }'];
  const wrong = inside.split(';').map((line) => line.trim()).filter((line) => line !== '' && (!declarationForm.test(line) || fetches.test(line)));
  return wrong.map((line) => `only values of --kl-... and --utrecht-..., not: ${line.slice(0, 80)}`);
};
