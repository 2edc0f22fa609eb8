import {
  databaseFacts, describeProblems, examine, findingText, identityFrom, keyFiles, loadTrust, logOriginOf, openPool, ownKeysFolder, pendingMigrations, readConfiguration, readIdentity,
  hasLaw, readPolicy, signerPlace, startProblems, systemClock, withFetched, witnessClient, type Configuration, type Examination, type Finding, type StartProblem,
} from '@ketensluis/platform';
import type { Command } from 'commander';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { hubEntry, practiceHubAddress } from '../practice/entries.js';
import { fileProblems } from './config-commands.js';
import { foldersOf, openUntouched, practiceOrigin } from './place.js';
import { say } from './terminal.js';
import { practiceTrust, realTrust } from './trust-place.js';

/** Everything there is to say of a hub. */
interface Report {
  /** What keeps it from working, each with the way out. */
  readonly problems: readonly StartProblem[];
  readonly examination: Examination | null;
}

/** `ketensluis doctor`: everything that is wrong, each with what mends it; for a hub that runs, one that does not start, and one that was restored. */
export const addDoctorCommand = (program: Command): void => {
  program
    .command('doctor')
    .description('everything that is wrong, each with what to do; also whether the log is the one that was signed, as after a restore')
    .option('--json', 'as JSON')
    .action(doctor);
};

const doctor = async (options: { readonly json?: boolean }): Promise<void> => {
  const { problems, examination } = await report();
  const findings = examination?.findings ?? [];
  if (options.json === true) say(JSON.stringify({ problems, log: examination === null ? null : { size: examination.head.size, signed: examination.head.signedSize, memories: examination.memories }, findings }, null, 2));
  else [...problems.flatMap(({ problem, remedy }) => [`now   ${problem}`, `      ${remedy}`]), ...(examination === null ? [] : linesOf(examination)), sumOf(problems.length, findings)].forEach(say);
  if (problems.length > 0 || findings.some(({ level }) => level === 'bad')) process.exitCode = 3;
};

const linesOf = ({ head, memories, findings }: Examination): readonly string[] => [
  ...findings.flatMap((one) => {
    const { what, todo } = findingText(one, { about: one.about ?? '', count: one.count ?? 0, when: one.at?.toISOString().slice(0, 16).replace('T', ' ').concat(' UTC') ?? 'never yet' }, 'en');
    return [`${one.level === 'bad' ? 'now ' : 'soon'}  ${what}`, `      ${todo}${one.remedy === null ? '' : `  ${one.remedy}`}`];
  }),
  `log   ${head.size} entries in the database, ${head.signedSize} of them signed`,
  ...memories.map(({ witness, detail }) => `      ${witness ?? 'signer'}: ${detail}`),
];

const sumOf = (problems: number, findings: readonly Finding[]): string => {
  const [now, soon] = [problems + findings.filter(({ level }) => level === 'bad').length, findings.filter(({ level }) => level === 'wait').length];
  return now + soon === 0 ? 'Nothing is wrong.' : `${now} to do now, ${soon} soon.`;
};

const report = async (): Promise<Report> => {
  const read = readConfiguration(process.env);
  if (read.kind === 'refused') return wrong([{ problem: describeProblems(read.problems), remedy: 'Every key, with an example, is in config/hub.yaml.' }]);
  const { configuration } = read;
  const files = (await fileProblems(configuration)).map((problem) => ({ problem, remedy: 'Mend the file, then: ketensluis config check' }));
  const database = await openUntouched(configuration).catch((fault: unknown) => away(fault));
  if (database === null) return wrong([...files, { problem: `No hub was started on ${configuration.dataFolder} yet.`, remedy: 'ketensluis up, or npm start for practice' }]);
  if ('problem' in database) return wrong([...files, database]);
  const pool = openPool(database.connectionString, 2);
  try {
    const problem = await pool.query('select').then(() => null, away);
    if (problem !== null) return wrong([...files, problem]);
    const rest = await reportOf(configuration, database.connectionString, pool);
    return { ...rest, problems: [...files, ...rest.problems] };
  } catch (fault) {
    // The doctor tells what is wrong, also when that is why it cannot look any further.
    return wrong([...files, { problem: messageOf(fault), remedy: 'What comes after this could not be looked at. See hub.log in the data folder, and config/operations.md.' }]);
  } finally {
    await pool.end();
    await database.stop();
  }
};

