// Runs in a worker thread: one whole mail per message, in order. An exception is a bug: it ends the thread, and the pool
// answers a fault for that one job and starts another thread.
import { parentPort } from 'node:worker_threads';
import type { KeyPair, Trust } from '../smime/identity.js';
import { openMail, type OpenedMail } from '../smime/inbound.js';
import { sealMail } from '../smime/outbound.js';
import { ownBytes, transferList, type Answer, type Job } from './job.js';

interface Kept {
  readonly keys: readonly KeyPair[];
  readonly trust: Trust;
}

const answerOpened = (mail: OpenedMail): { readonly answer: Answer; readonly transfer: ArrayBuffer[] } => {
  const raw = ownBytes(mail.raw);
  const contents = mail.parts.map((part) => ownBytes(part.content));
  const parts = mail.parts.map((part, index) => ({ ...part, content: contents[index] ?? new Uint8Array(0) }));
  return { answer: { kind: 'open', result: { ...mail, raw, parts } }, transfer: transferList([raw, ...contents]) };
};

const listen = (port: NonNullable<typeof parentPort>): void => {
  let kept: Kept | null = null;
  let keptSigner: KeyPair | null = null;
  port.on('message', (job: Job) => {
    if (job.kind === 'seal') {
      const signer = job.signer ?? keptSigner;
      if (signer === null) throw new Error('bug: first job without a signer');
      keptSigner = signer;
      const sealed = ownBytes(sealMail({ ...job.input, signer }));
      const answer: Answer = { kind: 'seal', result: sealed };
      port.postMessage(answer, transferList([sealed]));
      return;
    }
    const keys = job.keys ?? kept?.keys;
    const trust = job.trust ?? kept?.trust;
    if (keys === undefined || trust === undefined) throw new Error('bug: first job without keys or trust');
    kept = { keys, trust };
    const result = openMail(job.raw, { keys, trust, at: job.at });
    const { answer, transfer } = result.kind === 'opened' ? answerOpened(result) : { answer: { kind: 'open', result } satisfies Answer, transfer: [] };
    port.postMessage(answer, transfer);
  });
};

if (parentPort !== null) listen(parentPort);
