import { deskRoles } from '@ketensluis/domain';
import { z } from 'zod';

/** People of the practice chain, as `config/sign-in/practice.yaml` has them. */
export const accountsSchema = z.array(z.strictObject({
  account: z.string().regex(/^oefen-[a-z0-9-]{1,40}$/, 'begins with oefen-: the log must show that it was practice'),
  name: z.string().min(1).max(100),
  roles: z.array(z.enum(deskRoles)).min(1),
  party: z.string().regex(/^\d{20}$/).nullable(),
  /** Where this person reads mail, at the domain of a practice party; proposed where mail can be asked for. */
  mail: z.email().optional(),
})).min(1);
/** One of them. */
export type PracticeAccount = z.infer<typeof accountsSchema>[number];

/** Level of assurance the practice provider tells; what production is configured with never contains it. */
export const practiceLevel = 'urn:ketensluis:practice:level';
/** The claims of roles, party and mail address. */
export const practiceClaims = { roles: 'ketensluis_roles', party: 'ketensluis_oin', mail: 'email' } as const;
/** What the console is called at the practice provider. */
export const practiceClient = 'ketensluis-console';
