import type { OutgoingDisclosure } from '@ketensluis/flow';

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

/**
 * A disclosure as its recipient fetches it. `verstrekking.inhoud` and `bijlagen[].inhoud` are base64 of the very bytes the log commits to and the document
 * names; `bewijs` has three texts, each byte for byte a file of the proof: written to disk as they stand, `ketensluis log proof` checks them.
 */
export const fetchedBody = ({ id, number, document, mediaType, attachments, proof }: OutgoingDisclosure): Uint8Array =>
  Buffer.from(JSON.stringify({
    id,
    volgnummer: number,
    verstrekking: { type: mediaType, inhoud: base64(document) },
    bijlagen: attachments.map(({ name, contentType, sha256, content }) => ({ naam: name, type: contentType, sha256, inhoud: base64(content) })),
    bewijs: { leaf: text(proof.leaf), opening: text(proof.opening), proof: text(proof.proof) },
  }));
