import type pg from 'pg';
import type { Arrival } from './arrivals.js';
import type { Fault } from './faults.js';
import type { SentMessage } from './traffic.js';

/** What a drill found; every number of `bad` must be 0. */
export interface Verdict {
  readonly bad: {
    /** Good messages that the hub refused, or did not answer for three minutes. */
    readonly notTaken: number;
    /** The hub said that it has the message, and it is not there. */
    readonly acceptedNotStored: number;
    /** Accepted, and a party that an undisturbed hub brings it to does not have it. */
    readonly acceptedNotDelivered: number;
    /** A party has it, and its entry is not in the signed log, or its proof did not hold. */
    readonly deliveredNotSealed: number;
    /** Two disclosures with ids of their own where one is due: a party that honours ids has both. */
    readonly doubled: number;
    /** Cases in which a party got a later one first. */
    readonly outOfOrder: number;
    /** Tasks that are still open because the log is not as it was, or cannot be signed. */
    readonly logFaults: number;
  };
  readonly accepted: Counted;
  readonly delivered: Counted;
  /** The same id once more: after a kill nobody knows whether it arrived. */
  readonly sentAgain: number;
  /** Handed over more than once by the sender. */
  readonly handedOverAgain: number;
  /** From the last answer to its sender to the arrival, milliseconds, sorted. */
  readonly deliveryMs: readonly number[];
  /** From a fault to the first arrival of a message that was accepted after it began, milliseconds, sorted. */
  readonly recoveryMs: readonly number[];
}

/** How many in all, and by each way. */
export interface Counted {
  readonly total: number;
  readonly byWay: Readonly<Record<string, number>>;
}

/** What a message brings to a party: perhaps what another message of the case said. */
export interface Due {
  readonly party: string;
  readonly type: string;
}

/** What is judged; `arrivals` of each party in the order in which they came. */
export interface Findings {
  readonly sent: readonly SentMessage[];
  readonly arrivals: readonly Arrival[];
  readonly unproven: number;
  readonly faults: readonly Fault[];
  /** By the type of a message, what an undisturbed hub brings to whom once it has it. */
  readonly expected: ReadonlyMap<string, readonly Due[]>;
}

interface DeliveryRow {
  readonly mid: string;
  readonly party: string;
  readonly case: string;
  readonly type: string;
  readonly number: number;
  readonly sealed: boolean;
}

/** Who got what, by the log and the database of the hub. */
export const loadDeliveries = async (pool: pg.Pool, partyOf: ReadonlyMap<string, string>): Promise<readonly DeliveryRow[]> => {
  const { rows } = await pool.query<DeliveryRow & { readonly recipient: string }>(
    `select delivery.mid::text, delivery.recipient, case_file.number as case, message.type, delivery.number, is_released(delivery.entry_id, false, now()) as sealed
     from delivery join message on message.id = delivery.message_id join case_file on case_file.id = delivery.case_id`,
  );
  return rows.map((row) => ({ ...row, party: partyOf.get(row.recipient) ?? row.recipient }));
};

