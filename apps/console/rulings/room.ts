import { fileBytesMax } from '../limits.js';
import { act, page, type Room } from '../route.js';
import { addPage, findCase, saveRuling } from './add.js';
import { listPath } from './court.js';
import { followRuling, markDone, rulingFile, rulingPage } from './detail.js';
import { draftPage, dropDraft, sendDraft } from './draft.js';
import { countWaiting, listPage } from './list.js';

const who = ['court-clerk'] as const;

/** Where the registry of a court sees who has its rulings, and adds one. */
export const rulingsRoom: Room = {
  routes: [
    page(listPath, who, listPage), page(`${listPath}/toevoegen`, who, addPage), act(`${listPath}/toevoegen`, who, saveRuling, fileBytesMax), act(`${listPath}/zoeken`, who, findCase),
    page(`${listPath}/concept/:id`, who, draftPage), act(`${listPath}/concept/:id/versturen`, who, sendDraft), act(`${listPath}/concept/:id/weggooien`, who, dropDraft),
    page(`${listPath}/:id`, who, rulingPage), page(`${listPath}/:id/volgt`, who, followRuling), page(`${listPath}/:id/stuk/:plaats`, who, rulingFile), act(`${listPath}/:id/plicht/:plicht`, who, markDone),
  ],
  waiting: [{ href: listPath, roles: who, count: (desk, { party }) => countWaiting(desk, party) }],
};
