import { z } from 'zod';
import { oinSchema } from './identifier.js';

/** What a person may do in the console; each is a desk with rooms of its own. */
export const deskRoles = ['case-worker', 'court-clerk', 'municipality-officer', 'privacy-officer', 'operator', 'integrator'] as const;
/** One of `deskRoles`. */
export type DeskRole = (typeof deskRoles)[number];

/** Somebody who signed in, as the identity provider vouches for them. */
export const personSchema = z.strictObject({
  /** What the log names them by: the provider's own id for this person. */
  account: z.string().min(1).max(100),
  /** For the screen only. */
  name: z.string().min(1).max(200),
  roles: z.array(z.enum(deskRoles)).min(1).max(deskRoles.length),
  /** The party they work for; null for the operator of the hub. */
  party: oinSchema.nullable(),
  /** Level of assurance the provider told, as it writes it (`acr`). */
  level: z.string().min(1).max(200),
  /** Where the provider says this person reads mail; proposed where one is asked for, and used for nothing by itself. */
  mail: z.email().max(254).optional(),
});
/** One of those. */
export type Person = z.infer<typeof personSchema>;

/** Whether somebody in these roles may enter; a role of a party counts only for whoever belongs to one. */
export const mayEnter = (person: Person, roles: readonly DeskRole[]): boolean =>
  roles.some((role) => person.roles.includes(role) && (role === 'operator' || person.party !== null));

/** How long a person stays signed in: without doing anything, and at all. A night shift lasts longer than a working day. */
export const sessionLimits = { idleMs: 30 * 60_000, wholeMs: 10 * 3_600_000, renewMs: 15 * 60_000, signInMs: 10 * 60_000, perAccountMax: 10 } as const;
