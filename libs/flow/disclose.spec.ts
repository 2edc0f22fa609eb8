import { describe, expect, test } from '@jest/globals';
import { readDisclosure } from '@ketensluis/contract';
import type { CaseFile, Message, MessageType, Registers } from '@ketensluis/domain';
import { exampleBody } from '../../test/harness/examples.js';
import { caseAfter, law, messageOf, noon, oin, registers, runningCase, type MessageOptions } from '../domain/case.fixture.js';
import { planDisclosure } from './disclose.js';
import type { DisclosurePlan, LoadedMessage } from './ports.js';

interface Given {
  readonly file?: CaseFile | null;
  readonly registers?: Partial<Registers>;
  readonly event?: LoadedMessage['event'];
  readonly held?: ReadonlySet<string>;
  readonly settled?: ReadonlySet<string>;
  readonly original?: LoadedMessage['original'];
  readonly at?: Date;
}

// Fields a document can really carry; those of `messageOf` only have the right kind.
const exampleFields = exampleBody('huisverbod.opgelegd').fields;

const idOf = (counter: number): string => `0191e7a0-0000-7000-8000-${String(counter).padStart(12, '0')}`;

const planOf = (message: Message, given: Given = {}): DisclosurePlan => {
  let counter = 0;
  const loaded: LoadedMessage = {
    id: message.id, message, file: given.file === undefined ? runningCase() : given.file, event: given.event ?? null, held: given.held ?? null, settled: given.settled ?? new Set(), original: given.original ?? null, isReplaced: false, necessity: [],
  };
  return planDisclosure(loaded, { registers: { ...registers, ...given.registers }, pack: law, at: given.at ?? noon, nextId: () => idOf(counter += 1) });
};

describe('who has no part in a case changes nothing in it', () => {
  const wished = runningCase;
  const unwished = (): CaseFile => runningCase({ procedure: { ...runningCase().procedure, lawyer: 'NONE' } });
  const assigned = (): CaseFile => runningCase({ procedure: { ...runningCase().procedure, lawyer: 'ASSIGNED', lawyerOin: oin.kade } });
  const rows: readonly (readonly [name: string, type: MessageType, options: MessageOptions, code: string, file?: () => CaseFile])[] = [
    ['a burgemeester withdraws a ban of another municipality', 'huisverbod.ingetrokken', { from: 'BM', sender: oin.hoogland }, 'other-tenant'],
    ['a burgemeester imposes in a case of another municipality', 'huisverbod.opgelegd', { from: 'BM', sender: oin.hoogland }, 'other-tenant'],
    ['an instance that is not designated here confirms help', 'hulp.bevestigd', { from: 'INST', sender: oin.ggd }, 'not-designated'],
    ['Veilig Thuis confirms help where it is not designated', 'hulp.bevestigd', { from: 'VT', municipality: '9902' }, 'not-designated', () => runningCase({ municipality: '9902' })],
    ['the police say that the court ruled', 'uitspraak.voorziening', { from: 'RB', sender: oin.police }, 'role-not-held'],
    ['nobody we know', 'huisverbod.ingetrokken', { from: 'BM', sender: '00000001900000000998' }, 'unknown-party'],
    ['a firm tells where he is, in a case it has no part in', 'bereikbaarheid.opgegeven', { from: 'ADV', sender: oin.brug }, 'not-raadsman', assigned],
    ['a firm tells where he is before anyone is assigned', 'bereikbaarheid.opgegeven', { from: 'ADV' }, 'not-raadsman', wished],
    ['a firm makes itself the raadsman where none is wished', 'raadsman.toegewezen', { from: 'ADV' }, 'not-raadsman', unwished],
    ['a firm takes the place of the raadsman', 'raadsman.toegewezen', { from: 'ADV', sender: oin.brug }, 'not-raadsman', assigned],
    ['a firm reports another firm', 'raadsman.toegewezen', { from: 'ADV', fields: { raadsman: { naam: 'mr. Toga', oin: oin.brug } } }, 'not-raadsman', wished],
  ];
  test.each(rows)('%s', (_name, type, options, code, file = runningCase) => {
    const plan = planOf(messageOf(type, options), { file: file() });
    expect({ ...plan, entries: plan.entries.map(({ facts }) => [facts.kind, facts.code]), tasks: plan.tasks.map(({ cause }) => cause) })
      .toEqual({ outcome: 'refused', file: null, decisions: [], entries: [['refusal', code]], duties: [], moved: [], closes: [], onward: [], replaces: null, tasks: [code] });
  });

  test('a designation that came after the message does not count', () => {
    const message = messageOf('hulp.bevestigd', { from: 'INST' });
    const designations = registers.designations.map((each) => ({ ...each, from: new Date(noon.getTime() + 1).toISOString() }));
    expect(planOf(message, { registers: { designations } }).outcome).toBe('refused');
    expect(planOf(message).file?.help).toBe('CONFIRMED');
  });
});

