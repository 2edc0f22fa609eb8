import type { Hub } from '@ketensluis/platform';

type Tls = Hub['identity']['tls'];

/**
 * Has a running server show the hub's own TLS certificate of now: connections from a change on get the new one, those that are open go on. One that cannot be
 * used is told and changes nothing. Returns what ends it.
 */
export const followTls = ({ identity, keyring, events }: Pick<Hub, 'identity' | 'keyring' | 'events'>, renew: (tls: Tls) => void): (() => void) => {
  let served: Tls | null = null;
  const follow = (): void => {
    const { tls } = identity;
    // Certificates of parties and lists change more often than this, and a context is made in milliseconds of everybody's time.
    if (served?.cert === tls.cert && served.key === tls.key) return;
    try {
      renew(tls);
      served = tls;
    } catch (fault) {
      events.fault('tls.failed', fault);
    }
  };
  const end = keyring.onChange(follow);
  // It may have changed while the server was made.
  follow();
  return end;
};
