import { feedQuietMs } from '@ketensluis/domain';
import type { CourtFeed } from '@ketensluis/flow';
import type { Attended } from '../route.js';
import { awayText } from '../shell/moment.js';
import { Card, Copyable, Facts, Moment, Notice } from '../shell/parts.js';
import { rulingsOf, type Court } from './court.js';
import { feedWords } from './words.js';

/** The feed of a court, as its registry sees it. */
export interface FeedState {
  readonly address: string;
  /** Null when it never had one. */
  readonly read: CourtFeed | null;
  /** The court gets its messages by it. */
  readonly isChannel: boolean;
}

/** Reads it; numbers and names of programs only. */
export const readFeedState = async ({ desk }: Attended, { oin, party }: Court): Promise<FeedState> =>
  ({ address: `${desk.hub.publicUrl}/feeds/uitspraken`, read: await (await rulingsOf(desk)).feed(oin), isChannel: party?.channel?.kind === 'feed' });

const isQuiet = ({ read, isChannel }: FeedState, now: Date): boolean => isChannel && (read?.lastLook == null || now.getTime() - read.lastLook.at.getTime() > feedQuietMs);

/** What to do when nobody fetches a feed that the court depends on. */
export const QuietFeed = ({ feed, visit }: { readonly feed: FeedState; readonly visit: Attended }) => {
  const words = feedWords(visit.language);
  if (!isQuiet(feed, visit.now)) return null;
  const last = feed.read?.lastLook ?? null;
  return <Notice tone="bad" title={words.quiet}><p>{last === null ? words.quietNever : words.quietBody(awayText(last.at, visit.language, visit.now))} <a href="#feed">{words.toFeed}</a></p></Notice>;
};

/** Lines to try the feed with; credentials go in a certificate or a header, and never in the address. */
export const FeedLines = ({ feed: { address }, visit: { language }, isShort = false }: { readonly feed: FeedState; readonly visit: Attended; readonly isShort?: boolean }) => {
  const words = feedWords(language);
  const byCertificate = <Copyable language={language} text={`curl --cert tls.cert.pem --key tls.key.pem ${address}`} />;
  return isShort ? byCertificate : <><h3>{words.withCertificate}</h3>{byCertificate}<h3>{words.withToken}</h3><Copyable language={language} text={`curl -H "Authorization: Bearer $TOKEN" ${address}`} /></>;
};

/** Where the feed is, how one signs in, and who fetched it last. */
export const FeedBox = ({ feed, visit }: { readonly feed: FeedState; readonly visit: Attended }) => {
  const words = feedWords(visit.language);
  const { address, read, isChannel } = feed;
  const last = read?.lastLook ?? null;
  const how = (
    <>
      <p className="small"><a href={address} rel="noreferrer">{words.test}</a> <span className="soft">{words.testHint}</span></p>
      <Facts facts={[
        [words.signIn, words.signInBody],
        [words.last, last === null ? words.never : <><Moment at={last.at} visit={visit} near /> {words.by(last.by ?? words.certificate)}</>],
        [words.items, words.itemsText(read?.items ?? 0, read?.unread ?? 0)],
      ]} />
      <FeedLines feed={feed} visit={visit} />
    </>
  );
  return (
    <Card title={words.title} id="feed">
      <p>{words.lead}</p>
      {isChannel ? null : <p><strong>{words.notFeed}</strong></p>}
      <h3>{words.address}</h3>
      <Copyable text={address} language={visit.language} />
      {isChannel ? how : <details><summary>{words.details}</summary>{how}</details>}
    </Card>
  );
};