test('every entry about a message carries its trace', () => {
  const message = { ...messageOf('huisverbod.opgelegd', { from: 'BM' }), fields: exampleFields };
  const refused = messageOf('huisverbod.ingetrokken', { from: 'BM', sender: oin.hoogland });
  const traces = [...planOf(message, { file: null }).decisions.map(({ entry }) => entry), ...planOf(refused).entries].map(({ facts }) => facts.trace);
  expect(traces.length).toBeGreaterThan(2);
  expect(new Set(traces)).toEqual(new Set([message.id.replaceAll('-', ''), refused.id.replaceAll('-', '')]));
});

// What leaves to whom: the documents as the recipients read them.
const documents = (plan: DisclosurePlan) => plan.decisions.flatMap(({ entry, outgoing }) => {
  if (entry.payload === null || outgoing === null) return [];
  const read = readDisclosure(entry.payload, 'application/xml');
  if (read.kind === 'refused') throw new Error(read.detail);
  return [{ to: outgoing.party, event: read.disclosure.event, endsAt: read.disclosure.endsAt, rule: read.disclosure.ground.rule, fields: read.disclosure.fields }];
});

describe('what is given of an earlier order', () => {
  const order = messageOf('huisverbod.opgelegd', { from: 'BM', fields: exampleFields });
  const afterwards = new Date('2026-12-02T11:00:01+01:00');

  test('says that the ban ran out, and when it really ended', () => {
    const shortened = runningCase({ endsAt: '2026-11-30T10:00:00.000Z' });
    const [police] = documents(planOf(order, { file: shortened, event: 'EXPIRED', at: afterwards })).filter(({ to }) => to === oin.police);
    expect(police).toMatchObject({ event: 'EXPIRED', endsAt: new Date('2026-11-30T10:00:00.000Z'), rule: 'WTH-44' });
  });

  test('is nothing when the ban was withdrawn or annulled before it could run out', () => {
    for (const state of ['WITHDRAWN', 'ANNULLED'] as const) expect(planOf(order, { file: runningCase({ state }), event: 'EXPIRED', at: afterwards }).decisions).toEqual([]);
  });

  test('names the end only to who may have the core of the order', () => {
    const ruling = messageOf('zitting.bepaald', { fields: { soort_procedure: 'beroep', zaaknummer_rechtbank: 'NWD 26/1', instantie: 'RBNWD' } });
    expect(documents(planOf(ruling)).map(({ event, endsAt }) => [event, endsAt])).toEqual([[null, null]]);
  });
});

describe('what waits is still owed', () => {
  const none = { agreements: [] };
  const dutiesOf = (plan: DisclosurePlan) => plan.duties.map(({ key, rule, bearer, toward, authority }) => [key, rule, bearer, toward, authority]);

  test('a withdrawal that may not go to police and instance is a duty of the burgemeester to each, with its deadline', () => {
    const plan = planOf(messageOf('huisverbod.ingetrokken', { from: 'BM', fields: { mededelingen: undefined } }), { registers: none });
    expect(dutiesOf(plan)).toEqual(expect.arrayContaining([
      ['WTH-27:POL', 'WTH-27', 'BM', 'POL', 'policy'], ['WTH-27:INST', 'WTH-27', 'BM', 'INST', 'policy'], ['WTH-27:PART', 'WTH-27', 'BM', 'PART', 'policy'],
    ]));
    expect(plan.duties.find(({ key }) => key === 'WTH-27:POL')).toMatchObject({ dueAt: new Date('2026-11-22T16:00:00+01:00'), warnAt: new Date('2026-11-22T14:00:00+01:00') });
  });

  test('policy that is off is nobody\'s duty', () => {
    const plan = planOf(messageOf('huisverbod.ingetrokken', { from: 'BM', fields: { mededelingen: undefined } }), { registers: { ...none, settings: [] } });
    expect(dutiesOf(plan).map(([key]) => key)).toEqual(['WTH-26:UHG']);
  });

  test('what was told by word of mouth is not opened', () => {
    const told = { aan: 'huisgenoot', kanaal: 'telefoon', gedaan_op: noon.toISOString(), door: 'piket' };
    const plan = planOf(messageOf('huisverbod.ingetrokken', { from: 'BM', fields: { mededelingen: [told] } }));
    expect(plan.duties.map(({ key }) => key)).not.toContain('WTH-27:PART');
  });

  test('each extension has a duty of its own, and a hold decided anew the same one', () => {
    const message = messageOf('huisverbod.verlengd', { from: 'BM', fields: { mededelingen: undefined } });
    const file = runningCase({ extensions: 1, state: 'EXTENDED' });
    expect(dutiesOf(planOf(message, { file, registers: none })).map(([key]) => key)).toEqual(expect.arrayContaining(['WTH-25:PART#2', 'WTH-25b:INST#2', 'WTH-25d:POL#2']));
    const again = planOf(message, { file: runningCase({ extensions: 2, state: 'EXTENDED' }), registers: none, held: new Set([oin.police]) });
    expect(dutiesOf(again)).toEqual([['WTH-25d:POL#2', 'WTH-25d', 'BM', 'POL', 'policy']]);
  });

  test('a duty the case opened itself is not opened twice', () => {
    const plan = planOf(messageOf('huisverbod.opgelegd', { from: 'BM', fields: { mededelingen: undefined } }), { file: null, registers: none });
    expect(plan.duties.filter(({ rule }) => rule === 'WTH-08').map(({ key }) => key)).toEqual(['E8:INST']);
    expect(plan.duties.map(({ key }) => key)).toContain('WTH-11:POL');
  });
});

