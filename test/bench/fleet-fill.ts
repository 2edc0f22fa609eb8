import { readMessage } from '@ketensluis/contract';
import type { Hub } from '@ketensluis/platform';
import { createHash, randomUUID } from 'node:crypto';
import { documentOf } from '../../apps/practice/script.js';
import { senders, stepOf } from '../cases/steps.js';

/** The ban as it is announced by word of mouth: two parties hear of it at once, the police and who helps the household. */
const soort = 'huisverbod.aangezegd';
/** What one of them leads to. */
export const deliveriesPerMessage = 2;
/** Municipalities with an agreement. */
const bringers = [{ sender: senders.waterveen, gemeente: '9901' }, { sender: senders.hoogland, gemeente: '9902' }] as const;

/** Messages that are stored at the same time, so that their commits go to disk together. */
const together = 32;

let stored = 0;

/** Stores so many proven messages, each about another case, by the function that the gateway stores them with; what proves a sender is left out. */
export const fillMessages = async ({ store, ids, clock }: Pick<Hub, 'store' | 'ids' | 'clock'>, count: number): Promise<void> => {
  const begun = clock.now();
  const templates = bringers.map(({ sender, gemeente }) => {
    const { document } = documentOf(stepOf({ gemeente, nummer: 'FILL' }, soort, sender), new Date(begun.getTime() - 60 * 60_000), begun);
    const read = readMessage(document, 'application/xml');
    if (read.kind === 'refused') throw new Error(read.detail);
    return { raw: document, message: read.message };
  });
  const one = async (): Promise<void> => {
    stored += 1;
    const template = templates[stored % templates.length];
    if (template === undefined) throw new Error('no template');
    const [at, own] = [clock.now(), randomUUID()];
    const sha256 = createHash('sha256').update(own).digest('hex');
    const message = { ...template.message, id: own, case: { ...template.message.case, number: `FILL-${stored}` } };
    const saved = await store.intake.saveAccepted({ id: ids.next(at), receivedAt: at, raw: template.raw, message, attachments: [], signatureSha256: sha256, signerSha256: sha256 });
    if (saved.kind !== 'saved') throw new Error(saved.kind);
  };
  let left = count;
  await Promise.all(Array.from({ length: together }, async () => {
    while (left > 0) {
      left -= 1;
      await one();
    }
  }));
};