const away = (fault: unknown): StartProblem => ({ problem: `The database cannot be reached: ${messageOf(fault)}`, remedy: 'See KETENSLUIS_DATABASE_URL, and whether its server runs.' });
const wrong = (problems: readonly StartProblem[]): Report => ({ problems, examination: null });
const messageOf = (fault: unknown): string => (fault instanceof AggregateError ? fault.errors.map(messageOf).join('; ') : fault instanceof Error ? fault.message : String(fault));

const reportOf = async (configuration: Configuration, connectionString: string, pool: pg.Pool): Promise<Report> => {
  const pending = await pendingMigrations(connectionString);
  if (pending.length > 0) return wrong([{ problem: `${pending.length} ${pending.length === 1 ? 'step' : 'steps'} of the schema wait: ${pending.map(({ name }) => name).join(', ')}.`, remedy: 'ketensluis migrate --dry-run, then ketensluis migrate; a hub that starts does it too' }]);
  const folders = foldersOf(configuration);
  const isReal = configuration.trust !== null && configuration.address !== null;
  const { problems, identity, trust } = isReal ? await realSide(configuration, pool) : await practiceSide(configuration, pool);
  if (identity === null || trust === null) return wrong(problems);
  // The law comes in with the first start, and without it no register can be read.
  if (isReal && !(await hasLaw(pool))) return wrong([...problems, ...(problems.length > 0 ? [] : [{ problem: 'Everything is set up, and no hub was started on this database yet.', remedy: 'ketensluis up, or with processes apart: ketensluis prepare' }])]);
  const policyFile = configuration.witnessPolicy ?? (isReal ? null : await existing(join(folders.practice, 'witness', 'policy')));
  const examination = await examine({
    pool, configuration, keysFolder: folders.keys, identity, trust, client: witnessClient(), policy: policyFile === null ? null : await readPolicy(policyFile),
    signer: signerPlace(folders.signer, isReal ? logOriginOf(configuration.address ?? '') : practiceOrigin),
  });
  return { problems, examination };
};

const existing = (file: string): Promise<string | null> => access(file).then(() => file, () => null);

const realSide = async (configuration: Configuration, pool: pg.Pool) => {
  const [address, provider] = [configuration.address ?? '', keyFiles(ownKeysFolder(foldersOf(configuration).keys))];
  const records = await loadTrust(pool);
  // A folder that cannot be read was told with the other files.
  const base = await realTrust(configuration.trust ?? '').then((one) => one.base, () => null);
  const trust = base === null ? null : withFetched(base, records);
  const problems = await startProblems({ pool, configuration, address, clock: systemClock, trust, records, provider });
  return { problems, trust: base, identity: await identityFrom(records, provider, address, new Set()) };
};

const practiceSide = async (configuration: Configuration, pool: pg.Pool) => {
  const { practice } = foldersOf(configuration);
  const { logName } = await databaseFacts(pool);
  const folder = await existing(join(practice, hubEntry.id));
  const problems: readonly StartProblem[] = [
    ...(logName !== null && logName !== practiceOrigin ? [{ problem: `The database holds the log ${logName} of a hub for real parties.`, remedy: 'Set KETENSLUIS_ADDRESS and KETENSLUIS_TRUST as that hub has them.' }] : []),
    ...(folder === null ? [{ problem: `There is no practice chain in ${configuration.dataFolder}, and KETENSLUIS_ADDRESS and KETENSLUIS_TRUST are not set.`, remedy: 'npm start for practice; for real parties see README, Run it for real' }] : []),
  ];
  if (folder === null || problems.length > 0) return { problems, identity: null, trust: null };
  return { problems, identity: await readIdentity(practiceHubAddress, folder, new Set()), trust: await practiceTrust(practice) };
};
