import { describe, expect, test } from '@jest/globals';
import type { CaseFile, Message, MessageType, Registers } from '@ketensluis/domain';
import { caseAfter, law, messageOf, noon, oin, registers, runningCase, type MessageOptions } from '../domain/case.fixture.js';
import { planDisclosure } from './disclose.js';
import type { DisclosurePlan, LoadedMessage } from './ports.js';

interface Given {
  readonly file?: CaseFile | null;
  readonly registers?: Partial<Registers>;
  readonly event?: LoadedMessage['event'];
  readonly held?: ReadonlySet<string>;
  readonly at?: Date;
}

const idOf = (counter: number): string => `0191e7a0-0000-7000-8000-${String(counter).padStart(12, '0')}`;

const planOf = (message: Message, given: Given = {}): DisclosurePlan => {
  let counter = 0;
  const loaded: LoadedMessage = {
    id: message.id, message, file: given.file === undefined ? runningCase() : given.file, event: given.event ?? null, held: given.held ?? null,
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
      .toEqual({ outcome: 'refused', file: null, decisions: [], entries: [['refusal', code]], duties: [], closes: [], onward: [], tasks: [code] });
  });

  test('a designation that came after the message does not count', () => {
    const message = messageOf('hulp.bevestigd', { from: 'INST' });
    const designations = registers.designations.map((each) => ({ ...each, from: new Date(noon.getTime() + 1).toISOString() }));
    expect(planOf(message, { registers: { designations } }).outcome).toBe('refused');
    expect(planOf(message).file?.help).toBe('CONFIRMED');
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

  test('who is it may tell where the person sent out can be reached (WTH-30)', () => {
    expect(planOf(messageOf('bereikbaarheid.opgegeven', { from: 'ADV' }), { file: assigned }).outcome).toBe('applied');
  });
});
