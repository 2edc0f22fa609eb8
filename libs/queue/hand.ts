import type { WorkKind, WorkNotice } from '@ketensluis/flow';

/** What a worker has in hand: heard of, and not answered to the broker. */
export interface Hand {
  /** Tells the broker at once that a second notice of the same work need not come again. */
  readonly add: (notice: WorkNotice, answer: () => void) => void;
  readonly take: (kind: WorkKind) => readonly WorkNotice[];
  readonly giveBack: (kind: WorkKind, ids: readonly string[]) => void;
  /** Takes them out of the hand and returns each with its answer. */
  readonly leave: (kind: WorkKind, ids: readonly string[]) => readonly Held[];
  readonly isAtWork: (kind: WorkKind, lane: string) => boolean;
  /** The line broke: the broker gives what was not answered to somebody else. What is at work goes on. */
  readonly lose: () => void;
  readonly size: () => number;
}

/** One notice in hand. */
export interface Held {
  readonly notice: WorkNotice;
  readonly answer: () => void;
}

interface Card extends Held {
  isTaken: boolean;
  answer: () => void;
}

/** An empty hand. */
export const createHand = (): Hand => {
  const cards: Readonly<Record<WorkKind, Map<string, Card>>> = { disclose: new Map(), deliver: new Map() };
  const all = (): readonly Card[] => [...cards.disclose.values(), ...cards.deliver.values()];
  return {
    add: (notice, answer) => {
      const known = cards[notice.kind].get(notice.id);
      // The newer answer may be the only one the broker still takes: the line may have broken in between.
      known?.answer();
      if (known !== undefined) known.answer = answer;
      else cards[notice.kind].set(notice.id, { notice, answer, isTaken: false });
    },
    take: (kind) => {
      const free = [...cards[kind].values()].filter(({ isTaken }) => !isTaken);
      free.forEach((card) => (card.isTaken = true));
      return free.map(({ notice }) => notice);
    },
    giveBack: (kind, ids) => {
      for (const id of ids) {
        const card = cards[kind].get(id);
        if (card !== undefined) card.isTaken = false;
      }
    },
    leave: (kind, ids) => ids.flatMap((id) => {
      const card = cards[kind].get(id);
      cards[kind].delete(id);
      return card === undefined ? [] : [card];
    }),
    isAtWork: (kind, lane) => [...cards[kind].values()].some(({ notice, isTaken }) => isTaken && notice.lane === lane),
    lose: () => {
      for (const card of all()) {
        if (card.isTaken) card.answer = () => undefined;
        else cards[card.notice.kind].delete(card.notice.id);
      }
    },
    size: () => cards.disclose.size + cards.deliver.size,
  };
};
