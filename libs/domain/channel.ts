import { z } from 'zod';
import { oinSchema } from './identifier.js';

const addressSchema = z.email().max(254).transform((address) => address.toLowerCase());
const portSchema = z.number().int().min(1).max(65_535);

/**
 * What is asked for beside the answer of the mail server: a delivery status notification (RFC 3461), a disposition notification (RFC 8098), a signed
 * receipt (RFC 2634; other hubs have it, few mail programs do).
 */
const receiptsSchema = z.strictObject({ dsn: z.boolean().default(true), mdn: z.boolean().default(false), signed: z.boolean().default(false) });

/** Which receipt closes the duty; `transport` is the positive answer of the mail server. */
const closesBySchema = z.enum(['transport', 'dsn', 'mdn', 'signed']);

/** Where word goes that a message waits at the console, when no way of mail is safe enough; nothing of a case goes there. */
const noticeSchema = addressSchema.optional();

interface Receiving {
  readonly closesBy: z.output<typeof closesBySchema>;
  readonly receipts: Readonly<Partial<z.output<typeof receiptsSchema>>>;
}

const asksWhatCloses = ({ closesBy, receipts }: Receiving): boolean => closesBy === 'transport' || receipts[closesBy] === true;
const asksNothing = 'the receipt that closes the duty is not asked for';

/** S/MIME mail, signed by the hub and encrypted to the party; `host` names the receiving server where it is not looked up. */
const smimeMailSchema = z.strictObject({
  kind: z.literal('smime-mail'),
  address: addressSchema,
  host: z.string().max(253).optional(),
  port: portSchema.optional(),
  /** What was agreed about the form, where the party's program needs another one; it goes before what its mail says. */
  encryption: z.strictObject({ content: z.enum(['aes256-gcm', 'aes256-cbc']).optional(), keyTransport: z.enum(['oaep', 'rsaes-pkcs1']).optional() }).optional(),
  receipts: receiptsSchema.prefault({}),
  closesBy: closesBySchema.default('transport'),
  portalNotice: noticeSchema,
}).refine(asksWhatCloses, asksNothing);

/** Mail that only the transport protects: it goes where that is proven before each try, and else not at all (NTA 7516 §6.1.2 note 2). */
const secureMailSchema = z.strictObject({
  kind: z.literal('secure-mail'), address: addressSchema,
  /** The least that counts as proven: NTA 7516 with DANE, or also TLS that is enforced by DANE or MTA-STS alone. */
  floor: z.enum(['nta', 'nta-or-tls']).default('nta'),
  receipts: receiptsSchema.omit({ signed: true }).prefault({}), closesBy: closesBySchema.exclude(['signed']).default('transport'),
  portalNotice: noticeSchema,
}).refine(asksWhatCloses, asksNothing);

/**
 * A webhook (Standard Webhooks): `thin` says that there is something to fetch, `full` brings it along where the rule allows that. Keys stand in the key
 * store, never here.
 */
const webhookSchema = z.strictObject({
  kind: z.literal('webhook'),
  url: z.url({ protocol: /^https$/ }).max(500).refine((url) => URL.canParse(url) && new URL(url).username === '' && new URL(url).search === '', 'no credentials and no query: an address ends up in logs (I13)'),
  form: z.enum(['thin', 'full']).default('thin'),
  /** The hub shows its own certificate, and the other side's must carry this OIN. */
  pinnedOin: oinSchema.optional(),
});

/** A feed the party reads by itself (RFC 4287). */
const feedSchema = z.strictObject({ kind: z.literal('feed') });

/**
 * People of the party open it at the console; a mail without content says that there is something (NTA 7516: no safe way, so a portal). `host` names the
 * server that mail goes to where it is not looked up.
 */
const portalSchema = z.strictObject({ kind: z.literal('portal'), portalNotice: addressSchema, host: z.string().max(253).optional(), port: portSchema.optional() });

/** How the hub brings a disclosure to a party. */
export const channelSchema = z.discriminatedUnion('kind', [smimeMailSchema, secureMailSchema, webhookSchema, feedSchema, portalSchema]);
/** One way to reach a party. */
export type Channel = Readonly<z.output<typeof channelSchema>>;
/** A channel of one kind. */
export type ChannelOf<Kind extends Channel['kind']> = Extract<Channel, { readonly kind: Kind }>;

/** The mailbox of a channel that has one, lower case. */
export const mailboxOf = (channel: Channel | null): string | null => (channel !== null && 'address' in channel ? channel.address : null);

/** Where word goes that something waits at the console; null for a channel that never ends there. */
export const portalNoticeOf = (channel: Channel | null): string | null => (channel !== null && 'portalNotice' in channel ? (channel.portalNotice ?? null) : null);

/** A channel as text: what a test is remembered with, since another channel was not tried by it. */
export const channelText = (channel: Channel | null): string => JSON.stringify(channel);
