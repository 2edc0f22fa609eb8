import type { Category } from './category.js';

const special: readonly Category[] = ['C-BSN', 'C-RIHG', 'C-CRIM', 'C-HEALTH', 'C-MEDDECL', 'C-CARE', 'C-HELPCONT', 'C-DR', 'C-RISK18B'];

/**
 * True for categories that need their own written reason before a permitted disclosure: special and criminal data (AVG art. 9, 10;
 * UAVG art. 31-33, 46) and forms that hold them. Police data as such are not: there the Wpg is the regime, and an alarm must not wait.
 */
export const isSpecial = (category: Category): boolean => special.includes(category);
