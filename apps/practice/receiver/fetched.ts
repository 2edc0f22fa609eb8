import { z } from 'zod';
import { askHub, type PartyClient } from '../ask.js';

/** What a hub handed out, byte for byte. */
export interface FetchedDisclosure {
  readonly document: Uint8Array;
  readonly files: readonly { readonly name: string; readonly sha256: string; readonly content: Uint8Array }[];
  readonly proof: { readonly leaf: Uint8Array; readonly opening: Uint8Array; readonly proof: Uint8Array };
}

const bytes = z.base64().transform((text) => Buffer.from(text, 'base64'));
const text = z.string().transform((value) => Buffer.from(value, 'utf8'));
const answerSchema = z.object({
  verstrekking: z.object({ inhoud: bytes }),
  bijlagen: z.array(z.object({ naam: z.string(), sha256: z.string(), inhoud: bytes })),
  bewijs: z.object({ leaf: text, opening: text, proof: text }),
});

/** Fetches what an event pointed to. The status when it is not 200; throws when no whole answer came. */
export const fetchReference = async (dataRef: string, client: PartyClient, ca: string): Promise<FetchedDisclosure | number> => {
  const { status, body } = await askHub({ url: dataRef, ca, client, headers: { accept: 'application/json' }, body: null });
  if (status !== 200) return status;
  const { verstrekking, bijlagen, bewijs } = answerSchema.parse(JSON.parse(body.toString('utf8')));
  return { document: verstrekking.inhoud, files: bijlagen.map(({ naam, sha256, inhoud }) => ({ name: naam, sha256, content: inhoud })), proof: bewijs };
};
