import { holdTexts, leftOut, categoryNames, purposeWords, refusalTexts } from '@ketensluis/domain';
import { openEntry, type LogLine, type NamedParty, type OpenedEntry } from '@ketensluis/flow';
import { evidenceOfEntry, receiptsOfEntry, type MailEvidence } from '@ketensluis/platform';
import type { ReactNode } from 'react';
import { nothingThere, shown, type Answer, type Attended } from '../route.js';
import { articleText } from '../shell/article.js';
import { lawText, typeName, versionText } from '../shell/names.js';
import { ButtonLink, Card, Copyable, Facts, Moment } from '../shell/parts.js';
import { askerOf, purposeOf } from './asker.js';
import { DecisionBadge, disclosuresPath, nameOf } from './disclosures.js';
import { entryWords, logWords } from './words.js';

const opened = async (visit: Attended): Promise<OpenedEntry | null> => {
  const text = visit.path['nr'] ?? '';
  if (!/^(0|[1-9]\d{0,14})$/.test(text)) return null;
  const found = await openEntry(Number(text), askerOf(visit, purposeOf(visit.query.get('doel')) ?? 'toezicht.fg'), visit.desk.audit);
  return found.kind === 'refused' ? null : found;
};

/** One entry: the decision in sentences, and what proves it to somebody who does not believe us. */
export const entryPage = async (visit: Attended): Promise<Answer> => {
  const found = await opened(visit);
  if (found === null) return nothingThere;
  const { line } = found;
  const words = entryWords(visit.language);
  const [receipts, evidence] = await Promise.all([receiptsOfEntry(visit.desk.hub.pool, line.id), evidenceOfEntry(visit.desk.hub.pool, line.id)]);
  return shown(words.title(line.index), (
    <div className="columns">
      <div>
        <Card title={words.decided} actions={<DecisionBadge line={line} visit={visit} />}><Decided line={line} visit={visit} /></Card>
        <Categories line={line} visit={visit} />
        <Card title={words.content}><p>{words.contentText}</p><p className="soft small">{words.case}</p></Card>
      </div>
      <div>
        <Card><LineFacts line={line} visit={visit} /></Card>
        {receipts.length === 0 && evidence === null ? null : <Card title={words.receipts}><Receipts visit={visit} receipts={receipts} evidence={evidence} /></Card>}
        <Proof visit={visit} found={found} />
      </div>
    </div>
  ), [{ href: disclosuresPath, text: logWords(visit.language).title }]);
};

const inWords = (texts: Readonly<Record<string, { readonly nl: string; readonly en: string }>>, code: string): { readonly nl: string; readonly en: string } =>
  (Object.hasOwn(texts, code) ? texts[code] : undefined) ?? { nl: code, en: code };

const Decided = ({ line, visit: { language } }: { readonly line: LogLine; readonly visit: Attended }) => {
  const words = entryWords(language);
  const name = nameOf(line.recipient, language) || words.nobody;
  const who = name.charAt(0).toUpperCase() + name.slice(1);
  const sentences: Readonly<Record<string, ReactNode>> = { permit: words.gets(who), hold: words.waits(who), refuse: words.not(who) };
  const texts = line.decision === 'hold' ? holdTexts : refusalTexts;
  return (
    <>
      <p>{sentences[line.decision ?? ''] ?? words.other}</p>
      {line.decision === 'permit' || line.decision === null ? null : line.reasons.map((code) => <p key={code}>{inWords(texts, code)[language]}</p>)}
      {line.rule === null || line.law === null ? null : <p>{words.rule(line.rule, lawText(line.law, language))}{line.article === null ? null : `: ${articleText(line.article, language)}`}.</p>}
      {line.articleText === null ? null : <blockquote className="quote" lang="nl">{line.articleText}</blockquote>}
      {line.decision === 'permit' ? <p>{words.agreement}: {line.agreement === null ? words.noAgreement : <Reference of={line.controller} to={line.agreement} language={language} />}</p> : null}
      {line.decision !== 'permit' || line.senderAgreement === null ? null : <p>{words.senderAgreement}: <Reference of={line.sender} to={line.senderAgreement} language={language} /></p>}
      {line.setting === null ? null : <p>{words.setting}: <Reference of={line.controller} to={line.setting} language={language} /></p>}
    </>
  );
};

/** Whose it is and which version; behind it how the register and the signed entry name it. */
const Reference = ({ of, to, language }: { readonly of: NamedParty | null; readonly to: string; readonly language: Attended['language'] }) =>
  <>{[nameOf(of, language), versionText(to, language)].filter((part) => part !== '').join(', ')} <code className="soft">{to}</code></>;

