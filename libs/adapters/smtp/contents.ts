import { proofFiles } from '@ketensluis/contract';
import type { LaterProof, OutgoingDisclosure } from '@ketensluis/flow';
import type { SealAttachment } from '@ketensluis/mail';
import { proofLetter, type Letter } from './letter.js';

/** What a mail holds, whatever protects it on its way. */
export interface MailContents {
  readonly subject: string;
  /** The same for every try, so that the receiver can drop a repeat. */
  readonly messageId: string;
  readonly text: string;
  readonly attachments: readonly SealAttachment[];
}

/** The letter, the document as the log committed to it, its attachments, and last the proof; `host` is the right half of the Message-ID. */
export function disclosureMail(disclosure: OutgoingDisclosure, host: string, letter: (disclosure: OutgoingDisclosure) => Letter): MailContents {
  const { subject, body } = letter(disclosure);
  const document = { name: documentName(disclosure.mediaType), contentType: disclosure.mediaType, content: disclosure.document };
  return { subject, messageId: `<${disclosure.id}@${host}>`, text: body, attachments: [document, ...disclosure.attachments, ...proofAttachments(disclosure)] };
}

/** A proof that was owed, without anything of its disclosure, under an id that follows from that of the disclosure. */
export function proofMail(later: LaterProof, host: string): MailContents {
  const { subject, body } = proofLetter(later);
  return { subject, messageId: `<${later.id}.bewijs@${host}>`, text: body, attachments: proofAttachments(later) };
}

/** A test of the way: nothing in it is about anybody. */
export function testMail(id: string, host: string): MailContents {
  return { subject: `Proefbericht ${id}`, messageId: `<${id}.proef@${host}>`, text: testText, attachments: [] };
}

const testText = [
  'Dit is een proefbericht van Ketensluis. Het gaat over niemand en hoort bij geen zaak.',
  'U hoeft niets te doen; wie het opent, ziet dat de verbinding werkt.', '',
  '--', 'English: this is a test message. It is about nobody, and there is nothing to do.', '',
].join('\n');

function proofAttachments({ proof }: Pick<OutgoingDisclosure, 'proof'>): readonly SealAttachment[] {
  return [
    { ...proofFiles.leaf, content: proof.leaf },
    { ...proofFiles.opening, content: proof.opening },
    { ...proofFiles.proof, content: proof.proof },
  ];
}

function documentName(mediaType: string): string {
  return mediaType === 'application/json' ? 'verstrekking.json' : 'verstrekking.xml';
}
