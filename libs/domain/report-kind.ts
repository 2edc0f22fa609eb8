/** Reports a privacy officer has made: on one person, on a quarter, the register of processing of the hub (AVG art. 30(2)), a check of the whole log. */
export const reportKinds = ['person', 'quarter', 'processing', 'log-check'] as const;
/** One of `reportKinds`. */
export type ReportKind = (typeof reportKinds)[number];

/** In how many steps each is made: what a person sees of how far it is. */
export const reportSteps: Readonly<Record<ReportKind, number>> = { person: 3, quarter: 3, processing: 3, 'log-check': 2 };

/** A report that is ready is handed on within a month (AVG art. 12(3)); after that the hub has it no more. */
export const reportKeptDays = 30;

/** A search on a person can be gone back to for as long as its maker can be signed in. */
export const searchKeptMs = 10 * 3_600_000;
