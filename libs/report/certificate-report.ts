import { showMoment } from '@ketensluis/domain';
import type { DestructionCertificate, ItemOutcome } from '@ketensluis/flow';
import type { ReportFile } from './file.js';
import { pdfOf, type Block } from './pdf.js';

/**
 * The verklaring van vernietiging as a person reads it, in Dutch: `<proposal>.txt` and `<proposal>.pdf`. What it says is in the certificate; it names
 * ids, rules and functions, and no person.
 */
export const certificateFiles = async (certificate: DestructionCertificate): Promise<readonly ReportFile[]> => {
  const blocks = blocksOf(certificate);
  const at = new Date(certificate.destroyedAt);
  return [
    { path: `${certificate.proposal}.txt`, bytes: Buffer.from(`${title}\n\n${blocks.map(textOf).join('\n\n')}\n`) },
    { path: `${certificate.proposal}.pdf`, bytes: await pdfOf({ title, language: 'nl', at, blocks }) },
  ];
};

const title = 'Verklaring van vernietiging';

const objects: Readonly<Record<ItemOutcome['object'], string>> = {
  'ban-file': 'zaak met huisverbod', 'no-ban-file': 'zaak zonder huisverbod', 'raw-mail': 'ondertekende mail', outgoing: 'uitgaand document',
  'log-detail': 'persoonlijk deel van het log (maand)', 'log-pseudonym': 'zoeksleutel van het log (jaar)', 'access-log': 'raadpleeglog (maand)', deferral: 'uitstel van inzage',
  register: 'register', entry: 'regel van het log',
};
const outcomes: Readonly<Record<ItemOutcome['outcome'], string>> = { destroyed: 'vernietigd', held: 'aangehouden', 'not-due': 'niet aan de beurt' };

const blocksOf = (certificate: DestructionCertificate): readonly Block[] => {
  const { items, entries } = certificate;
  const gone = items.filter(({ outcome }) => outcome === 'destroyed');
  return [
    { kind: 'paragraph', text: `Op ${showMoment(new Date(certificate.destroyedAt), 'nl')} zijn ${gone.length} van ${items.length} voorgestelde objecten vernietigd: hun rijen en hun sleutels.` },
    { kind: 'paragraph', text: `Verantwoordelijke: ${certificate.controller === null ? 'het log van het knooppunt' : `OIN ${certificate.controller}`}. Goedgekeurd in twee functies: ${certificate.approvers.join(' en ')}.` },
    { kind: 'paragraph', text: `Voorstel ${certificate.proposal}, SHA-256 ${certificate.proposalSha256}. Bewaarregels, SHA-256 ${certificate.rules}.` },
    { kind: 'paragraph', text: 'Kopieën in reservebestanden verdwijnen binnen 35 dagen; hun sleutels bestaan niet meer.' },
    { kind: 'heading', text: 'Wat' },
    {
      kind: 'table',
      columns: [{ title: 'Object', share: 3 }, { title: 'Kenmerk', share: 4 }, { title: 'Grond', share: 3 }, { title: 'Termijn tot', share: 2 }, { title: 'Uitkomst', share: 2 }],
      rows: items.map((item) => [objects[item.object], item.ref, `${item.basis} (${item.authority === 'law' ? 'wet' : 'beleid'})`, showMoment(new Date(item.dueAt), 'nl'), outcomes[item.outcome]]),
    },
    { kind: 'heading', text: 'In het log' },
    entries.length === 0
      ? { kind: 'paragraph', text: 'Er is niets vernietigd, dus ook niets vastgelegd.' }
      : {
          kind: 'table',
          columns: [{ title: 'Regel', share: 4 }, { title: 'Wortel over de objecten (RFC 6962)', share: 5 }, { title: 'Objecten', share: 1 }],
          rows: entries.map(({ id, root, refs }) => [id, root, String(refs.length)]),
        },
  ];
};

const textOf = (block: Block): string => {
  switch (block.kind) {
    case 'heading': return block.text.toUpperCase();
    case 'paragraph': return block.text;
    case 'table': return [block.columns.map(({ title: name }) => name), ...block.rows].map((row) => row.join(' | ')).join('\n');
  }
};
