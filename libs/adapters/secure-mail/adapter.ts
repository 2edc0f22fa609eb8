import type { DeliveryOutcome, OutgoingDisclosure, PartyAdapter } from '@ketensluis/flow';
import { unsealedMail } from '@ketensluis/mail';
import { routedCarrier, type RouteParts } from '../mail-route/carrier.js';
import { disclosureMail, proofMail, testMail, type MailContents } from '../smtp/contents.js';
import type { Carrier } from '../smtp/carrier.js';
import type { MailSign } from '../smtp/dkim.js';
import { letterOf, type Letter } from '../smtp/letter.js';
import { smtpLimits, type SmtpLimits } from '../smtp/limits.js';
import { asksOf, type MailAsks, type ReceiptsAsked } from '../smtp/receipts.js';
import { underWay } from '../smtp/under-way.js';

/** What the adapter needs to reach one party by mail that its way protects. */
export interface SecureMailOptions {
  /** The functional mailbox of the party. */
  readonly address: string;
  /** By which ways it may be reached: NTA 7516 with DANE only, or enforced TLS as well for what its rule lets go so. */
  readonly floor: 'nta' | 'nta-or-tls';
  /** The hub's address: header and envelope sender. Its domain is the right half of the Message-ID. */
  readonly from: string;
  readonly route: RouteParts;
  /** The readable part; `letterOf` unless a test says otherwise. Its subject holds identifiers only (I13). */
  readonly letter?: (disclosure: OutgoingDisclosure) => Letter;
  readonly limits?: Partial<SmtpLimits>;
  /** What is asked for beside the answer of the mail server; nothing when absent. */
  readonly receipts?: ReceiptsAsked;
  /** Signs the mail as one of our domain (DKIM), which NTA 7516 wants of who sends; absent: it goes as it is. */
  readonly sign?: MailSign;
}

/**
 * Delivers by mail anybody can read with any program, over a way that is proven before each try, and else not at all (I12). A repeat carries the same
 * Message-ID `<disclosure id@hub domain>`, so the receiver can drop it.
 */
export function secureMailAdapter(options: SecureMailOptions): PartyAdapter {
  const { address, floor, from, route } = options;
  const hubDomain = from.slice(from.lastIndexOf('@') + 1);
  const domain = address.slice(address.lastIndexOf('@') + 1);
  const carrierBy = (protection: SecureMailOptions['floor']): Carrier =>
    routedCarrier({ domain, protection, parts: route, heloName: hubDomain, limits: { ...smtpLimits, ...options.limits } });
  const strict = carrierBy('nta');
  const wide = floor === 'nta' ? strict : carrierBy(floor);
  const tries = underWay();
  let closed = false;
  const bring = async (carrier: Carrier, at: Date, contents: () => MailContents, { notifyTo, envelopeId }: MailAsks = {}): Promise<DeliveryOutcome> => {
    if (closed) return carrier.closed(at);
    const written = unsealedMail({ from, to: address, date: at, ...contents(), ...(notifyTo === undefined ? {} : { notifyTo }) });
    const raw = options.sign === undefined ? written : await options.sign(written);
    return carrier.send({ from, to: address, raw, at, ...(envelopeId === undefined ? {} : { envelopeId }) }, notifyTo === undefined ? [] : ['mdn']);
  };
  return {
    deliver: (disclosure, at) => {
      const contents = () => disclosureMail(disclosure, hubDomain, options.letter ?? letterOf);
      // Channel and rule must both allow it.
      return tries.track(bring(disclosure.mayGoByTls === true ? wide : strict, at, contents, asksOf(options.receipts, from, disclosure)));
    },
    prove: (proof, at) => tries.track(bring(wide, at, () => proofMail(proof, hubDomain))),
    test: (id, at) => tries.track(bring(wide, at, () => testMail(id, hubDomain))),
    close: async () => {
      closed = true;
      await tries.settled();
      await Promise.all([strict.close(), wide.close()]);
    },
  };
}
