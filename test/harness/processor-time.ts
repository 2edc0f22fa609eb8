/**
 * Milliseconds of processor time this process has used so far, to bound what hostile input may cost. The clock on the wall counts what other programs of the
 * computer do meanwhile as well, so that a bound on it breaks on a busy machine and says nothing of ours.
 */
export const processorMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};
