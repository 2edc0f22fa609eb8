import type { Party } from '@ketensluis/domain';
import { roleNames, roles } from '@ketensluis/domain';
import type { Desk } from '../desk.js';
import type { Language } from '../shell/language.js';

/** The parties as they are now, to name things by. */
export interface PartyBook {
  readonly parties: readonly Party[];
  readonly of: (oin: string) => Party | null;
  /** Name of a party; of a role nobody is connected for; else what stands there. */
  readonly name: (oin: string) => string;
  readonly options: readonly (readonly [string, string])[];
}

/** Reads the register. */
export const partyBook = async ({ hub }: Pick<Desk, 'hub'>, language: Language): Promise<PartyBook> => {
  const { parties } = (await hub.registers.current()).registers;
  const byOin = new Map(parties.map((party) => [party.oin, party]));
  const sorted = [...byOin.values()].toSorted((a, b) => a.name.localeCompare(b.name, 'nl'));
  return {
    parties: sorted,
    of: (oin) => byOin.get(oin) ?? null,
    name: (oin) => {
      const role = roles.find((one) => one === oin);
      return byOin.get(oin)?.name ?? (role === undefined ? oin : roleNames[role][language]);
    },
    options: sorted.map(({ oin, name }) => [oin, name]),
  };
};
