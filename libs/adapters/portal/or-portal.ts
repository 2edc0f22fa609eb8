import type { DeliveryOutcome, PartyAdapter } from '@ketensluis/flow';

/**
 * Mail where it has a safe way, and else the portal: there is no certificate to encrypt to, or DNS proves that no way is protected enough. Whatever may pass
 * (DNS that does not answer, a certificate that ended or cannot be judged) is no reason: that waits, or waits for a person, as without a portal (I12).
 */
export const orPortal = (mail: PartyAdapter, portal: PartyAdapter): PartyAdapter => ({
  ...mail,
  deliver: async (disclosure, at) => {
    const outcome = await mail.deliver(disclosure, at);
    return hasNoWay(outcome) ? because(outcome, await portal.deliver(disclosure, at)) : outcome;
  },
  prove: async (proof, at) => {
    const outcome = await mail.prove(proof, at);
    return hasNoWay(outcome) ? because(outcome, await portal.prove(proof, at)) : outcome;
  },
  close: async () => void (await Promise.all([mail.close(), portal.close()])),
});

type NoWay = Extract<DeliveryOutcome, { readonly kind: 'unusable' }>;

const hasNoWay = (outcome: DeliveryOutcome): outcome is NoWay => outcome.kind === 'unusable' && (outcome.code === 'no-certificate' || outcome.code === 'no-safe-route');

/** By which facts the mail had no way is kept with the try, in the place of those of the word about it. */
const because = ({ evidence }: NoWay, told: DeliveryOutcome): DeliveryOutcome => {
  if (told.kind !== 'announced' || told.receipt === null || evidence?.route === undefined) return told;
  return { ...told, receipt: { ...told.receipt, evidence: { ...told.receipt.evidence, route: evidence.route } } };
};
