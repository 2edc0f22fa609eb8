import { applyMessage, openCase, type Applied } from './apply-message.js';
import type { ApplyContext } from './case-step.js';
import type { CaseFile } from './case-file.js';
import type { CaseRefusal } from './case-refusal.js';
import type { Attachment, Message } from './message.js';
import { messageDefinitions } from './messages/definitions.js';
import type { Field, FieldValue, FieldValues } from './messages/field.js';
import type { MessageType } from './messages/type.js';
import { shippedLaw } from './law-file.fixture.js';
import { practiceRegisters } from './practice.fixture.js';
import type { Role } from './role.js';

/** OINs of the practice parties. */
export const oin = {
  police: '00000001900000000001', waterveen: '00000001900000000101', hoogland: '00000001900000000102', berkenrade: '00000001900000000103',
  vt: '00000001900000000201', ggd: '00000001900000000202', court: '00000001900000000301', kade: '00000001900000000401',
  brug: '00000001900000000402', zvh: '00000001900000000501',
} as const;

/** The moment most tests happen at: a Sunday evening in November. */
export const noon = new Date('2026-11-22T12:00:00+01:00');
export const imposedAt = '2026-11-22T11:00:00+01:00';
export const endsAt = '2026-12-02T11:00:00+01:00';

export const law = shippedLaw();
export const registers = practiceRegisters();

const sample = (field: Field): FieldValue => {
  switch (field.kind) {
    case 'text': return 'tekst';
    case 'date': return '1990-05-17';
    case 'instant': return imposedAt;
    case 'boolean': return true;
    case 'integer': return field.min;
    case 'bsn': return '999990019';
    case 'enum': return field.values[0] ?? '';
    case 'group': return Object.fromEntries(field.fields.map((inner) => [inner.name, sample(inner)]));
    case 'list': return [sample(field.item)];
  }
};

const senders: Readonly<Partial<Record<Role, string>>> = { POL: oin.police, HOVJ: oin.police, VT: oin.vt, INST: oin.vt, RB: oin.court, ADV: oin.kade };
const municipalities: Readonly<Record<string, string>> = { '9901': oin.waterveen, '9902': oin.hoogland, '9903': oin.berkenrade };

/** How a test message differs from one in which everything is filled in. */
export interface MessageOptions {
  readonly from?: Role;
  readonly sender?: string;
  readonly function?: string | null;
  readonly municipality?: string;
  readonly fields?: Readonly<Record<string, FieldValue | undefined>>;
  readonly attachments?: readonly Attachment[];
  readonly at?: Date;
}

let counter = 0;

/** A message in which every field is filled and every category it can carry is attached; a field given as undefined is left out. */
export const messageOf = (type: MessageType, options: MessageOptions = {}): Message => {
  const definition = messageDefinitions[type];
  const municipality = options.municipality ?? '9901';
  const role = options.from ?? definition.senderRoles[0] ?? 'GEM';
  const filled = { ...Object.fromEntries(definition.fields.map((field) => [field.name, sample(field)])), ...orderDefaults(type), ...options.fields };
  counter += 1;
  return {
    id: `00000000-0000-4000-8000-${String(counter).padStart(12, '0')}`,
    type,
    version: 1,
    case: { law: 'WTH', municipality, number: 'Z-2026-001' },
    sentAt: options.at ?? noon,
    receivedAt: options.at ?? noon,
    sender: { oin: options.sender ?? senders[role] ?? municipalities[municipality] ?? '', role, function: options.function ?? (role === 'HOVJ' ? 'hovj-1' : null) },
    fields: Object.fromEntries(Object.entries(filled).filter(([, value]) => value !== undefined)) as FieldValues,
    attachments: options.attachments ?? definition.attachmentCategories.map((category, index) => ({ name: `stuk-${index}.pdf`, mediaType: 'application/pdf', sha256: 'ab'.repeat(32), sizeBytes: 1, category })),
  };
};

// What the law itself needs to fit together, so that a filled message is also a possible one.
const orderDefaults = (type: MessageType): Readonly<Record<string, FieldValue | undefined>> => {
  switch (type) {
    case 'huisverbod.aangezegd':
    case 'huisverbod.opgelegd':
      return { opgelegd_op: imposedAt, einde_op: endsAt, opgelegd_door: 'burgemeester', mandaat_id: undefined, hovj_melding_bm_op: undefined, kindermishandeling: false, vt_overleg: undefined };
    case 'huisverbod.verlengd':
      return { opgelegd_op: imposedAt, einde_op: endsAt, verlengd_op: imposedAt, einde_op_nieuw: '2026-12-20T11:00:00+01:00', kindermishandeling: false };
    case 'huisverbod.ingetrokken':
      return { opgelegd_op: imposedAt, ingetrokken_op: imposedAt, intrekking_per: '2026-11-22T12:00:00+01:00' };
    case 'raadsman.toegewezen':
      return { raadsman: { naam: 'tekst', kantoor: 'tekst' } };
    case 'uitspraak.voorziening':
    case 'uitspraak.beroep':
    case 'uitspraak.hoger-beroep':
      return { gevolg_voor_maatregel: 'blijft', uitspraak_op: '2026-11-22T11:30:00+01:00', dagtekening: '2026-11-22' };
    default:
      return {};
  }
};

/** What applying depends on at a moment. */
export const contextAt = (at: Date = noon): ApplyContext => ({ mandates: registers.mandates, serviceLevels: law.serviceLevels, calendar: law.calendar, at });

/** Applies a message; throws when it is refused. */
export const applied = (file: CaseFile, message: Message, at: Date = message.receivedAt): Applied => {
  const result = applyMessage(file, message, contextAt(at));
  if (result.kind === 'refused') throw new Error(`refused ${message.type}: ${result.code}`);
  return result;
};

/** Applies a message that must be refused. */
export const refusedBy = (file: CaseFile, message: Message, at: Date = message.receivedAt): CaseRefusal => {
  const result = applyMessage(file, message, contextAt(at));
  if (result.kind === 'applied') throw new Error(`applied ${message.type}`);
  return result;
};

/** The case after these messages, in order. */
export const caseAfter = (...messages: readonly Message[]): CaseFile => {
  const [first] = messages;
  if (first === undefined) throw new Error('bug: no messages');
  return messages.reduce((file, message) => applied(file, message).file, openCase(first));
};

/** A case with a ban that runs, imposed by the burgemeester; the given facts on top. */
export const runningCase = (facts: Partial<CaseFile> = {}): CaseFile =>
  ({ ...caseAfter(messageOf('huisverbod.opgelegd', { from: 'BM', fields: { minderjarigen: undefined } })), minorsInvolved: false, ...facts });
