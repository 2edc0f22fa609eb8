import { banEnd } from '../terms.js';
import type { AttachmentMark, CrossRule } from './definition.js';
import { isAdultAt, momentOf } from './lexical.js';

/** Only an adult can be sent out (Wth art. 2(2)). */
export const adultWhenImposed: CrossRule<{ readonly uithuisgeplaatste: { readonly geboortedatum: string }; readonly opgelegd_op: string }> = {
  id: 'adult', article: 'Wth art. 2(2)', fields: ['uithuisgeplaatste.geboortedatum'],
  remedy: { nl: 'Een huisverbod kan alleen aan een meerderjarige worden opgelegd: controleer de geboortedatum.', en: 'A ban can only be imposed on an adult: check the date of birth.' },
  holds: (values) => isAdultAt(values.uithuisgeplaatste.geboortedatum, values.opgelegd_op),
};

/** The ban ends after it starts, and at most ten days later at the same wall-clock time (Wth art. 2(1)). */
export const endsWithinTenDays: CrossRule<{ readonly opgelegd_op: string; readonly einde_op: string }> = {
  id: 'ten-days', article: 'Wth art. 2(1)', fields: ['einde_op'],
  remedy: { nl: 'Het huisverbod eindigt na de oplegging en uiterlijk tien dagen later, op hetzelfde tijdstip.', en: 'The ban ends after it was imposed and at most ten days later, at the same time of day.' },
  holds: (values) => {
    const end = momentOf(values.einde_op);
    return momentOf(values.opgelegd_op) < end && end <= banEnd(new Date(values.opgelegd_op)).getTime();
  },
};

/** A hulpofficier imposes only under a mandate that is named (Wth art. 3(1)). */
export const mandateNamed: CrossRule<{ readonly opgelegd_door: string; readonly mandaat_id?: string }> = {
  id: 'mandate', article: 'Wth art. 3(1)', fields: ['mandaat_id'],
  remedy: { nl: 'Noem het mandaat wanneer de hulpofficier van justitie oplegt, en alleen dan.', en: 'Name the mandate when the hulpofficier van justitie imposes, and only then.' },
  holds: (values) => (values.opgelegd_door === 'HOVJ-mandaat') === (values.mandaat_id !== undefined),
};

/** A hulpofficier who imposed tells the burgemeester without delay (Wth art. 3(2)). */
export const burgemeesterTold: CrossRule<{ readonly opgelegd_door: string; readonly hovj_melding_bm_op?: string }> = {
  id: 'burgemeester-told', article: 'Wth art. 3(2)', fields: ['hovj_melding_bm_op'],
  remedy: { nl: 'Noem wanneer de hulpofficier de burgemeester heeft ingelicht, en alleen wanneer hij oplegde.', en: 'Give the moment the hulpofficier told the burgemeester, and only when he imposed.' },
  holds: (values) => (values.opgelegd_door === 'HOVJ-mandaat') === (values.hovj_melding_bm_op !== undefined),
};

/** A ban protects at least one named person (Wth art. 2(4)c). */
export const someoneProtected: CrossRule<{ readonly contactverbod_personen?: readonly unknown[]; readonly minderjarigen?: readonly unknown[] }> = {
  id: 'contact-ban', article: 'Wth art. 2(4)c', fields: ['contactverbod_personen'],
  remedy: { nl: 'Noem ten minste een persoon met wie geen contact mag worden opgenomen.', en: 'Name at least one person who may not be contacted.' },
  holds: (values) => values.contactverbod_personen !== undefined || values.minderjarigen !== undefined,
};

/** Before a ban for child abuse Veilig Thuis is consulted (Wth art. 2(3)). */
export const consultedForChildAbuse: CrossRule<{ readonly kindermishandeling: boolean; readonly vt_overleg?: { readonly overlegd_op: string }; readonly opgelegd_op: string }> = {
  id: 'consultation', article: 'Wth art. 2(3)', fields: ['vt_overleg'],
  remedy: { nl: 'Geef bij kindermishandeling het overleg met Veilig Thuis op, van voor de oplegging.', en: 'For child abuse, give the consultation of Veilig Thuis, held before imposing.' },
  holds: (values) => values.vt_overleg === undefined ? !values.kindermishandeling : momentOf(values.vt_overleg.overlegd_op) <= momentOf(values.opgelegd_op),
};

/** The 24 hours for a lawyer run from a moment, so a wish without one cannot be guarded (Wth art. 5(1)). */
export const wishHasMoment: CrossRule<{ readonly raadsman_wens: { readonly gewenst: boolean; readonly gewenst_op?: string } }> = {
  id: 'lawyer-wish', article: 'Wth art. 5(1)', fields: ['raadsman_wens.gewenst_op'],
  remedy: { nl: 'Geef het tijdstip van de wens wanneer een raadsman is gewenst, en alleen dan.', en: 'Give the moment of the wish when a lawyer is wished, and only then.' },
  holds: (values) => values.raadsman_wens.gewenst === (values.raadsman_wens.gewenst_op !== undefined),
};

/** True when an attachment of the given category has this hash. */
export const hasDocument = (attachments: readonly AttachmentMark[], sha256: string, category: string): boolean =>
  attachments.some((attachment) => attachment.sha256 === sha256 && attachment.category === category);
