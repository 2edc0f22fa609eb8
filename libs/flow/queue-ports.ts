/** What kind of work waits: a message to be decided, or a disclosure to be delivered. */
export type WorkKind = 'disclose' | 'deliver';

/**
 * That there may be work, in identifiers only (I13): `id` is the job, of a delivery the disclosure; `lane` is what keeps its order or its pace to itself:
 * the case, or the OIN of the party. It is a doorbell: whoever hears it claims in PostgreSQL, so one too many, too late or out of order does nothing (I8).
 */
export interface WorkNotice {
  readonly kind: WorkKind;
  readonly id: string;
  readonly lane: string;
}

/** Where a worker hears which work there is. Every notice that was taken is given back, settled or put off. */
export interface WorkQueue {
  /** The notices that are in hand and that nobody has taken; null: look for whatever there is. */
  readonly take: (kind: WorkKind) => readonly WorkNotice[] | null;
  /** They can be taken again. */
  readonly giveBack: (kind: WorkKind, ids: readonly string[]) => void;
  /** Nobody need hear of them any more; where work is left after all, PostgreSQL has it offered again. */
  readonly settle: (kind: WorkKind, ids: readonly string[]) => void;
  /** Comes back at `until` or a little later, never before. */
  readonly putOff: (kind: WorkKind, ids: readonly string[], until: Date) => void;
  /** True while something of this lane is taken. */
  readonly isAtWork: (kind: WorkKind, lane: string) => boolean;
}

/** How work stands that was heard of and could not be claimed; what is not told of is gone. */
export interface WorkStanding {
  readonly id: string;
  readonly dueAt: Date;
  /** How much longer somebody has it; 0 when nobody has. */
  readonly leasedMs: number;
  /** `leased`: somebody has it. `blocked`: it waits for something before it. `parked`: it, or what is before it, waits for a person. `free`: it could be claimed now. */
  readonly state: 'leased' | 'blocked' | 'parked' | 'free';
}

/** Which of the workers that decide one is: what is dealt among them goes by it. */
export interface Seat {
  /** From 0. */
  readonly place: number;
  readonly of: number;
}

/** The seat of one worker among those that decide. */
export interface WorkerSeat {
  /** Takes a seat, or keeps it, and tells how many are there now. To be asked every second. */
  readonly take: () => Promise<Seat>;
  /** The others see at once that it is free. */
  readonly leave: () => void;
}

/** Work as it stands in PostgreSQL, with the row that is marked when it is offered. */
export interface WaitingWork {
  readonly row: string;
  readonly notice: WorkNotice;
}

/** What is asked of work that was offered long ago, and of which nothing came. */
export interface OverduePage {
  readonly patienceMs: number;
  readonly most: number;
}

/** The queue as PostgreSQL has it, for whoever offers it to a broker. */
export interface QueueStore {
  /** True while this process is the one that offers; of several each tries until the one that did has gone. */
  readonly holdTurn: () => Promise<boolean>;
  /** Lets another process have the turn. */
  readonly leaveTurn: () => Promise<void>;
  /** Marks as offered, and returns, the oldest work that is due, may be done and was never offered. */
  readonly takeUnoffered: (at: Date, most: number) => Promise<readonly WaitingWork[]>;
  /** Messages that are due, that nobody has in hand, and that were offered long ago: the next after this row. */
  readonly overdueMessages: (at: Date, page: OverduePage & { readonly after: string }) => Promise<readonly WaitingWork[]>;
  /** The same of deliveries to these parties. */
  readonly overdueDeliveries: (at: Date, page: OverduePage & { readonly parties: readonly string[] }) => Promise<readonly WaitingWork[]>;
  readonly markOffered: (rows: readonly string[]) => Promise<void>;
  /** Every party that something waits for. */
  readonly lanes: () => Promise<readonly string[]>;
  readonly standing: (kind: WorkKind, ids: readonly string[]) => Promise<readonly WorkStanding[]>;
  /** A seat of its own, not taken yet. */
  readonly openSeat: () => WorkerSeat;
}

/** The broker, for whoever offers work to it. */
export interface WorkOffers {
  /** False while it is away, or takes nothing: then nothing is marked as offered. */
  readonly isOpen: () => boolean;
  /** How many of the notices it said it has. Never throws; what it does not have is offered again when it is overdue. */
  readonly offer: (notices: readonly WorkNotice[]) => Promise<number>;
  /** Asks each line once, those of the cases and of these parties, whether something waits in it. */
  readonly look: (parties: readonly string[]) => Promise<EmptyLines>;
}

/** Lines in which nothing waits: what was offered there and did not come is lost. In any other it may be on its way. */
export interface EmptyLines {
  readonly parties: readonly string[];
  /** True where a line of cases is empty. */
  readonly anyOfCases: boolean;
  readonly has: (notice: WorkNotice) => boolean;
}
