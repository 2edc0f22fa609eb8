import { Controller, Get, Inject, Post, Req, Res } from '@nestjs/common';
import { apiScopes, partyOf, takesTests, type Client } from '@ketensluis/domain';
import { HUB, tokenSeconds, type HttpReply, type Hub } from '@ketensluis/platform';
import { claimedClient, proveAssertion } from './client-assertion.js';
import { provenClient } from './client-certificate.js';
import { apiProblem } from './problem.js';
import { bodyOf, headerOf, mediaTypeOf, send, shownCertificates, type HttpRequest, type ReplyTarget } from './request.js';
import { requestLimiter } from './request-limit.js';
import { readTokenRequest, type TokenError, type TokenRequest } from './token-request.js';

const formMaxBytes = 16 * 1024;

/** Access tokens for programs of the parties (RFC 6749 §4.4, OAuth NL profile), and what there is to know about that (RFC 8414). */
@Controller()
export class TokenController {
  constructor(@Inject(HUB) private readonly hub: Hub) {}

  /** A token of five minutes for a client that proves itself by a signed assertion (RFC 7523) or by its certificate (RFC 8705). */
  @Post('oauth/token')
  async token(@Req() request: HttpRequest, @Res() reply: ReplyTarget): Promise<void> {
    send(reply, await this.answer(request).catch((fault: unknown) => {
      this.hub.events.fault('token.failed', fault);
      return apiProblem(503);
    }));
  }

  @Get('.well-known/oauth-authorization-server')
  metadata(@Res() reply: ReplyTarget): void {
    const { issuer } = this.hub.tokens;
    send(reply, published({
      issuer, token_endpoint: `${issuer}/oauth/token`, jwks_uri: `${issuer}/oauth/jwks`, scopes_supported: apiScopes,
      response_types_supported: [], grant_types_supported: ['client_credentials'],
      token_endpoint_auth_methods_supported: ['private_key_jwt', 'tls_client_auth'],
      token_endpoint_auth_signing_alg_values_supported: ['ES256', 'ES384', 'EdDSA', 'PS256', 'RS256'],
      tls_client_certificate_bound_access_tokens: true, service_documentation: `${issuer}/api/v1/openapi.json`,
    }));
  }

  @Get('oauth/jwks')
  keys(@Res() reply: ReplyTarget): void {
    send(reply, published(this.hub.tokens.jwks));
  }

  private async answer(request: HttpRequest): Promise<HttpReply> {
    if (mediaTypeOf(request) !== 'application/x-www-form-urlencoded') return apiProblem(415, { detail: 'Send application/x-www-form-urlencoded.' });
    const body = bodyOf(request);
    if (body.length > formMaxBytes) return apiProblem(413);
    const asked = readTokenRequest(body.toString('utf8'));
    if (typeof asked === 'string') return this.failed(request, asked);
    const at = this.hub.clock.now();
    const client = await this.hub.store.clients.find((asked.assertion === null ? asked.clientId : claimedClient(asked.assertion)) ?? '');
    const proof = client === null || client.revokedAt !== null ? null : await this.proofOf(request, asked, client, at);
    if (client === null || proof === null) return this.failed(request, 'invalid_client');
    const waitSeconds = requestLimiter(this.hub)({ kind: 'party', name: client.oin });
    if (waitSeconds > 0) return apiProblem(429, { headers: { 'retry-after': String(waitSeconds) } });
    const party = partyOf((await this.hub.registers.current()).registers, client.oin);
    if (party === null || !takesTests(party, at)) return oauthError('unauthorized_client');
    if (asked.scopes?.some((scope) => !client.scopes.includes(scope)) === true) return oauthError('invalid_scope');
    const scopes = asked.scopes ?? client.scopes;
    this.hub.events.tell('token.issued', { key: client.id, oin: client.oin });
    return json(200, { access_token: await this.hub.tokens.issue(client, { scopes, ...proof }, at), token_type: 'Bearer', expires_in: tokenSeconds, scope: scopes.join(' ') });
  }

  /** What proves the client, and the certificate the token is bound to; null when nothing does. */
  private async proofOf(request: HttpRequest, asked: TokenRequest, client: Client, at: Date): Promise<{ readonly proofSha256: string; readonly certificateSha256: string | null } | null> {
    const shown = provenClient(shownCertificates(request), this.hub.trust(), at);
    const certificateSha256 = shown?.oin === client.oin ? shown.sha256 : null;
    if (asked.assertion === null) return certificateSha256 === null || client.keys !== null ? null : { proofSha256: certificateSha256, certificateSha256 };
    if (asked.clientId !== null && asked.clientId !== client.id) return null;
    const { issuer } = this.hub.tokens;
    const proven = await proveAssertion(asked.assertion, client, { audiences: [issuer, `${issuer}/oauth/token`], at });
    if (proven === null || !(await this.hub.store.clients.takeAssertion({ clientId: client.id, ...proven }, at))) return null;
    return { proofSha256: proven.keySha256, certificateSha256 };
  }

  private failed(request: HttpRequest, error: TokenError): HttpReply {
    const waitSeconds = requestLimiter(this.hub)({ kind: 'stranger', name: request.ip });
    if (waitSeconds > 0) return apiProblem(429, { headers: { 'retry-after': String(waitSeconds) } });
    this.hub.events.tell('token.refused', { reason: error });
    return oauthError(error, headerOf(request, 'authorization') !== null);
  }
}

const json = (status: number, value: unknown, headers: HttpReply['headers'] = {}): HttpReply => ({
  // RFC 6749 §5.1: no cache keeps a token.
  status, headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', pragma: 'no-cache', ...headers }, body: Buffer.from(JSON.stringify(value)),
});

const published = (value: unknown): HttpReply => json(200, value, { 'cache-control': 'public, max-age=300', 'access-control-allow-origin': '*' });

/** An error as RFC 6749 §5.2 has it; which of the proofs failed, and why, is told to nobody. */
const oauthError = (error: TokenError, usedHeader = false): HttpReply =>
  json(error === 'invalid_client' ? 401 : 400, { error }, usedHeader && error === 'invalid_client' ? { 'www-authenticate': 'Bearer' } : {});
