/** One metric of the hub: what Prometheus and its reader are told of it. */
export interface MetricRow {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  /** For whoever looks at it: what is counted, and since when or as of when. */
  readonly help: string;
  /** Organisations by their OIN, codes and channels; never a case, a person or a message (I13). */
  readonly labels: readonly string[];
}

/** Every metric of our own. Counters and histograms are of one process and begin anew with it; the rest is of the hub, told by the process that watches. */
export const metricRows = {
  ketensluis_messages_total: { kind: 'counter', help: 'Messages that were brought, by what became of them', labels: ['channel', 'outcome'] },
  ketensluis_decisions_total: { kind: 'counter', help: 'Decisions by outcome; the reason is the rule of a permit, and the code of a hold or refusal', labels: ['outcome', 'reason'] },
  ketensluis_deliveries_total: { kind: 'counter', help: 'Tries to deliver, by party (OIN), channel and outcome', labels: ['party', 'channel', 'outcome'] },
  ketensluis_fetches_total: { kind: 'counter', help: 'Disclosures parties came for, by party (OIN) and outcome', labels: ['party', 'outcome'] },
  ketensluis_receipts_total: { kind: 'counter', help: 'Reports and receipts that came back about mail of ours, by what became of them', labels: ['outcome'] },
  ketensluis_faults_total: { kind: 'counter', help: 'Faults of the hub itself, by the event that tells of them in the log', labels: ['event'] },
  ketensluis_step_seconds: { kind: 'histogram', help: 'How long a step took: receive, decide, seal', labels: ['step'] },
  ketensluis_wait_seconds: { kind: 'histogram', help: 'How long a message waited from its receipt to its decision', labels: [] },
  ketensluis_delivery_seconds: { kind: 'histogram', help: 'How long a try to deliver took', labels: ['channel'] },
  ketensluis_database_up: { kind: 'gauge', help: '1 while the figures below could be asked; without them they are left out', labels: [] },
  ketensluis_ready: { kind: 'gauge', help: '1 while mail can be stored and the log is sealed, as /health/ready says', labels: [] },
  ketensluis_queue_length: { kind: 'gauge', help: 'What waits: to be decided (disclose), to be delivered (deliver)', labels: ['queue'] },
  ketensluis_queue_age_seconds: { kind: 'gauge', help: 'How long the oldest of it is due; what waits for its next try is not due, and a parked case is stuck instead', labels: ['queue'] },
  ketensluis_stuck: { kind: 'gauge', help: 'Deliveries and cases that stand still until a person acts, by the kind of their task', labels: ['kind'] },
  ketensluis_tasks: { kind: 'gauge', help: 'Open tasks by kind', labels: ['kind'] },
  ketensluis_duties_due: { kind: 'gauge', help: 'Open duties by when they are due: overdue, within a day, later, undated', labels: ['when'] },
  ketensluis_certificate_days: { kind: 'gauge', help: 'Days a certificate in use is still valid, by party (OIN, or hub) and use; the first to end', labels: ['party', 'use'] },
  ketensluis_log_size: { kind: 'gauge', help: 'Entries in the tree of the log', labels: [] },
  ketensluis_log_released: { kind: 'gauge', help: 'Entries that may leave: signed, and cosigned where the log has witnesses', labels: [] },
  ketensluis_log_waiting_seconds: { kind: 'gauge', help: 'How long the oldest entry waits to be released; 0 when none does', labels: [] },
  ketensluis_log_contradicted: { kind: 'gauge', help: '1 when a witness holds another history: nothing leaves, and a person must look', labels: [] },
  ketensluis_log_verified: { kind: 'gauge', help: '1 when the last check of the whole log found nothing changed, 0 when it did; absent before the first', labels: [] },
  ketensluis_log_verified_timestamp_seconds: { kind: 'gauge', help: 'When that check was, by the clock of the hub', labels: [] },
  ketensluis_quorum: { kind: 'gauge', help: '1 while enough witnesses cosign; absent where the log has none', labels: [] },
  ketensluis_witness_up: { kind: 'gauge', help: '1 while a witness cosigns', labels: ['witness'] },
} as const satisfies Readonly<Record<`ketensluis_${string}`, MetricRow>>;

/** The name of one of them. */
export type MetricName = keyof typeof metricRows;
