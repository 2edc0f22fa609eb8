/** Remembers what is under way, so that closing can wait for it. */
export function underWay() {
  const running = new Set<Promise<unknown>>();
  return {
    /** Gives the same promise back. */
    track: <T>(work: Promise<T>): Promise<T> => {
      running.add(work);
      // Its faults are for whoever waits for it; here only its end counts.
      const done = (): void => void running.delete(work);
      work.then(done, done);
      return work;
    },
    /** Resolves when nothing is under way any more. */
    settled: async (): Promise<void> => void (await Promise.allSettled(running)),
  };
}
