import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { languages, type Language } from '../shell/language.js';
import { readHelp, type HelpText } from './markdown.js';

/** The pages of the help, in the order of its list: one for each desk, then what everybody may need. */
export const helpPages = ['veilig-thuis', 'griffie', 'gemeente', 'privacy', 'beheerder', 'aansluiten', 'foutmeldingen', 'begrippen', 'beheer'] as const;
/** One of those. */
export type HelpPage = (typeof helpPages)[number];

// The texts are files of their own beside this program; the compiled one lies in dist/.
const besides = [fileURLToPath(new URL('.', import.meta.url)), fileURLToPath(new URL('../../../../apps/console/help/', import.meta.url))];

const readText = async (name: string): Promise<string> => {
  for (const folder of besides) {
    const text = await readFile(join(folder, name), 'utf8').catch(() => null);
    if (text !== null) return text;
  }
  throw new Error(`bug: there is no help text ${name}`);
};

const kept = new Map<string, Promise<HelpText>>();

const textOf = (name: string): Promise<HelpText> => {
  const reading = kept.get(name) ?? readText(name).then(readHelp);
  kept.set(name, reading);
  return reading;
};

/** A page of the help in a language; read once. */
export const helpText = (page: HelpPage, language: Language): Promise<HelpText> => textOf(join(language, `${page}.md`));

/** The statement on accessibility. */
export const statementText = (language: Language): Promise<HelpText> => textOf(join(language, 'toegankelijkheid.md'));

/** Every text there is, for whoever checks them. */
export const allTexts = async (): Promise<readonly { readonly name: string; readonly language: Language; readonly text: HelpText }[]> =>
  Promise.all(languages.flatMap((language) => [...helpPages, 'toegankelijkheid'].map(async (name) => ({ name, language, text: await textOf(join(language, `${name}.md`)) }))));
