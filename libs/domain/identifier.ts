import { z } from 'zod';
import { categories } from './category.js';
import { roles } from './role.js';

/** Organisatie-identificatienummer: 20 digits. */
export const oinSchema = z.string().regex(/^[0-9]{20}$/, 'an OIN has 20 digits');
/** CBS code of a municipality: 4 digits. */
export const municipalitySchema = z.string().regex(/^[0-9]{4}$/, 'a municipality code has 4 digits');
/** Who is controller: a municipality by its CBS code, any other organisation by its OIN (AVG art. 4(7), Wpg art. 1(f)). */
export const controllerSchema = z.union([municipalitySchema, oinSchema]);
/** Key of a register document; what the store files it under. */
export const keySchema = z.string().regex(/^(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'letters, digits, dots, dashes; at least one letter, because the log keeps no bare numbers');
/** One data category. */
export const categorySchema = z.enum(categories);
/** One role. */
export const roleSchema = z.enum(roles);
/** A short line written by people. */
export const lineSchema = z.string().trim().min(1).max(200);
/** A longer text written by people. */
export const textSchema = z.string().trim().min(1).max(2_000);
/** Hexadecimal sha256, lower case. */
export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);
/** Id of a rule; a letter follows where one row of the matrix gives different recipients different categories. */
export const ruleIdSchema = z.string().regex(/^WTH-[0-9]{2}[a-z]?$/);
