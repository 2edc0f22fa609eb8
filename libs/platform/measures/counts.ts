import type { HeardEvent } from '../logging.js';
import type { Sample } from './metrics.js';

type Fields = HeardEvent['fields'];

const textOf = (fields: Fields, name: string): string => {
  const value = fields[name];
  return typeof value === 'string' ? value : 'none';
};

const secondsOf = (fields: Fields, name: string): number | null => {
  const value = fields[name];
  return typeof value === 'number' && value >= 0 ? value / 1_000 : null;
};

const one = (name: Sample['name'], labels: Sample['labels']): Sample => ({ name, labels, value: 1 });

const took = (name: Sample['name'], labels: Sample['labels'], seconds: number | null): readonly Sample[] => (seconds === null ? [] : [{ name, labels, value: seconds }]);

const messageOutcomes = new Set(['accepted', 'refused', 'later', 'tested', 'unproven', 'invalid', 'busy', 'conflict']);
const fetchOutcomes = new Set(['fetched', 'absent', 'gone', 'later']);

// A decision is told as `permit:WTH-06` or `hold:no-agreement`.
const decisionOf = (told: unknown): readonly Sample[] => {
  const [outcome, reason] = typeof told === 'string' ? told.split(':', 2) : [];
  return outcome === undefined ? [] : [one('ketensluis_decisions_total', { outcome, reason: reason ?? 'none' })];
};

/** What one event adds to counters and histograms. Labels are what the closed list of fields let through: organisations and codes. */
export const countsOf = ({ name, fields, isFault }: HeardEvent): readonly Sample[] => {
  if (isFault) return [one('ketensluis_faults_total', { event: name })];
  const [noun, verb = ''] = name.split('.');
  switch (noun) {
    case 'mail':
      return received('mail', verb, fields);
    case 'message':
      return verb === 'decided' ? decided(fields) : received(textOf(fields, 'channel'), verb, fields);
    case 'delivery':
      return verb === 'attempted' ? attempted(fields) : [];
    case 'disclosure':
      if (verb === 'confirmed') return [one('ketensluis_receipts_total', { outcome: verb })];
      return fetchOutcomes.has(verb) ? [one('ketensluis_fetches_total', { party: textOf(fields, 'oin'), outcome: verb })] : [];
    case 'report':
      return [one('ketensluis_receipts_total', { outcome: verb })];
    case 'log':
      return verb === 'sealed' ? took('ketensluis_step_seconds', { step: 'seal' }, secondsOf(fields, 'durationMs')) : [];
    default:
      return [];
  }
};

const received = (channel: string, outcome: string, fields: Fields): readonly Sample[] =>
  !messageOutcomes.has(outcome) ? [] : [one('ketensluis_messages_total', { channel, outcome }), ...took('ketensluis_step_seconds', { step: 'receive' }, secondsOf(fields, 'durationMs'))];

const decided = (fields: Fields): readonly Sample[] => {
  const reasons: unknown = fields['reasons'];
  return [
    ...(Array.isArray(reasons) ? reasons.flatMap(decisionOf) : []),
    ...took('ketensluis_step_seconds', { step: 'decide' }, secondsOf(fields, 'durationMs')), ...took('ketensluis_wait_seconds', {}, secondsOf(fields, 'waitedMs')),
  ];
};

const attempted = (fields: Fields): readonly Sample[] => {
  const channel = textOf(fields, 'channel');
  return [
    one('ketensluis_deliveries_total', { party: textOf(fields, 'party'), channel, outcome: textOf(fields, 'outcome') }),
    ...took('ketensluis_delivery_seconds', { channel }, secondsOf(fields, 'durationMs')),
  ];
};
