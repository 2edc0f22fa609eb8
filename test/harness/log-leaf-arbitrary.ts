import type { Leaf } from '@ketensluis/tlog';
import { leafKinds } from '@ketensluis/tlog';
import type { ViewedEntry } from '@ketensluis/views';
import fc from 'fast-check';
import { uuidV7 } from '../../libs/store/ids.js';

const oin = fc.integer({ min: 0, max: 999_999 }).map((n) => `00000009900000${String(n).padStart(6, '0')}`);
const code = fc.stringMatching(/^[A-Za-z][A-Za-z0-9._:@/+-]{0,60}$/);
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const instant = fc.date({ min: new Date('2026-01-01T00:00:00Z'), max: new Date('2035-01-01T00:00:00Z'), noInvalidDate: true });

const leaf: fc.Arbitrary<Leaf> = instant.chain((at) => fc.record({
  v: fc.constant(1 as const), id: fc.constant(null).map(() => uuidV7(at)), kind: fc.constantFrom(...leafKinds), at: fc.constant(at.toISOString()),
  from: maybe(oin), to: maybe(oin), controller: maybe(oin), fromRole: maybe(code), toRole: maybe(code), role: maybe(code),
  activity: maybe(fc.constant('https://register.example/verwerkingsactiviteiten/9')), law: maybe(code), purpose: maybe(fc.oneof(code, fc.constant('beslissen'))), basis: maybe(code),
  cat: maybe(fc.uniqueArray(code, { maxLength: 5 })), decision: maybe(fc.constantFrom('permit' as const, 'hold' as const, 'refuse' as const)), rule: maybe(code),
  policy: maybe(fc.constant('ab'.repeat(32))), agreement: maybe(code), setting: maybe(code), mandate: maybe(code), code: maybe(code), reasons: maybe(fc.uniqueArray(code, { maxLength: 3 })),
  schema: maybe(code), trace: maybe(fc.uuid().map((id) => id.replaceAll('-', ''))), msg: maybe(fc.uuid()),
}));

const person = fc.record({ pseudonym: fc.stringMatching(/^[0-9a-f]{32}$/), kind: fc.constantFrom('bsn' as const, 'name' as const) });

/** Any entry a view may meet, with more absent than the hub ever leaves out. */
export const viewedEntry: fc.Arbitrary<ViewedEntry> = fc.record({
  index: fc.nat(), leaf, registeredAt: instant, isDeferred: fc.boolean(),
  outcome: fc.option(fc.record({ code: fc.constantFrom('delivered', 'failed', 'expired', 'held', 'done-outside-hub', 'later'), at: instant }), { nil: null }),
  persons: fc.option(fc.array(person, { maxLength: 4 }), { nil: null }),
});
