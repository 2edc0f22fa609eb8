import { createHash, sign, type KeyObject } from 'node:crypto';

/** The key of one signing domain; its public half stands in DNS at `<selector>._domainkey.<domain>`. */
export interface DkimKey {
  readonly domain: string;
  readonly selector: string;
  /** Ed25519 (RFC 8463) or RSA. */
  readonly privateKey: KeyObject;
}

/** Puts a signature in front of a mail. */
export type MailSign = (raw: Uint8Array) => Promise<Uint8Array>;

// Everything of a mail that a reader or a mail system goes by. From stands once more than it occurs, so that nobody can add one (RFC 6376 §8.15).
const signedNames = [
  'from', 'from', 'to', 'date', 'subject', 'message-id', 'mime-version', 'content-type', 'content-transfer-encoding', 'content-disposition', 'disposition-notification-to', 'auto-submitted',
  'tls-report-domain', 'tls-report-submitter',
];

/**
 * Signs what leaves (RFC 6376), behind S/MIME: domains that judge mail by its transport see that it is ours. Header fields may be folded anew on the way,
 * the body may not change (relaxed/simple): what we send is base64 in lines, and a changed one would not open anyway.
 */
export const dkimSigner = ({ domain, selector, privateKey }: DkimKey): MailSign => {
  const kind = privateKey.asymmetricKeyType;
  if (kind !== 'ed25519' && kind !== 'rsa') throw new Error('bug: a DKIM key is Ed25519 or RSA');
  const head = `v=1; a=${kind === 'rsa' ? 'rsa' : 'ed25519'}-sha256; c=relaxed/simple; d=${domain}; s=${selector}`;
  return async (raw) => {
    const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.length);
    const end = bytes.indexOf('\r\n\r\n');
    if (end < 0) throw new Error('bug: a mail without a body is not sent');
    const fields = fieldsOf(bytes.subarray(0, end).toString('latin1'));
    const chosen = choose(fields);
    const unsigned = `${head}; h=${chosen.map(({ name }) => name).join(':')}; bh=${bodyHash(bytes.subarray(end + 4))}; b=`;
    const signed = [...chosen.flatMap(({ line }) => (line === null ? [] : [line])), relaxed(`DKIM-Signature: ${unsigned}`)].join('\r\n');
    // RFC 8463 §3: Ed25519 signs the SHA-256 of the data; of RSA that is part of the signature.
    const input = Buffer.from(signed, 'latin1');
    const signature = kind === 'rsa' ? sign('sha256', input, privateKey) : sign(null, createHash('sha256').update(input).digest(), privateKey);
    return Buffer.concat([Buffer.from(`DKIM-Signature: ${fold(unsigned)}\r\n ${lines(signature.toString('base64'))}\r\n`, 'latin1'), bytes]);
  };
};

interface ChosenField {
  readonly name: string;
  /** Canonical; null for the place of a field that must not be there. */
  readonly line: string | null;
}

const fieldsOf = (section: string): readonly string[] => section.split(/\r\n(?![ \t])/);

/** From the bottom up, as a verifier does (RFC 6376 §5.4.2). */
const choose = (fields: readonly string[]): readonly ChosenField[] => {
  const left = fields.map((field) => ({ name: field.slice(0, Math.max(0, field.indexOf(':'))).trim().toLowerCase(), field }));
  return signedNames.flatMap((name): readonly ChosenField[] => {
    const place = left.map((one) => one.name).lastIndexOf(name);
    const [found] = place < 0 ? [] : left.splice(place, 1);
    if (found !== undefined) return [{ name, line: relaxed(found.field) }];
    return name === 'from' ? [{ name, line: null }] : [];
  });
};

/** Name in lower case, folds undone, white space as one space and none at the ends (RFC 6376 §3.4.2). */
const relaxed = (field: string): string => {
  const colon = field.indexOf(':');
  return `${field.slice(0, colon).trim().toLowerCase()}:${field.slice(colon + 1).replace(/\r\n/g, '').replace(/[ \t]+/g, ' ').trim()}`;
};

/** The body with exactly one line end behind its last line that is not empty (RFC 6376 §3.4.3). */
const bodyHash = (body: Buffer): string => {
  let end = body.length;
  while (end >= 2 && body[end - 1] === 0x0a && body[end - 2] === 0x0d) end -= 2;
  return createHash('sha256').update(body.subarray(0, end)).update('\r\n').digest('base64');
};

// Folding stands where relaxed canonicalisation takes it for the one space that is there anyway.
const fold = (value: string): string => value.replace(/; (?=h=|bh=|b=)/g, ';\r\n ');

const lines = (base64: string): string => base64.replace(/.{70}(?=.)/g, '$&\r\n ');
