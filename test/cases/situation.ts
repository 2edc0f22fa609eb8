import { openTestHub, type Decided, type Received, type Reply, type TestHub, type TestHubOptions } from '../harness/hub.js';
import { personal } from './persons.js';
import { senders, stepOf } from './steps.js';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** One case in a running hub. */
export interface Situation {
  readonly number: string;
  /** The moment the ban is imposed; moments in steps are relative to it. */
  readonly start: Date;
  /** Sends a step as real mail; does not wait for what the hub does with it. */
  readonly post: (soort: string, from: keyof typeof senders, change?: Readonly<Record<string, unknown>>) => Promise<Reply>;
  /** The same, waits until the hub has come to rest, and gives what each party received about this step. */
  readonly send: (soort: string, from: keyof typeof senders, change?: Readonly<Record<string, unknown>>) => Promise<Outcome>;
  readonly step: (soort: string, from: keyof typeof senders, change?: Readonly<Record<string, unknown>>) => ReturnType<typeof stepOf>;
  /** What a party received in this case, oldest first. */
  readonly received: (party: string) => Promise<readonly Received[]>;
  /** Moves the clock to this long after the start. */
  readonly moveTo: (after: { readonly days?: number; readonly hours?: number }) => Promise<void>;
  readonly duty: (key: string) => Promise<{ readonly dueAt: Date | null; readonly closedBy: string | null; readonly authority: string } | null>;
}

/** What became of one mail. */
export interface Outcome extends Reply {
  readonly state: string | null;
  readonly cause: string | null;
  readonly decisions: readonly Decided[];
  /** For whom it was permitted, held and refused, as `recipient: reason` or `recipient: rule`. */
  readonly permits: Readonly<Record<string, string | null>>;
  readonly holds: Readonly<Record<string, string | null>>;
  readonly refusals: Readonly<Record<string, string | null>>;
}

/** The parties the practice region lacks: the highest court, the prosecutor, a shelter. */
const moreParties = [
  { key: 'raad-van-state', oin: '00000001900000000309', name: 'Raad van State (oefening)', roles: ['RVS'], address: 'griffie@raadvanstate.example' },
  { key: 'om-noorderwaard', oin: '00000001900000000608', name: 'Openbaar Ministerie Noorderwaard', roles: ['OM'], address: 'zsm@om.example' },
  { key: 'opvang-noorderwaard', oin: '00000001900000000609', name: 'Opvang Noorderwaard', roles: ['OPV'], address: 'aanmelding@opvang.example' },
].map(({ address, ...party }) => ({
  kind: 'party', ...party, municipality: null, serves: ['9901', '9902', '9903'], functions: [], addresses: [address],
  channel: { kind: 'smime-mail', address }, from: '2026-01-01T00:00:00+01:00', to: null,
}));

/** A hub with the practice region and those parties; it holds that none of the story's personal values get into the log. */
export const openRegion = (options: TestHubOptions = {}): Promise<TestHub> => openTestHub({ personal, documents: moreParties, ...options });

let count = 0;

/** A new case in a municipality (Waterveen unless given); its ban is imposed three hours ago. */
export const openSituation = (hub: TestHub, municipality = '9901'): Situation => {
  count += 1;
  const zaak = { gemeente: municipality, nummer: `ZAAK-${count}` };
  const start = new Date(Math.floor(hub.now().getTime() / minuteMs) * minuteMs - 180 * minuteMs);
  const step: Situation['step'] = (soort, from, change = {}) => stepOf(zaak, soort, senders[from], change);
  const post: Situation['post'] = (soort, from, change = {}) => hub.send(step(soort, from, change), start);
  return {
    number: zaak.nummer, start, step, post,
    send: async (soort, from, change = {}) => {
      const reply = await post(soort, from, change);
      await hub.settle();
      return outcomeOf(hub, reply);
    },
    received: async (party) => (await hub.inbox(party)).filter(({ disclosure }) => disclosure.case.number === zaak.nummer && disclosure.case.municipality === municipality),
    moveTo: async ({ days = 0, hours = 0 }) => {
      await hub.advance(Math.max(0, start.getTime() + days * dayMs + hours * 60 * minuteMs - hub.now().getTime()));
      await hub.settle();
    },
    duty: async (key) => (await hub.duties(zaak.nummer)).find((duty) => duty.key === key) ?? null,
  };
};

/** What the hub made of the mail it answered with `reply`. */
export const outcomeOf = async (hub: TestHub, reply: Reply): Promise<Outcome> => {
  const became = reply.code === 250 ? await hub.stateOf(reply.id) : null;
  const decisions = reply.code === 250 ? await hub.decisions(reply.id) : [];
  const of = (kind: string, said: (one: Decided) => string | null) =>
    Object.fromEntries(decisions.filter((one) => one.kind === kind && one.event === '').map((one) => [one.recipient, said(one)]));
  return {
    ...reply, state: became?.state ?? null, cause: became?.cause ?? null, decisions,
    permits: of('permit', ({ rule }) => rule), holds: of('hold', ({ reason }) => reason), refusals: of('refuse', ({ reason }) => reason),
  };
};
