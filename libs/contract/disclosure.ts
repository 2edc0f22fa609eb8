import { categories, events, isOnward, messageTypes, roles, tellableOmissions, type Category, type FieldValue, type MessageBody, type Omission, type OnwardEvent, type Role } from '@ketensluis/domain';
import { z } from 'zod';
import { eventWords, shapeOf, type DocumentMediaType } from './document.js';
import type { ReadRefusal } from './problem.js';
import { bodyOf, readDocument, type ReadDocument } from './read.js';
import { attachmentValues, envelopeValues, writeDocument } from './write.js';

/** On what ground a recipient gets the disclosure. */
export interface DisclosureGround {
  readonly rule: string;
  readonly article: string;
  readonly authority: 'law' | 'policy';
  readonly mode: 'mandatory' | 'permitted' | 'consent' | 'forbidden';
  readonly agreement: string | null;
  /** That of the sender, where the rule needs it as well (the police, Wpg art. 6c). */
  readonly senderAgreement: string | null;
  readonly setting: string | null;
  readonly categories: readonly Category[];
}

/** What a recipient gets: the permitted part of a message, on what ground, and the names of what was left out. */
export interface DisclosureDocument extends MessageBody {
  readonly receivedAt: Date;
  readonly recipient: { readonly oin: string; readonly role: Role };
  /** Why an earlier message is given now; null for a message given for its own sake. */
  readonly event: OnwardEvent | null;
  /** When the ban ends, or ended, as the case stands now; null when the recipient may not know or there is none. */
  readonly endsAt: Date | null;
  readonly ground: DisclosureGround;
  readonly omitted: readonly Omission[];
}

const authorityWords = { law: 'wet', policy: 'beleid' } as const;
const modeWords = { mandatory: 'verplicht', permitted: 'toegestaan', consent: 'toestemming', forbidden: 'verboden' } as const;
const authorities = { wet: 'law', beleid: 'policy' } as const;
const modes = { verplicht: 'mandatory', toegestaan: 'permitted', toestemming: 'consent', verboden: 'forbidden' } as const;

/**
 * A disclosure as bytes; equal disclosures give equal bytes, so a retry sends what was sealed. Of the omissions only those are written
 * that say nothing of the message: see `tellableOmissions`.
 */
export const writeDisclosure = (document: DisclosureDocument, mediaType: DocumentMediaType): Uint8Array => {
  const { event, endsAt, ground, recipient, fields } = document;
  const omitted = tellableOmissions(document.type, document.omitted);
  return writeDocument(shapeOf('verstrekking', document.type), {
    ...envelopeValues(document),
    ontvangen: document.receivedAt.toISOString(),
    ontvanger: { oin: recipient.oin, rol: recipient.role },
    gebeurtenis: event === null ? 'bericht' : eventWords[event],
    ...(endsAt === null ? {} : { einde_huisverbod: endsAt.toISOString() }),
    grondslag: {
      regel: ground.rule, artikel: ground.article, gezag: authorityWords[ground.authority], wijze: modeWords[ground.mode],
      ...(ground.agreement === null ? {} : { overeenkomst: ground.agreement }),
      ...(ground.senderAgreement === null ? {} : { overeenkomst_verzender: ground.senderAgreement }),
      ...(ground.setting === null ? {} : { instelling: ground.setting }),
      ...(ground.categories.length === 0 ? {} : { categorieen: ground.categories }),
    },
    ...(Object.keys(fields).length === 0 ? {} : { inhoud: fields }),
    ...(omitted.length === 0 ? {} : { weggelaten: omitted.map(({ path, category }) => ({ pad: path, categorie: category })) }),
    ...attachmentValues(document.attachments),
  }, mediaType);
};

const eventOfWord = (word: string): OnwardEvent | null =>
  events.filter(isOnward).find((event) => eventWords[event] === word) ?? null;

const categoryShape = z.enum(categories);
const disclosureShape = z.object({
  ontvangen: z.string(),
  ontvanger: z.object({ oin: z.string(), rol: z.enum(roles) }),
  gebeurtenis: z.string(), einde_huisverbod: z.string().optional(),
  grondslag: z.object({
    regel: z.string(), artikel: z.string(), gezag: z.enum(['wet', 'beleid']), wijze: z.enum(['verplicht', 'toegestaan', 'toestemming', 'verboden']),
    overeenkomst: z.string().optional(), overeenkomst_verzender: z.string().optional(), instelling: z.string().optional(), categorieen: z.array(categoryShape).default([]),
  }),
  weggelaten: z.array(z.object({ pad: z.string(), categorie: categoryShape })).default([]),
});

/** A disclosure that follows the contract. */
export interface ReadDisclosure {
  readonly kind: 'read';
  readonly disclosure: DisclosureDocument;
}

/** Reads a disclosure as a recipient gets it. Rules over several fields are not asked: any field may have been left out. */
export const readDisclosure = (bytes: Uint8Array, mediaType: DocumentMediaType): ReadDisclosure | ReadRefusal => {
  const document = readDocument('verstrekking', bytes, mediaType);
  return document.kind === 'refused' ? document : { kind: 'read', disclosure: disclosureIn(document) };
};

/**
 * Reads back a disclosure that `writeDisclosure` made as JSON and that was kept under a key of our own since: it was checked field by field before it was
 * written, and is not checked again as if a stranger had sent it. Null when these bytes are none, or of a type or version that is not known any more.
 */
export const rereadDisclosure = (bytes: Uint8Array): DisclosureDocument | null => {
  try {
    const { soort, versie, ...values } = keptShape.parse(JSON.parse(new TextDecoder().decode(bytes)));
    const shape = shapeOf('verstrekking', soort);
    return shape.definition.version === versie ? disclosureIn({ kind: 'document', shape, values }) : null;
  } catch {
    // Nobody is shown a part of what cannot be read whole.
    return null;
  }
};

const keptShape = z.object({ soort: z.enum(messageTypes), versie: z.number() }).catchall(z.custom<FieldValue>());

const disclosureIn = (document: ReadDocument): DisclosureDocument => {
  const { ontvangen, ontvanger, gebeurtenis, einde_huisverbod, grondslag, weggelaten } = disclosureShape.parse(document.values);
  return {
    ...bodyOf(document),
    receivedAt: new Date(ontvangen),
    recipient: { oin: ontvanger.oin, role: ontvanger.rol },
    event: eventOfWord(gebeurtenis),
    endsAt: einde_huisverbod === undefined ? null : new Date(einde_huisverbod),
    ground: {
      rule: grondslag.regel, article: grondslag.artikel, authority: authorities[grondslag.gezag], mode: modes[grondslag.wijze],
      agreement: grondslag.overeenkomst ?? null, senderAgreement: grondslag.overeenkomst_verzender ?? null, setting: grondslag.instelling ?? null, categories: grondslag.categorieen,
    },
    omitted: weggelaten.map(({ pad, categorie }) => ({ path: pad, category: categorie })),
  };
};
