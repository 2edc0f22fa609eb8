import { act, page, type Room } from '../route.js';
import { accessPage, accessPath } from './access.js';
import { privacyOfficers } from './asker.js';
import { disclosuresCsv, disclosuresPage, disclosuresPath } from './disclosures.js';
import { entryFile, entryPage } from './entry.js';
import { matrixPage, matrixPath } from './matrix.js';
import { askCheck, askPerson, askProcessing, askQuarter, reportFile, reportsPage, reportsPath, reportsStream, stopReport } from './reports.js';
import { drawSample, judge, judgePage, samplePage, samplePath, samplesPage } from './sample.js';
import { searchPage, searchPerson } from './search.js';

/** What is waiting is counted in the newest samples. */
const samplesMost = 4;

/** The rooms of the privacy officer: everything the log can answer about her own party, and nothing an operator does. */
export const auditRoom: Room = {
  routes: [
    page(disclosuresPath, privacyOfficers, disclosuresPage),
    page(`${disclosuresPath}/csv`, privacyOfficers, disclosuresCsv),
    page(`${disclosuresPath}/zoek`, privacyOfficers, searchPage),
    act(`${disclosuresPath}/zoek`, privacyOfficers, searchPerson),
    page(`${disclosuresPath}/:nr`, privacyOfficers, entryPage),
    page(`${disclosuresPath}/:nr/:bestand`, privacyOfficers, entryFile),
    page(matrixPath, privacyOfficers, matrixPage),
    page(accessPath, privacyOfficers, accessPage),
    page(samplePath, privacyOfficers, samplesPage),
    act(samplePath, privacyOfficers, drawSample),
    page(`${samplePath}/:id`, privacyOfficers, samplePage),
    page(`${samplePath}/:id/:nr`, privacyOfficers, judgePage),
    act(`${samplePath}/:id/:nr`, privacyOfficers, judge),
    page(reportsPath, privacyOfficers, reportsPage),
    page(`${reportsPath}/stroom`, privacyOfficers, reportsStream),
    act(`${reportsPath}/persoon`, privacyOfficers, askPerson),
    act(`${reportsPath}/kwartaal`, privacyOfficers, askQuarter),
    act(`${reportsPath}/register`, privacyOfficers, askProcessing),
    act(`${reportsPath}/controle`, privacyOfficers, askCheck),
    act(`${reportsPath}/:id/stop`, privacyOfficers, stopReport),
    page(`${reportsPath}/:id/:bestand`, privacyOfficers, reportFile),
  ],
  waiting: [{
    href: samplePath, roles: privacyOfficers,
    count: async ({ auditDesk }, { party }) => (party === null ? 0 : (await auditDesk.samples(party, samplesMost)).reduce((sum, { drawn, judged }) => sum + drawn - judged, 0)),
  }],
};
