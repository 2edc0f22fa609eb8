import { describe, expect, test } from '@jest/globals';
import { formatAddress } from '../mime/address.js';
import { joinBytes, writeMixed, type Field } from '../mime/build.js';
import { leavesOf } from '../mime/leaves.js';
import { isMalformed } from '../mime/malformed.js';
import { readEntity, type Entity } from '../mime/parse.js';
import { believedHeaders, hasLegacyDisplay, protectFields, withoutLegacyDisplay } from './headers.js';

const entity = (text: string): Entity => {
  const read = readEntity(Buffer.from(text.replace(/\n/g, '\r\n')));
  if ('kind' in read) throw new Error(read.detail);
  return read;
};

const believed = (outer: string, payload: string): object | string => {
  const headers = believedHeaders(entity(`${outer}\n\n`), entity(payload));
  return 'kind' in headers ? headers.detail : { ...headers, from: formatAddress(headers.from), to: headers.to.map(formatAddress), date: headers.date?.toISOString() ?? null };
};

// RFC 9788 appendix C.3.1.2, the payload of a signed-and-encrypted message under hcp_baseline.
const rfcPayload = `MIME-Version: 1.0
Content-Transfer-Encoding: 7bit
Subject: smime-signed-enc-hp-baseline
Message-ID: <smime-signed-enc-hp-baseline@example>
From: Alice <alice@smime.example>
To: Bob <bob@smime.example>
Date: Sat, 20 Feb 2021 10:09:02 -0500
User-Agent: Sample MUA Version 1.0
HP-Outer: Subject: [...]
HP-Outer: Message-ID: <smime-signed-enc-hp-baseline@example>
HP-Outer: From: Alice <alice@smime.example>
HP-Outer: To: Bob <bob@smime.example>
HP-Outer: Date: Sat, 20 Feb 2021 10:09:02 -0500
HP-Outer: User-Agent: Sample MUA Version 1.0
Content-Type: text/plain; charset="utf-8"; hp="cipher"

This is the
smime-signed-enc-hp-baseline
message.
`;
const rfcOuter = 'From: Alice <alice@smime.example>\nSubject: [...]\nMessage-ID: <smime-signed-enc-hp-baseline@example>';

describe('protected headers (RFC 9788)', () => {
  test('of the example in appendix C.3.1.2 are believed instead of the outer ones', () => {
    expect(believed(rfcOuter, rfcPayload)).toEqual({
      from: 'alice@smime.example',
      to: ['bob@smime.example'],
      subject: 'smime-signed-enc-hp-baseline',
      messageId: '<smime-signed-enc-hp-baseline@example>',
      date: '2021-02-20T15:09:02.000Z',
      notifyTo: null,
      protection: 'cipher',
    });
  });

  const inner = 'From: a@x.example\nContent-Type: text/plain; hp="clear"\n\nhi';
  const rows: readonly (readonly [string, string, string, object | string])[] = [
    ['hp="clear" protects too', 'From: a@x.example\nSubject: outer', inner, { protection: 'clear', subject: '', messageId: null }],
    ['without hp the outer ones are hearsay', 'From: a@x.example\nSubject: outer', 'Subject: inner\n\nhi', { protection: 'none', subject: 'outer' }],
    ['another hp means nothing', 'From: a@x.example\nSubject: o', 'Content-Type: text/plain; hp="x"\n\nhi', { protection: 'none', subject: 'o' }],
    ['the domain may differ in case', 'From: A <a@X.EXAMPLE>', inner, { from: 'a@x.example' }],
    ['a Sender equal to From says nothing new', 'From: a@x.example\nSender: A <a@x.example>', inner, { from: 'a@x.example' }],
    ['who asks to be told does so under the signature', 'From: a@x.example\nDisposition-Notification-To: b@x.example', inner, { notifyTo: null }],
    ['and names one address', 'From: a@x.example', `Disposition-Notification-To: A <a@x.example>, b@x.example\n${inner}`, { notifyTo: null }],
    ['another protected From is refused', 'From: b@x.example', inner, 'protected From differs from the outer From'],
    ['a protected part without From is refused', 'From: a@x.example', 'Content-Type: text/plain; hp="cipher"\n\nhi', 'no From in the protected headers'],
    ['an outer From changed on the way is refused', 'From: a@x.example', `HP-Outer: From: b@x.example\n${inner}`, 'outer From differs from the one the sender wrote'],
    ['no outer From is refused', 'Subject: x', inner, 'no From in the outer headers'],
    ['another Sender is refused', 'From: a@x.example\nSender: b@x.example', inner, 'Sender is not From in the outer headers'],
    ['two mailboxes are refused', 'From: a@x.example, b@x.example', inner, 'From in the outer headers: not one mailbox'],
  ];
  test.each(rows)('%s', (_, outer, payload, expected) => {
    const result = believed(outer, payload);
    if (typeof expected === 'string') expect(result).toBe(expected);
    else expect(result).toMatchObject(expected);
  });

  test('are taken at the root of the payload only', () => {
    const payload = 'Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; hp="cipher"\nFrom: b@x.example\nSubject: deep\n\nhi\n--b--\n';
    expect(believed('From: a@x.example\nSubject: outer', payload)).toMatchObject({ from: 'a@x.example', subject: 'outer', protection: 'none' });
  });
});

describe('a visible copy of protected headers', () => {
  // RFC 9788 appendix E.1.
  const text = entity(`Subject: Dinner plans
Content-Type: text/plain; charset="us-ascii"; hp-legacy-display="1";
 hp="cipher"

Subject: Dinner plans

Let's meet at Rama's Roti Shop at 8pm and go to the park
from there.
`);
  test('is not part of the text', () => {
    expect(hasLegacyDisplay(text)).toBe(true);
    expect(Buffer.from(withoutLegacyDisplay(text.body)).toString()).toBe("Let's meet at Rama's Roti Shop at 8pm and go to the park\r\nfrom there.\r\n");
  });
  test('is looked for only where it was announced', () => {
    expect(hasLegacyDisplay(entity('Content-Type: text/plain; hp="cipher"\n\nSubject: x\n\nhi'))).toBe(false);
  });
});

describe('headers to write (hcp_baseline)', () => {
  const fields: readonly Field[] = [
    ['From', 'a@x.example'],
    ['Subject', 'Zaak 9901-2026-17'],
    ['Keywords', 'huisverbod'],
    ['Comments', 'spoed'],
    ['Message-ID', '<1@x.example>'],
  ];
  test('hide Subject, Keywords and Comments outside', () => {
    expect(protectFields(fields).outer).toEqual([
      ['From', 'a@x.example'],
      ['Subject', '[...]'],
      ['Message-ID', '<1@x.example>'],
    ]);
  });

  test('are whole inside, and read back as written', () => {
    const payload = readEntity(joinBytes(writeMixed({ fields: protectFields(fields).inner, parameters: '; hp="cipher"', text: 'x', attachments: [], fileEncoding: 'base64', seed: '1' })));
    if ('kind' in payload) throw new Error(payload.detail);
    expect(isMalformed(leavesOf(payload))).toBe(false);
    expect(payload.headers.filter(({ name }) => name === 'hp-outer').map(({ value }) => value)).toEqual([
      'From: a@x.example',
      'Subject: [...]',
      'Message-ID: <1@x.example>',
    ]);
    expect(believedHeaders(entity('From: a@x.example\n\n'), payload)).toMatchObject({ subject: 'Zaak 9901-2026-17', protection: 'cipher' });
  });
});
