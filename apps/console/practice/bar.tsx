import type { ReactNode } from 'react';
import { desk as words } from './words.js';
import type { Desk } from '../desk.js';
import type { Language } from '../shell/language.js';
import { momentText } from '../shell/moment.js';

/** What stands beside the badge of a practice chain: its clock, and the way to its page. */
export const practiceBar = async ({ practice, hub }: Desk, language: Language): Promise<ReactNode> => {
  if (practice === null) return null;
  const now = hub.clock.now();
  return <a className="top__clock" href="/oefening"><span className="hidden">{words(language).clock} </span>{momentText(now, language, now)}</a>;
};
