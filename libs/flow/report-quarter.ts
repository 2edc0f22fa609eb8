import { agreementStatus, consultationWords, holdTexts, parseRegisterDocument, refusalTexts, verdicts, type Agreement, type Verdict } from '@ketensluis/domain';
import type { Asker, AuditPorts, AuditReader, RegisterHistory } from './audit-ports.js';
import { absent, type AccessRow, type FigureKey, type RegisterEvent, type SampleDraw } from './audit-rows.js';
import { consultation } from './consultation.js';
import { askCommand, everything, filterAsked, type FilterAsked, type FilterRefusal } from './filter-asked.js';

/** One figure: what is counted, how many, and the command that lists exactly those entries. */
export interface FigureLine {
  readonly code: string;
  readonly words: { readonly nl: string; readonly en: string };
  readonly count: number;
  readonly ask: string;
}

/** A change of a rule, agreement, setting or party: what, by whom, when. */
export interface ChangeLine {
  readonly at: Date;
  readonly kind: string;
  readonly key: string;
  readonly version: number;
  readonly by: string;
  readonly entryId: string;
}

/** A sample and how many of its entries were judged how; `open` were not judged. */
export interface SampleLine {
  readonly draw: SampleDraw;
  readonly judged: Readonly<Record<Verdict | 'open', number>>;
}

/** What a privacy officer accounts for over a quarter. */
export interface QuarterReport {
  readonly kind: 'report';
  readonly at: Date;
  readonly from: Date;
  /** The end of the quarter, or the moment of the report when it is not over: figures are of what was released by then. */
  readonly to: Date;
  readonly controller: string | null;
  readonly controllerName: string | null;
  readonly figures: Readonly<Record<FigureSection, readonly FigureLine[]>>;
  readonly changes: readonly ChangeLine[];
  readonly agreementsEnding: readonly { readonly key: string; readonly version: number; readonly endsAt: string }[];
  readonly checks: readonly { readonly at: Date; readonly verdict: string; readonly size: number; readonly by: string }[];
  readonly samples: readonly SampleLine[];
  readonly trace: string;
}

/** The sections of figures, in the order of the report. */
export const figureSections = ['disclosuresByType', 'disclosuresByRecipient', 'disclosuresByRule', 'disclosuresByOutcome', 'holdsByReason', 'refusalsByReason', 'consultationsByPurpose'] as const;
/** One of `figureSections`. */
export type FigureSection = (typeof figureSections)[number];

const sectionOf: Readonly<Record<FigureSection, { readonly kind: NonNullable<FilterAsked['kind']>; readonly by: FigureKey }>> = {
  disclosuresByType: { kind: 'disclosure', by: 'type' },
  disclosuresByRecipient: { kind: 'disclosure', by: 'recipient' },
  disclosuresByRule: { kind: 'disclosure', by: 'rule' },
  disclosuresByOutcome: { kind: 'disclosure', by: 'outcome' },
  holdsByReason: { kind: 'hold', by: 'reason' },
  refusalsByReason: { kind: 'refusal', by: 'reason' },
  consultationsByPurpose: { kind: 'consultation', by: 'purpose' },
};

/**
 * Accounts for a quarter: what was shared, held and refused, what was changed by whom, which agreements end within sixty days, how the log was checked and
 * what the samples showed. Every figure comes with the question that lists its entries.
 */
export const reportQuarter = async (period: { readonly from: Date; readonly to: Date }, asker: Asker, ports: AuditPorts): Promise<QuarterReport | FilterRefusal> => {
  const history = await ports.history();
  const access = consultation('report', asker, ports);
  return ports.audit.consult<QuarterReport | FilterRefusal>(access, async (log) => {
    const to = earliest(period.to, access.at, await log.releasedUntil());
    const asked = everything(period.from, to);
    const read = filterAsked(asked, asker.controller, history);
    const question = { report: 'quarter', from: period.from.toISOString(), to: to.toISOString() };
    if (read.kind === 'refused') return { value: read, question, objects: [] };
    const [figures, events] = [await allFigures(log, { asked, controller: asker.controller, history }), await log.registerEvents(new Date(0), to)];
    const own = events.filter(ownedBy(asker.controller, history, to));
    return {
      value: {
        kind: 'report', at: access.at, from: period.from, to, controller: asker.controller, trace: access.trace,
        controllerName: asker.controller === null ? null : (history.partyAt(asker.controller, to)?.name ?? asker.controller),
        figures,
        changes: own.filter(({ at }) => at >= period.from).map(({ at, kind, key, version, by, entryId }) => ({ at, kind, key, version, by, entryId })),
        agreementsEnding: endingOf(own, access.at),
        checks: (await log.checks(period.from, to)).map(checkLine),
        samples: (await log.samples(asker.controller, period.from, to)).map(({ draw, judgements }) => ({ draw, judged: tally(draw, judgements) })),
      },
      question, objects: [],
    };
  });
};

