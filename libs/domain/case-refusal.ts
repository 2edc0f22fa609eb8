/** Why a message does not fit the case it is about. */
const caseRefusals = [
  'wrong-case', 'in-the-future', 'already-imposed', 'not-imposed', 'no-proposal', 'closed', 'minor', 'too-long', 'not-later', 'after-expiry',
  'not-mandatable', 'no-mandate', 'consult-missing', 'not-requested', 'out-of-order', 'help-not-accepted', 'other-start',
  'unknown-party', 'role-not-held', 'other-tenant', 'not-designated', 'not-raadsman', 'unknown-original', 'replaced-before', 'decision-differs',
] as const;
/** One of `caseRefusals`. */
export type CaseRefusalCode = (typeof caseRefusals)[number];

/** A message that cannot be: the case stays as it was. `article` is the law it would go against. */
export interface CaseRefusal {
  readonly kind: 'refused';
  readonly code: CaseRefusalCode;
  readonly article: string;
  /** For the sender: no word about the case beyond what he must mend. */
  readonly public: string;
  readonly detail: string;
}

const reasons: Readonly<Record<CaseRefusalCode, { readonly public: string; readonly detail: string }>> = {
  'wrong-case': { public: 'the message does not fit the case', detail: 'the message is about another case' },
  'in-the-future': { public: 'a moment lies in the future', detail: 'the act would happen after the message was received' },
  'already-imposed': { public: 'the message does not fit the state of the case', detail: 'a ban was imposed in this case; a new ban is a new case' },
  'not-imposed': { public: 'the message does not fit the state of the case', detail: 'no ban was imposed in this case at that moment' },
  'no-proposal': { public: 'the message does not fit the state of the case', detail: 'there is no proposal to refuse' },
  closed: { public: 'the message does not fit the state of the case', detail: 'the ban was withdrawn, annulled or refused' },
  minor: { public: 'only an adult can be sent out of the home', detail: 'the person was under eighteen when the ban was imposed' },
  'too-long': { public: 'the ban would last longer than the law allows', detail: 'the stated end lies after the end on the wall clock' },
  'not-later': { public: 'the new end is not later than the running end', detail: 'an extension must end after the running ban' },
  'after-expiry': { public: 'the ban had ended by then', detail: 'the act lies at or after the end of the ban' },
  'not-mandatable': { public: 'this power cannot be mandated', detail: 'a hulpofficier may not extend, withdraw or refuse' },
  'no-mandate': { public: 'no mandate found', detail: 'the register holds no mandate in force for this function, power and municipality' },
  'consult-missing': { public: 'the consultation of Veilig Thuis is missing', detail: 'a ban for child abuse without consultation' },
  'not-requested': { public: 'the message does not fit the state of the case', detail: 'an answer, hearing or ruling without a request' },
  'out-of-order': { public: 'the message does not fit the state of the case', detail: 'an earlier step is missing' },
  'help-not-accepted': { public: 'the conditions of article 2(9) are not met', detail: 'withdrawal for accepted help without acceptance, confirmation and promise' },
  'unknown-party': { public: 'not authorised', detail: 'the sender was no active party when the message came in' },
  'role-not-held': { public: 'not authorised', detail: 'the sender does not hold the role it sent in' },
  'other-tenant': { public: 'not authorised', detail: 'the sender does not work for the municipality of the case (WTH-37, I10)' },
  'not-designated': { public: 'not authorised', detail: 'the burgemeester did not designate this instance' },
  'not-raadsman': { public: 'not authorised', detail: 'the sender is not the raadsman in this case, and does not become it by this message' },
  'unknown-original': { public: 'the message it names is not known', detail: 'no message of this sender and kind in this case has the id it names' },
  'replaced-before': { public: 'the message it names was replaced before', detail: 'a message is corrected or withdrawn once; correct the later one' },
  'decision-differs': { public: 'what was decided is not changed by a correction', detail: 'the correction differs in what was decided; that takes a new decision' },
  'other-start': { public: 'the start of the ban differs', detail: 'the stated start is not the start this case knows' },
};

/** A refusal with its texts; none of them holds personal data. */
export const cannot = (code: CaseRefusalCode, article: string): CaseRefusal => ({ kind: 'refused', code, article, ...reasons[code] });
