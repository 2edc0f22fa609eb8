import { addReader, ask, checkLog, defer, judgeSample, matrix, openEntry, pageMax, readAccess, recordLogExport, reportPerson, reportQuarter, sample, type AccessLine, type AuditPorts, type Asker, type FilterAsked, type QuarterReport } from '@ketensluis/flow';
import { createAudit } from '@ketensluis/platform';
import { matrixCsv, personReportFiles, quarterReportFiles } from '@ketensluis/report';
import { leafHash, opensLeaf, parseLeaf, parseOpening, parseVerifierKey, verifyProof } from '@ketensluis/tlog';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Command } from 'commander';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { parse } from 'yaml';
import { storySchema } from '../../apps/practice/script.js';
import { addFilterOptions, filterOf } from '../../apps/cli/audit/options.js';
import { openTestHub, type TestHub } from '../harness/hub.js';
import { oin } from './steps.js';

const fg: Asker = { account: 'j.doe', function: 'fg', purpose: 'toezicht.fg', controller: oin.waterveen };
const bsn = '999900018';
const dayMs = 86_400_000;

describe('reports from the log of the practice story', () => {
  let hub: TestHub;
  let ports: AuditPorts;
  let year: { readonly from: Date; readonly to: Date };
  beforeAll(async () => {
    hub = await openTestHub({ personal: [bsn] });
    ports = { ...(await createAudit(hub.hub.pool, { dataFolder: dirname(hub.practiceFolder) })), clock: hub.hub.clock };
    const story = storySchema.parse(parse(await readFile(join(process.cwd(), 'config', 'practice', 'story.yaml'), 'utf8'), { merge: true }));
    const start = new Date(hub.now().getTime() - story.startMinutesAgo * 60_000);
    for (const step of story.steps) {
      await hub.send(step, start);
      await hub.settle();
    }
    // Not the year of the calendar: all of this may be told in the last hour of one and asked in the first of the next.
    year = { from: new Date(hub.now().getTime() - 365 * dayMs), to: new Date(hub.now().getTime() + dayMs) };
  }, 120_000);
  afterAll(() => hub.close());

  /** All indexes a printed question gives, through the parser of the command line and all its pages. */
  const rowsOf = async (question: string): Promise<readonly number[]> => {
    const words = question.split(' ').slice(2);
    const command = addFilterOptions(new Command('ask')).option('--for <oin>').option('--all').exitOverride();
    command.parse(words, { from: 'user' });
    const filter = filterOf(command.opts(), hub.now());
    const asker: Asker = { ...fg, controller: command.opts()['for'] ?? null };
    const indexes: number[] = [];
    for (let cursor: string | null = null; ;) {
      const answer = await ask({ filter, cursor, limit: pageMax }, asker, ports);
      if (answer.kind === 'refused') throw new Error(answer.detail);
      indexes.push(...answer.lines.map(({ index }) => index));
      ({ cursor } = answer);
      if (cursor === null) return indexes;
    }
  };
  const quarter = async (asker = fg): Promise<QuarterReport> => {
    const report = await reportQuarter(year, asker, ports);
    if (report.kind === 'refused') throw new Error(report.detail);
    return report;
  };
  /** Counted by hand: the mails that lie in the inboxes of the parties. */
  const mails = async (municipality: string): Promise<Readonly<Record<string, number>>> => {
    const { registers } = await hub.hub.registers.current();
    const counted = await Promise.all(registers.parties.map(async ({ key, oin: party }) => {
      const received = (await hub.inbox(key)).filter(({ disclosure }) => disclosure.case.municipality === municipality);
      return [party, received.length] as const;
    }));
    return Object.fromEntries(counted.filter(([, count]) => count > 0));
  };

  test('a person gets each disclosure with a proof that holds without us, and what opens his part of it and nobody else\'s', async () => {
    const report = await reportPerson({ ...year, persons: [{ kind: 'bsn', bsn }] }, { ...fg, purpose: 'avg.inzage' }, ports);
    if (report.kind === 'refused') throw new Error(report.detail);
    const counted: Record<string, number> = {};
    for (const { line } of report.lines) counted[line.recipient?.oin ?? ''] = (counted[line.recipient?.oin ?? ''] ?? 0) + 1;
    expect(counted).toEqual(await mails('9901'));
    const key = parseVerifierKey(report.vkey ?? '');
    if ('kind' in key) throw new Error(key.detail);
    for (const { line, proof, opening } of report.lines) {
      expect(verifyProof(proof.proof, leafHash(proof.leaf), [key])).toMatchObject({ kind: 'proven', index: line.index });
      const opened = parseOpening(opening ?? new Uint8Array());
      const leaf = parseLeaf(proof.leaf);
      if (opened === null || leaf.kind === 'refused') throw new Error('no opening');
      expect(opened.text).toBe(`bsn:${bsn}`);
      expect(opensLeaf(opened, Buffer.from(opened.text ?? ''), leaf.leaf.c)).toBe(true);
    }
  });

  test('its files: tagged PDF in two languages, CSV and JSON lines with the same lines, and no name of the person', async () => {
    const report = await reportPerson({ ...year, persons: [{ kind: 'bsn', bsn }] }, fg, ports);
    if (report.kind === 'refused') throw new Error(report.detail);
    const files = new Map((await personReportFiles({ report, controllerName: 'Gemeente Waterveen', vkey: report.vkey ?? '' })).map(({ path, bytes }) => [path, Buffer.from(bytes)]));
    for (const [path, language] of [['verstrekkingen.pdf', 'nl-NL'], ['disclosures.pdf', 'en-GB']] as const) {
      const pdf = files.get(path)?.toString('latin1') ?? '';
      expect(pdf.startsWith('%PDF-1.7')).toBe(true);
      expect(pdf).toContain('/Marked true');
      expect(pdf).toContain(`/Lang (${language})`);
      for (const tag of ['H1', 'H2', 'P', 'Table', 'TR', 'TH', 'TD']) expect(pdf).toContain(`/S /${tag}\n`);
      expect(textOf(files.get(path) ?? Buffer.alloc(0))).toMatch(/Veilig\s+Thuis\s+Noorderwaard/);
    }
    const csv = (files.get('verstrekkingen.csv')?.toString('utf8') ?? '').trimEnd().split('\r\n');
    const lines = (files.get('verstrekkingen.jsonl')?.toString('utf8') ?? '').trimEnd().split('\n').map((line) => JSON.parse(line));
    expect(csv).toHaveLength(report.lines.length + 1);
    expect(lines.map(({ nummer }) => nummer)).toEqual(report.lines.map(({ line }) => line.index));
    expect(csv.slice(1).map((row) => Number(row.split(';')[0]))).toEqual(report.lines.map(({ line }) => line.index));
    expect([...files.values()].some((bytes) => /Uithuizer/.test(bytes.toString('utf8')))).toBe(false);
  });

  test('what is under inzage uitgesteld is not in the copy and leaves no trace there; it is counted for the office, and comes back afterwards', async () => {
    const whole = await reportPerson({ ...year, persons: [{ kind: 'bsn', bsn }] }, fg, ports);
    if (whole.kind === 'refused') throw new Error(whole.detail);
    const index = whole.lines[0]?.line.index ?? -1;
    const until = new Date(hub.now().getTime() + 3_600_000);
    expect(await defer({ target: { kind: 'entry', index }, until, reason: 'Opsporing loopt.' }, { ...fg, controller: oin.hoogland }, ports)).toMatchObject({ kind: 'refused' });
    expect(await defer({ target: { kind: 'entry', index }, until, reason: 'Opsporing loopt.' }, fg, ports)).toEqual({ kind: 'deferred', entries: 1 });
    const copy = await reportPerson({ ...year, persons: [{ kind: 'bsn', bsn }] }, fg, ports);
    if (copy.kind === 'refused') throw new Error(copy.detail);
    expect(copy.withheld).toBe(1);
    expect(copy.lines.map(({ line }) => line.index)).toEqual(whole.lines.slice(1).map(({ line }) => line.index));
    const files = await personReportFiles({ report: copy, controllerName: 'Gemeente Waterveen', vkey: copy.vkey ?? '' });
    const same = await personReportFiles({ report: { ...copy, withheld: 0 }, controllerName: 'Gemeente Waterveen', vkey: copy.vkey ?? '' });
    const hashes = (all: typeof files) => all.filter(({ path }) => !path.endsWith('.pdf')).map(({ path, bytes }) => `${path} ${createHash('sha256').update(bytes).digest('hex')}`);
    expect(hashes(files)).toEqual(hashes(same));
    expect(files.some(({ path }) => path.includes(`/${index}.`))).toBe(false);
    expect((await hub.entries()).some((leaf) => JSON.stringify(leaf).includes('uitgesteld'))).toBe(false);
    const { rows: [row] } = await hub.hub.pool.query('select reason from deferral');
    expect(row.reason.includes('Opsporing')).toBe(false);
    expect(await defer({ target: { kind: 'case', municipality: '9901', number: 'WV-2026-0001' }, until, reason: 'Alles.' }, fg, ports)).toMatchObject({ kind: 'deferred' });
    const none = await reportPerson({ ...year, persons: [{ kind: 'bsn', bsn }] }, fg, ports);
    expect(none).toMatchObject({ lines: [], withheld: whole.lines.length });
    const past = new Date(hub.now().getTime() - 1);
    for (const target of [{ kind: 'entry', index }, { kind: 'case', municipality: '9901', number: 'WV-2026-0001' }] as const) await defer({ target, until: past, reason: 'Voorbij.' }, fg, ports);
    expect(await reportPerson({ ...year, persons: [{ kind: 'bsn', bsn }] }, fg, ports)).toMatchObject({ withheld: 0, lines: { length: whole.lines.length } });
  });

  test('the matrix counts what the parties have in their inboxes, and each figure leads to exactly its entries', async () => {
    const filter: FilterAsked = filterOf({}, hub.now());
    for (const perCategory of ['together', 'each'] as const) {
      const found = await matrix({ filter, perCategory }, fg, ports);
      if (found.kind === 'refused') throw new Error(found.detail);
      for (const { ask: question, count, isSmall } of found.cells) {
        expect(isSmall).toBe(count < 5);
        expect(await rowsOf(question)).toHaveLength(count);
      }
      if (perCategory === 'each') continue;
      const received: Record<string, number> = {};
      for (const { recipient, count } of found.cells) received[recipient] = (received[recipient] ?? 0) + count;
      expect(received).toEqual(await mails('9901'));
      expect(Buffer.from(matrixCsv(found)).toString('utf8').split('\r\n')).toHaveLength(found.cells.length + 2);
    }
  });

  test('the quarterly report: each figure leads to exactly its entries, and the sums are those of the inboxes', async () => {
    expect(await checkLog({ ...fg, purpose: 'controle.log' }, ports)).toMatchObject({ verdict: 'unchanged', problems: [] });
    await hub.settle();
    const report = await quarter();
    for (const figures of Object.values(report.figures)) {
      for (const { ask: question, count } of figures) expect([question, (await rowsOf(question)).length]).toEqual([question, count]);
    }
    const received = await mails('9901');
    expect(Object.fromEntries(report.figures.disclosuresByRecipient.map(({ code, count }) => [code, count]))).toEqual(received);
    const sum = Object.values(received).reduce((total, count) => total + count, 0);
    for (const name of ['disclosuresByType', 'disclosuresByRule', 'disclosuresByOutcome'] as const) expect(report.figures[name].reduce((total, { count }) => total + count, 0)).toBe(sum);
    expect(report.figures.disclosuresByOutcome).toEqual([expect.objectContaining({ code: 'delivered', count: sum })]);
    expect(report.figures.consultationsByPurpose.map(({ code }) => code)).toContain('avg.inzage');
    expect(report.checks.at(-1)).toMatchObject({ verdict: 'unchanged', by: 'fg' });
    expect(report.changes.some(({ kind }) => kind === 'agreement')).toBe(true);
    const files = new Map((await quarterReportFiles(report)).map(({ path, bytes }) => [path, Buffer.from(bytes)]));
    expect([...files.keys()].sort()).toEqual(['kwartaalrapport.csv', 'kwartaalrapport.json', 'kwartaalrapport.pdf', 'quarterly-report.pdf']);
    expect(textOf(files.get('kwartaalrapport.pdf') ?? Buffer.alloc(0))).toContain('Kwartaalrapport gegevensdeling');
  });

  test('a municipality without an agreement has holds and no disclosures to others; nothing of its neighbour is in its report (I10)', async () => {
    const report = await quarter({ ...fg, controller: oin.berkenrade });
    expect(report.figures.holdsByReason.find(({ code }) => code === 'no-agreement')?.count).toBeGreaterThan(0);
    expect(Object.fromEntries(report.figures.disclosuresByRecipient.map(({ code, count }) => [code, count]))).toEqual(await mails('9903'));
    expect(report.changes.map(({ kind, key }) => `${kind} ${key}`).filter((one) => /waterveen|9901/i.test(one) && !one.startsWith('party'))).toEqual([]);
  });

  test('a sample can be drawn again by anybody, and its judgements stand in the quarterly report', async () => {
    const first = await sample({ ...year, seed: null, size: null }, { ...fg, purpose: 'steekproef' }, ports);
    expect(first.draw.indexes).toHaveLength(Math.min(25, first.draw.population));
    const { seed, size } = first.draw;
    const again = await sample({ ...year, seed, size }, fg, ports);
    expect(again.draw.indexes).toEqual(first.draw.indexes);
    // Redone with nothing but the entries, as an auditor would.
    const { rows } = await hub.hub.pool.query<{ seq: string }>("select l.seq from tlog_leaf l join entry e on e.id = l.id where e.controller = $1 and e.kind in ('disclosure', 'hold', 'refusal') and l.seq < $2", [oin.waterveen, size]);
    const rank = (index: string): string => createHash('sha256').update(`${seed}:${size}:${index}`).digest('hex');
    const redone = rows.map(({ seq }) => seq).sort((a, b) => (rank(a) < rank(b) ? -1 : 1)).slice(0, 25).map(Number).sort((a, b) => a - b);
    expect(redone).toEqual(first.draw.indexes);
    const [one = -1, two = -1] = first.draw.indexes;
    const judge = (index: number, verdict: 'in order' | 'incident', asker = fg) => judgeSample({ sampleId: first.draw.id, index, verdict, remark: 'Opmerking over iemand.' }, asker, ports);
    expect(await judge(one, 'incident')).toEqual({ kind: 'judged' });
    expect(await judge(one, 'in order')).toEqual({ kind: 'judged' });
    expect(await judge(two, 'incident')).toEqual({ kind: 'judged' });
    expect(await judge(10_000_000, 'incident')).toMatchObject({ kind: 'refused' });
    expect(await judge(two, 'incident', { ...fg, controller: oin.hoogland })).toMatchObject({ kind: 'refused' });
    const { judged } = (await quarter()).samples.find(({ draw }) => draw.id === first.draw.id) ?? {};
    expect(judged).toEqual({ 'in order': 1, question: 0, incident: 1, open: first.draw.indexes.length - 2 });
    await expect(hub.hub.pool.query("update sample_judgement set verdict = 'question'")).rejects.toThrow(/I6/);
    await expect(hub.hub.pool.query('delete from sample')).rejects.toThrow(/I6/);
  });

  test('an entry is opened with its proof by its controller and by nobody else; reading who looked is a look as well', async () => {
    const [index = -1] = await rowsOf(`ketensluis ask --for ${oin.waterveen} --kind disclosure`);
    const opened = await openEntry(index, fg, ports);
    expect(opened).toMatchObject({ kind: 'opened', line: { index }, proof: { index } });
    expect(await openEntry(index, { ...fg, controller: oin.hoogland }, ports)).toMatchObject({ kind: 'refused' });
    const rows = await readAccess({ before: null, limit: 3 }, fg, ports);
    expect(rows[0]).toMatchObject({ action: 'open', question: { index }, objectCount: 1 });
    const next = await readAccess({ before: null, limit: 1 }, fg, ports);
    expect(next[0]).toMatchObject({ action: 'read-access', objects: rows.map(({ entryId }) => entryId) });
    const berkenrade: Asker = { ...fg, controller: oin.berkenrade };
    expect((await persons(berkenrade, ports)).every(({ controller }) => controller === oin.berkenrade)).toBe(true);
    // An operator who looks at everybody's is seen by each, with what he saw of them.
    const everybody = await ask({ filter: filterOf({}, hub.now()), cursor: null, limit: pageMax }, { ...fg, function: 'beheer', controller: null }, ports);
    if (everybody.kind === 'refused') throw new Error(everybody.detail);
    const [seen] = (await persons(berkenrade, ports)).filter(({ controller }) => controller === null);
    const own = everybody.lines.filter(({ controller }) => controller?.oin === oin.berkenrade).map(({ id }) => id);
    expect(seen).toMatchObject({ function: 'beheer', action: 'search', objectCount: own.length });
    expect([...(seen?.objects ?? [])].sort()).toEqual([...own].sort());
    expect(own.length).toBeGreaterThan(0);
    await hub.checkLog();
  });

  test('writing the log out is a look at everybody, and programs that read it over HTTP stand among those who looked', async () => {
    const { trace } = await recordLogExport({ account: 'test', function: 'operator', purpose: 'controle.log' }, ports);
    const [consulted] = (await hub.entries()).filter((leaf) => leaf.trace === trace);
    expect(consulted).toMatchObject({ kind: 'consultation', code: 'export', purpose: 'controle.log', role: 'operator' });
    const { store, clock, ids } = hub.hub;
    const reader = async (role: 'auditor' | 'controller' | 'party', of: string | null) => {
      const added = await addReader({ name: `lezer ${role}`, role, oin: of, validFrom: hub.now(), validUntil: new Date(hub.now().getTime() + 86_400_000) }, 'test', { clock, ids, readers: store.readers, registers: hub.hub.registers });
      if (added.kind === 'refused') throw new Error(added.detail);
      return added.reader;
    };
    const [auditor, waterveen, party] = [await reader('auditor', null), await reader('controller', oin.waterveen), await reader('party', oin.police)];
    const looks = [
      { reader: auditor, question: { kind: 'bundle', index: 0, width: 256 }, outcome: 'given', count: 12 },
      { reader: waterveen, question: { kind: 'own', after: null, limit: 5 }, outcome: 'given', count: 5 },
      { reader: party, question: { kind: 'own', after: 7, limit: 5 }, outcome: 'given', count: 5 },
      { reader: auditor, question: { kind: 'bundle', index: 9, width: 256 }, outcome: 'absent', count: 0 },
    ] as const;
    const at = hub.now();
    for (const look of looks) await store.readers.recordRead({ at, trace: null, ...look });
    const shown = (lines: readonly AccessLine[]) => lines.flatMap((line) => (line.kind === 'http' ? [`${line.reader.name} ${line.question} ${line.first} ${line.outcome} ${line.count}`] : [line.action]));
    const all: Asker = { ...fg, controller: null };
    const whole = await readAccess({ before: null, limit: 6 }, all, ports);
    expect(shown(whole)).toEqual(['lezer auditor bundle 2304 absent 0', 'lezer party own 8 given 5', 'lezer controller own 0 given 5', 'lezer auditor bundle 0 given 12', 'export', 'read-access']);
    // Page by page the same, also within one millisecond; each page is itself a look, and stands before them.
    const paged: AccessLine[] = [];
    for (let before: AccessLine | null = whole[0] ?? null; paged.length < 5 && before !== null; before = paged.at(-1) ?? null) paged.push(...(await readAccess({ before, limit: 2 }, all, ports)));
    expect(shown(paged).slice(0, 5)).toEqual(shown(whole).slice(1));
    // A municipality sees its own readers, and whoever had everything; not what others asked for themselves.
    expect(shown(await readAccess({ before: null, limit: 50 }, fg, ports))).toEqual(expect.arrayContaining(['lezer controller own 0 given 5', 'lezer auditor bundle 0 given 12', 'export']));
    expect(shown(await readAccess({ before: null, limit: 50 }, fg, ports))).not.toContain('lezer party own 8 given 5');
    expect(shown(await readAccess({ before: null, limit: 50 }, { ...fg, controller: oin.berkenrade }, ports))).not.toContain('lezer controller own 0 given 5');
    await hub.checkLog();
  });

  test('a party that reads by the API or by its feed stands among those who looked, by its name, and before nobody but the operator and itself', async () => {
    const { store } = hub.hub;
    const proof = { sha256: 'ab'.repeat(32), way: 'token', oin: oin.police } as const;
    await store.own.recordLook({ at: hub.now(), oin: oin.police, proofSha256: proof.sha256, scope: 'logregels', first: 0, entryId: null, outcome: 'given', count: 4, trace: null });
    await store.feeds.recordRead({ at: hub.now(), caller: proof, archive: null, outcome: 'same', range: { first: 1, last: 3 }, fresh: 0 });
    const looks = async (controller: string | null) =>
      (await readAccess({ before: null, limit: 50 }, { ...fg, controller }, ports)).flatMap((line) => (line.kind === 'http' && line.way !== 'reader' ? [line] : []));
    const [feed, api] = await looks(null);
    expect([feed, api]).toMatchObject([
      { way: 'feed', question: 'feed', first: 1, last: 3, outcome: 'same', count: 0 }, { way: 'api', question: 'own', first: 0, last: null, outcome: 'given', count: 4 },
    ]);
    const { parties } = (await hub.hub.registers.current()).registers;
    expect(feed?.reader).toEqual({ name: parties.find((one) => one.oin === oin.police)?.name, role: 'party', oin: oin.police });
    expect([(await looks(oin.police)).length, await looks(oin.waterveen)]).toEqual([2, []]);
  });
});

/** The looks of persons a controller sees. */
const persons = async (asker: Asker, ports: AuditPorts) => (await readAccess({ before: null, limit: 50 }, asker, ports)).flatMap((line) => (line.kind === 'person' ? [line] : []));

/** The words of a PDF: its content streams, in which pdfkit writes text as hexadecimal between kerning. */
const textOf = (pdf: Buffer): string => {
  const text = pdf.toString('latin1');
  const streams = [...text.matchAll(/stream\r?\n/g)].map(({ index, 0: word }) => pdf.subarray(index + word.length, text.indexOf('endstream', index)));
  return streams.flatMap((stream) => {
    try {
      const content = inflateSync(stream).toString('latin1');
      return [...content.matchAll(/\[(.*?)\] TJ/g)].map(([, parts = '']) => [...parts.matchAll(/<([0-9a-f]*)>/g)].map(([, hex = '']) => Buffer.from(hex, 'hex').toString('latin1')).join(''));
    } catch {
      return [];
    }
  }).join(' ');
};
