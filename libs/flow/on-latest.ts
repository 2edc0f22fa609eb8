/** Changes of others that may come in between, one after another, before somebody is asked to come back. */
const triesMax = 5;

/** What was decided, or that others were faster each time. */
export type OnLatest<T> = T | { readonly kind: 'refused'; readonly detail: string };

/**
 * Decides on what is there, and again on what is there by then when somebody else's change came in between (`overtaken`: nothing was written). Two persons
 * who approve in one instant both count that way; one person in two windows counts once.
 */
export const onLatest = async <T>(decide: () => Promise<T | 'overtaken'>): Promise<OnLatest<T>> => {
  for (let tries = 0; tries < triesMax; tries += 1) {
    const decided = await decide();
    if (decided !== 'overtaken') return decided;
  }
  return { kind: 'refused', detail: 'others changed keys or certificates at the same moment; nothing was changed, do it again' };
};
