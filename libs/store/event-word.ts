import { onwardEvents, type OnwardEvent } from '@ketensluis/domain';

/** The event of a row: empty for the message itself. Throws on one nobody knows. */
export const asOnward = (event: string): OnwardEvent | null => {
  if (event === '') return null;
  if (!Object.hasOwn(onwardEvents, event)) throw new Error('bug: unknown event in a row');
  return event as OnwardEvent;
};
