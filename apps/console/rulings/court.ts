import { partyOf, type FieldValues, type LawPack, type Party } from '@ketensluis/domain';
import type { RulingPorts, RulingStore } from '@ketensluis/flow';
import { deskStore, openVault } from '@ketensluis/platform';
import { join } from 'node:path';
import type { Desk } from '../desk.js';
import type { Attended } from '../route.js';

/** Where the room is. */
export const listPath = '/uitspraken';

/** Where one message of the court is. */
export const rulingPath = (id: string): string => `${listPath}/${id}`;

const stores = new WeakMap<Desk, Promise<RulingStore>>();

/** What courts see, of this desk; opened once. */
export const rulingsOf = (desk: Desk): Promise<RulingStore> => {
  const known = stores.get(desk);
  if (known !== undefined) return known;
  const made = openVault(join(desk.configuration.dataFolder, 'keys')).then((vault) => deskStore.createRulings(desk.hub.pool, vault));
  stores.set(desk, made);
  return made;
};

/** What opening needs. */
export const rulingPorts = async ({ desk }: Attended): Promise<RulingPorts> => ({ ...desk.audit, registers: desk.hub.registers, rulings: await rulingsOf(desk) });

/** The court of the person, with the names of the municipalities it works for. */
export interface Court {
  readonly oin: string;
  readonly party: Party | null;
  readonly municipalities: ReadonlyMap<string, string>;
  readonly nameOf: (oin: string) => string;
}

/** Null where the register has no such party: then there is nothing to see. */
export const courtOf = async ({ desk, person }: Attended): Promise<Court> => {
  const { registers } = await desk.hub.registers.current();
  const oin = person.party ?? '';
  const party = partyOf(registers, oin);
  const served = registers.parties.flatMap(({ municipality, name }) => (municipality !== null && party?.serves.includes(municipality) === true ? [[municipality, name] as const] : []));
  return { oin, party, municipalities: new Map(served), nameOf: (other) => partyOf(registers, other)?.name ?? other };
};

/** A text of a message; empty where it has none. */
export const textIn = (fields: FieldValues, name: string): string => {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
};

/** A moment of a message. */
export const momentOf = (fields: FieldValues, name: string): Date | null => {
  const at = Date.parse(textIn(fields, name));
  return Number.isNaN(at) ? null : new Date(at);
};

/** The article of a rule as the law pack cites it; null for what is no rule of it. */
export type BasisOf = (rule: string) => string | null;
/** Reads it from the pack in force. */
export const basisIn = ({ rules }: LawPack): BasisOf => (rule) => rules.find(({ id }) => id === rule)?.basis ?? null;
