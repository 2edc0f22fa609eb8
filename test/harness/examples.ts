import { readFileSync } from 'node:fs';
import { messageDefinitions, type Attachment, type Category, type FieldValues, type MessageBody, type MessageType } from '@ketensluis/domain';

// The examples are not compiled: from dist/ they are still those of the sources.
const folder = new URL('../fixtures/messages/', import.meta.url.replace('/dist/test/harness/', '/test/harness/'));

/** The committed example of a type, as bytes. */
export const exampleBytes = (type: MessageType, extension: 'xml' | 'json'): Uint8Array => new Uint8Array(readFileSync(new URL(`${type}.${extension}`, folder)));

/** The committed example of a type, checked by its definition alone; the envelope is the same for all. */
export const exampleBody = (type: MessageType): MessageBody => {
  const document = JSON.parse(new TextDecoder().decode(exampleBytes(type, 'json')));
  const definition = messageDefinitions[type];
  const attachments: readonly Attachment[] = (document.bijlagen ?? []).map((one: { naam: string; soort: string; sha256: string; omvang: number; categorie: Category }): Attachment =>
    ({ name: one.naam, mediaType: one.soort, sha256: one.sha256, sizeBytes: one.omvang, category: one.categorie }));
  const fields: FieldValues = definition.schema.parse(document.inhoud);
  return {
    id: document.kenmerk, type, version: 1, case: { law: 'WTH', municipality: '9901', number: 'HV-2026-0001' }, sentAt: new Date(document.verzonden),
    sender: { oin: document.afzender.oin, role: document.afzender.rol, function: document.afzender.functie ?? null }, fields, attachments,
  };
};
