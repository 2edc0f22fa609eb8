import { readUnsealed } from '@ketensluis/mail';
import type { PeopleMail } from '../console/practice/practice-desk.js';
import type { Mailbox } from '../practice/mailbox/server.js';

/** What people at the practice parties got by mail last, the newest first, as they would read it. */
export const practicePost = async (mailboxes: ReadonlyMap<string, Mailbox>, most: number): Promise<readonly PeopleMail[]> => {
  const kept = (await Promise.all([...mailboxes.values()].map(({ inbox }) => inbox.forPeople(most)))).flat();
  return kept.toSorted((one, other) => (one.file < other.file ? 1 : -1)).slice(0, most).flatMap(({ file, raw }) => {
    const mail = readUnsealed(raw);
    const [first, ...more] = mail.kind === 'read' ? mail.parts : [];
    if (mail.kind === 'refused' || first === undefined) return [];
    const files = more.flatMap(({ name }) => (name === null ? [] : [name]));
    return [{ at: momentOf(file), to: mail.to.join(', '), subject: mail.subject, text: Buffer.from(first.content).toString('utf8').replace(/\r\n/g, '\n').trim(), files }];
  });
};

/** The moment in the name of a kept mail, such as 20261122T090000.123Z. */
const momentOf = (file: string): Date => new Date(file.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\d\.\d{3}Z).*$/, '$1-$2-$3:$4:$5'));
