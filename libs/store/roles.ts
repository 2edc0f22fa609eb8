/** What a database role may do with a table. */
export type TableRight = 'select' | 'insert' | 'update' | 'delete';

/** Rights on some tables, and what for. */
export interface Grant {
  readonly rights: readonly TableRight[];
  readonly tables: readonly string[];
  /** Only these columns, where not the whole row. */
  readonly columns?: readonly string[];
  readonly why: string;
}

/** The account of one kind of process in PostgreSQL. */
export interface DatabaseRole {
  readonly role: string;
  /** Kinds of entries it may record; an entry says in its leaf what its kind is, and both are held against this. */
  readonly entries: readonly string[];
  readonly grants: readonly Grant[];
  /** Functions it may call that are not everybody's. */
  readonly functions: readonly string[];
}

const grant = (rights: string, tables: string, why: string): Grant => ({ rights: rights.split(' ').filter(isRight), tables: tables.split(' '), why });
// A lock on a row takes the right to change it; this column nobody can change: a trigger refuses it before the term of the message is over.
const locking: Grant = { rights: ['update'], tables: ['message'], columns: ['raw_key'], why: 'a message is kept from being replaced meanwhile' };
const tableRights: readonly TableRight[] = ['select', 'insert', 'update', 'delete'];
const isRight = (word: string): word is TableRight => tableRights.some((one) => one === word);

/** What every process of the hub looks at: by what it decides and believes, and how far the log is. */
const everybody: readonly Grant[] = [
  grant('select', 'register_version current_mark hub_mark practice_clock trust_version certificate capability revocation_list ocsp_answer revocation_source', 'registers, keys and certificates of now'),
  grant('select', 'entry pending tlog_head tlog_leaf erased', 'registers and keys are held against the log; is it sealed; was this erased'),
  grant('select insert update', 'task', 'a person is told what is wrong'),
];
/** An entry with what belongs to it; the place in the tree follows by itself. */
const recording: readonly Grant[] = [
  grant('insert', 'entry', 'the log grows by what this process did'),
  grant('select insert', 'entry_detail entry_subject data_key', 'what an entry keeps apart, under the key of its month'),
];
const proofs = 'tlog_tile tlog_checkpoint tlog_cosigned entry_outcome';

const gateway: readonly Grant[] = [
  grant('select insert', 'case_file message attachment mail_evidence message_verdict taken_request receipt_due mailbox_mark', 'a message is stored before it is answered (I5)'),
  { rights: ['update'], tables: ['message'], columns: ['answered_at'], why: 'that it was answered' }, grant('update', 'mailbox_mark', 'how far a mailbox was read'),
  grant('select insert delete', 'queue', 'what came in waits to be decided, what was fetched need not be brought'),
  grant('select', `${proofs} outbox feed_item feed decision`, 'a party fetches its own disclosure, with its proof; a reader reads the log'),
  grant('select insert update delete', 'fetched', 'who fetched what'), grant('select insert', 'attempt', 'fetching is an attempt'), grant('select insert delete', 'test_wish', 'a party asks for a test of its channel'),
  grant('insert update', 'feed feed_item', 'a listing is opened under the entry it was read in'),
  grant('select update', 'delivery duty', 'fetched or reported on means delivered'),
  grant('select insert', 'receipt mail_report program_read', 'what other systems say of our mail; what programs read'),
  grant('select', 'api_client reader webhook_key webhook_secret webhook_switch acceptance term_watch', 'who calls'),
  grant('select insert delete', 'api_assertion', 'a proof of a caller counts once'),
  grant('insert update', 'certificate capability revocation_list ocsp_answer revocation_source trust_version', 'what a mail lets us know of its sender, and whether it was revoked'),
];

const decide: readonly Grant[] = [
  grant('select insert update delete', 'queue', 'what waits to be decided, and what is to be brought'),
  grant('select update', 'case_file message feed_item', 'the case follows from its messages'),
  grant('select insert update', 'decision delivery duty ruling', 'the decision, and what follows from it'),
  grant('select insert', 'outbox', 'the permitted part of a message: nobody else makes one'),
  grant('select', 'attempt attachment necessity receipt fetched', 'what was brought before'),
];

const seal: readonly Grant[] = [
  grant('delete', 'pending', 'an entry takes its place in the tree'),
  grant('insert', 'tlog_leaf tlog_tile tlog_checkpoint tlog_cosigned', 'the tree, its signature and those of the witnesses'),
  grant('select', proofs, 'proofs that the log only grew'),
  grant('update', 'tlog_tile tlog_head tlog_cosigned', 'the tree grows'),
  grant('select insert update', 'witness_state', 'who answers'), grant('select update', 'catch_up', 'proofs that are owed since witnesses were away'),
];

