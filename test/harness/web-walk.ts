/** Somebody's browser as far as cookies and redirects go: each host gets back what it set, and nobody else. */
export interface Walker {
  /** Follows redirects from an address to where they end; `until` stops before a redirect it matches. */
  readonly go: (address: string | URL, until?: RegExp) => Promise<Walked>;
  readonly cookieOf: (name: string) => string | undefined;
  /** Puts a cookie there, as whoever sits at the same computer could. */
  readonly plant: (origin: string, name: string, value: string) => void;
}

/** Where a walk ended. */
export interface Walked {
  readonly status: number;
  readonly url: URL;
  readonly html: string;
  /** Where it would have gone on, when it was stopped there. */
  readonly next: URL | null;
}

const stepsMax = 15;

/** A browser that was never anywhere. */
export const newWalker = (): Walker => {
  const jars = new Map<string, Map<string, string>>();
  const jarOf = (origin: string): Map<string, string> => {
    const jar = jars.get(origin) ?? new Map<string, string>();
    jars.set(origin, jar);
    return jar;
  };
  const keep = (origin: string, header: string): void => {
    const [pair = '', ...rest] = header.split(';');
    const [name = '', value = ''] = pair.split(/=(.*)/s);
    const isGone = rest.some((part) => /^\s*max-age=0$/i.test(part) || /^\s*expires=Thu, 01 Jan 1970/i.test(part));
    if (isGone) jarOf(origin).delete(name);
    else jarOf(origin).set(name, value);
  };
  return {
    go: async (address, until) => {
      let url = new URL(address);
      for (let step = 0; step < stepsMax; step += 1) {
        const cookie = [...jarOf(url.origin)].map(([name, value]) => `${name}=${value}`).join('; ');
        const reply = await fetch(url, { redirect: 'manual', headers: cookie === '' ? {} : { cookie } });
        for (const header of reply.headers.getSetCookie()) keep(url.origin, header);
        const html = await reply.text();
        const to = reply.headers.get('location');
        if (to === null) return { status: reply.status, url, html, next: null };
        const next = new URL(to, url);
        if (until?.test(next.href) === true) return { status: reply.status, url, html, next };
        url = next;
      }
      throw new Error(`more than ${stepsMax} redirects from ${String(address)}`);
    },
    cookieOf: (name) => [...jars.values()].map((jar) => jar.get(name)).find((value) => value !== undefined),
    plant: (origin, name, value) => void jarOf(origin).set(name, value),
  };
};
