/** Who signs with a webhook key: the hub toward a party, or the party toward the hub. */
export const keyDirections = ['to-party', 'from-party'] as const;
export type KeyDirection = (typeof keyDirections)[number];

/** From when a key is used, from when another one takes over, and when it is worth nothing any more. Half-open; null is open. */
export interface KeyPeriod {
  readonly activeFrom: Date;
  readonly retiresAt: Date | null;
  readonly endsAt: Date | null;
}

/** What a key is good for: nothing yet, everything, what is still under way with it beside its follower, nothing any more. */
export type KeyState = 'announced' | 'active' | 'retiring' | 'ended';

/** The state of a webhook key at a moment. */
export const keyStateAt = ({ activeFrom, retiresAt, endsAt }: KeyPeriod, at: Date): KeyState => {
  if (endsAt !== null && endsAt <= at) return 'ended';
  if (at < activeFrom) return 'announced';
  return retiresAt !== null && retiresAt <= at ? 'retiring' : 'active';
};

/** True while signatures with this key are made and believed: a retiring key signs along, so that a receiver may change over whenever it likes. */
export const isKeyInForce = (period: KeyPeriod, at: Date): boolean => ['active', 'retiring'].includes(keyStateAt(period, at));

/** How long an old key signs along with its follower when nobody says otherwise: well beyond the five days a delivery is tried. */
export const keyOverlapDays = 14;
/** No longer than this, or a key that leaked would stay good for ever. */
export const keyOverlapDaysMax = 90;
