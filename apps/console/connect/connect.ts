import { act, page, type Room } from '../route.js';
import { addressPage, askChannel } from './address.js';
import { cataloguePage, schemaFile, typePage } from './catalogue.js';
import { addKey, addProgram, endKey, hubKeyFile, proposeOwnCertificate, revokeProgram, rotateKey } from './change-keys.js';
import { keysPage } from './keys.js';
import { deliveryPage, logFile, logPage, proofFile } from './log.js';
import { overview } from './overview.js';
import { askLive, decideRequest, livePage, requestsPage } from './requests.js';
import { compareSignature, signaturePage } from './signature.js';
import { followOwnTest, ownTestPage } from './test-result.js';
import { confirmTest, sendOwnTest, testerPage } from './tester.js';

const who = ['integrator'] as const;
const operator = ['operator'] as const;

/** For whoever connects the system of a party; only ever their own party. */
export const connectRoom: Room = {
  routes: [
    page('/aansluiten', who, overview),
    page('/aansluiten/adres', who, addressPage), act('/aansluiten/adres', who, askChannel),
    page('/aansluiten/in-gebruik', who, livePage), act('/aansluiten/in-gebruik', who, askLive),
    page('/aansluiten/sleutels', who, keysPage), act('/aansluiten/sleutels/nieuw', who, addKey), act('/aansluiten/sleutels/wissel', who, rotateKey), act('/aansluiten/sleutels/:id/beeindig', who, endKey),
    act('/aansluiten/sleutels/programmas', who, addProgram), act('/aansluiten/sleutels/programmas/:id/intrekken', who, revokeProgram),
    act('/aansluiten/sleutels/certificaten', who, proposeOwnCertificate, 64 * 1024), page('/aansluiten/sleutels/hub/:bestand', who, hubKeyFile),
    page('/aansluiten/proefbericht', who, testerPage), act('/aansluiten/proefbericht/sturen', who, sendOwnTest), act('/aansluiten/proefbericht/bevestig', who, confirmTest),
    page('/aansluiten/proefbericht/:id', who, ownTestPage), page('/aansluiten/proefbericht/:id/volgen', who, followOwnTest),
    page('/aansluiten/proefbericht/handtekening', who, signaturePage), act('/aansluiten/proefbericht/handtekening', who, compareSignature, 1024 * 1024),
    page('/aansluiten/berichtsoorten', who, cataloguePage), page('/aansluiten/berichtsoorten/:soort', who, typePage), page('/aansluiten/berichtsoorten/:soort/:bestand', who, schemaFile),
    page('/aansluiten/log', who, logPage), page('/aansluiten/log.csv', who, logFile), page('/aansluiten/log/:id', who, deliveryPage), act('/aansluiten/log/:id/:bestand', who, proofFile),
    page('/aansluiten/verzoeken', operator, requestsPage), act('/aansluiten/verzoeken/:oin/:soort', operator, decideRequest),
  ],
};
