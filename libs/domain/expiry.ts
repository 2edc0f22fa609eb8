/** Days before an end at which a person is warned, the first first. */
const warningDays = [60, 30, 14, 7, 1] as const;

const dayMs = 86_400_000;

/** Something with an end that a person must see coming; `ref` names it without a person's name. */
export interface Ending {
  readonly ref: string;
  readonly party: string | null;
  /** What ends, as a code for the task. */
  readonly what: 'own-certificate' | 'party-certificate' | 'authority' | 'revocation-list';
  readonly endsAt: Date;
}

/** One warning: the step that was reached; 0 when the end is there. */
export interface Warning extends Ending {
  readonly step: number;
}

/** Whole days left, counted down to 0; below that it has ended. */
export const daysLeft = (endsAt: Date, at: Date): number => Math.ceil((endsAt.getTime() - at.getTime()) / dayMs);

/** The step something has reached, null while its end is more than the first step away. Each is reached once; of those passed unseen the last one counts. */
export const warningStep = (endsAt: Date, at: Date): number | null => {
  if (endsAt <= at) return 0;
  const left = daysLeft(endsAt, at);
  return [...warningDays].reverse().find((days) => left <= days) ?? null;
};

/** The warnings that hold now, one for each thing that ends. Lists end often and are made anew: of them only the last day is told. */
export const warningsOf = (endings: readonly Ending[], at: Date): readonly Warning[] =>
  endings.flatMap((ending) => {
    const step = warningStep(ending.endsAt, at);
    if (step === null || (ending.what === 'revocation-list' && step > 1)) return [];
    return [{ ...ending, step }];
  });
