import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import Provider, { type Configuration } from 'oidc-provider';
import { practiceClaims, practiceClient, practiceLevel, type PracticeAccount } from './accounts.js';
import { choicePage } from './choice-page.js';

/** What the practice provider is started with. */
export interface ProviderOptions {
  readonly port: number;
  /** Where it listens; on this computer only when absent. */
  readonly host?: string;
  /** Where the console is; only it may ask. */
  readonly consoleUrl: string;
  readonly accounts: readonly PracticeAccount[];
}

const hourS = 3_600;

/** Starts an identity provider on this computer where one chooses who to be. Never for anything but practice: it asks for no proof of anybody. */
export const startProvider = async ({ port, host = '127.0.0.1', consoleUrl, accounts }: ProviderOptions): Promise<{ readonly port: number; readonly close: () => Promise<void> }> => {
  // The issuer is part of every token, so the port must be known first.
  const server = createServer();
  await new Promise<void>((resolve, reject) => void server.once('error', reject).listen(port, host, resolve));
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  const issuer = `http://localhost:${bound}`;
  const provider = new Provider(issuer, settings(consoleUrl, accounts));
  provider.use(async (context, next) => {
    context.set('content-security-policy', `default-src 'none'; style-src 'self'; form-action 'self' ${new URL(consoleUrl).origin}; frame-ancestors 'none'`);
    await next();
  });
  const handle = provider.callback();
  server.on('request', (request, response) => void answer({ provider, accounts, handle, request, response }));
  return {
    port: bound,
    close: () => new Promise((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    }),
  };
};

interface Exchange {
  readonly provider: Provider;
  readonly accounts: readonly PracticeAccount[];
  readonly handle: (request: IncomingMessage, response: ServerResponse) => unknown;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** The page where one chooses is ours; everything else is the protocol's. */
const answer = async ({ provider, accounts, handle, request, response }: Exchange): Promise<void> => {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (!url.pathname.startsWith('/keuze/')) return void handle(request, response);
  try {
    await provider.interactionDetails(request, response);
    const chosen = accounts.find(({ account }) => account === url.searchParams.get('wie'));
    if (chosen !== undefined) return await provider.interactionFinished(request, response, { login: { accountId: chosen.account, acr: practiceLevel } }, { mergeWithLastSubmission: false });
    const { body, headers } = choicePage(accounts, url.pathname);
    response.writeHead(200, headers).end(body);
  } catch {
    response.writeHead(400, { 'content-type': 'text/plain; charset=utf-8' }).end('Deze aanmelding is verlopen. Begin opnieuw in de console. / This sign-in has expired. Begin again in the console.');
  }
};

const settings = (consoleUrl: string, accounts: readonly PracticeAccount[]): Configuration => ({
  clients: [{
    client_id: practiceClient, token_endpoint_auth_method: 'none', application_type: 'web', response_types: ['code'], grant_types: ['authorization_code'],
    redirect_uris: [`${consoleUrl}/aanmelden/terug`], post_logout_redirect_uris: [`${consoleUrl}/afgemeld`],
  }],
  pkce: { required: () => true },
  cookies: { keys: [randomBytes(32).toString('base64url')] },
  acrValues: [practiceLevel],
  claims: { openid: ['sub', 'acr'], profile: ['name', practiceClaims.roles, practiceClaims.party, practiceClaims.mail] },
  // The console reads the identity token and nothing else.
  conformIdTokenClaims: false,
  features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true, logoutSource: leaveAtOnce } },
  interactions: { url: (_context, { uid }) => `/keuze/${uid}` },
  ttl: { Session: hourS, Interaction: hourS, Grant: hourS, IdToken: hourS, AccessToken: 300, AuthorizationCode: 60 },
  findAccount: (_context, id) => {
    const found = accounts.find(({ account }) => account === id);
    return found === undefined ? undefined : {
      accountId: id,
      claims: () => ({ sub: id, name: found.name, [practiceClaims.roles]: [...found.roles], ...(found.party === null ? {} : { [practiceClaims.party]: found.party }), ...(found.mail === undefined ? {} : { [practiceClaims.mail]: found.mail }) }),
    };
  },
  // Practice people agree to everything; there is nothing to ask them.
  loadExistingGrant: async (context) => {
    const { session, client, provider } = context.oidc;
    // The one there is, as a code is worth nothing once its grant has been replaced: two tabs may sign in at once.
    const before = client === undefined ? undefined : session?.grantIdFor(client.clientId);
    const known = before === undefined ? undefined : await provider.Grant.find(before);
    if (known !== undefined) return known;
    const grant = new provider.Grant({ ...(client === undefined ? {} : { clientId: client.clientId }), ...(session?.accountId === undefined ? {} : { accountId: session.accountId }) });
    grant.addOIDCScope('openid profile');
    await grant.save();
    return grant;
  },
});

/** Signing out needs no second question here. */
const leaveAtOnce: NonNullable<NonNullable<NonNullable<Configuration['features']>['rpInitiatedLogout']>['logoutSource']> = (context, form) => {
  context.body = `<!doctype html><html lang="nl"><head><meta charset="utf-8"><title>Afmelden</title></head><body>${form}<p><button type="submit" form="op.logoutForm" name="logout" value="yes" autofocus>Afmelden / Sign out</button></p></body></html>`;
};
