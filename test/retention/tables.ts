import type { RetentionObject } from '@ketensluis/domain';

/** What a table holds of natural persons, and what makes an end to it. */
export type TableClock =
  /** Goes under this clock, by itself or with what it belongs to. */
  | { readonly kind: 'clock'; readonly object: RetentionObject | 'case' }
  /** Holds nothing about a natural person. */
  | { readonly kind: 'nobody' }
  /** Holds something about natural persons and has no clock; `why` is for whoever decides about it. */
  | { readonly kind: 'no-clock'; readonly why: string };

const clock = (object: RetentionObject | 'case'): TableClock => ({ kind: 'clock', object });
const nobody: TableClock = { kind: 'nobody' };
const noClock = (why: string): TableClock => ({ kind: 'no-clock', why });

/**
 * Every table of the hub. A new one is added here by whoever makes it: the spec beside this fails until somebody has thought about what ends what it
 * holds (AVG art. 5(1)(e)). What hangs on a case goes with it, whichever of its two clocks that is.
 */
export const tableClocks: Readonly<Record<string, TableClock>> = {
  // Cases and what comes in and goes out about them.
  case_file: clock('case'), message: clock('case'), attachment: clock('case'), decision: clock('case'), delivery: clock('case'), attempt: clock('case'), duty: clock('case'),
  queue: clock('case'), outbox: clock('outgoing'), catch_up: clock('case'), fetched: clock('case'), receipt: clock('case'), mail_report: clock('case'),
  message_verdict: clock('case'), mail_evidence: clock('case'), receipt_due: clock('case'), necessity: clock('case'), case_desk: clock('case'),
  // The log and who looked at it.
  entry_detail: clock('log-detail'), entry_subject: clock('log-pseudonym'), data_key: clock('log-detail'), access: clock('access-log'), program_read: clock('access-log'), deferral: clock('deferral'),
  entry: clock('entry'), entry_outcome: nobody, pending: nobody, tlog_head: nobody, tlog_leaf: nobody, tlog_tile: nobody, tlog_checkpoint: nobody, tlog_cosigned: nobody, witness_state: nobody,
  sample: nobody,
  sample_judgement: noClock('the function of who judged; a remark is encrypted under the key of its month and cannot be read after that'),
  // What is decided by, and who may do what.
  register_version: clock('register'),
  reader: noClock('names of organisations, and the account of who added them'),
  // Destruction itself.
  agreement_document: noClock('names of who signed an agreement, encrypted; kept as long as the agreement stands in the register, which is always'),
  change_proposal: noClock('accounts and names of who proposed and decided: the proof of four eyes; gone a year after the decision'),
  legal_hold: noClock('functions of who added and lifted it'),
  legal_hold_object: nobody, destruction_proposal: noClock('the function of who proposed it'),
  destruction_approval: noClock('names of the two persons who approved a destruction: the proof of four eyes'),
  erased: nobody,
  // Work, marks and the practice chain.
  task: noClock('ids and causes in codes; those of a case go with it, the others stay after they are closed'),
  hub_mark: nobody, current_mark: nobody, term_watch: nobody, practice_clock: nobody, practice_behaviour: nobody, _prisma_migrations: nobody,
  // People at the console; gone after ten hours at most.
  person_session: noClock('account and name of who is signed in, until the session ends'), sign_in_try: nobody, sent_form: noClock('the account of who sent a form, for ten hours'),
  person_notice: noClock('account and mail address of who wants to hear that something waits; gone when that person stays away for ninety days'),
  operator_mail: nobody,
  figures_mail: noClock('account and mail address of who gets the monthly figures; gone when that person stays away for ninety days'),
  saved_view: noClock('the account of who kept the filters of a list, which name nobody; until that person deletes them'),
  stored_search: noClock('the account of who searched, and encrypted whom for; for ten hours'), report_task: noClock('the account of who asked, and encrypted about whom until it is made; thirty days after it ended'),
  report_file: noClock('a report on a person, encrypted; thirty days after it was made'), log_figure: nobody, log_figure_mark: nobody,
  replay_run: noClock('the account of who asked for it; the reason is encrypted under the key of its month. Gone after thirty days'), replay_item: nobody,
  // Channels, callers and what is watched outside.
  sts_policy: nobody, tls_session: nobody, tls_report: nobody,
  webhook_key: nobody, webhook_secret: nobody, webhook_switch: nobody, taken_request: nobody, feed: nobody, feed_item: clock('case'), mailbox_mark: nobody, acceptance: noClock('the account of who asked for the run'),
  connection_test: nobody, test_wish: nobody, connection_request: noClock('accounts of who asked and who decided, until the next request of the party takes its place'),
  api_client: noClock('names of organisations and their programs, and the account of who added them'), api_assertion: nobody,
  ruling: clock('case'), ruling_draft: clock('case'), ruling_ecli: clock('case'), case_law_watermark: nobody,
  certificate: noClock('names on certificates, which may be those of persons'), trust_version: nobody, revocation_list: nobody, ocsp_answer: nobody, revocation_source: nobody, capability: nobody,
};
