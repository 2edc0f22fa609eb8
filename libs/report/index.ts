export type { ReportFile } from './file.js';
export { certificateFiles } from './certificate-report.js';
export { csvOf } from './csv.js';
export { matrixCsv, matrixText } from './matrix-report.js';
export { monitorFile, monitorQuestionWords, smallCountText } from './monitor-report.js';
export { personReportFiles, type PersonReportInput } from './person-report.js';
export { quarterReportFiles } from './quarter-report.js';
export { processingReportFiles } from './processing-report.js';
export { zipOf } from './zip.js';
