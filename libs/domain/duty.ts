import type { Role } from './role.js';

/** Names one duty within its case, such as `E8:INST`; a second act of the same kind appends a number. */
export type DutyKey = string;

/** Something the law (or policy) orders someone to do before a moment (law.md 2.1.3). Holds no personal data. */
export interface Duty {
  readonly key: DutyKey;
  /** The rule under which a disclosure fulfils it, or the event number (`E5`) when no disclosure can. */
  readonly rule: string;
  readonly article: string;
  /** Who must act. */
  readonly bearer: Role;
  /** Toward whom. */
  readonly toward: Role;
  /** OIN of the party it is owed to: what another in the same role received does not do it. Null: a person, or whoever holds the role. */
  readonly recipient: string | null;
  /** Whose word the term is: a number in the law, or a service level. The duty itself may still be law. */
  readonly authority: 'law' | 'policy';
  readonly openedAt: Date;
  /** After this it is late; null when the law gives no term and policy none either. */
  readonly dueAt: Date | null;
  /** When to warn: the service level's warning, or the calendar alarm before an extended legal date. */
  readonly warnAt: Date | null;
}
