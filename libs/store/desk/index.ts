export { createNotices } from './notices.js';
export { createCases } from './cases.js';
export { createFiguresMail } from './figures-mail.js';
export { createSavedViews, type SavedView } from './saved-views.js';
export { createPersonNotices } from './person-notices.js';
export { countedMessages } from './monitor.js';
export { waitingForMandate } from './mandates.js';
export { createSessions, type Session, type Sessions, type SignInTry } from './sessions.js';
export { createAuditDesk, type AuditDesk, type LogState, type SampleCount, type SearchOwner, type StoredSearch } from './audit.js';
export { createReports, type ClaimedReport, type ReportAsked, type Reports, type ReportState, type ReportTask } from './reports.js';
export { attemptResults, attemptsPerHour, attemptsPerParty, countRefusals, lastArrivals, listAttempts, listRefusals, type AttemptFilter, type AttemptHour, type AttemptResult, type DeskAttempt, type DeskRefusal, type PartyAttempts, type RefusalPlace } from './attempts.js';
export { casesNumbered, countDeliveries, deliveryIds, deliveryStates, deskStates, everyDelivery, listDeliveries, runParts, stuckGroups, whatIsNamed, type DeskDelivery, type DeskFilter, type DeskState, type RunPart, type StuckGroup } from './deliveries.js';
export { findDelivery, type DeskDeliveryDetail } from './delivery.js';
export { createOperatorActs, type OperatorAct, type OperatorActs, type ReplayRun } from './operator-acts.js';
export { countTerms, listTerms, type DeskTerm, type TermFilter } from './terms.js';
export {
  countForApproval, createSharing, documentVersions, endedProposals, findProposal, openProposals, ProposalTaken, type DocumentVersion, type ProposalLine, type Sharing,
} from './sharing.js';
export { consentsInForce, documentsThere, openDocument, waitingForAgreement } from './agreements.js';
export { createConnections, type ConnectionRequest, type Connections, type ConnectionTest } from './connect.js';
export { createRulings } from './rulings.js';
export { databaseHealth, type DatabaseHealth } from './doctor.js';
