import { roles } from '../role.js';
import { define } from './definition.js';
import { field } from './field.js';

const article = 'AVG art. 19; Wpg art. 4(4)';

/** A message that should not have been given, or not to these, or not as it was: whoever received it is told so, and nothing besides. */
export const retracted = define({
  type: 'bericht.ingetrokken', article,
  label: { nl: 'Eerder bericht ingetrokken', en: 'Earlier message withdrawn' },
  senderRoles: roles.filter((role) => role !== 'UHG' && role !== 'PART'),
  fields: [
    field.text('betreft', 'C-REF', { nl: 'Kenmerk van het ingetrokken bericht', en: 'Reference of the withdrawn message', source: article, form: 'uuid' }),
    field.oneOf('reden', 'C-REF', ['onjuist', 'verkeerde-zaak', 'verkeerde-ontvanger', 'onrechtmatig', 'dubbel'], { nl: 'Reden', en: 'Reason', source: article }),
    field.oneOf('gevraagd', 'C-REF', ['niet-gebruiken', 'vernietigen'], { nl: 'Wat de ontvanger moet doen', en: 'What the recipient must do', source: article }),
  ],
});
