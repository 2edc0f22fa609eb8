import type { DeliveryOutcome, PartyAdapter } from '@ketensluis/flow';
import { noticeMail } from '@ketensluis/mail';
import { routedCarrier, type RouteParts } from '../mail-route/carrier.js';
import { fixedCarrier, type Carrier } from '../smtp/carrier.js';
import type { SmtpTarget } from '../smtp/connection.js';
import { testMail } from '../smtp/contents.js';
import type { MailSign } from '../smtp/dkim.js';
import type { Letter } from '../smtp/letter.js';
import { smtpLimits, type SmtpLimits } from '../smtp/limits.js';
import { underWay } from '../smtp/under-way.js';
import { completedLetter, waitingLetter } from './letter.js';

/** What telling a party that something waits at the console takes. */
export interface PortalOptions {
  /** Where the party wants to hear it. */
  readonly address: string;
  /** A server named beforehand, or the way the mail domain publishes. */
  readonly target: SmtpTarget | { readonly route: RouteParts };
  /** The hub's address. Its domain is the right half of the Message-ID. */
  readonly from: string;
  /** Where people sign in; no slash at the end. */
  readonly consoleUrl: string;
  readonly limits?: Partial<SmtpLimits>;
  /** Signs the mail as one of our domain (DKIM); absent: it goes as it is. */
  readonly sign?: MailSign;
}

/**
 * Tells a party by a mail without content that something waits for its people at the console. A try ends with `announced` once its server took the mail; the
 * disclosure stays here until somebody of the party opens it, which is the delivery. A repeat carries the same Message-ID `<disclosure id@hub domain>`.
 */
export function portalAdapter(options: PortalOptions): PartyAdapter {
  const { address, from, consoleUrl } = options;
  const hubDomain = domainOf(from);
  const carrier = carrierOf(options, hubDomain);
  const tries = underWay();
  let closed = false;
  const bring = async (id: string, { subject, body }: Letter, at: Date): Promise<DeliveryOutcome> => {
    if (closed) return carrier.closed(at);
    const written = noticeMail({ from, to: address, date: at, subject, messageId: `<${id}@${hubDomain}>`, text: body, attachments: [] });
    return announced(await carrier.send({ from, to: address, raw: options.sign === undefined ? written : await options.sign(written), at }));
  };
  return {
    deliver: ({ id }, at) => tries.track(bring(id, waitingLetter(consoleUrl), at)),
    prove: ({ id }, at) => tries.track(bring(`${id}.bewijs`, completedLetter(consoleUrl), at)),
    test: (id, at) => {
      const { subject, text } = testMail(id, hubDomain);
      return tries.track(bring(`${id}.proef`, { subject, body: text }, at));
    },
    close: async () => {
      closed = true;
      await tries.settled();
      await carrier.close();
    },
  };
}

const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1);

function carrierOf({ target, address, limits }: PortalOptions, heloName: string): Carrier {
  const bounds = { ...smtpLimits, ...limits };
  return 'route' in target ? routedCarrier({ domain: domainOf(address), protection: 'notice', parts: target.route, heloName, limits: bounds }) : fixedCarrier(target, heloName, bounds);
}

/** A server that took the mail has word of the disclosure, and not the disclosure. */
const announced = (outcome: DeliveryOutcome): DeliveryOutcome => (outcome.kind === 'delivered' ? { kind: 'announced', receipt: outcome.receipt } : outcome);
