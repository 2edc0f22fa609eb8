import { isWithin, partyOf, settingSchema, type LawPack, type Party, type Registers, type Setting, type SharingInput, type Versioned } from '@ketensluis/domain';
import type { deskStore } from '@ketensluis/platform';
import type { Attended } from '../route.js';

/** The municipality somebody works for, and the registers of this moment. */
export interface OwnMunicipality {
  readonly oin: string;
  readonly party: Versioned<Party>;
  /** CBS code. */
  readonly code: string;
  readonly registers: Registers;
  readonly pack: LawPack;
  readonly input: SharingInput;
}

/** Null when the party of this person is no municipality: there is nothing here for anybody else. */
export const ownMunicipality = async ({ desk, person, now }: Attended): Promise<OwnMunicipality | null> => {
  const { registers, pack } = await desk.hub.registers.current();
  const party = person.party === null ? null : partyOf(registers, person.party);
  if (party === null || party.municipality === null) return null;
  return { oin: party.oin, party, code: party.municipality, registers, pack, input: { registers, pack, municipality: party.municipality, at: now } };
};

/** The setting of this municipality; the newest one in force where several were registered by command. Null when it never chose anything. */
export const settingOf = ({ registers, code }: OwnMunicipality, at: Date): Versioned<Setting> | null => {
  const own = registers.settings.filter(({ controller }) => controller === code);
  return own.find((setting) => isWithin(setting, at)) ?? own[0] ?? null;
};

/** Since when each rule is on without a break, by the versions of the setting; a rule that is off has no row. */
export const switchedOnSince = (versions: readonly deskStore.DocumentVersion[]): ReadonlyMap<string, Date> => {
  const since = new Map<string, Date>();
  for (const { body } of versions) {
    const read = settingSchema.safeParse(body);
    if (!read.success) continue;
    const { rules, from, approvedAt } = read.data;
    const begins = new Date(Math.max(Date.parse(from), Date.parse(approvedAt)));
    for (const rule of [...since.keys()]) if (rules[rule] !== 'on') since.delete(rule);
    for (const [rule, state] of Object.entries(rules)) if (state === 'on' && !since.has(rule)) since.set(rule, begins);
  }
  return since;
};
