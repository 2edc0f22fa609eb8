/** What a process of the hub can do; one process may do several. */
export const hubRoles = ['gateway', 'decide', 'seal', 'deliver', 'watch', 'console'] as const;
/** One of `hubRoles`. */
export type HubRole = (typeof hubRoles)[number];

/**
 * Secrets outside the database. `data`: the master key and its shares, which open what is stored. `opening`: opens the mail that comes in. `signing`: signs the
 * mail of the hub. `tls`: its servers, and the hub as a client that is recognised by certificate. `dkim`: its mail domain. `tokens`: access to the API. `log`:
 * signs the log.
 */
export const hubKeys = ['data', 'opening', 'signing', 'tls', 'dkim', 'tokens', 'log'] as const;
/** One of `hubKeys`. */
export type HubKey = (typeof hubKeys)[number];

/** Which secrets a process with this role opens; the files of the others may be missing, and are not looked at. */
export const keysOfRole: Readonly<Record<HubRole, readonly HubKey[]>> = {
  // It signs receipts that a sender asks for while that sender waits (RFC 2634 §2).
  gateway: ['data', 'opening', 'signing', 'tls', 'tokens'],
  decide: ['data'],
  seal: ['log'],
  deliver: ['data', 'signing', 'tls', 'dkim'],
  // Rulings are opened to find the ECLI that belongs to them, and what is changed in the trust of the hub is an entry with a kept part.
  watch: ['data'],
  // People read cases here. The certificate is needed only where the console is reached over https.
  console: ['data', 'tls'],
};

/** Every secret that these roles need together. */
export const keysOf = (roles: readonly HubRole[]): ReadonlySet<HubKey> => new Set(roles.flatMap((role) => keysOfRole[role]));
