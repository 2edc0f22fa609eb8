import { act, page, type Room } from '../route.js';
import { assignNotice, confirmNotice, fetchNotice, noticeFile } from './act.js';
import { casePage } from './case.js';
import { countWaiting, followList, listPage, listPath } from './list.js';
import { notOursForm, questionForm, sendNotOurs, sendQuestion } from './tell.js';
import { adviceForm, answerForm, sendAdvice, sendAnswer } from './write.js';

const who = ['case-worker'] as const;

/** Where a party reads what it was told of its cases, and answers. */
export const noticesRoom: Room = {
  routes: [
    page(listPath, who, listPage), page(`${listPath}/volgt`, who, followList), page(`${listPath}/:id`, who, casePage), page(`${listPath}/:id/bijlage/:bericht/:plaats`, who, noticeFile),
    act(`${listPath}/:id/openen`, who, fetchNotice), act(`${listPath}/:id/ontvangst`, who, confirmNotice), act(`${listPath}/:id/toewijzen`, who, assignNotice),
    page(`${listPath}/:id/advies`, who, adviceForm), act(`${listPath}/:id/advies`, who, sendAdvice), page(`${listPath}/:id/antwoord`, who, answerForm), act(`${listPath}/:id/antwoord`, who, sendAnswer),
    page(`${listPath}/:id/vraag`, who, questionForm), act(`${listPath}/:id/vraag`, who, sendQuestion), page(`${listPath}/:id/niet-voor-ons`, who, notOursForm), act(`${listPath}/:id/niet-voor-ons`, who, sendNotOurs),
  ],
  waiting: [{ href: listPath, roles: who, count: (desk, { party }) => countWaiting(desk, party) }],
};