const Categories = ({ line, visit: { language } }: { readonly line: LogLine; readonly visit: Attended }) => {
  const words = entryWords(language);
  const left = line.kind === 'disclosure' ? leftOut(line.type, line.categories) : [];
  return line.categoryWords.length === 0 && left.length === 0 ? null : (
    <Card title={line.decision === 'hold' ? words.toGive : line.decision === 'refuse' ? words.asked : words.given}>
      <ul>{line.categoryWords.map((one) => <li key={one.nl}>{one[language]}</li>)}</ul>
      {left.length === 0 ? null : <><h3>{words.left}</h3><p className="soft small">{words.leftHint}</p><ul>{left.map((one) => <li key={one}>{categoryNames[one][language]}</li>)}</ul></>}
    </Card>
  );
};

const LineFacts = ({ line, visit }: { readonly line: LogLine; readonly visit: Attended }) => {
  const { language } = visit;
  const words = entryWords(language);
  const fact = (name: string, value: ReactNode): readonly (readonly [ReactNode, ReactNode])[] => (value === null || value === '' ? [] : [[name, value]]);
  return (
    <Facts facts={[
      ...fact(words.kind, words.kinds[line.kind] ?? line.kind),
      ...fact(words.at, <Moment at={line.at} visit={visit} />),
      ...fact(words.sender, nameOf(line.sender, language)),
      ...fact(words.recipient, nameOf(line.recipient, language)),
      ...fact(words.type, line.type === null ? null : <>{typeName(line.type, language)} <code className="soft">{line.type}</code></>),
      ...fact(words.purpose, purposeWords(line.purpose)?.[language] ?? line.purpose),
      ...fact(words.article, line.article === null ? null : articleText(line.article, language)),
      ...fact(words.law, line.law === null ? null : lawText(line.law, language)),
      ...fact(words.outcome, line.outcome === null ? null : <>{line.outcome.words[language]}{line.outcome.at === null ? null : <>, <Moment at={line.outcome.at} visit={visit} /></>}</>),
      ...fact(words.trace, line.trace === null ? null : <code>{line.trace}</code>),
    ]} />
  );
};

const Receipts = ({ visit, receipts, evidence }: { readonly visit: Attended; readonly receipts: Awaited<ReturnType<typeof receiptsOfEntry>>; readonly evidence: MailEvidence | null }) => {
  const words = entryWords(visit.language);
  return (
    <>
      {receipts.length === 0 ? <p>{words.noReceipts}</p> : <ul>{receipts.map(({ kind, at }) => <li key={kind}>{words.receiptKinds[kind] ?? kind}, <Moment at={at} visit={visit} /></li>)}</ul>}
      {evidence === null ? null : <><h3>{words.evidence}</h3><p className="wrap">{words.evidenceText(evidence.path.at(-1) ?? '-', evidence.trustSet ?? '-')}</p></>}
    </>
  );
};

/** What the files of the proof are called, by the last part of the address. */
const proofFiles = ['leaf', 'tlog-proof', 'vkey'] as const;

const Proof = ({ visit, found: { line, proof, vkey } }: { readonly visit: Attended; readonly found: OpenedEntry }) => {
  const words = entryWords(visit.language);
  const base = `${disclosuresPath}/${line.index}`;
  const query = `?doel=${encodeURIComponent(purposeOf(visit.query.get('doel')) ?? 'toezicht.fg')}`;
  const texts = { leaf: words.leaf, 'tlog-proof': words.tlog, vkey: words.vkey } as const;
  return (
    <Card title={words.proof}>
      <p>{words.proofText}</p>
      <div className="actions">{proofFiles.filter((one) => one !== 'vkey' || vkey !== null).map((one) => <ButtonLink key={one} href={`${base}/${one}${query}`} isQuiet>{texts[one]}</ButtonLink>)}</div>
      <h3>{words.how}</h3>
      <Copyable language={visit.language} text={`npx ketensluis log proof ${line.index}.tlog-proof ${line.index}.leaf --vkey log.vkey`} />
      <details><summary>{words.leafText}</summary><pre tabIndex={0}><code>{Buffer.from(proof.leaf).toString('utf8')}</code></pre></details>
    </Card>
  );
};

/** One file of the proof; taking it is a look as well. */
export const entryFile = async (visit: Attended): Promise<Answer> => {
  const which = proofFiles.find((one) => one === visit.path['bestand']);
  const found = which === undefined ? null : await opened(visit);
  if (which === undefined || found === null) return nothingThere;
  const { proof, vkey, line } = found;
  const bodies = { leaf: proof.leaf, 'tlog-proof': proof.proof, vkey: Buffer.from(`${vkey ?? ''}\n`, 'utf8') } as const;
  return { kind: 'file', name: which === 'vkey' ? 'log.vkey' : `${line.index}.${which}`, contentType: which === 'leaf' ? 'application/json' : 'text/plain; charset=utf-8', body: bodies[which] };
};
