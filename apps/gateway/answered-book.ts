import type { IntakeStore } from '@ketensluis/flow';

const confirmMs = 100;

/** Confirms answers in batches: a mail that comes again before that is answered 250 once more, which does no harm. What could not be confirmed is so with the next. */
export const answeredBook = ({ confirmAnswered }: Pick<IntakeStore, 'confirmAnswered'>, failed: (fault: unknown) => void) => {
  let waiting: string[] = [];
  const confirm = async (): Promise<void> => {
    const ids = waiting;
    waiting = [];
    await confirmAnswered(ids).catch((fault: unknown) => {
      waiting = [...ids, ...waiting];
      throw fault;
    });
  };
  const timer = setInterval(() => void confirm().catch(failed), confirmMs).unref();
  return {
    add: (id: string): void => void waiting.push(id),
    close: async (): Promise<void> => {
      clearInterval(timer);
      await confirm();
    },
  };
};
