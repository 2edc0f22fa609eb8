import { deskStore } from '@ketensluis/platform';
import { act, page, type Attended, type Answer, type Room } from '../route.js';
import { attemptsPage, refusalsPage } from './attempts.js';
import { certificatesPage, decideProposal, proposalCount, proposalPage } from './certificates.js';
import { checksPage } from './checks.js';
import { deliveriesCsv, deliveriesPage, searchDeliveries } from './deliveries.js';
import { deliveryPage, replayOne } from './delivery.js';
import { certificateFileMax, keyPage, keyRequest, makeKey, stepKey } from './own-keys.js';
import { partiesPage, requestCount } from './parties.js';
import { partyPage } from './party.js';
import { acceptancePage, beginAcceptance, enableEndpoint, followAcceptance, followTest, pauseParty, stageParty, testPage, testParty } from './party-acts.js';
import { beginReplay, confirmReplay, continueReplay, followReplay, runPage } from './replay.js';
import { closeStuck, confirmClose, releaseCase, stuckCount, stuckPage } from './stuck.js';
import { closeOneTask, tasksPage } from './tasks.js';
import { callListPage, redBefore, termsPage } from './terms.js';

const get = (path: string, answer: (visit: Attended) => Promise<Answer>) => page(path, ['operator'], answer);
const post = (path: string, answer: (visit: Attended) => Promise<Answer>, bytesMax?: number) => act(path, ['operator'], answer, bytesMax);

/** Counted in the menu up to here. */
const waitingMost = 99;

/** The rooms of who looks after the hub: references and states, never content. */
export const operatorRoom: Room = {
  routes: [
    get('/leveringen', deliveriesPage), post('/leveringen/zoeken', searchDeliveries), get('/leveringen/csv', deliveriesCsv), get('/leveringen/pogingen', attemptsPage), get('/leveringen/geweigerd', refusalsPage),
    get('/leveringen/opnieuw', confirmReplay), post('/leveringen/opnieuw', beginReplay), get('/leveringen/opnieuw/:id', runPage), post('/leveringen/opnieuw/:id', continueReplay), get('/leveringen/opnieuw/:id/volgen', followReplay),
    get('/leveringen/:id', deliveryPage), post('/leveringen/:id/opnieuw', replayOne),
    get('/vastgelopen', stuckPage), get('/vastgelopen/sluiten', confirmClose), post('/vastgelopen/sluiten', closeStuck), post('/vastgelopen/zaken/:id', releaseCase),
    get('/termijnen', termsPage), get('/termijnen/bellijst', callListPage),
    get('/certificaten', certificatesPage), get('/certificaten/:id', proposalPage), post('/certificaten/:id/besluit', decideProposal),
    post('/certificaten/sleutels', makeKey), get('/certificaten/sleutels/:id', keyPage), get('/certificaten/sleutels/:id/aanvraag', keyRequest), post('/certificaten/sleutels/:id/stap', stepKey, certificateFileMax),
    get('/partijen', partiesPage), get('/partijen/:sleutel', partyPage), post('/partijen/:sleutel/pauze', pauseParty), post('/partijen/:sleutel/staat', stageParty), post('/partijen/:sleutel/proefbericht', testParty), get('/partijen/:sleutel/proefbericht/:id', testPage), get('/partijen/:sleutel/proefbericht/:id/volgen', followTest),
    post('/partijen/:sleutel/eindpunt', enableEndpoint), post('/partijen/:sleutel/aansluitproef', beginAcceptance), get('/partijen/:sleutel/aansluitproef/:id', acceptancePage), get('/partijen/:sleutel/aansluitproef/:id/volgen', followAcceptance),
    get('/controlelijst', checksPage), get('/controlelijst/taken', tasksPage), post('/controlelijst/taken', closeOneTask),
  ],
  waiting: [
    { href: '/vastgelopen', roles: ['operator'], count: ({ hub }) => stuckCount(hub.pool) },
    { href: '/termijnen', roles: ['operator'], count: ({ hub }) => deskStore.countTerms(hub.pool, hub.clock.now(), { before: redBefore(hub.clock.now()), municipality: null }, waitingMost) },
    { href: '/certificaten', roles: ['operator'], count: proposalCount },
    { href: '/partijen', roles: ['operator'], count: requestCount },
  ],
};
