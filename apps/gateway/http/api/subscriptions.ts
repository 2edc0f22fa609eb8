import { isPersonRole, messageDefinitions, messageTypes, type LawPack, type Mode, type Party } from '@ketensluis/domain';
import { z } from 'zod';
import { nothing, served, type ServedOperation } from './operation.js';

const modeWords: Readonly<Record<Mode, string>> = { mandatory: 'verplicht', permitted: 'toegestaan', consent: 'met-toestemming', forbidden: 'verboden' };
const channelWords = { 'smime-mail': 'smime-mail', 'secure-mail': 'veilige-mail', webhook: 'webhook', feed: 'feed', portal: 'portaal' } as const;

const subscriptionsSchema = z.strictObject({
  kanaal: z.enum(Object.values(channelWords)).nullable().meta({ description: 'Langs welke weg u bereikt wordt; null als er geen is.' }),
  feed: z.url().nullable().meta({ description: 'Adres van uw feed; null als u geen feed leest.' }),
  abonnementen: z.array(z.strictObject({
    regel: z.string().meta({ description: 'Nummer van de regel in het wetsbestand.' }),
    gebeurtenissen: z.array(z.string()).meta({ description: 'Waarbij u iets ontvangt.' }),
    wijze: z.enum(Object.values(modeWords)).meta({ description: 'Of verstrekken een plicht of een bevoegdheid is.' }),
    grondslag: z.string().meta({ description: 'Het wetsartikel.' }),
    categorieen: z.array(z.string()).meta({ description: 'Welke soorten gegevens daarbij ten hoogste mee mogen; zie /begrippen.' }),
  })).meta({ description: 'Wat u krachtens de wet kunt ontvangen.' }),
  verzendbaar: z.array(z.enum(messageTypes)).meta({ description: 'Soorten berichten die u kunt sturen.' }),
});

const rulesFor = (pack: LawPack, party: Party) => pack.rules
  .filter(({ to, mode }) => mode !== 'forbidden' && to.some((role) => party.roles.includes(role) && !isPersonRole(role)))
  .map((rule) => ({ regel: rule.id, gebeurtenissen: [...rule.events], wijze: modeWords[rule.mode], grondslag: rule.basis, categorieen: [...rule.allowed] }));

/** What a party is sent, and by which way. Nobody subscribes here: the law says who gets what, and a recipient cannot ask for more or less (I2). */
export const subscriptionOperations: readonly ServedOperation[] = [
  served({
    id: 'abonnementenOphalen', method: 'GET', address: '/abonnementen', tag: 'abonnementen', scope: 'abonnementen', path: nothing, query: nothing,
    summary: 'Wat u ontvangt', description: 'Wat u bij uw rollen krachtens de wet kunt ontvangen en langs welke weg. U zet hier niets aan of uit: dat doen de wet, de verwerkersovereenkomst en de instelling van de gemeente, en uw kanaal wijzigt de beheerder op uw verzoek.',
    answer: {
      status: 200, description: 'Uw abonnementen.',
      content: {
        name: 'Abonnementen', schema: subscriptionsSchema,
        example: {
          kanaal: 'webhook', feed: null, verzendbaar: ['huisverbod.opgelegd'],
          abonnementen: [{ regel: 'WTH-08', gebeurtenissen: ['E3'], wijze: 'verplicht', grondslag: 'Wth art. 2 lid 8', categorieen: ['C-REF', 'C-ID', 'C-ADDR'] }],
        },
      },
    },
    example: {},
  }, async ({ caller, hub }) => {
    if (caller === null) return null;
    const { party } = caller;
    const { pack } = await hub.registers.current();
    return {
      kanaal: party.channel === null ? null : channelWords[party.channel.kind],
      feed: party.channel?.kind === 'feed' ? `${hub.publicUrl}/feeds/uitspraken` : null,
      abonnementen: rulesFor(pack, party),
      verzendbaar: messageTypes.filter((type) => messageDefinitions[type].senderRoles.some((role) => party.roles.includes(role))),
    };
  }),
];
