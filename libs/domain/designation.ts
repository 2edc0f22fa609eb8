import { z } from 'zod';
import { keySchema, lineSchema, municipalitySchema, oinSchema } from './identifier.js';
import { intervalShape, isOrdered, isWithin } from './interval.js';

/** An instance for advice or help that a burgemeester designated (Wth art. 2(8)); Veilig Thuis may be one, or not (law.md trap 6). */
export const designationSchema = z
  .strictObject({
    kind: z.literal('designation'),
    key: keySchema,
    municipality: municipalitySchema,
    oin: oinSchema,
    purpose: z.enum(['advies', 'hulpverlening', 'advies-en-hulpverlening']),
    decision: lineSchema,
    ...intervalShape,
  })
  .refine(isOrdered, 'the period ends before it starts');

/** A designation in the register. */
export type Designation = Readonly<z.output<typeof designationSchema>>;

/** True when the burgemeester of this municipality designated this organisation, at this moment. */
export const designates = (designation: Designation, municipality: string, oin: string, at: Date): boolean =>
  isWithin(designation, at) && designation.municipality === municipality && designation.oin === oin;