/** Judges a drill that has come to rest. */
export const judge = async (pool: pg.Pool, partyOf: ReadonlyMap<string, string>, findings: Findings): Promise<Verdict> => {
  const rows = await loadDeliveries(pool, partyOf);
  const stored = await storedMessages(pool);
  const { sent, arrivals, faults, expected, unproven } = findings;
  const byId = new Map(rows.map((row) => [row.mid, row]));
  const firsts = [...new Map([...arrivals].reverse().map((one) => [`${one.party} ${one.disclosure}`, one])).values()].reverse();
  const accepted = sent.filter(({ acceptedAt }) => acceptedAt !== null);
  const isStored = ({ caseNumber, type }: SentMessage): boolean => stored.has(`${caseNumber} ${type}`);
  const has = new Set(firsts.map(({ party, disclosure }) => `${party} ${byId.get(disclosure)?.case} ${byId.get(disclosure)?.type}`));
  const missing = accepted.flatMap(({ caseNumber, type }) => (expected.get(type) ?? []).filter((due) => !has.has(`${due.party} ${caseNumber} ${due.type}`)));
  const places = rows.map(({ party, case: number, type }) => `${party} ${number} ${type}`);
  const { rows: [tasks] } = await pool.query<{ count: number }>("select count(*)::int from task where kind = 'log' and closed_at is null");
  return {
    bad: {
      // What was stored while the answer got lost was taken, whatever its sender was told when it came again.
      notTaken: sent.filter((one) => one.acceptedAt === null && !isStored(one)).length,
      acceptedNotStored: accepted.filter((one) => !isStored(one)).length,
      acceptedNotDelivered: missing.length,
      deliveredNotSealed: unproven + firsts.filter(({ disclosure }) => byId.get(disclosure)?.sealed !== true).length,
      doubled: places.length - new Set(places).size,
      outOfOrder: outOfOrder(firsts, byId),
      logFaults: tasks?.count ?? 0,
    },
    accepted: counted(accepted),
    delivered: counted(firsts),
    sentAgain: arrivals.length - firsts.length,
    handedOverAgain: sent.filter(({ tries }) => tries > 1).length,
    deliveryMs: sorted(deliveryTimes(accepted, firsts, byId)),
    recoveryMs: sorted(faults.flatMap((fault) => recovery(fault, accepted, firsts, byId))),
  };
};

const counted = (all: readonly { readonly way: string }[]): Counted => {
  const ways = [...new Set(all.map(({ way }) => way))].sort();
  return { total: all.length, byWay: Object.fromEntries(ways.map((way) => [way, all.filter((one) => one.way === way).length])) };
};

const storedMessages = async (pool: pg.Pool): Promise<ReadonlySet<string>> => {
  const { rows } = await pool.query<{ one: string }>("select case_file.number || ' ' || type as one from message join case_file on case_file.id = case_id where state = 'applied'");
  return new Set(rows.map(({ one }) => one));
};

type ById = ReadonlyMap<string, DeliveryRow>;

const outOfOrder = (firsts: readonly Arrival[], byId: ById): number => {
  const [seen, wrong] = [new Map<string, number>(), new Set<string>()];
  for (const { party, disclosure } of firsts) {
    const row = byId.get(disclosure);
    if (row === undefined) continue;
    const lane = `${party} ${row.case}`;
    if (row.number < (seen.get(lane) ?? 0)) wrong.add(lane);
    seen.set(lane, Math.max(row.number, seen.get(lane) ?? 0));
  }
  return wrong.size;
};

const acceptedAtOf = (accepted: readonly SentMessage[]): ReadonlyMap<string, number> =>
  new Map(accepted.map(({ caseNumber, type, acceptedAt }) => [`${caseNumber} ${type}`, acceptedAt?.getTime() ?? 0]));

const deliveryTimes = (accepted: readonly SentMessage[], firsts: readonly Arrival[], byId: ById): readonly number[] => {
  const known = acceptedAtOf(accepted);
  return firsts.flatMap(({ disclosure, at }) => {
    const row = byId.get(disclosure);
    const from = row === undefined ? undefined : known.get(`${row.case} ${row.type}`);
    return from === undefined ? [] : [Math.max(0, at.getTime() - from)];
  });
};

const recovery = ({ at }: Fault, accepted: readonly SentMessage[], firsts: readonly Arrival[], byId: ById): readonly number[] => {
  const after = new Set(accepted.filter(({ acceptedAt }) => (acceptedAt ?? at) > at).map(({ caseNumber, type }) => `${caseNumber} ${type}`));
  const times = firsts.flatMap(({ disclosure, at: came }) => {
    const row = byId.get(disclosure);
    return row !== undefined && after.has(`${row.case} ${row.type}`) ? [came.getTime() - at.getTime()] : [];
  });
  return times.length === 0 ? [] : [Math.min(...times)];
};

const sorted = (values: readonly number[]): readonly number[] => [...values].sort((one, other) => one - other);

/** The value below which this part of the sorted values is; 0 of none. */
export const at = (values: readonly number[], part: number): number => values[Math.min(values.length - 1, Math.floor(values.length * part))] ?? 0;
