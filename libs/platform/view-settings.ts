import { viewSettingsSchema, type ViewSettings } from '@ketensluis/views';
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';

/** Reads how entries are told to other systems, as `config/views/practice.yaml` has it; throws with every problem and its place. */
export const readViewSettings = async (path: string): Promise<ViewSettings> => {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new Error(`${path}: cannot be read`);
  });
  const read = viewSettingsSchema.safeParse(parse(text));
  if (read.success) return read.data;
  throw new Error(read.error.issues.map(({ path: place, message }) => `${path}: ${place.join('.')}: ${message}`).join('\n'));
};
