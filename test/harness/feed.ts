// A spec of an app knows no other app (test/architecture), so it takes what a practice party reads with from here.
export { readFeedDocument, type ReadEntry, type ReadFeedDocument } from '../../apps/practice/receiver/feed-document.js';