describe('an order that waited', () => {
  const held = new Set([oin.police, oin.vt, oin.waterveen]);
  const ended: readonly (readonly [name: string, file: () => CaseFile, at: Date])[] = [
    ['ran out', runningCase, new Date('2026-12-02T11:00:00+01:00')],
    ['was withdrawn', () => runningCase({ state: 'WITHDRAWN' }), noon],
    ['was annulled', () => runningCase({ state: 'ANNULLED' }), noon],
  ];
  test.each(ended)('is refused once the ban %s', (_name, file, at) => {
    const plan = planOf(messageOf('huisverbod.opgelegd', { from: 'BM' }), { file: file(), held, at });
    expect(plan.decisions.map(({ decision, entry }) => [decision.recipient.oin, decision.kind, decision.reasons, entry.facts.kind, entry.facts.code]).sort()).toEqual([
      [oin.police, 'refuse', ['ban-ended'], 'refusal', 'ban-ended'],
      [oin.vt, 'refuse', ['ban-ended'], 'refusal', 'ban-ended'],
    ]);
  });

  test('still reaches the burgemeester in whose name it was given (Wth art. 3(2))', () => {
    const plan = planOf(messageOf('huisverbod.opgelegd', { from: 'HOVJ', fields: exampleFields }), { file: runningCase({ imposedBy: 'HOVJ' }), held, at: new Date('2026-12-03T11:00:00+01:00') });
    expect(plan.decisions.filter(({ decision }) => decision.kind === 'permit').map(({ decision }) => decision.recipient.oin)).toEqual([oin.waterveen]);
  });

  test('goes out while the ban runs', () => {
    const plan = planOf(messageOf('huisverbod.opgelegd', { from: 'BM', fields: exampleFields }), { held });
    expect(plan.decisions.map(({ decision }) => decision.kind)).toEqual(['permit', 'permit']);
  });
});

describe('the raadsman', () => {
  const wished = caseAfter(messageOf('huisverbod.opgelegd', { from: 'BM', fields: { raadsman_wens: { gewenst: true, gewenst_op: '2026-11-22T11:30:00+01:00' } } }));
  const firm = { naam: 'mr. T. Toga', oin: oin.brug };
  const assigned = { ...wished, procedure: { ...wished.procedure, lawyer: 'ASSIGNED' as const, lawyerOin: oin.kade } };

  test('is the firm that reports itself where one is wished', () => {
    expect(planOf(messageOf('raadsman.toegewezen', { from: 'ADV' }), { file: wished }).file?.procedure).toMatchObject({ lawyer: 'ASSIGNED', lawyerOin: oin.kade });
  });

  test('is changed by the municipality or the Raad voor Rechtsbijstand, which name the firm', () => {
    const change = messageOf('raadsman.toegewezen', { from: 'BM', fields: { raadsman: firm } });
    expect(planOf(change, { file: assigned }).file?.procedure.lawyerOin).toBe(oin.brug);
  });

  test('of before gets nothing more once another is named, also when without OIN', () => {
    const change = messageOf('raadsman.toegewezen', { from: 'BM' });
    expect(planOf(change, { file: assigned }).file?.procedure).toMatchObject({ lawyer: 'ASSIGNED', lawyerOin: null });
  });

  test('gets the file once, also when another one had it before him', () => {
    const order = messageOf('huisverbod.opgelegd', { from: 'BM', fields: exampleFields });
    const given = (settled: readonly string[]) => planOf(order, { file: assigned, event: 'FILE_FOR_LAWYER', held: new Set(), settled: new Set(settled) }).decisions.map(({ decision }) => [decision.recipient.oin, decision.ruleId]);
    expect(given([oin.brug])).toEqual([[oin.kade, 'WTH-13']]);
    expect(given([oin.brug, oin.kade])).toEqual([]);
  });

  test('who is it may tell where the person sent out can be reached (WTH-30)', () => {
    expect(planOf(messageOf('bereikbaarheid.opgegeven', { from: 'ADV' }), { file: assigned }).outcome).toBe('applied');
  });
});
