import type { RouteEvidence } from '@ketensluis/domain';
import type { Language } from '../shell/language.js';
import { Badge, Card, Facts } from '../shell/parts.js';
import { routeWords } from './route-words.js';

/** By which way a mail went, or why by none: what was found is what was kept with the try, and is not asked again (standards: inputs of the decision). */
export const RouteCard = ({ route, language }: { readonly route: RouteEvidence; readonly language: Language }) => {
  const words = routeWords(language);
  const { way, reasons, domain, nta, mx, tlsa, matched, sts, spf, dmarc } = route;
  const trust = (secure: boolean): string => (secure ? words.secure : words.insecure);
  const isOpen = way !== 'closed' && way !== 'unknown';
  // A way that DNS shows open, and a server at its end that was somebody else or nobody.
  const isUnproven = isOpen && matched === null;
  return (
    <Card title={words.title} id="weg">
      <p className="hint">{words.lead}</p>
      <p><Badge tone={isUnproven || way === 'closed' ? 'bad' : isOpen ? 'good' : 'wait'}>{isUnproven ? words.unproven : words.ways[way]}</Badge></p>
      <ul>{reasons.map((reason) => <li key={reason}>{words.reason(reason)}</li>)}</ul>
      <Facts facts={[
        [words.domain, domain],
        [words.nta, nta === null ? words.notKnown : <><code>{nta.text}</code> ({trust(nta.secure)})</>],
        [words.mx, mx === null ? words.notKnown : `${mx.names.join(', ') || words.none} (${trust(mx.secure)})`],
        ...(tlsa === null ? [] : [[words.tlsa, <><code>{tlsa.records.join('; ')}</code> ({trust(tlsa.secure)})</>] as const]),
        ...(isOpen ? [[words.matched, matched === null ? words.notMatched : matched === 'name and CA' ? words.byName : <code>{matched}</code>] as const] : []),
        [words.spf, spf ? words.there : words.notKnown], [words.dmarc, dmarc ?? words.notKnown], ...(sts === null ? [] : [[words.sts, `${sts.mode}, ${sts.id}`] as const]),
      ]} />
    </Card>
  );
};
