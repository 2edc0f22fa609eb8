import type { ExportFile, ExportScope } from '@ketensluis/flow';

/** `README.md`: what lies where in an export, in Dutch and English. */
export const exportReadme = (scope: ExportScope): readonly ExportFile[] => [{ path: 'README.md', bytes: Buffer.from(textOf(scope)) }];

const textOf = ({ controller, upTo, size }: ExportScope): string => {
  const at = upTo.toISOString();
  const log = controller === null
    ? { nl: 'het hele log', en: 'the whole log', check: 'node log/verifier/ketensluis-log.mjs verify log' }
    : { nl: 'de hashes van het log; de regels van anderen zijn er niet bij', en: 'the hashes of the log; the entries of others are not in it', check: 'node log/verifier/ketensluis-log.mjs verify log --hashes-only' };
  return `# Ketensluis: teruggave van gegevens

Van: ${controller === null ? 'alle verantwoordelijken' : `OIN ${controller}`}. Stand: ${at}, ${size} regels in het log. (AVG art. 28(3)(g))

Deze map bevat persoonsgegevens, leesbaar. Bewaar haar versleuteld en vernietig haar wanneer zij is overgenomen.

| map | inhoud |
|---|---|
| \`cases/\` | een map per zaak: \`index.json\` noemt alles; \`messages/\` de berichten zoals ontvangen (\`mail.eml\` is de mail, ondertekend door de afzender en versleuteld aan het knooppunt; \`message.json\` is wat erin stond) met hun bijlagen; \`disclosures/\` wat er aan wie ging, met de ontvangstbewijzen (\`receipts.json\`) en wat de regel in het log opent (\`payload.opening.json\`); \`necessities/\` waarom een verstrekking nodig was, met de regel (\`.leaf\`) en wat haar opent (\`.reason.opening.json\`) |
| \`rules/\` | elke versie van de wetsbestanden waarmee is beslist |
| \`registers/\` | elke versie van overeenkomsten, instellingen, mandaten, aanwijzingen, toestemmingen en partijen |
| \`entries/\` | de regels van het log met wat hun persoonlijke deel opent; \`state\` zegt of dat deel er nog is, of door welke regel het is vernietigd |
| \`log/\` | ${log.nl}, als C2SP tlog-tiles met de laatste ondertekende stand, en het controleprogramma in \`log/verifier/\` |

Controleren: \`sha256sum -c MANIFEST.sha256\` voor alle bestanden, \`${log.check}\` voor het log, \`node log/verifier/ketensluis-log.mjs open LEAF OPENING\` voor een reden.

# Ketensluis: return of data

Of: ${controller === null ? 'every controller' : `OIN ${controller}`}. As of ${at}, ${size} entries in the log. (GDPR, Article 28(3)(g))

This folder holds personal data in the clear. Keep it encrypted, and destroy it when it has been taken over.

| folder | what is in it |
|---|---|
| \`cases/\` | a folder per case: \`index.json\` names everything; \`messages/\` what came in (\`mail.eml\` is the mail, signed by its sender and encrypted to the hub; \`message.json\` is what it said) with attachments; \`disclosures/\` what went to whom, with the receipts (\`receipts.json\`) and what opens its entry (\`payload.opening.json\`); \`necessities/\` why a disclosure was necessary, with the entry (\`.leaf\`) and what opens it (\`.reason.opening.json\`) |
| \`rules/\` | every version of the law packs that decided |
| \`registers/\` | every version of agreements, settings, mandates, designations, consents and parties |
| \`entries/\` | entries of the log with what opens their personal part; \`state\` says whether that part is still there, or which entry tells that it was destroyed |
| \`log/\` | ${log.en}, as C2SP tlog-tiles with the last signed checkpoint, and the verifier in \`log/verifier/\` |

Check: \`sha256sum -c MANIFEST.sha256\` for all files, \`${log.check}\` for the log, \`node log/verifier/ketensluis-log.mjs open LEAF OPENING\` for a reason.
`;
};
