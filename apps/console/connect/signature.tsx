import { pastedHeaders, signedTextOf, webhookDifference, webhookVerifierOf, type PastedWebhook, type SentMark, type WebhookDifference } from '@ketensluis/contract';
import { isKeyInForce } from '@ketensluis/domain';
import { createHash } from 'node:crypto';
import { faulty, nothingThere, shown, type Answer, type Attended } from '../route.js';
import { FaultSummary, FileField, TextArea, type Faults } from '../shell/fields.js';
import { Card, Copyable, Facts, Form, Notice, Submit, Table } from '../shell/parts.js';
import { connectionsOf, ownOf } from './place.js';
import { testerPath } from './tester.js';
import { connectWords } from './words.js';
import { testWords } from './words-test.js';

const here = `${testerPath}/handtekening`;
const pasteMax = 200_000;

const trailOf = ({ language }: Attended) => [{ href: '/aansluiten', text: connectWords(language).title }, { href: testerPath, text: testWords(language).title }];

/** Where a webhook is pasted to see which part of it is not as it was signed. */
export const signaturePage = async (visit: Attended): Promise<Answer> =>
  (await ownOf(visit)) === null ? nothingThere : shown(testWords(visit.language).signature, <Asking visit={visit} faults={{}} />, trailOf(visit));

/** Compares; nothing of what was pasted is kept, and what the right signature is stays unsaid. */
export const compareSignature = async (visit: Attended): Promise<Answer> => {
  const own = await ownOf(visit);
  if (own === null) return nothingThere;
  const { form, files, language, desk: { hub }, desk, now } = visit;
  const words = testWords(language);
  const headers = pastedHeaders(form.get('koppen') ?? '');
  // HTML sends every line end of a text box as CRLF, so only a file can show that one was turned.
  const body = files.get('bestand')?.content.toString('utf8') ?? (form.get('inhoud') ?? '').replaceAll('\r\n', '\n');
  const faults: Faults = {
    ...(Object.keys(headers).length === 0 ? { koppen: words.needHeaders } : {}),
    ...(/wh(?:sec|sk)_[A-Za-z0-9+/]{8}|PRIVATE KEY/.test(`${form.get('koppen') ?? ''}\n${body}`) ? { inhoud: words.secret } : body === '' ? { inhoud: words.needBody } : {}),
  };
  if (Object.keys(faults).length > 0) return faulty(words.signature, <Asking visit={visit} faults={faults} />, trailOf(visit));
  const [signers, test, keys] = await Promise.all([hub.store.webhookKeys.signers(own.party.oin, now), connectionsOf(desk).lastTest(own.party.oin), hub.store.webhookKeys.list(own.party.oin)]);
  const sent = test === null || test.signedAt === null || test.bodySha256 === null ? null : { id: test.id, timestamp: test.signedAt, bodySha256: test.bodySha256 };
  const pasted = { headers, body };
  const found = webhookDifference(pasted, signers.map(webhookVerifierOf), { sent, at: now });
  const inForce = keys.filter((key) => key.direction === 'to-party' && isKeyInForce(key, now)).map(({ id }) => id);
  return shown(words.signature, <><Found {...{ visit, found, pasted, sent, inForce }} /><Asking visit={visit} faults={{}} /></>, trailOf(visit));
};

const Asking = ({ visit, faults }: { readonly visit: Attended; readonly faults: Faults }) => {
  const { language, form } = visit;
  const words = testWords(language);
  // A secret that was pasted is not sent back.
  const given = faults['inhoud'] === words.secret ? new URLSearchParams() : form;
  return (
    <>
      <FaultSummary faults={faults} language={language} />
      <p className="lead">{words.signatureLead}</p>
      <Card>
        <Form visit={visit} to={here} hasFiles>
          <TextArea name="koppen" rows={4} lengthMax={5_000} language={language} label={words.pastedHeaders} hint={words.headersHint} value={given.get('koppen')} fault={faults['koppen']} />
          <TextArea name="inhoud" rows={8} lengthMax={pasteMax} language={language} label={words.pastedBody} hint={words.bodyHint} value={given.get('inhoud')} fault={faults['inhoud']} />
          <FileField name="bestand" accept="*/*" language={language} label={words.bodyFile} isOptional />
          <Submit>{words.check}</Submit>
        </Form>
      </Card>
    </>
  );
};

interface FoundProps {
  readonly visit: Attended;
  readonly found: WebhookDifference;
  readonly pasted: PastedWebhook;
  readonly sent: SentMark | null;
  readonly inForce: readonly string[];
}

const nameOf = (found: WebhookDifference): keyof ReturnType<typeof testWords>['differences'] => {
  switch (found.kind) {
    case 'fits': return found.isLate ? 'late' : 'fits';
    case 'timestamp': return found.isMilliseconds ? 'milliseconds' : 'timestamp';
    case 'body': return found.change;
    default: return found.kind;
  }
};

const Found = ({ visit: { language }, found, pasted, sent, inForce }: FoundProps) => {
  const words = testWords(language);
  const [title, explained] = words.differences[nameOf(found)];
  const { text, sha256 } = signedTextOf(pasted);
  const yours = { id: String(pasted.headers['webhook-id'] ?? '-'), timestamp: String(pasted.headers['webhook-timestamp'] ?? '-'), body: createHash('sha256').update(pasted.body, 'utf8').digest('hex') };
  const ours = sent === null ? null : { id: sent.id, timestamp: String(sent.timestamp), body: sent.bodySha256 };
  return (
    <>
      <Notice tone={found.kind === 'fits' && !found.isLate ? 'good' : 'bad'} title={title}><p>{explained}</p></Notice>
      <Card title={words.whichParts}>
        <Table label={words.whichParts} language={language} rows={['id', 'timestamp', 'body'] as const} keyOf={(part) => part} columns={[
          { head: words.found, isName: true, cell: (part) => words.parts[part] },
          { head: words.yours, cell: (part) => <code className="breaks">{yours[part]}</code> },
          { head: words.ours, cell: (part) => (ours === null ? words.unknown : <code className="breaks">{ours[part]}</code>) },
          { head: words.compared, cell: (part) => (ours === null ? words.unknown : ours[part] === yours[part] ? words.same : words.differs) },
        ]} />
        <Facts facts={[[words.keysNow, inForce.length === 0 ? words.noKeys : <code key="k">{inForce.join(', ')}</code>], [words.hash, <code key="h" className="breaks">{sha256}</code>]]} />
        <h3>{words.signed}</h3><div className="wraps"><Copyable text={text} language={language} /></div>
      </Card>
    </>
  );
};
