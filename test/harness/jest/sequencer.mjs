// What takes longest starts first, so that the workers end together. Jest knows durations from the run before; in a fresh clone this does.
import Sequencer from '@jest/test-sequencer';

const slowFirst = ['/test/faults/', '/test/e2e/', '/test/cases/', '/test/', '/apps/'];

const rankOf = ({ path }) => {
  const found = slowFirst.findIndex((folder) => path.includes(folder));
  return found === -1 ? slowFirst.length : found;
};

export default class SlowFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    return sorted.every(({ duration }) => duration !== undefined) ? sorted : sorted.sort((a, b) => rankOf(a) - rankOf(b));
  }
}
