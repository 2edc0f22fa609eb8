import { deskStore } from '@ketensluis/platform';
import { act, nothingThere, page, shown, type Room } from '../route.js';
import { approvalsPage, approveProposal, offerProposal, refuseProposal, showProposal, withdrawProposal } from './approvals.js';
import { ownMunicipality } from './municipality.js';
import { overview } from './overview.js';
import { tryChoices } from './propose.js';
import { sharingBody } from './sharing-page.js';
import { sharingWords } from './words.js';

const officer = ['municipality-officer'] as const;

/** What a municipality shares, and the second person who approves each change of it. */
export const sharingRoom: Room = {
  routes: [
    page('/gegevensdeling', officer, async (visit) => {
      const own = await ownMunicipality(visit);
      return own === null ? nothingThere : shown(sharingWords(visit.language).title(own.party.name), await sharingBody(visit, own));
    }),
    act('/gegevensdeling/proef', officer, tryChoices),
    page('/gegevensdeling/overzicht', officer, overview),
    page('/ter-goedkeuring', officer, approvalsPage),
    page('/ter-goedkeuring/:id', officer, showProposal),
    act('/ter-goedkeuring/:id/aanbieden', officer, offerProposal),
    act('/ter-goedkeuring/:id/goedkeuren', officer, approveProposal),
    act('/ter-goedkeuring/:id/weigeren', officer, refuseProposal),
    act('/ter-goedkeuring/:id/intrekken', officer, withdrawProposal),
  ],
  waiting: [{
    href: '/ter-goedkeuring', roles: officer,
    count: async ({ hub }, { party, account }) => (party === null ? 0 : deskStore.countForApproval(hub.pool, { party, account, at: hub.clock.now() })),
  }],
};
