import { riskParts, riskSignals } from '@ketensluis/domain';
import { z } from 'zod';

/** A RiHG in short: the items answered yes with their source, and the signals that stand high; everything else is no and low. */
export const shortRihgSchema = z.strictObject({
  ja: z.record(z.string(), z.enum(['politiesysteem', 'waarneming', 'verklaring'])),
  hoog: z.array(z.string()),
  motivering: z.string(),
});

/** The short form. */
export type ShortRihg = z.infer<typeof shortRihgSchema>;

/** The whole form of 3 parts, 20 signals and 79 items. Two high signals in one part advise a ban (law.md 8.2). */
export const wholeRihg = ({ ja, hoog, motivering }: ShortRihg): Record<string, unknown> => {
  const parts = riskParts.map((part) => {
    const signals = riskSignals.filter((signal) => signal.part === part);
    const highs = signals.filter(({ code }) => hoog.includes(code)).length;
    return [
      `deel_${part}`,
      {
        ...Object.fromEntries(signals.map(({ code, items }) => [
          `signaal_${code}`,
          {
            ...Object.fromEntries(items.map((_item, place) => {
              const source = ja[`${code}.${place + 1}`];
              return [`item_${place + 1}`, source === undefined ? { antwoord: 'nee' } : { antwoord: 'ja', bron: source }];
            })),
            niveau: hoog.includes(code) ? 'hoog' : 'laag',
          },
        ])),
        advies: highs >= 2 ? 'huisverbod' : 'geen-huisverbod',
      },
    ];
  });
  return {
    hovj: { naam: 'H. Officier', dienstnummer: 'HOVJ-0001' },
    ...Object.fromEntries(parts),
    advies: 'huisverbod',
    motivering,
    grondslag: Object.keys(ja),
    kindermishandeling: false,
    veilig_thuis: { benaderd: false },
    uhg_gehoord: { gehoord: true, verklaring: 'Het liep uit de hand.' },
  };
};
