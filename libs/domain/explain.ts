import type { Decision } from './decision.js';

/** The decision in plain sentences, from the same facts the log has: rule, article, agreement, what is given, what is left out, deadline. */
export const explain = (decision: Decision, language: 'nl' | 'en'): string => {
  throw new Error(`bug: not built yet for ${decision.kind} ${language}`);
};