/** What is not released yet may still come before: figures stop there, so that they are the same tomorrow. */
const earliest = (...moments: readonly (Date | null)[]): Date => new Date(Math.min(...moments.flatMap((moment) => (moment === null ? [] : [moment.getTime()]))));

const allFigures = async (log: AuditReader, context: { readonly asked: FilterAsked; readonly controller: string | null; readonly history: RegisterHistory }): Promise<QuarterReport['figures']> => {
  const { asked, controller, history } = context;
  const section = async (name: FigureSection): Promise<readonly FigureLine[]> => {
    const { kind, by } = sectionOf[name];
    const filter: FilterAsked = { ...asked, kind };
    const read = filterAsked(filter, controller, history);
    if (read.kind === 'refused') throw new Error(`bug: ${read.detail}`);
    const figures = await log.figures(read.filter, [by]);
    return figures
      .map(({ of, count }) => ({ code: of[by] ?? absent, words: wordsOf(name, of[by] ?? absent, { history, at: asked.to }), count, ask: askCommand(filter, of, controller) }))
      .sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1));
  };
  return {
    disclosuresByType: await section('disclosuresByType'),
    disclosuresByRecipient: await section('disclosuresByRecipient'),
    disclosuresByRule: await section('disclosuresByRule'),
    disclosuresByOutcome: await section('disclosuresByOutcome'),
    holdsByReason: await section('holdsByReason'),
    refusalsByReason: await section('refusalsByReason'),
    consultationsByPurpose: await section('consultationsByPurpose'),
  };
};

const wordsOf = (section: FigureSection, code: string, { history, at }: { readonly history: RegisterHistory; readonly at: Date }): FigureLine['words'] => {
  const both = (text: string): FigureLine['words'] => ({ nl: text, en: text });
  switch (section) {
    case 'disclosuresByRecipient':
      return both(history.partyAt(code, at)?.name ?? code);
    case 'disclosuresByRule':
      return both(history.packs.at(-1)?.pack.rules.find(({ id }) => id === code)?.basis ?? code);
    case 'holdsByReason':
      return inWords(holdTexts, code);
    case 'refusalsByReason':
      return inWords(refusalTexts, code);
    case 'consultationsByPurpose':
      return inWords(consultationWords, code);
    case 'disclosuresByType':
    case 'disclosuresByOutcome':
      return both(code);
  }
};

const inWords = (texts: Readonly<Record<string, FigureLine['words']>>, code: string): FigureLine['words'] => (Object.hasOwn(texts, code) ? texts[code] : undefined) ?? { nl: code, en: code };

/** Law packs are everybody's; other documents of a municipality are its own, and a party is of those it works for (I10). */
const ownedBy = (controller: string | null, history: RegisterHistory, at: Date) => ({ kind, body }: RegisterEvent): boolean => {
  if (controller === null || kind === 'law') return true;
  const municipality = history.partyAt(controller, at)?.municipality ?? null;
  const read = parseRegisterDocument(body);
  if (read.kind === 'refused') return false;
  const { document } = read;
  switch (document.kind) {
    case 'agreement':
    case 'setting':
      return document.controller === controller || document.controller === municipality;
    case 'party':
      return municipality !== null && document.serves.includes(municipality);
    default:
      return document.municipality === municipality;
  }
};

const endingOf = (events: readonly RegisterEvent[], at: Date): QuarterReport['agreementsEnding'] => {
  const last = new Map(events.filter(({ kind }) => kind === 'agreement').map((event) => [event.key, event]));
  return [...last.values()].flatMap(({ key, version, body }) => {
    const agreement = agreementOf(body);
    return agreement !== null && agreement.to !== null && agreementStatus(agreement, at) === 'ending' ? [{ key, version, endsAt: agreement.to }] : [];
  });
};

const agreementOf = (body: unknown): Agreement | null => {
  const read = parseRegisterDocument(body);
  return read.kind === 'read' && read.document.kind === 'agreement' ? read.document : null;
};

const checkLine = ({ at, function: by, question }: AccessRow): QuarterReport['checks'][number] => ({ at, verdict: String(question['verdict'] ?? ''), size: Number(question['size'] ?? 0), by });

const tally = (draw: SampleDraw, judgements: readonly { readonly verdict: Verdict }[]): SampleLine['judged'] => {
  const of = (verdict: Verdict): number => judgements.filter((one) => one.verdict === verdict).length;
  const [inOrder, question, incident] = verdicts.map(of);
  return { 'in order': inOrder ?? 0, question: question ?? 0, incident: incident ?? 0, open: draw.indexes.length - judgements.length };
};
