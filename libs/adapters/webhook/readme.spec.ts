import { describe, expect, test } from '@jest/globals';
import { signWebhook, webhookHeaders, webhookSignerText, webhookVerifierOf, webhookVerifierText, type WebhookSigner } from '@ketensluis/contract';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const blocks = [...readFileSync('libs/adapters/webhook/README.md', 'utf8').matchAll(/```sh\n([\s\S]*?)```/g)].map(([, script = '']) => script);
const body = Buffer.from('{"data":"één % \\n $HOME"}\n');
const secret: WebhookSigner = { scheme: 'v1', secret: Buffer.from(Array.from({ length: 32 }, (_none, index) => index)) };
const other: WebhookSigner = { scheme: 'v1', secret: Buffer.alloc(32, 9) };
const pair: WebhookSigner = { scheme: 'v1a', seed: Buffer.alloc(32, 3) };

/** Runs a block of the page as it stands. */
const run = (script: string | undefined, signers: readonly WebhookSigner[], { sentAt = new Date(), bytes = body } = {}): string => {
  const folder = mkdtempSync(join(tmpdir(), 'ketensluis-readme-'));
  const headers = signWebhook({ id: 'm-1', sentAt, body }, signers);
  try {
    writeFileSync(join(folder, 'body'), bytes);
    return execFileSync('sh', ['-c', `${script ?? 'exit 9'}\ntrue`], {
      cwd: folder, encoding: 'utf8',
      env: {
        PATH: process.env['PATH'] ?? '', ID: headers[webhookHeaders.id], TIMESTAMP: headers[webhookHeaders.timestamp], SIGNATURE: headers[webhookHeaders.signature],
        SECRET: webhookSignerText(secret), PUBLIC: webhookVerifierText(webhookVerifierOf(pair)),
      },
    }).trim();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

describe('the lines for a receiver with openssl alone', () => {
  test.each([['v1', 0, secret], ['v1a', 1, pair]] as const)('%s: tell what is genuine, also during a rotation', (_name, place, signer) => {
    expect(run(blocks[place], [signer])).toBe('genuine');
    expect(run(blocks[place], [other, secret, pair])).toBe('genuine');
  });

  test.each([['v1', 0, secret, 'forged'], ['v1a', 1, pair, '']] as const)('%s: and what is not', (_name, place, signer, word) => {
    expect(run(blocks[place], [signer], { bytes: Buffer.from('{}') })).toBe(word);
    expect(run(blocks[place], [other])).toBe(word);
  });

  test('v1: what is too old is not taken for genuine', () => expect(run(blocks[0], [secret], { sentAt: new Date(Date.now() - 400_000) })).toBe(''));
});
