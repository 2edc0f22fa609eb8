/**
 * Part a party (or person) plays in a case. `UHG` (uithuisgeplaatste) and `PART` (household member) are natural persons: they are
 * addressed by a party, and never have a channel of their own (Wth art. 1(c), 2(8)).
 */
export const roles = [
  'GEM', 'BM', 'OOV', 'POL', 'HOVJ', 'VT', 'INST', 'RB', 'RVS', 'ADV', 'RVR', 'OM', 'OPV', 'ZVH', 'VR', 'REG', 'BZK', 'UHG', 'PART',
] as const;

/** One of `roles`. */
export type Role = (typeof roles)[number];