const deliver: readonly Grant[] = [
  grant('select update delete', 'queue', 'what is to be brought'), grant('insert', 'queue', 'what is tried again'),
  grant('select', `outbox case_file message attachment necessity decision fetched ${proofs}`, 'the disclosure with its proof'),
  grant('select insert update', 'attempt delivery duty catch_up receipt_due acceptance connection_test feed feed_item receipt', 'the try and what came of it'), grant('select update', 'test_wish', 'tests that were asked for'),
  locking, grant('select', 'webhook_key webhook_secret', 'signs what it posts'), grant('select insert', 'webhook_switch', 'an address that answers nothing is switched off'),
  grant('select insert update delete', 'sts_policy tls_session tls_report', 'ways to a mail domain, and reports on them'),
  grant('select insert update delete', 'person_notice figures_mail', 'people are told that something waits'), grant('select insert update', 'operator_mail', 'the operator is told what is wrong'), grant('select', 'witness_state', 'that too'), grant('select', 'change_proposal', 'whether something waits for a second person'),
];

const watch: readonly Grant[] = [
  grant('select update', 'term_watch duty case_file delivery', 'a term that ends becomes work'),
  grant('select insert update', 'queue case_law_watermark', 'work, and how far the feed of rulings was read'), grant('insert update', 'revocation_list ocsp_answer revocation_source certificate capability', 'what is asked about certificates'),
  locking, grant('select', 'message attempt decision receipt fetched catch_up', 'what was done in time'), grant('update delete', 'fetched', 'a fetch that nobody came back for'), grant('select delete', 'taken_request', 'names of requests are forgotten in time'),
  grant('select', 'witness_state', 'metrics tell which witness cosigns'),
  grant('select insert update delete', 'ruling ruling_ecli', 'which ECLI a ruling has'), grant('select insert update', 'feed feed_item', 'a listing follows it'),
];

const console: readonly Grant[] = [
  grant('select insert update delete', 'person_session sign_in_try sent_form saved_view stored_search person_notice figures_mail report_task replay_run change_proposal agreement_document ruling_draft', 'people, and what they keep here'),
  grant('select insert delete', 'test_wish', 'tests are asked for here'),
  grant('select insert update', 'case_desk connection_request connection_test log_figure log_figure_mark replay_item sample sample_judgement report_file acceptance api_client deferral', 'what they do here'),
  grant('select insert', 'access program_read', 'everything that is looked at is written down'),
  grant('select', `${proofs} outbox case_file message attachment decision attempt receipt necessity mail_evidence message_verdict feed feed_item legal_hold legal_hold_object reader witness_state catch_up duty`, 'what there is to see'),
  grant('insert', 'message attachment attempt taken_request receipt receipt_due case_file', 'a message that a person writes, an opening that counts as brought'),
  grant('select insert update delete', 'fetched'  , 'who opened what'),
  locking, grant('select update', 'delivery', 'opened means delivered'), grant('update', 'duty', 'a duty done by hand'),
  grant('select insert delete', 'queue', 'what a person sends, or has brought again'),
  grant('insert', 'register_version trust_version certificate', 'a change that two people approved, under its entry'),
  grant('select insert', 'webhook_key webhook_secret webhook_switch', 'keys of a party are made and ended'),
  grant('select', 'sts_policy tls_report tls_session term_watch mailbox_mark api_assertion', 'the checklist'),
];

/** Of every role; whoever owns the tables is none of them, and does nothing but `ketensluis prepare` and the commands of an operator. */
export const databaseRoles: readonly DatabaseRole[] = [
  { role: 'gateway', entries: ['refusal', 'outcome', 'consultation', 'policy'], grants: [...everybody, ...recording, ...gateway], functions: [] },
  { role: 'decide', entries: ['disclosure', 'hold', 'refusal', 'outcome'], grants: [...everybody, ...recording, ...decide], functions: [] },
  { role: 'seal', entries: [], grants: [...everybody, ...seal], functions: [] },
  { role: 'deliver', entries: ['outcome', 'policy'], grants: [...everybody, ...recording, ...deliver], functions: [] },
  { role: 'watch', entries: ['outcome', 'policy'], grants: [...everybody, ...recording, ...watch], functions: ['ensure_partitions(date, integer)'] },
  { role: 'console', entries: ['consultation', 'policy', 'outcome'], grants: [...everybody, ...recording, ...console], functions: [] },
  // Not a part of the hub: the parties of practice look whether it is done with their mail.
  { role: 'practice', entries: [], grants: [grant('select', 'practice_clock practice_behaviour message decision delivery attempt queue pending task tlog_head tlog_leaf hub_mark', 'is the hub done; how to behave')], functions: [] },
];
