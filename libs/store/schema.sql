-- The schema that the migrations add up to. Generated: do not edit, run `npm run generate`.

table acceptance
  id                      uuid not null
  party                   text not null
  asked_by                text not null
  asked_at                timestamp(3) with time zone not null
  lease_until             timestamp with time zone
  finished_at             timestamp(3) with time zone
  passed                  boolean
  checks                  jsonb
  entry_id                uuid
  acceptance_check CHECK ((((finished_at IS NULL) = (passed IS NULL)) AND ((finished_at IS NULL) = (checks IS NULL))))
  acceptance_pkey PRIMARY KEY (id)
  CREATE INDEX acceptance_open ON public.acceptance USING btree (asked_at) WHERE (finished_at IS NULL)

table access
  seq                     bigint not null generated always as identity
  at                      timestamp(3) with time zone not null
  actor                   text not null
  function                text not null
  action                  text not null
  purpose                 text not null
  controller              text
  trace                   text not null
  question                jsonb not null
  objects                 uuid[] not null
  object_count            integer not null
  entry_id                uuid not null
  entry_at                timestamp(3) with time zone not null
  access_action_check CHECK ((action = ANY (ARRAY['search'::text, 'open'::text, 'export'::text, 'report'::text, 'sample'::text, 'judge'::text, 'defer'::text, 'verify'::text, 'read-access'::text])))
  access_actor_check CHECK (((length(actor) >= 1) AND (length(actor) <= 100)))
  access_check CHECK ((object_count >= cardinality(objects)))
  access_function_check CHECK ((function ~ '^[a-z0-9][a-z0-9-]{0,39}$'::text))
  access_trace_check CHECK ((trace ~ '^[0-9a-f]{32}$'::text))
  access_entry_id_entry_at_fkey FOREIGN KEY (entry_id, entry_at) REFERENCES entry(id, at)
  access_entry_id_entry_at_fkey_1 FOREIGN KEY (entry_id, entry_at) REFERENCES entry_default(id, at)
  access_pkey PRIMARY KEY (seq)
  access_entry_id_key UNIQUE (entry_id)
  access_trace_key UNIQUE (trace)
  CREATE INDEX access_by_controller ON public.access USING btree (controller, seq)
  CREATE INDEX access_by_time ON public.access USING btree (at, seq)
  CREATE INDEX access_of_checks ON public.access USING btree (at) WHERE (action = 'verify'::text)
  CREATE TRIGGER access_goes_approved BEFORE DELETE ON public.access FOR EACH ROW EXECUTE FUNCTION refuse_unapproved_removal('access')
  CREATE TRIGGER access_is_append_only BEFORE UPDATE ON public.access FOR EACH ROW EXECUTE FUNCTION refuse_log_change()
  CREATE TRIGGER access_is_not_truncated BEFORE TRUNCATE ON public.access FOR EACH STATEMENT EXECUTE FUNCTION refuse_log_change()

table agreement_document
  id                      uuid not null
  party                   text not null
  sha256                  bytea not null
  size                    integer not null
  wrapped_key             bytea not null
  sealed                  bytea not null
  uploaded_by             text not null
  uploaded_at             timestamp(3) with time zone not null
  agreement_document_party_check CHECK ((party ~ '^[0-9]{20}$'::text))
  agreement_document_sha256_check CHECK ((length(sha256) = 32))
  agreement_document_size_check CHECK (((size >= 1) AND (size <= 10485760)))
  agreement_document_uploaded_by_check CHECK (((length(uploaded_by) >= 1) AND (length(uploaded_by) <= 100)))
  agreement_document_pkey PRIMARY KEY (id)
  CREATE INDEX agreement_document_by_hash ON public.agreement_document USING btree (party, sha256)

table api_assertion
  client_id               uuid not null
  jti_sha256              bytea not null
  expires_at              timestamp(3) with time zone not null
  api_assertion_jti_sha256_check CHECK ((length(jti_sha256) = 32))
  api_assertion_client_id_fkey FOREIGN KEY (client_id) REFERENCES api_client(id)
  api_assertion_pkey PRIMARY KEY (client_id, jti_sha256)
  CREATE INDEX api_assertion_by_end ON public.api_assertion USING btree (expires_at)

table api_client
  id                      uuid not null
  oin                     text not null
  name                    text not null
  scopes                  text[] not null
  keys                    jsonb
  added_at                timestamp(3) with time zone not null
  added_by                text not null
  entry_id                uuid not null
  revoked_at              timestamp(3) with time zone
  revoked_by              text
  api_client_check CHECK (((revoked_at IS NULL) = (revoked_by IS NULL)))
  api_client_keys_check CHECK ((jsonb_typeof(keys) = 'array'::text))
  api_client_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200)))
  api_client_oin_check CHECK ((oin ~ '^[0-9]{20}$'::text))
  api_client_scopes_check CHECK (((cardinality(scopes) >= 1) AND (cardinality(scopes) <= 20)))
  api_client_pkey PRIMARY KEY (id)
  CREATE TRIGGER client_is_only_revoked BEFORE UPDATE ON public.api_client FOR EACH ROW EXECUTE FUNCTION refuse_other_client()
  CREATE TRIGGER client_stays BEFORE DELETE ON public.api_client FOR EACH ROW EXECUTE FUNCTION refuse_change()

table attachment
  message_id              uuid not null
  place                   integer not null
  body                    bytea not null
  attachment_message_id_fkey FOREIGN KEY (message_id) REFERENCES message(id)
  attachment_pkey PRIMARY KEY (message_id, place)
  CREATE TRIGGER attachment_goes_approved BEFORE DELETE ON public.attachment FOR EACH ROW EXECUTE FUNCTION refuse_unapproved_removal('attachment')
  CREATE TRIGGER attachment_is_not_overwritten BEFORE UPDATE ON public.attachment FOR EACH ROW EXECUTE FUNCTION refuse_unapproved_overwrite('attachment')
  CREATE TRIGGER attachment_is_not_truncated BEFORE TRUNCATE ON public.attachment FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()

table attempt
  mid                     uuid not null
  number                  integer not null
  started_at              timestamp(3) with time zone not null
  finished_at             timestamp(3) with time zone
  outcome                 text
  code                    text
  reply                   text
  evidence                jsonb
  uncosigned              boolean not null default false
  attempt_outcome_check CHECK ((outcome = ANY (ARRAY['delivered'::text, 'announced'::text, 'deferred'::text, 'rejected'::text, 'unknown'::text, 'unusable'::text])))
  attempt_mid_fkey FOREIGN KEY (mid) REFERENCES delivery(mid)
  attempt_pkey PRIMARY KEY (mid, number)
  CREATE INDEX attempt_by_time ON public.attempt USING brin (started_at) WITH (pages_per_range='16')
  CREATE TRIGGER attempt_needs_release BEFORE INSERT ON public.attempt FOR EACH ROW EXECUTE FUNCTION admit_attempt()

table capability
  address                 text not null
  algorithms              text[] not null
  signed_at               timestamp(3) with time zone not null
  seen_at                 timestamp(3) with time zone not null
  capability_address_check CHECK (((length(address) >= 3) AND (length(address) <= 254)))
  capability_pkey PRIMARY KEY (address)

table case_desk
  party                   text not null
  case_id                 uuid not null
  assigned_to             text
  assigned_name           text
  assigned_at             timestamp(3) with time zone
  assigned_by             text
  returned_at             timestamp(3) with time zone
  returned_by             text
  case_desk_assigned_name_check CHECK (((length(assigned_name) >= 1) AND (length(assigned_name) <= 200)))
  case_desk_assigned_to_check CHECK (((length(assigned_to) >= 1) AND (length(assigned_to) <= 100)))
  case_desk_check CHECK (((assigned_to IS NULL) = (assigned_name IS NULL)))
  case_desk_check1 CHECK (((returned_at IS NULL) = (returned_by IS NULL)))
  case_desk_party_check CHECK ((party ~ '^[0-9]{20}$'::text))
  case_desk_case_id_fkey FOREIGN KEY (case_id) REFERENCES case_file(id) ON DELETE CASCADE
  case_desk_pkey PRIMARY KEY (party, case_id)
  CREATE INDEX case_desk_of_case ON public.case_desk USING btree (case_id)

table case_file
  id                      uuid not null
  law                     text not null
  municipality            text not null
  number                  text not null
  wrapped_key             bytea not null
  body                    bytea
  ends_at                 timestamp(3) with time zone
  end_told                smallint not null default 0
  created_at              timestamp(3) with time zone not null
  case_file_end_told_check CHECK (((end_told >= 0) AND (end_told <= 3)))
  case_file_municipality_check CHECK ((municipality ~ '^[0-9]{4}$'::text))
  case_file_number_check CHECK (((length(number) >= 1) AND (length(number) <= 40)))
  case_file_pkey PRIMARY KEY (id)
  case_file_law_municipality_number_key UNIQUE (law, municipality, number)
  CREATE INDEX case_file_by_end ON public.case_file USING btree (ends_at) WHERE (end_told < 3)
  CREATE INDEX case_file_by_number ON public.case_file USING btree (number)
  CREATE TRIGGER case_file_goes_approved BEFORE DELETE ON public.case_file FOR EACH ROW EXECUTE FUNCTION refuse_unapproved_removal('case_file')
  CREATE TRIGGER case_file_is_not_truncated BEFORE TRUNCATE ON public.case_file FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
  CREATE TRIGGER case_file_keeps_its_key BEFORE UPDATE OF wrapped_key ON public.case_file FOR EACH ROW EXECUTE FUNCTION refuse_unapproved_overwrite('case_file')

table case_law_watermark
  single                  boolean not null default true
  seen_to                 timestamp(3) with time zone not null
  polled_at               timestamp(3) with time zone not null
  problem                 text
  seen                    bigint not null default 0
  linked                  bigint not null default 0
  case_law_watermark_single_check CHECK (single)
  case_law_watermark_pkey PRIMARY KEY (single)

table catch_up
  mid                     uuid not null
  entry_id                uuid not null
  left_at                 timestamp(3) with time zone not null
  cosigned_at             timestamp(3) with time zone
  sent_at                 timestamp(3) with time zone
  due_at                  timestamp(3) with time zone
  lease_until             timestamp(3) with time zone
  tries                   integer not null default 0
  first_tried_at          timestamp(3) with time zone
  given_up_at             timestamp(3) with time zone
  catch_up_mid_fkey FOREIGN KEY (mid) REFERENCES delivery(mid)
  catch_up_pkey PRIMARY KEY (mid)
  CREATE INDEX catch_up_open ON public.catch_up USING btree (entry_id) WHERE (cosigned_at IS NULL)
  CREATE INDEX catch_up_owed ON public.catch_up USING btree (mid) WHERE ((cosigned_at IS NOT NULL) AND (sent_at IS NULL) AND (given_up_at IS NULL))

table certificate
  sha256                  bytea not null
  der                     bytea not null
  subject                 text not null
  issuer                  text not null
  serial                  text not null
  ski                     bytea
  not_before              timestamp(3) with time zone not null
  not_after               timestamp(3) with time zone not null
  usages                  text[] not null
  policies                text[] not null
  seen_at                 timestamp(3) with time zone not null
  certificate_check CHECK ((sha256(der) = sha256))
  certificate_serial_check CHECK ((serial ~ '^([0-9a-f]{2})+$'::text))
  certificate_sha256_check CHECK ((length(sha256) = 32))
  certificate_pkey PRIMARY KEY (sha256)
  CREATE INDEX certificate_by_issuer ON public.certificate USING btree (issuer, serial)
  CREATE INDEX certificate_by_ski ON public.certificate USING btree (ski) WHERE (ski IS NOT NULL)
  CREATE TRIGGER certificate_is_append_only BEFORE DELETE OR UPDATE ON public.certificate FOR EACH ROW EXECUTE FUNCTION refuse_change()
  CREATE TRIGGER certificate_is_not_truncated BEFORE TRUNCATE ON public.certificate FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()

table change_proposal
  id                      uuid not null
  party                   text not null
  kind                    text not null
  key                     text not null
  base_version            integer not null
  body                    jsonb not null
  reason                  text not null
  trial                   jsonb not null
  checks                  text[] not null
  document_id             uuid
  proposed_by             text not null
  proposed_name           text not null
  proposed_at             timestamp(3) with time zone not null
  expires_at              timestamp(3) with time zone not null
  state                   text not null default 'draft'::text
  decided_by              text
  decided_name            text
  decided_at              timestamp(3) with time zone
  decision_reason         text
  change_proposal_base_version_check CHECK ((base_version >= 0))
  change_proposal_check CHECK ((expires_at > proposed_at))
  change_proposal_check1 CHECK (((state = ANY (ARRAY['approved'::text, 'refused'::text, 'withdrawn'::text])) = (decided_by IS NOT NULL)))
  change_proposal_check2 CHECK (((state = ANY (ARRAY['draft'::text, 'offered'::text])) = (decided_at IS NULL)))
  change_proposal_check3 CHECK (((state <> ALL (ARRAY['approved'::text, 'refused'::text])) OR (lower(decided_by) <> lower(proposed_by))))
  change_proposal_check4 CHECK (((state <> 'refused'::text) OR (decision_reason IS NOT NULL)))
  change_proposal_decided_by_check CHECK (((length(decided_by) >= 1) AND (length(decided_by) <= 100)))
  change_proposal_decided_name_check CHECK (((length(decided_name) >= 1) AND (length(decided_name) <= 200)))
  change_proposal_decision_reason_check CHECK (((length(decision_reason) >= 1) AND (length(decision_reason) <= 2000)))
  change_proposal_key_check CHECK (((length(key) >= 1) AND (length(key) <= 100)))
  change_proposal_kind_check CHECK ((kind = ANY (ARRAY['setting'::text, 'agreement'::text, 'mandate'::text])))
  change_proposal_party_check CHECK ((party ~ '^[0-9]{20}$'::text))
  change_proposal_proposed_by_check CHECK (((length(proposed_by) >= 1) AND (length(proposed_by) <= 100)))
  change_proposal_proposed_name_check CHECK (((length(proposed_name) >= 1) AND (length(proposed_name) <= 200)))
  change_proposal_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 2000)))
  change_proposal_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'offered'::text, 'approved'::text, 'refused'::text, 'withdrawn'::text, 'expired'::text, 'overtaken'::text])))
  change_proposal_document_id_fkey FOREIGN KEY (document_id) REFERENCES agreement_document(id)
  change_proposal_pkey PRIMARY KEY (id)
  CREATE INDEX change_proposal_by_document ON public.change_proposal USING btree (document_id) WHERE (document_id IS NOT NULL)
  CREATE INDEX change_proposal_by_party ON public.change_proposal USING btree (party, proposed_at DESC)
  CREATE UNIQUE INDEX change_proposal_offered ON public.change_proposal USING btree (kind, key) WHERE (state = 'offered'::text)
  CREATE TRIGGER change_proposal_is_kept BEFORE UPDATE ON public.change_proposal FOR EACH ROW EXECUTE FUNCTION refuse_other_change_proposal()

table connection_request
  party                   text not null
  kind                    text not null
  channel                 jsonb
  reason                  text not null
  asked_by                text not null
  asked_at                timestamp(3) with time zone not null
  state                   text not null default 'open'::text
  decided_by              text
  decided_at              timestamp(3) with time zone
  answer                  text
  connection_request_answer_check CHECK ((length(answer) <= 500))
  connection_request_asked_by_check CHECK (((length(asked_by) >= 1) AND (length(asked_by) <= 100)))
  connection_request_check CHECK (((kind = 'channel'::text) = (channel IS NOT NULL)))
  connection_request_check1 CHECK (((state = 'open'::text) = (decided_at IS NULL)))
  connection_request_check2 CHECK ((lower(decided_by) <> lower(asked_by)))
  connection_request_decided_by_check CHECK (((length(decided_by) >= 1) AND (length(decided_by) <= 100)))
  connection_request_kind_check CHECK ((kind = ANY (ARRAY['channel'::text, 'live'::text])))
  connection_request_party_check CHECK ((party ~ '^[0-9]{20}$'::text))
  connection_request_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 500)))
  connection_request_state_check CHECK ((state = ANY (ARRAY['open'::text, 'approved'::text, 'refused'::text])))
  connection_request_pkey PRIMARY KEY (party, kind)
  CREATE INDEX connection_request_open ON public.connection_request USING btree (asked_at) WHERE (state = 'open'::text)

table connection_test
  party                   text not null
  id                      uuid not null
  channel                 text not null
  sent_at                 timestamp(3) with time zone not null
  outcome                 text not null
  code                    text
  signed_at               bigint
  body_sha256             bytea
  confirmed_at            timestamp(3) with time zone
  connection_test_body_sha256_check CHECK ((length(body_sha256) = 32))
  connection_test_channel_check CHECK ((length(channel) <= 2000))
  connection_test_check CHECK (((signed_at IS NULL) = (body_sha256 IS NULL)))
  connection_test_code_check CHECK ((length(code) <= 100))
  connection_test_outcome_check CHECK ((length(outcome) <= 40))
  connection_test_party_check CHECK ((party ~ '^[0-9]{20}$'::text))
  connection_test_signed_at_check CHECK ((signed_at > 0))
  connection_test_pkey PRIMARY KEY (party)

table current_mark
  single                  boolean not null default true
  registers               bigint not null default 0
  webhooks                bigint not null default 0
  current_mark_single_check CHECK (single)
  current_mark_pkey PRIMARY KEY (single)

table data_key
  id                      text not null
  wrapped                 bytea
  created_at              timestamp(3) with time zone not null
  data_key_id_check CHECK ((id ~ '^[0-9]{4}(-[0-9]{2})?$'::text))
  data_key_pkey PRIMARY KEY (id)
  CREATE TRIGGER data_key_is_not_overwritten BEFORE UPDATE ON public.data_key FOR EACH ROW EXECUTE FUNCTION refuse_unapproved_overwrite('data_key')
  CREATE TRIGGER data_key_stays BEFORE DELETE ON public.data_key FOR EACH ROW EXECUTE FUNCTION refuse_change()

table decision
  message_id              uuid not null
  event                   text not null default ''::text
  recipient               text not null
  kind                    text not null
  reason                  text
  entry_id                uuid not null
  decided_at              timestamp(3) with time zone not null
  decision_kind_check CHECK ((kind = ANY (ARRAY['permit'::text, 'hold'::text, 'refuse'::text])))
  decision_message_id_fkey FOREIGN KEY (message_id) REFERENCES message(id)
  decision_pkey PRIMARY KEY (message_id, event, recipient)
  CREATE INDEX decision_on_hold ON public.decision USING btree (reason) WHERE (kind = 'hold'::text)

table deferral
  seq                     bigint not null generated always as identity
  entry_id                uuid
  case_id                 uuid
  until                   timestamp(3) with time zone not null
  by                      text not null
  at                      timestamp(3) with time zone not null
  key_id                  text not null
  reason                  bytea not null
  trace                   text not null
  deferral_check CHECK (((entry_id IS NULL) <> (case_id IS NULL)))
  deferral_pkey PRIMARY KEY (seq)
  CREATE INDEX deferral_by_case ON public.deferral USING btree (case_id, seq) WHERE (case_id IS NOT NULL)
  CREATE INDEX deferral_by_entry ON public.deferral USING btree (entry_id, seq) WHERE (entry_id IS NOT NULL)
  CREATE UNIQUE INDEX deferral_by_trace ON public.deferral USING btree (trace)
  CREATE TRIGGER deferral_goes_approved BEFORE DELETE ON public.deferral FOR EACH ROW EXECUTE FUNCTION refuse_unapproved_removal('deferral')
  CREATE TRIGGER deferral_is_append_only BEFORE UPDATE ON public.deferral FOR EACH ROW EXECUTE FUNCTION refuse_log_change()
  CREATE TRIGGER deferral_is_not_truncated BEFORE TRUNCATE ON public.deferral FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()

table delivery
  mid                     uuid not null
  entry_id                uuid not null
  case_id                 uuid not null
  message_id              uuid not null
  recipient               text not null
  rules                   text[] not null
  roles                   text[] not null
  number                  integer not null
  attachments             integer[] not null
  since                   timestamp(3) with time zone
  state                   text not null default 'waiting'::text
  cause                   text
  created_at              timestamp(3) with time zone not null
  finished_at             timestamp(3) with time zone
  acute                   boolean not null default false
  confirmed_at            timestamp(3) with time zone
  awaits                  text
  receipt_told_at         timestamp(3) with time zone
  reconciled_at           timestamp(3) with time zone
  delivery_awaits_check CHECK ((awaits = ANY (ARRAY['dsn'::text, 'mdn'::text, 'signed'::text, 'portal'::text])))
  delivery_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'announced'::text, 'delivered'::text, 'held'::text, 'dead'::text])))
  delivery_case_id_fkey FOREIGN KEY (case_id) REFERENCES case_file(id)
  delivery_message_id_fkey FOREIGN KEY (message_id) REFERENCES message(id)
  delivery_mid_fkey FOREIGN KEY (mid) REFERENCES outbox(mid)
  delivery_pkey PRIMARY KEY (mid)
  delivery_case_id_recipient_number_key UNIQUE (case_id, recipient, number)
  delivery_entry_id_key UNIQUE (entry_id)
  CREATE INDEX delivery_announced ON public.delivery USING btree (mid) WHERE (state = 'announced'::text)
  CREATE INDEX delivery_awaiting ON public.delivery USING btree (finished_at) WHERE (awaits IS NOT NULL)
  CREATE INDEX delivery_of_message ON public.delivery USING btree (message_id)
  CREATE INDEX delivery_of_recipient ON public.delivery USING btree (recipient, mid)
  CREATE TRIGGER delivery_goes_approved BEFORE DELETE ON public.delivery FOR EACH ROW EXECUTE FUNCTION refuse_unapproved_removal('delivery')
  CREATE TRIGGER delivery_is_not_truncated BEFORE TRUNCATE ON public.delivery FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
  CREATE TRIGGER delivery_leaves_feeds BEFORE DELETE ON public.delivery FOR EACH ROW EXECUTE FUNCTION clear_feed_items()

table destruction_approval
  proposal_id             uuid not null
  person                  text not null
  function                text not null
  sha256                  bytea not null
  approved_at             timestamp(3) with time zone not null
  destruction_approval_function_check CHECK (((length(function) >= 1) AND (length(function) <= 40)))
  destruction_approval_person_check CHECK (((person = lower(btrim(person))) AND ((length(person) >= 1) AND (length(person) <= 100))))
  destruction_approval_proposal_id_fkey FOREIGN KEY (proposal_id) REFERENCES destruction_proposal(id)
  destruction_approval_pkey PRIMARY KEY (proposal_id, function)
  destruction_approval_proposal_id_person_key UNIQUE (proposal_id, person)
  CREATE TRIGGER destruction_approval_is_kept BEFORE DELETE OR UPDATE ON public.destruction_approval FOR EACH ROW EXECUTE FUNCTION refuse_change()

table destruction_proposal
  id                      uuid not null
  controller              text
  body                    bytea not null
  sha256                  bytea not null generated always as (sha256(body))
  refs                    text[] not null
  made_at                 timestamp(3) with time zone not null
  made_by                 text not null
  expires_at              timestamp(3) with time zone not null
  started_at              timestamp(3) with time zone
  done_at                 timestamp(3) with time zone
  certificate             bytea
  destruction_proposal_check CHECK ((expires_at > made_at))
  destruction_proposal_check1 CHECK (((done_at IS NULL) = (certificate IS NULL)))
  destruction_proposal_check2 CHECK (((done_at IS NULL) OR (started_at IS NOT NULL)))
  destruction_proposal_refs_check CHECK (((cardinality(refs) >= 1) AND (cardinality(refs) <= 1000)))
  destruction_proposal_pkey PRIMARY KEY (id)
  CREATE TRIGGER destruction_proposal_is_kept BEFORE UPDATE ON public.destruction_proposal FOR EACH ROW EXECUTE FUNCTION refuse_other_proposal()
  CREATE TRIGGER destruction_proposal_stays BEFORE DELETE ON public.destruction_proposal FOR EACH ROW EXECUTE FUNCTION refuse_change()

table duty
  case_id                 uuid not null
  key                     text not null
  rule                    text not null
  article                 text not null
  bearer                  text not null
  toward                  text not null
  recipient               text not null default ''::text
  message_id              uuid not null
  name                    text not null generated always as (
CASE recipient
    WHEN ''::text THEN key
    ELSE ((key || '@'::text) || recipient)
END)
  authority               text not null
  warn_at                 timestamp(3) with time zone
  opened_at               timestamp(3) with time zone not null
  due_at                  timestamp(3) with time zone
  told_at                 timestamp(3) with time zone
  closed_at               timestamp(3) with time zone
  closed_by               text
  duty_authority_check CHECK ((authority = ANY (ARRAY['law'::text, 'policy'::text])))
  duty_case_id_fkey FOREIGN KEY (case_id) REFERENCES case_file(id)
  duty_pkey PRIMARY KEY (case_id, key, recipient)
  CREATE INDEX duty_open ON public.duty USING btree (due_at) WHERE (closed_at IS NULL)
  CREATE INDEX duty_to_tell ON public.duty USING btree (due_at) WHERE ((closed_at IS NULL) AND (told_at IS NULL))

table entry
  id                      uuid not null
  at                      timestamp(3) with time zone not null
  kind                    text not null
  sender                  text
  recipient               text
  controller              text
  purpose                 text
  message_id              uuid
  ref                     uuid
  sealed_sha256           bytea
  leaf                    bytea not null
  h                       bytea not null generated always as (sha256(('\x00'::bytea || leaf)))
  entry_check CHECK ((at = ('1970-01-01 00:00:00+00'::timestamp with time zone + ((((('x'::text || substr(replace((id)::text, '-'::text, ''::text), 1, 12)))::bit(48))::bigint)::double precision * '00:00:00.001'::interval))))
  entry_check1 CHECK (((kind = 'disclosure'::text) = (sealed_sha256 IS NOT NULL)))
  entry_leaf_check CHECK ((length(leaf) <= 8192))
  entry_sealed_sha256_check CHECK ((length(sealed_sha256) = 32))
  entry_pkey PRIMARY KEY (id, at)
  entry_id_at_sealed_sha256_key UNIQUE (id, at, sealed_sha256)
  CREATE INDEX entry_by_controller ON ONLY public.entry USING btree (controller, at)
  CREATE INDEX entry_by_recipient ON ONLY public.entry USING btree (recipient, at)
  CREATE INDEX entry_of_policy ON ONLY public.entry USING btree (id) WHERE (kind = 'policy'::text)
  CREATE TRIGGER entry_is_append_only BEFORE DELETE OR UPDATE ON public.entry FOR EACH ROW EXECUTE FUNCTION refuse_log_change()
  CREATE TRIGGER entry_is_not_truncated BEFORE TRUNCATE ON public.entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_log_change()
  CREATE TRIGGER entry_is_queued AFTER INSERT ON public.entry FOR EACH ROW EXECUTE FUNCTION queue_entry()
  CREATE TRIGGER entry_outcome_is_indexed AFTER INSERT ON public.entry FOR EACH ROW WHEN (((new.kind = 'outcome'::text) AND (((convert_from(new.leaf, 'UTF8'::name))::jsonb ->> 'code'::text) <> ALL (ARRAY['feed-read'::text, 'ecli-linked'::text, 'ecli-unlinked'::text])))) EXECUTE FUNCTION index_outcome()

table entry_default
  id                      uuid not null
  at                      timestamp(3) with time zone not null
  kind                    text not null
  sender                  text
  recipient               text
  controller              text
  purpose                 text
  message_id              uuid
  ref                     uuid
  sealed_sha256           bytea
  leaf                    bytea not null
  h                       bytea not null generated always as (sha256(('\x00'::bytea || leaf)))
  entry_check CHECK ((at = ('1970-01-01 00:00:00+00'::timestamp with time zone + ((((('x'::text || substr(replace((id)::text, '-'::text, ''::text), 1, 12)))::bit(48))::bigint)::double precision * '00:00:00.001'::interval))))
  entry_check1 CHECK (((kind = 'disclosure'::text) = (sealed_sha256 IS NOT NULL)))
  entry_leaf_check CHECK ((length(leaf) <= 8192))
  entry_sealed_sha256_check CHECK ((length(sealed_sha256) = 32))
  entry_default_pkey PRIMARY KEY (id, at)
  entry_default_id_at_sealed_sha256_key UNIQUE (id, at, sealed_sha256)
  CREATE INDEX entry_default_controller_at_idx ON public.entry_default USING btree (controller, at)
  CREATE INDEX entry_default_id_idx ON public.entry_default USING btree (id) WHERE (kind = 'policy'::text)
  CREATE INDEX entry_default_recipient_at_idx ON public.entry_default USING btree (recipient, at)
  CREATE TRIGGER entry_is_append_only BEFORE DELETE OR UPDATE ON public.entry_default FOR EACH ROW EXECUTE FUNCTION refuse_log_change()
  CREATE TRIGGER entry_is_not_truncated BEFORE TRUNCATE ON public.entry_default FOR EACH STATEMENT EXECUTE FUNCTION refuse_log_change()
  CREATE TRIGGER entry_is_queued AFTER INSERT ON public.entry_default FOR EACH ROW EXECUTE FUNCTION queue_entry()
  CREATE TRIGGER entry_outcome_is_indexed AFTER INSERT ON public.entry_default FOR EACH ROW WHEN (((new.kind = 'outcome'::text) AND (((convert_from(new.leaf, 'UTF8'::name))::jsonb ->> 'code'::text) <> ALL (ARRAY['feed-read'::text, 'ecli-linked'::text, 'ecli-unlinked'::text])))) EXECUTE FUNCTION index_outcome()

table entry_detail
  id                      uuid not null
  at                      timestamp(3) with time zone not null
  case_id                 uuid
  key_id                  text not null
  sealed                  bytea not null
  entry_detail_id_at_fkey FOREIGN KEY (id, at) REFERENCES entry(id, at)
  entry_detail_id_at_fkey_1 FOREIGN KEY (id, at) REFERENCES entry_default(id, at)
  entry_detail_pkey PRIMARY KEY (id, at)
  CREATE INDEX entry_detail_by_case ON ONLY public.entry_detail USING btree (case_id, at) WHERE (case_id IS NOT NULL)
  CREATE TRIGGER entry_detail_goes_approved BEFORE DELETE ON public.entry_detail FOR EACH ROW EXECUTE FUNCTION refuse_unapproved_removal('entry_detail')
  CREATE TRIGGER entry_detail_is_not_overwritten BEFORE UPDATE ON public.entry_detail FOR EACH ROW EXECUTE FUNCTION refuse_unapproved_overwrite('entry_detail')
  CREATE TRIGGER entry_detail_is_not_truncated BEFORE TRUNCATE ON public.entry_detail FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()

table entry_detail_default
  id                      uuid not null
  at                      timestamp(3) with time zone not null
  case_id                 uuid
  key_id                  text not null
  sealed                  bytea not null
  entry_detail_id_at_fkey FOREIGN KEY (id, at) REFERENCES entry(id, at)
  entry_detail_default_pkey PRIMARY KEY (id, at)
  CREATE INDEX entry_detail_default_case_id_at_idx ON public.entry_detail_default USING btree (case_id, at) WHERE (case_id IS NOT NULL)
  CREATE TRIGGER entry_detail_goes_approved BEFORE DELETE ON public.entry_detail_default FOR EACH ROW EXECUTE FUNCTION refuse_unapproved_removal('entry_detail')
  CREATE TRIGGER entry_detail_is_not_overwritten BEFORE UPDATE ON public.entry_detail_default FOR EACH ROW EXECUTE FUNCTION refuse_unapproved_overwrite('entry_detail')

table entry_outcome
  ref                     uuid not null
  at                      timestamp(3) with time zone not null
  id                      uuid not null
  entry_outcome_pkey PRIMARY KEY (ref, id)
  CREATE TRIGGER entry_outcome_is_append_only BEFORE DELETE OR UPDATE ON public.entry_outcome FOR EACH ROW EXECUTE FUNCTION refuse_log_change()

table entry_subject
  pseudonym               bytea not null
  at                      timestamp(3) with time zone not null
  id                      uuid not null
  entry_subject_pseudonym_check CHECK ((length(pseudonym) = 16))
  entry_subject_pkey PRIMARY KEY (pseudonym, at, id)
  CREATE TRIGGER entry_subject_goes_approved BEFORE DELETE ON public.entry_subject FOR EACH ROW EXECUTE FUNCTION refuse_unapproved_removal('entry_subject')
  CREATE TRIGGER entry_subject_is_not_truncated BEFORE TRUNCATE ON public.entry_subject FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()

table entry_subject_default
  pseudonym               bytea not null
  at                      timestamp(3) with time zone not null
  id                      uuid not null
  entry_subject_pseudonym_check CHECK ((length(pseudonym) = 16))
  entry_subject_default_pkey PRIMARY KEY (pseudonym, at, id)
  CREATE TRIGGER entry_subject_goes_approved BEFORE DELETE ON public.entry_subject_default FOR EACH ROW EXECUTE FUNCTION refuse_unapproved_removal('entry_subject')

table erased
  kind                    text not null
  ref                     text not null
  source                  text not null
  proposal_id             uuid
  shares                  text[] not null
  excepted                uuid[] not null default '{}'::uuid[]
  erased_at               timestamp(3) with time zone not null
  entry_id                uuid
  erased_check CHECK (((source = 'proposal'::text) = (proposal_id IS NOT NULL)))
  erased_check1 CHECK (((source <> 'erasure'::text) OR ((kind = ANY (ARRAY['entry'::text, 'subject'::text])) AND (entry_id IS NOT NULL))))
  erased_kind_check CHECK ((kind = ANY (ARRAY['case'::text, 'raw'::text, 'outgoing'::text, 'month'::text, 'month-part'::text, 'year'::text, 'access'::text, 'deferral'::text, 'entry'::text, 'subject'::text])))
  erased_ref_check CHECK (((length(ref) >= 4) AND (length(ref) <= 100)))
  erased_source_check CHECK ((source = ANY (ARRAY['proposal'::text, 'erasure'::text, 'replay'::text])))
  erased_proposal_id_fkey FOREIGN KEY (proposal_id) REFERENCES destruction_proposal(id)
  erased_pkey PRIMARY KEY (kind, ref)
  CREATE INDEX erased_by_proposal ON public.erased USING btree (proposal_id) WHERE (proposal_id IS NOT NULL)
  CREATE TRIGGER erased_is_kept BEFORE UPDATE ON public.erased FOR EACH ROW EXECUTE FUNCTION refuse_other_erased()
  CREATE TRIGGER erased_is_not_truncated BEFORE TRUNCATE ON public.erased FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
  CREATE TRIGGER erased_needs_approval BEFORE INSERT ON public.erased FOR EACH ROW EXECUTE FUNCTION demand_approval()
  CREATE TRIGGER erased_needs_approval_again BEFORE UPDATE OF proposal_id ON public.erased FOR EACH ROW WHEN ((new.proposal_id IS DISTINCT FROM old.proposal_id)) EXECUTE FUNCTION demand_approval()
  CREATE TRIGGER erased_stays BEFORE DELETE ON public.erased FOR EACH ROW EXECUTE FUNCTION refuse_change()

table feed
  party                   text not null
  id                      uuid not null default gen_random_uuid()
  last                    bigint not null default 0
  made_at                 timestamp(3) with time zone not null
  last_at                 timestamp(3) with time zone not null
  feed_last_check CHECK ((last >= 0))
  feed_party_check CHECK ((party ~ '^[0-9]{20}$'::text))
  feed_pkey PRIMARY KEY (party)
  feed_id_key UNIQUE (id)

table feed_item
  party                   text not null
  seq                     bigint not null
  kind                    text not null
  mid                     uuid not null
  entry_id                uuid not null
  case_id                 uuid not null
  acute                   boolean not null
  at                      timestamp(3) with time zone not null
  sealed                  bytea
  read_in                 uuid
  feed_item_kind_check CHECK ((kind = ANY (ARRAY['entry'::text, 'proof'::text, 'withdrawn'::text, 'ecli'::text])))
  feed_item_seq_check CHECK ((seq >= 1))
  feed_item_party_fkey FOREIGN KEY (party) REFERENCES feed(party)
  feed_item_pkey PRIMARY KEY (party, seq)
  CREATE INDEX feed_item_by_delivery ON public.feed_item USING btree (mid, seq)
  CREATE INDEX feed_item_unread ON public.feed_item USING btree (party, seq) WHERE (read_in IS NULL)
  CREATE TRIGGER feed_item_remains BEFORE DELETE ON public.feed_item FOR EACH ROW EXECUTE FUNCTION refuse_change()
  CREATE TRIGGER feed_item_stays BEFORE UPDATE ON public.feed_item FOR EACH ROW EXECUTE FUNCTION keep_feed_item()

table fetched
  entry_id                uuid not null
  mid                     uuid not null
  proof                   bytea not null
  state                   text not null default 'opened'::text
  opened_at               timestamp(3) with time zone not null
  left_at                 timestamp(3) with time zone
  fetched_check CHECK (((state = 'left'::text) = (left_at IS NOT NULL)))
  fetched_proof_check CHECK ((length(proof) = 32))
  fetched_state_check CHECK ((state = ANY (ARRAY['opened'::text, 'waiting'::text, 'left'::text])))
  fetched_mid_fkey FOREIGN KEY (mid) REFERENCES delivery(mid) ON DELETE CASCADE
  fetched_pkey PRIMARY KEY (entry_id)
  CREATE INDEX fetch_by_delivery ON public.fetched USING btree (mid)
  CREATE TRIGGER fetch_begins_opened BEFORE INSERT ON public.fetched FOR EACH ROW WHEN ((new.state <> 'opened'::text)) EXECUTE FUNCTION refuse_left()
  CREATE TRIGGER fetch_needs_release BEFORE UPDATE ON public.fetched FOR EACH ROW EXECUTE FUNCTION admit_fetch()

table figures_mail
  account                 text not null
  party                   text not null
  address                 text not null
  language                text not null
  signed_in_at            timestamp(3) with time zone not null
  due_at                  timestamp(3) with time zone not null
  figures_mail_account_check CHECK (((length(account) >= 1) AND (length(account) <= 100)))
  figures_mail_address_check CHECK (((length(address) >= 3) AND (length(address) <= 254)))
  figures_mail_language_check CHECK ((language = ANY (ARRAY['nl'::text, 'en'::text])))
  figures_mail_party_check CHECK ((party ~ '^[0-9]{20}$'::text))
  figures_mail_pkey PRIMARY KEY (account)
  CREATE INDEX figures_mail_due ON public.figures_mail USING btree (due_at)

table hub_mark
  single                  boolean not null default true
  vkey                    text not null
  wrapped                 bytea not null
  hub_mark_single_check CHECK (single)
  hub_mark_pkey PRIMARY KEY (single)

table legal_hold
  id                      uuid not null
  controller              text
  reason                  text not null
  by_function             text not null
  from_at                 timestamp(3) with time zone not null
  until_at                timestamp(3) with time zone not null
  entry_id                uuid not null
  lifted_at               timestamp(3) with time zone
  lifted_by               text
  legal_hold_by_function_check CHECK (((length(by_function) >= 1) AND (length(by_function) <= 40)))
  legal_hold_check CHECK ((until_at > from_at))
  legal_hold_check1 CHECK (((lifted_at IS NULL) = (lifted_by IS NULL)))
  legal_hold_reason_check CHECK ((reason = ANY (ARRAY['interim-relief'::text, 'appeal'::text, 'higher-appeal'::text, 'complaint'::text, 'criminal-case'::text, 'supervisor'::text, 'damages'::text])))
  legal_hold_pkey PRIMARY KEY (id)
  CREATE TRIGGER legal_hold_is_only_lifted BEFORE UPDATE ON public.legal_hold FOR EACH ROW EXECUTE FUNCTION refuse_other_hold()
  CREATE TRIGGER legal_hold_stays BEFORE DELETE ON public.legal_hold FOR EACH ROW EXECUTE FUNCTION refuse_change()

table legal_hold_object
  hold_id                 uuid not null
  kind                    text not null
  ref                     uuid not null
  legal_hold_object_kind_check CHECK ((kind = ANY (ARRAY['case'::text, 'entry'::text])))
  legal_hold_object_hold_id_fkey FOREIGN KEY (hold_id) REFERENCES legal_hold(id)
  legal_hold_object_pkey PRIMARY KEY (hold_id, kind, ref)
  CREATE INDEX legal_hold_object_by_ref ON public.legal_hold_object USING btree (ref, kind)
  CREATE TRIGGER legal_hold_object_stays BEFORE DELETE OR UPDATE ON public.legal_hold_object FOR EACH ROW EXECUTE FUNCTION refuse_change()

table log_figure
  controller              text not null
  month                   text not null
  category                text not null
  sender                  text not null
  recipient               text not null
  kind                    text not null
  basis                   text not null
  count                   bigint not null
  log_figure_kind_check CHECK ((kind = ANY (ARRAY['disclosure'::text, 'hold'::text, 'refusal'::text])))
  log_figure_month_check CHECK ((month ~ '^[0-9]{4}-[0-9]{2}$'::text))
  log_figure_pkey PRIMARY KEY (controller, category, month, sender, recipient, kind, basis)

table log_figure_mark
  is_one                  boolean not null default true
  counted                 bigint not null
  log_figure_mark_is_one_check CHECK (is_one)
  log_figure_mark_pkey PRIMARY KEY (is_one)

table mail_evidence
  message_id              uuid not null
  path                    text[] not null
  trust_set               text
  policies                text[] not null
  signed_at               timestamp(3) with time zone
  revocation              jsonb not null
  mail_evidence_path_check CHECK ((cardinality(path) >= 1))
  mail_evidence_message_id_fkey FOREIGN KEY (message_id) REFERENCES message(id) ON DELETE CASCADE
  mail_evidence_pkey PRIMARY KEY (message_id)

table mail_report
  sha256                  bytea not null
  mid                     uuid not null
  attempt                 integer
  kind                    text not null
  outcome                 text not null
  verdict                 jsonb
  at                      timestamp(3) with time zone not null
  mail_report_kind_check CHECK ((kind = ANY (ARRAY['dsn'::text, 'mdn'::text, 'signed'::text])))
  mail_report_sha256_check CHECK ((length(sha256) = 32))
  mail_report_mid_fkey FOREIGN KEY (mid) REFERENCES delivery(mid) ON DELETE CASCADE
  mail_report_pkey PRIMARY KEY (sha256)
  CREATE INDEX mail_report_by_delivery ON public.mail_report USING btree (mid)

table mailbox_mark
  name                    text not null
  uid_validity            bigint not null
  uid                     bigint not null
  moved_at                timestamp(3) with time zone not null
  mailbox_mark_uid_check CHECK ((uid >= 0))
  mailbox_mark_uid_validity_check CHECK ((uid_validity > 0))
  mailbox_mark_pkey PRIMARY KEY (name)

table message
  id                      uuid not null
  case_id                 uuid not null
  sender                  text not null
  sender_id               text not null
  type                    text not null
  received_at             timestamp(3) with time zone not null
  signature_sha256        bytea not null
  signer_sha256           bytea not null
  body                    bytea not null
  raw                     bytea
  answered_at             timestamp(3) with time zone
  state                   text not null default 'accepted'::text
  raw_key                 bytea
  replaced_by             uuid
  channel                 text not null default 'mail'::text
  message_channel_check CHECK ((channel = ANY (ARRAY['mail'::text, 'webhook'::text, 'api'::text, 'console'::text])))
  message_signature_sha256_check CHECK ((length(signature_sha256) = 32))
  message_signer_sha256_check CHECK ((length(signer_sha256) = 32))
  message_state_check CHECK ((state = ANY (ARRAY['accepted'::text, 'applied'::text, 'refused'::text, 'parked'::text])))
  message_case_id_fkey FOREIGN KEY (case_id) REFERENCES case_file(id)
  message_replaced_by_fkey FOREIGN KEY (replaced_by) REFERENCES message(id)
  message_pkey PRIMARY KEY (id)
  message_sender_sender_id_key UNIQUE (sender, sender_id)
  message_signature_sha256_key UNIQUE (signature_sha256)
  CREATE INDEX message_by_case ON public.message USING btree (case_id)
  CREATE INDEX message_of_court ON public.message USING btree (sender, id) WHERE (type = ANY (ARRAY['voorziening.verzocht'::text, 'zitting.bepaald'::text, 'uitspraak.voorziening'::text, 'uitspraak.beroep'::text, 'uitspraak.hoger-beroep'::text]))
  CREATE INDEX message_replaced_by ON public.message USING btree (replaced_by) WHERE (replaced_by IS NOT NULL)
  CREATE TRIGGER message_goes_approved BEFORE DELETE ON public.message FOR EACH ROW EXECUTE FUNCTION refuse_unapproved_removal('message')
  CREATE TRIGGER message_is_not_overwritten BEFORE UPDATE OF body, raw, raw_key ON public.message FOR EACH ROW EXECUTE FUNCTION refuse_unapproved_overwrite('message')
  CREATE TRIGGER message_is_not_truncated BEFORE TRUNCATE ON public.message FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
  CREATE TRIGGER message_leaves_feeds AFTER UPDATE OF replaced_by ON public.message FOR EACH ROW WHEN (((old.replaced_by IS NULL) AND (new.replaced_by IS NOT NULL))) EXECUTE FUNCTION withdraw_from_feeds()

table message_verdict
  message_id              uuid not null
  verdict                 jsonb not null
  message_verdict_message_id_fkey FOREIGN KEY (message_id) REFERENCES message(id) ON DELETE CASCADE
  message_verdict_pkey PRIMARY KEY (message_id)

table necessity
  message_id              uuid not null
  recipient               text not null
  categories              text[] not null
  reason                  bytea not null
  by                      text not null
  at                      timestamp(3) with time zone not null
  entry_id                uuid not null
  necessity_message_id_fkey FOREIGN KEY (message_id) REFERENCES message(id) ON DELETE CASCADE
  necessity_pkey PRIMARY KEY (message_id, recipient, entry_id)
  necessity_entry_id_key UNIQUE (entry_id)
  CREATE TRIGGER necessity_is_append_only BEFORE UPDATE ON public.necessity FOR EACH ROW EXECUTE FUNCTION refuse_change()

table ocsp_answer
  certificate             bytea not null
  this_update             timestamp(3) with time zone not null
  next_update             timestamp(3) with time zone not null
  der                     bytea not null
  fetched_at              timestamp(3) with time zone not null
  ocsp_answer_certificate_check CHECK ((length(certificate) = 32))
  ocsp_answer_pkey PRIMARY KEY (certificate)

table operator_mail
  single                  boolean not null default true
  told                    jsonb not null default '[]'::jsonb
  due_at                  timestamp(3) with time zone not null
  operator_mail_single_check CHECK (single)
  operator_mail_pkey PRIMARY KEY (single)

table outbox
  mid                     uuid not null
  entry_id                uuid not null
  entry_at                timestamp(3) with time zone not null
  leaf                    bytea not null
  sealed                  bytea
  twin                    bytea
  sealed_sha256           bytea generated always as (sha256(sealed))
  outbox_entry_id_entry_at_sealed_sha256_fkey FOREIGN KEY (entry_id, entry_at, sealed_sha256) REFERENCES entry(id, at, sealed_sha256)
  outbox_entry_id_entry_at_sealed_sha256_fkey_1 FOREIGN KEY (entry_id, entry_at, sealed_sha256) REFERENCES entry_default(id, at, sealed_sha256)
  outbox_pkey PRIMARY KEY (mid)
  outbox_entry_id_key UNIQUE (entry_id)
  CREATE TRIGGER outbox_goes_approved BEFORE DELETE ON public.outbox FOR EACH ROW EXECUTE FUNCTION refuse_unapproved_removal('outbox')
  CREATE TRIGGER outbox_is_not_overwritten BEFORE UPDATE OF sealed, twin ON public.outbox FOR EACH ROW EXECUTE FUNCTION refuse_unapproved_overwrite('outbox')
  CREATE TRIGGER outbox_is_not_truncated BEFORE TRUNCATE ON public.outbox FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()

table pending
  pid                     bigint not null generated always as identity
  id                      uuid not null
  at                      timestamp(3) with time zone not null
  h                       bytea not null
  pending_pkey PRIMARY KEY (pid)

table person_notice
  account                 text not null
  party                   text
  roles                   text[] not null
  address                 text not null
  events                  text[] not null
  pace                    text not null
  signed_in_at            timestamp(3) with time zone not null
  told_to                 timestamp(3) with time zone not null
  due_at                  timestamp(3) with time zone not null
  person_notice_account_check CHECK (((length(account) >= 1) AND (length(account) <= 100)))
  person_notice_address_check CHECK (((length(address) >= 3) AND (length(address) <= 254)))
  person_notice_events_check CHECK (((cardinality(events) > 0) AND (events <@ ARRAY['new-notice'::text, 'term-near'::text, 'task-opened'::text])))
  person_notice_pace_check CHECK ((pace = ANY (ARRAY['hourly'::text, 'daily'::text])))
  person_notice_party_check CHECK ((party ~ '^[0-9]{20}$'::text))
  person_notice_pkey PRIMARY KEY (account)
  CREATE INDEX person_notice_due ON public.person_notice USING btree (due_at)

table person_session
  token_sha256            bytea not null
  account                 text not null
  person                  jsonb not null
  form_key                bytea not null
  id_token                text
  began_at                timestamp(3) with time zone not null
  seen_at                 timestamp(3) with time zone not null
  renewed_at              timestamp(3) with time zone not null
  before_sha256           bytea
  person_session_account_check CHECK (((length(account) >= 1) AND (length(account) <= 100)))
  person_session_before_sha256_check CHECK ((length(before_sha256) = 32))
  person_session_form_key_check CHECK ((length(form_key) = 32))
  person_session_id_token_check CHECK ((length(id_token) <= 16384))
  person_session_token_sha256_check CHECK ((length(token_sha256) = 32))
  person_session_pkey PRIMARY KEY (token_sha256)
  CREATE INDEX person_session_account ON public.person_session USING btree (account)
  CREATE INDEX person_session_before ON public.person_session USING btree (before_sha256) WHERE (before_sha256 IS NOT NULL)
  CREATE INDEX person_session_seen ON public.person_session USING btree (seen_at)

table practice_behaviour
  party                   text not null
  behaviour               text not null
  practice_behaviour_pkey PRIMARY KEY (party)

table practice_clock
  single                  boolean not null default true
  ahead_ms                bigint not null default 0
  practice_clock_ahead_ms_check CHECK ((ahead_ms >= 0))
  practice_clock_single_check CHECK (single)
  practice_clock_pkey PRIMARY KEY (single)

table program_read
  seq                     bigint not null generated always as identity
  at                      timestamp(3) with time zone not null
  way                     text not null
  reader_id               uuid
  oin                     text
  proof                   bytea
  question                text not null
  archive                 bigint
  first                   bigint
  last                    bigint
  entry_id                uuid
  outcome                 text not null
  entries                 integer not null
  trace                   text
  program_read_check CHECK (((way = 'reader'::text) = (reader_id IS NOT NULL)))
  program_read_check1 CHECK (((way = 'reader'::text) = (oin IS NULL)))
  program_read_check2 CHECK (((oin IS NULL) = (proof IS NULL)))
  program_read_check3 CHECK (((way = 'feed'::text) = (question = 'feed'::text)))
  program_read_check4 CHECK (((way = 'feed'::text) OR ((archive IS NULL) AND (last IS NULL) AND (outcome = ANY (ARRAY['given'::text, 'refused'::text, 'absent'::text])))))
  program_read_entries_check CHECK ((entries >= 0))
  program_read_oin_check CHECK ((oin ~ '^[0-9]{20}$'::text))
  program_read_outcome_check CHECK ((outcome = ANY (ARRAY['given'::text, 'refused'::text, 'absent'::text, 'same'::text, 'late'::text])))
  program_read_proof_check CHECK ((length(proof) = 32))
  program_read_question_check CHECK ((question = ANY (ARRAY['bundle'::text, 'own'::text, 'entry'::text, 'feed'::text])))
  program_read_trace_check CHECK ((trace ~ '^[0-9a-f]{32}$'::text))
  program_read_way_check CHECK ((way = ANY (ARRAY['reader'::text, 'api'::text, 'feed'::text])))
  program_read_reader_id_fkey FOREIGN KEY (reader_id) REFERENCES reader(id)
  program_read_pkey PRIMARY KEY (seq)
  CREATE INDEX program_read_by_party ON public.program_read USING btree (oin, seq) WHERE (oin IS NOT NULL)
  CREATE INDEX program_read_by_reader ON public.program_read USING btree (reader_id, seq) WHERE (reader_id IS NOT NULL)
  CREATE INDEX program_read_by_time ON public.program_read USING btree (at, seq)
  CREATE TRIGGER program_read_goes_approved BEFORE DELETE ON public.program_read FOR EACH ROW EXECUTE FUNCTION refuse_unapproved_removal('access')
  CREATE TRIGGER program_read_is_append_only BEFORE UPDATE ON public.program_read FOR EACH ROW EXECUTE FUNCTION refuse_log_change()
  CREATE TRIGGER program_read_is_not_truncated BEFORE TRUNCATE ON public.program_read FOR EACH STATEMENT EXECUTE FUNCTION refuse_log_change()
  CREATE TRIGGER program_read_needs_release BEFORE INSERT ON public.program_read FOR EACH ROW WHEN (((new.way = 'feed'::text) AND (new.outcome = 'given'::text))) EXECUTE FUNCTION admit_program_read()

table queue
  id                      bigint not null generated always as identity
  kind                    text not null
  ref                     uuid not null
  event                   text not null default ''::text
  lane                    text not null
  due_at                  timestamp(3) with time zone not null
  attempts                integer not null default 0
  lease_until             timestamp(3) with time zone
  parked_code             text
  offered_at              timestamp(3) with time zone
  queue_kind_check CHECK ((kind = ANY (ARRAY['disclose'::text, 'deliver'::text])))
  queue_pkey PRIMARY KEY (id)
  queue_kind_ref_event_key UNIQUE (kind, ref, event)
  CREATE INDEX queue_by_lane ON public.queue USING btree (kind, lane, id)
  CREATE INDEX queue_to_deliver ON public.queue USING btree (lane, due_at, id) WHERE (kind = 'deliver'::text)
  CREATE INDEX queue_to_disclose ON public.queue USING btree (id) WHERE ((kind = 'disclose'::text) AND (parked_code IS NULL))
  CREATE INDEX queue_to_offer ON public.queue USING btree (id) WHERE ((offered_at IS NULL) AND (parked_code IS NULL))

table reader
  id                      uuid not null
  name                    text not null
  role                    text not null
  oin                     text
  token_sha256            bytea not null
  valid_from              timestamp(3) with time zone not null
  valid_until             timestamp(3) with time zone not null
  added_by                text not null
  entry_id                uuid not null
  revoked_at              timestamp(3) with time zone
  revoked_by              text
  reader_check CHECK ((valid_until > valid_from))
  reader_check1 CHECK (((oin IS NULL) = (role = 'auditor'::text)))
  reader_check2 CHECK (((revoked_at IS NULL) = (revoked_by IS NULL)))
  reader_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200)))
  reader_oin_check CHECK ((oin ~ '^[0-9]{20}$'::text))
  reader_role_check CHECK ((role = ANY (ARRAY['party'::text, 'auditor'::text, 'controller'::text])))
  reader_token_sha256_check CHECK ((length(token_sha256) = 32))
  reader_pkey PRIMARY KEY (id)
  reader_token_sha256_key UNIQUE (token_sha256)
  CREATE TRIGGER reader_is_only_revoked BEFORE UPDATE ON public.reader FOR EACH ROW EXECUTE FUNCTION refuse_other_reader()
  CREATE TRIGGER reader_stays BEFORE DELETE ON public.reader FOR EACH ROW EXECUTE FUNCTION refuse_change()

table receipt
  mid                     uuid not null
  kind                    text not null
  at                      timestamp(3) with time zone not null
  facts                   jsonb not null
  entry                   uuid not null
  receipt_kind_check CHECK ((kind = ANY (ARRAY['smtp-250'::text, 'dsn'::text, 'mdn'::text, 'signed'::text, 'http-2xx'::text, 'fetch'::text, 'portal'::text])))
  receipt_mid_fkey FOREIGN KEY (mid) REFERENCES delivery(mid) ON DELETE CASCADE
  receipt_pkey PRIMARY KEY (mid, kind)
  CREATE TRIGGER receipt_is_kept BEFORE DELETE OR UPDATE ON public.receipt FOR EACH ROW EXECUTE FUNCTION keep_receipt()

table receipt_due
  message_id              uuid not null
  kind                    text not null
  party                   text not null
  mail                    bytea not null
  to_address              text not null
  due_at                  timestamp(3) with time zone not null
  tries                   integer not null default 0
  sent_at                 timestamp(3) with time zone
  given_up_at             timestamp(3) with time zone
  receipt_due_kind_check CHECK ((kind = ANY (ARRAY['mdn'::text, 'signed'::text])))
  receipt_due_message_id_fkey FOREIGN KEY (message_id) REFERENCES message(id) ON DELETE CASCADE
  receipt_due_pkey PRIMARY KEY (message_id, kind)
  CREATE INDEX receipt_due_open ON public.receipt_due USING btree (due_at) WHERE ((sent_at IS NULL) AND (given_up_at IS NULL))

table register_version
  seq                     bigint not null generated always as identity
  kind                    text not null
  key                     text not null
  version                 integer not null
  body                    jsonb not null
  sha256                  bytea not null
  applied_at              timestamp(3) with time zone not null
  applied_by              text not null
  entry_id                uuid not null
  register_version_key_check CHECK (((length(key) >= 1) AND (length(key) <= 100)))
  register_version_kind_check CHECK ((kind = ANY (ARRAY['party'::text, 'agreement'::text, 'setting'::text, 'mandate'::text, 'designation'::text, 'consent'::text, 'law'::text])))
  register_version_sha256_check CHECK ((length(sha256) = 32))
  register_version_version_check CHECK ((version >= 1))
  register_version_pkey PRIMARY KEY (kind, key, version)
  register_version_seq_key UNIQUE (seq)
  CREATE TRIGGER register_is_marked AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.register_version FOR EACH STATEMENT EXECUTE FUNCTION raise_mark('registers')
  CREATE TRIGGER register_version_is_append_only BEFORE DELETE OR UPDATE ON public.register_version FOR EACH ROW EXECUTE FUNCTION refuse_change()

table replay_item
  run_id                  uuid not null
  place                   integer not null
  mid                     uuid not null
  outcome                 text
  replay_item_outcome_check CHECK ((outcome ~ '^[a-z0-9-]{1,60}$'::text))
  replay_item_place_check CHECK ((place >= 1))
  replay_item_run_id_fkey FOREIGN KEY (run_id) REFERENCES replay_run(id) ON DELETE CASCADE
  replay_item_pkey PRIMARY KEY (run_id, place)
  replay_item_run_id_mid_key UNIQUE (run_id, mid)

table replay_run
  id                      uuid not null
  at                      timestamp(3) with time zone not null
  by                      text not null
  key_id                  text not null
  reason                  bytea not null
  replay_run_by_check CHECK (((length(by) >= 1) AND (length(by) <= 100)))
  replay_run_pkey PRIMARY KEY (id)
  CREATE INDEX replay_run_at ON public.replay_run USING btree (at)

table report_file
  task_id                 uuid not null
  path                    text not null
  bytes                   integer not null
  sha256                  bytea not null
  key_id                  text not null
  sealed                  bytea not null
  report_file_path_check CHECK (((length(path) >= 1) AND (length(path) <= 200)))
  report_file_sha256_check CHECK ((length(sha256) = 32))
  report_file_task_id_fkey FOREIGN KEY (task_id) REFERENCES report_task(id) ON DELETE CASCADE
  report_file_pkey PRIMARY KEY (task_id, path)

table report_task
  id                      uuid not null
  kind                    text not null
  account                 text not null
  party                   text not null
  purpose                 text not null
  from_at                 timestamp(3) with time zone not null
  to_at                   timestamp(3) with time zone not null
  key_id                  text
  sealed                  bytea
  state                   text not null default 'waiting'::text
  step                    integer not null default 0
  steps                   integer not null
  attempts                integer not null default 0
  leased_until            timestamp(3) with time zone
  made_at                 timestamp(3) with time zone not null
  started_at              timestamp(3) with time zone
  ended_at                timestamp(3) with time zone
  size                    bigint
  outcome                 text
  report_task_account_check CHECK (((length(account) >= 1) AND (length(account) <= 100)))
  report_task_check CHECK ((to_at > from_at))
  report_task_check1 CHECK ((steps >= step))
  report_task_check2 CHECK (((sealed IS NULL) = (key_id IS NULL)))
  report_task_check3 CHECK (((sealed IS NULL) OR (state = ANY (ARRAY['waiting'::text, 'running'::text]))))
  report_task_check4 CHECK (((ended_at IS NOT NULL) = (state = ANY (ARRAY['done'::text, 'failed'::text, 'stopped'::text]))))
  report_task_kind_check CHECK ((kind = ANY (ARRAY['person'::text, 'quarter'::text, 'processing'::text, 'log-check'::text])))
  report_task_outcome_check CHECK ((outcome ~ '^[a-z-]{1,40}$'::text))
  report_task_party_check CHECK ((party ~ '^[0-9]{20}$'::text))
  report_task_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'running'::text, 'done'::text, 'failed'::text, 'stopped'::text])))
  report_task_pkey PRIMARY KEY (id)
  CREATE INDEX report_task_ended ON public.report_task USING btree (ended_at) WHERE (ended_at IS NOT NULL)
  CREATE INDEX report_task_of_party ON public.report_task USING btree (party, id)
  CREATE INDEX report_task_open ON public.report_task USING btree (id) WHERE (state = ANY (ARRAY['waiting'::text, 'running'::text]))

table revocation_list
  url                     text not null
  issuer                  text not null
  number                  numeric
  this_update             timestamp(3) with time zone not null
  next_update             timestamp(3) with time zone not null
  der                     bytea not null
  fetched_at              timestamp(3) with time zone not null
  revocation_list_url_check CHECK (((length(url) >= 1) AND (length(url) <= 1000)))
  revocation_list_pkey PRIMARY KEY (url)

table revocation_source
  url                     text not null
  tried_at                timestamp(3) with time zone not null
  problem                 text
  revocation_source_url_check CHECK (((length(url) >= 1) AND (length(url) <= 1000)))
  revocation_source_pkey PRIMARY KEY (url)

table ruling
  message_id              uuid not null
  case_id                 uuid not null
  court                   text not null
  number_key              text not null
  ruling_message_id_fkey FOREIGN KEY (message_id) REFERENCES message(id) ON DELETE CASCADE
  ruling_pkey PRIMARY KEY (message_id)
  CREATE INDEX ruling_by_number ON public.ruling USING btree (court, number_key)

table ruling_draft
  id                      uuid not null
  party                   text not null
  from_id                 uuid not null
  case_id                 uuid not null
  body                    bytea not null
  file                    bytea not null
  made_at                 timestamp(3) with time zone not null
  ruling_draft_party_check CHECK ((party ~ '^[0-9]{20}$'::text))
  ruling_draft_case_id_fkey FOREIGN KEY (case_id) REFERENCES case_file(id) ON DELETE CASCADE
  ruling_draft_from_id_fkey FOREIGN KEY (from_id) REFERENCES message(id) ON DELETE CASCADE
  ruling_draft_pkey PRIMARY KEY (id)
  CREATE INDEX ruling_draft_made ON public.ruling_draft USING btree (made_at)
  CREATE INDEX ruling_draft_of_case ON public.ruling_draft USING btree (case_id)
  CREATE INDEX ruling_draft_of_message ON public.ruling_draft USING btree (from_id)

table ruling_ecli
  ecli                    text not null
  message_id              uuid not null
  linked_at               timestamp(3) with time zone not null
  ruling_ecli_ecli_check CHECK ((length(ecli) <= 48))
  ruling_ecli_message_id_fkey FOREIGN KEY (message_id) REFERENCES message(id) ON DELETE CASCADE
  ruling_ecli_pkey PRIMARY KEY (ecli)
  ruling_ecli_message_id_key UNIQUE (message_id)

table sample
  id                      uuid not null
  at                      timestamp(3) with time zone not null
  controller              text
  from_at                 timestamp(3) with time zone not null
  to_at                   timestamp(3) with time zone not null
  seed                    text not null
  tree_size               bigint not null
  population              bigint not null
  indexes                 bigint[] not null
  trace                   text not null
  sample_pkey PRIMARY KEY (id)
  CREATE INDEX sample_by_time ON public.sample USING btree (from_at)
  CREATE TRIGGER sample_is_append_only BEFORE DELETE OR UPDATE ON public.sample FOR EACH ROW EXECUTE FUNCTION refuse_log_change()

table sample_judgement
  seq                     bigint not null generated always as identity
  sample_id               uuid not null
  tree_index              bigint not null
  verdict                 text not null
  at                      timestamp(3) with time zone not null
  by                      text not null
  key_id                  text not null
  remark                  bytea
  trace                   text not null
  sample_judgement_verdict_check CHECK ((verdict = ANY (ARRAY['in order'::text, 'question'::text, 'incident'::text])))
  sample_judgement_sample_id_fkey FOREIGN KEY (sample_id) REFERENCES sample(id)
  sample_judgement_pkey PRIMARY KEY (seq)
  CREATE INDEX sample_judgement_by_sample ON public.sample_judgement USING btree (sample_id, tree_index, seq)
  CREATE TRIGGER sample_judgement_is_append_only BEFORE DELETE OR UPDATE ON public.sample_judgement FOR EACH ROW EXECUTE FUNCTION refuse_log_change()

table saved_view
  id                      uuid not null
  account                 text not null
  page                    text not null
  name                    text not null
  query                   text not null
  made_at                 timestamp(3) with time zone not null
  saved_view_account_check CHECK (((length(account) >= 1) AND (length(account) <= 100)))
  saved_view_name_check CHECK (((length(name) >= 1) AND (length(name) <= 60)))
  saved_view_page_check CHECK ((page ~ '^/[a-z/-]{1,60}$'::text))
  saved_view_query_check CHECK ((length(query) <= 500))
  saved_view_pkey PRIMARY KEY (id)
  saved_view_account_page_name_key UNIQUE (account, page, name)

table sent_form
  id                      uuid not null
  account                 text not null
  at                      timestamp(3) with time zone not null
  location                text
  sent_form_pkey PRIMARY KEY (id, account)
  CREATE INDEX sent_form_at ON public.sent_form USING btree (at)

table sign_in_try
  state_sha256            bytea not null
  nonce                   text not null
  verifier                text not null
  back                    text not null
  began_at                timestamp(3) with time zone not null
  sign_in_try_back_check CHECK ((back ~ '^/'::text))
  sign_in_try_state_sha256_check CHECK ((length(state_sha256) = 32))
  sign_in_try_pkey PRIMARY KEY (state_sha256)
  CREATE INDEX sign_in_try_began ON public.sign_in_try USING btree (began_at)

table stored_search
  id                      uuid not null
  account                 text not null
  party                   text not null
  purpose                 text not null
  at                      timestamp(3) with time zone not null
  key_id                  text not null
  sealed                  bytea not null
  stored_search_account_check CHECK (((length(account) >= 1) AND (length(account) <= 100)))
  stored_search_party_check CHECK ((party ~ '^[0-9]{20}$'::text))
  stored_search_pkey PRIMARY KEY (id)
  CREATE INDEX stored_search_at ON public.stored_search USING btree (at)

table sts_policy
  domain                  text not null
  id                      text not null
  text                    text not null
  fetched_at              timestamp(3) with time zone not null
  expires_at              timestamp(3) with time zone not null
  sts_policy_check CHECK ((expires_at >= fetched_at))
  sts_policy_domain_check CHECK (((length(domain) >= 1) AND (length(domain) <= 253)))
  sts_policy_id_check CHECK ((id ~ '^[A-Za-z0-9]{1,32}$'::text))
  sts_policy_text_check CHECK ((length(text) <= 65536))
  sts_policy_pkey PRIMARY KEY (domain)

table taken_request
  party                   text not null
  way                     text not null
  key                     text not null
  body_sha256             bytea not null
  message_id              uuid not null
  taken_at                timestamp(3) with time zone not null
  taken_request_body_sha256_check CHECK ((length(body_sha256) = 32))
  taken_request_key_check CHECK (((length(key) >= 1) AND (length(key) <= 255)))
  taken_request_way_check CHECK ((way = ANY (ARRAY['webhook'::text, 'api'::text, 'console'::text])))
  taken_request_pkey PRIMARY KEY (party, way, key)
  CREATE INDEX taken_request_by_age ON public.taken_request USING btree (taken_at)

table task
  id                      uuid not null
  kind                    text not null
  ref                     text not null
  party                   text
  cause                   text not null
  opened_at               timestamp(3) with time zone not null
  closed_at               timestamp(3) with time zone
  task_kind_check CHECK ((kind = ANY (ARRAY['dead-letter'::text, 'certificate'::text, 'stopped'::text, 'parked-case'::text, 'refused-message'::text, 'duty-late'::text, 'log'::text, 'witness'::text, 'not-fetched'::text, 'ecli'::text, 'receipt-missing'::text, 'reconcile'::text, 'expiry'::text, 'proposal'::text, 'mailbox'::text, 'returned'::text, 'question'::text, 'undelivered'::text, 'undelivered-privacy'::text])))
  task_pkey PRIMARY KEY (id)
  task_kind_ref_key UNIQUE (kind, ref)
  CREATE INDEX task_open ON public.task USING btree (kind, opened_at) WHERE (closed_at IS NULL)

table term_watch
  single                  boolean not null default true
  watched_at              timestamp(3) with time zone not null default '1970-01-01 00:00:00+00'::timestamp with time zone
  term_watch_single_check CHECK (single)
  term_watch_pkey PRIMARY KEY (single)

table test_wish
  id                      uuid not null
  party                   text not null
  asked_at                timestamp(3) with time zone not null
  example                 jsonb
  lease_until             timestamp with time zone
  finished_at             timestamp(3) with time zone
  result                  jsonb
  test_wish_check CHECK (((finished_at IS NULL) = (result IS NULL)))
  test_wish_party_check CHECK ((party ~ '^[0-9]{20}$'::text))
  test_wish_pkey PRIMARY KEY (id)
  CREATE INDEX test_wish_open ON public.test_wish USING btree (asked_at) WHERE (finished_at IS NULL)
  CREATE INDEX test_wish_party ON public.test_wish USING btree (party, asked_at DESC)

table tlog_checkpoint
  size                    bigint not null
  root                    bytea not null
  signed_at               timestamp(3) with time zone not null
  note                    bytea not null
  tlog_checkpoint_root_check CHECK ((length(root) = 32))
  tlog_checkpoint_pkey PRIMARY KEY (size)
  CREATE TRIGGER tlog_checkpoint_is_kept BEFORE UPDATE ON public.tlog_checkpoint FOR EACH ROW EXECUTE FUNCTION refuse_log_change()

table tlog_cosigned
  cosigned_at             timestamp(3) with time zone not null
  minute                  bigint not null generated always as ((floor((EXTRACT(epoch FROM (cosigned_at AT TIME ZONE 'UTC'::text)) / (60)::numeric)))::bigint)
  size                    bigint not null
  note                    bytea not null
  tlog_cosigned_pkey PRIMARY KEY (minute)
  CREATE TRIGGER tlog_cosigned_is_kept BEFORE DELETE ON public.tlog_cosigned FOR EACH ROW EXECUTE FUNCTION refuse_log_change()
  CREATE TRIGGER tlog_cosigned_is_not_truncated BEFORE TRUNCATE ON public.tlog_cosigned FOR EACH STATEMENT EXECUTE FUNCTION refuse_log_change()
  CREATE TRIGGER tlog_cosigned_is_signed BEFORE INSERT OR UPDATE ON public.tlog_cosigned FOR EACH ROW EXECUTE FUNCTION refuse_other_note()
  CREATE TRIGGER tlog_cosigned_releases AFTER INSERT OR UPDATE ON public.tlog_cosigned FOR EACH ROW EXECUTE FUNCTION release_cosigned()

table tlog_head
  single                  boolean not null default true
  size                    bigint not null default 0
  stack                   bytea not null default '\x'::bytea
  signed_size             bigint not null default 0
  released_size           bigint not null default 0
  needs_quorum            boolean not null default false
  cosigned_at             timestamp(3) with time zone
  quorum_lost_at          timestamp(3) with time zone
  contradicted            boolean not null default false
  tlog_head_check CHECK (((signed_size >= 0) AND (signed_size <= size)))
  tlog_head_released_size_check CHECK (((released_size >= 0) AND (released_size <= signed_size)))
  tlog_head_single_check CHECK (single)
  tlog_head_size_check CHECK ((size >= 0))
  tlog_head_stack_check CHECK (((length(stack) % 32) = 0))
  tlog_head_pkey PRIMARY KEY (single)
  CREATE TRIGGER tlog_head_grows BEFORE UPDATE ON public.tlog_head FOR EACH ROW EXECUTE FUNCTION refuse_smaller_head()
  CREATE TRIGGER tlog_head_is_not_truncated BEFORE TRUNCATE ON public.tlog_head FOR EACH STATEMENT EXECUTE FUNCTION refuse_log_change()
  CREATE TRIGGER tlog_head_stays BEFORE DELETE ON public.tlog_head FOR EACH ROW EXECUTE FUNCTION refuse_log_change()

table tlog_leaf
  seq                     bigint not null
  id                      uuid not null
  at                      timestamp(3) with time zone not null
  h                       bytea not null
  tlog_leaf_h_check CHECK ((length(h) = 32))
  tlog_leaf_pkey PRIMARY KEY (seq)
  tlog_leaf_id_key UNIQUE (id)
  CREATE TRIGGER tlog_leaf_is_append_only BEFORE DELETE OR UPDATE ON public.tlog_leaf FOR EACH ROW EXECUTE FUNCTION refuse_log_change()
  CREATE TRIGGER tlog_leaf_is_not_truncated BEFORE TRUNCATE ON public.tlog_leaf FOR EACH STATEMENT EXECUTE FUNCTION refuse_log_change()

table tlog_tile
  level                   smallint not null
  idx                     bigint not null
  hashes                  bytea not null
  tlog_tile_hashes_check CHECK ((((length(hashes) >= 32) AND (length(hashes) <= 8192)) AND ((length(hashes) % 32) = 0)))
  tlog_tile_pkey PRIMARY KEY (level, idx)
  CREATE TRIGGER tlog_tile_grows BEFORE UPDATE ON public.tlog_tile FOR EACH ROW EXECUTE FUNCTION refuse_other_tile()
  CREATE TRIGGER tlog_tile_is_not_truncated BEFORE TRUNCATE ON public.tlog_tile FOR EACH STATEMENT EXECUTE FUNCTION refuse_log_change()
  CREATE TRIGGER tlog_tile_stays BEFORE DELETE ON public.tlog_tile FOR EACH ROW EXECUTE FUNCTION refuse_log_change()

table tls_report
  day                     date not null
  domain                  text not null
  attempt                 integer not null
  due_at                  timestamp(3) with time zone not null
  outcome                 text
  tls_report_attempt_check CHECK ((attempt > 0))
  tls_report_domain_check CHECK (((length(domain) >= 1) AND (length(domain) <= 253)))
  tls_report_outcome_check CHECK ((outcome = ANY (ARRAY['sent'::text, 'unwanted'::text, 'given-up'::text])))
  tls_report_pkey PRIMARY KEY (day, domain)

table tls_session
  day                     date not null
  domain                  text not null
  policy_type             text not null
  policy_text             text not null
  result                  text not null
  server                  text not null
  address                 text not null
  count                   bigint not null
  policy_md5              text not null generated always as (md5(policy_text))
  tls_session_count_check CHECK ((count > 0))
  tls_session_domain_check CHECK (((length(domain) >= 1) AND (length(domain) <= 253)))
  tls_session_policy_type_check CHECK ((policy_type = ANY (ARRAY['tlsa'::text, 'sts'::text, 'no-policy-found'::text])))
  tls_session_result_check CHECK ((result = ANY (ARRAY[''::text, 'starttls-not-supported'::text, 'certificate-host-mismatch'::text, 'certificate-expired'::text, 'certificate-not-trusted'::text, 'validation-failure'::text, 'tlsa-invalid'::text, 'dnssec-invalid'::text, 'dane-required'::text, 'sts-policy-fetch-error'::text, 'sts-policy-invalid'::text, 'sts-webpki-invalid'::text])))
  tls_session_pkey PRIMARY KEY (day, domain, policy_type, policy_md5, result, server, address)

table trust_version
  seq                     bigint not null generated always as identity
  kind                    text not null
  id                      uuid not null
  version                 integer not null
  body                    jsonb not null
  sha256                  bytea not null
  changed_at              timestamp(3) with time zone not null
  changed_by              text not null
  entry_id                uuid not null
  trust_version_changed_by_check CHECK (((length(changed_by) >= 1) AND (length(changed_by) <= 200)))
  trust_version_kind_check CHECK ((kind = ANY (ARRAY['own-key'::text, 'certificate'::text])))
  trust_version_sha256_check CHECK ((length(sha256) = 32))
  trust_version_version_check CHECK ((version >= 1))
  trust_version_pkey PRIMARY KEY (kind, id, version)
  trust_version_entry_id_key UNIQUE (entry_id)
  trust_version_seq_key UNIQUE (seq)
  CREATE TRIGGER trust_version_is_append_only BEFORE DELETE OR UPDATE ON public.trust_version FOR EACH ROW EXECUTE FUNCTION refuse_change()
  CREATE TRIGGER trust_version_is_not_truncated BEFORE TRUNCATE ON public.trust_version FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()

table webhook_key
  seq                     bigint not null generated always as identity
  id                      uuid not null
  version                 integer not null
  party                   text not null
  direction               text not null
  scheme                  text not null
  public_key              bytea
  active_from             timestamp(3) with time zone not null
  retires_at              timestamp(3) with time zone
  ends_at                 timestamp(3) with time zone
  sha256                  bytea not null
  changed_at              timestamp(3) with time zone not null
  changed_by              text not null
  entry_id                uuid not null
  webhook_key_changed_by_check CHECK (((length(changed_by) >= 1) AND (length(changed_by) <= 200)))
  webhook_key_check CHECK (((public_key IS NULL) = (scheme = 'v1'::text)))
  webhook_key_direction_check CHECK ((direction = ANY (ARRAY['to-party'::text, 'from-party'::text])))
  webhook_key_party_check CHECK ((party ~ '^[0-9]{20}$'::text))
  webhook_key_public_key_check CHECK ((length(public_key) = 32))
  webhook_key_scheme_check CHECK ((scheme = ANY (ARRAY['v1'::text, 'v1a'::text])))
  webhook_key_sha256_check CHECK ((length(sha256) = 32))
  webhook_key_version_check CHECK ((version >= 1))
  webhook_key_pkey PRIMARY KEY (id, version)
  webhook_key_entry_id_key UNIQUE (entry_id)
  webhook_key_seq_key UNIQUE (seq)
  CREATE TRIGGER webhook_key_is_append_only BEFORE DELETE OR UPDATE ON public.webhook_key FOR EACH ROW EXECUTE FUNCTION refuse_change()
  CREATE TRIGGER webhook_key_is_marked AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.webhook_key FOR EACH STATEMENT EXECUTE FUNCTION raise_mark('webhooks')
  CREATE TRIGGER webhook_key_is_not_truncated BEFORE TRUNCATE ON public.webhook_key FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()

table webhook_secret
  key_id                  uuid not null
  wrapped                 bytea not null
  sealed                  bytea not null
  webhook_secret_pkey PRIMARY KEY (key_id)
  CREATE TRIGGER webhook_secret_is_append_only BEFORE DELETE OR UPDATE ON public.webhook_secret FOR EACH ROW EXECUTE FUNCTION refuse_change()

table webhook_switch
  seq                     bigint not null generated always as identity
  party                   text not null
  url                     text not null
  is_on                   boolean not null
  at                      timestamp(3) with time zone not null
  by                      text
  entry_id                uuid not null
  webhook_switch_check CHECK (((by IS NULL) = (NOT is_on)))
  webhook_switch_party_check CHECK ((party ~ '^[0-9]{20}$'::text))
  webhook_switch_url_check CHECK (((length(url) >= 1) AND (length(url) <= 500)))
  webhook_switch_pkey PRIMARY KEY (seq)
  webhook_switch_entry_id_key UNIQUE (entry_id)
  CREATE INDEX webhook_switch_by_endpoint ON public.webhook_switch USING btree (party, url, seq)
  CREATE TRIGGER webhook_switch_is_append_only BEFORE DELETE OR UPDATE ON public.webhook_switch FOR EACH ROW EXECUTE FUNCTION refuse_change()
  CREATE TRIGGER webhook_switch_is_marked AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.webhook_switch FOR EACH STATEMENT EXECUTE FUNCTION raise_mark('webhooks')

table witness_state
  name                    text not null
  size                    bigint not null
  answered_at             timestamp(3) with time zone
  problem                 text
  witness_state_pkey PRIMARY KEY (name)

CREATE OR REPLACE FUNCTION public.add_feed_item(of_party text, of_kind text, of_mid uuid, at_moment timestamp with time zone, of_sealed bytea)
 RETURNS bigint
 LANGUAGE plpgsql
AS $function$
declare
  place bigint;
  moment timestamptz;
begin
  insert into feed (party, last, made_at, last_at) values (of_party, 1, at_moment, at_moment)
    on conflict (party) do update set last = feed.last + 1, last_at = greatest(excluded.last_at, feed.last_at + interval '1 millisecond')
    returning last, last_at into place, moment;
  insert into feed_item (party, seq, kind, mid, entry_id, case_id, acute, at, sealed)
    select of_party, place, of_kind, of_mid, entry_id, case_id, acute, moment, of_sealed from delivery where delivery.mid = of_mid;
  if not found then
    raise exception 'a feed lists deliveries, and % is none', of_mid using errcode = 'foreign_key_violation';
  end if;
  return place;
end $function$

CREATE OR REPLACE FUNCTION public.add_task_kinds(VARIADIC more text[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  held text := (select pg_get_constraintdef(oid) from pg_constraint where conname = 'task_kind_check' and conrelid = 'task'::regclass);
  kinds text[] := array(select (regexp_matches(held, '''([a-z-]+)''', 'g'))[1]) || more;
begin
  alter table task drop constraint task_kind_check;
  execute format('alter table task add constraint task_kind_check check (kind in (%s))', (select string_agg(quote_literal(kind), ', ') from unnest(kinds) kind));
end $function$

CREATE OR REPLACE FUNCTION public.admit_attempt()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  entry uuid;
  is_acute boolean;
begin
  select delivery.entry_id, delivery.acute into entry, is_acute from delivery where delivery.mid = new.mid;
  if entry is null or not is_released(entry, is_acute, new.started_at) then
    raise exception 'attempt refused: the entry of % is not under a checkpoint that releases it (I1)', new.mid using errcode = 'restrict_violation';
  end if;
  new.uncosigned := is_acute and not is_released(entry, false, new.started_at);
  if new.uncosigned then
    insert into catch_up (mid, entry_id, left_at) values (new.mid, entry, new.started_at) on conflict do nothing;
  end if;
  return new;
end $function$

CREATE OR REPLACE FUNCTION public.admit_fetch()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  entry uuid;
  is_acute boolean;
begin
  if old.state = 'left' then
    raise exception 'a fetch that took place stays as it is' using errcode = 'restrict_violation';
  end if;
  select delivery.entry_id, delivery.acute into entry, is_acute from delivery where delivery.mid = new.mid;
  if new.state = 'left' and not (is_released(entry, is_acute, new.left_at) and is_released(new.entry_id, is_acute, new.left_at)) then
    raise exception 'fetch refused: an entry of % is not under a checkpoint that releases it (I1)', new.mid using errcode = 'restrict_violation';
  end if;
  return new;
end $function$

CREATE OR REPLACE FUNCTION public.admit_program_read()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if not is_shown_released(new.oin, new.first, new.last, new.at) then
    raise exception 'feed refused: % to % of % are not shown under a released entry (I1)', new.first, new.last, new.oin using errcode = 'restrict_violation';
  end if;
  return new;
end $function$

CREATE OR REPLACE FUNCTION public.clear_feed_items()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  update feed_item set sealed = null where mid = old.mid and sealed is not null;
  return old;
end $function$

CREATE OR REPLACE FUNCTION public.demand_approval()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if new.source = 'proposal' and not exists (
    select from destruction_proposal made
    where made.id = new.proposal_id and made.started_at is not null and is_approved(made.id) and made.refs @> array[new.kind || ':' || new.ref]) then
    raise exception 'destruction refused: % % is not in a proposal that two persons approved', new.kind, new.ref using errcode = 'restrict_violation';
  end if;
  return new;
end $function$

CREATE OR REPLACE FUNCTION public.destroy_case(of_case uuid)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
declare
  messages uuid[] := array(select id from message where case_id = of_case);
  bodies uuid[] := array(select mid from delivery where case_id = of_case);
begin
  delete from queue where lane = of_case::text or ref = any(messages) or ref = any(bodies);
  delete from task where ref = any(messages::text[]) or ref = any(bodies::text[]) or ref like of_case || '/%';
  delete from duty where case_id = of_case;
  delete from attempt where mid = any(bodies);
  delete from catch_up where mid = any(bodies);
  delete from delivery where case_id = of_case;
  delete from outbox where mid = any(bodies);
  delete from decision where message_id = any(messages);
  delete from attachment where message_id = any(messages);
  delete from message where case_id = of_case;
  delete from case_file where id = of_case;
  return found;
end $function$

CREATE OR REPLACE FUNCTION public.destroy_month(of_month text, excepted uuid[])
 RETURNS bigint
 LANGUAGE plpgsql
AS $function$
declare
  from_at timestamptz := (of_month || '-01')::timestamp at time zone 'UTC';
  to_at timestamptz := ((of_month || '-01')::timestamp + interval '1 month') at time zone 'UTC';
  part text := 'entry_detail_' || replace(of_month, '-', '');
  gone bigint;
begin
  select count(*) into gone from entry_detail where at >= from_at and at < to_at and id <> all(excepted);
  delete from entry_subject where at >= from_at and at < to_at and id <> all(excepted);
  if excepted = '{}' and to_regclass(part) is not null and is_erased('month', of_month) then
    begin
      -- Whoever waits for this lock makes every new entry wait behind it, so it is soon given up; then the rows go one by one.
      perform set_config('lock_timeout', '2s', true);
      execute format('drop table %I', part);
    exception when lock_not_available then
      null;
    end;
    perform set_config('lock_timeout', '0', true);
  end if;
  delete from entry_detail where at >= from_at and at < to_at and id <> all(excepted);
  return gone;
end $function$

CREATE OR REPLACE FUNCTION public.ensure_partition(parent text, suffix text, from_at timestamp with time zone, to_at timestamp with time zone)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
begin
  if to_regclass(parent || '_' || suffix) is not null then
    return false;
  end if;
  execute format('create table %I partition of %I for values from (%L) to (%L)', parent || '_' || suffix, parent, from_at, to_at);
  if parent = 'entry' then
    execute format(
      'create trigger entry_is_not_truncated before truncate on %I for each statement execute function refuse_log_change()',
      parent || '_' || suffix);
  end if;
  return true;
exception when check_violation then
  -- Rows of this range already stand in the default partition. They are good there; only the range is not separate.
  raise warning 'partition % of % stays in the default partition', suffix, parent;
  return false;
end $function$

CREATE OR REPLACE FUNCTION public.ensure_partitions(from_day date, months integer)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare
  made integer := 0;
  month timestamp;
  year timestamp;
begin
  -- Two processes that start together must not both create a partition.
  perform pg_advisory_xact_lock(hashtext('ketensluis.ensure_partitions'));
  for i in 0 .. months - 1 loop
    month := date_trunc('month', from_day::timestamp) + make_interval(months => i);
    year := date_trunc('year', month);
    made := made
      + ensure_partition('entry', to_char(month, 'YYYYMM'), month at time zone 'UTC', (month + interval '1 month') at time zone 'UTC')::integer
      + ensure_partition('entry_detail', to_char(month, 'YYYYMM'), month at time zone 'UTC', (month + interval '1 month') at time zone 'UTC')::integer
      + ensure_partition('entry_subject', to_char(year, 'YYYY'), year at time zone 'UTC', (year + interval '1 year') at time zone 'UTC')::integer;
  end loop;
  return made;
end $function$

CREATE OR REPLACE FUNCTION public.index_outcome()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare
  code text := convert_from(new.leaf, 'UTF8')::jsonb ->> 'code';
begin
  if code not like 'proof-%' and code not like 'receipt-%'
    and code not in ('reconciled', 'replay', 'replay-refused', 'confirmed', 'confirmed-by-hand', 'returned', 'question') then
    insert into entry_outcome (ref, at, id) values (new.ref, new.at, new.id);
  end if;
  return null;
end $function$

CREATE OR REPLACE FUNCTION public.is_approved(proposal uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select count(*) >= 2 from destruction_approval approval join destruction_proposal made on made.id = approval.proposal_id
  where made.id = proposal and approval.sha256 = made.sha256
$function$

CREATE OR REPLACE FUNCTION public.is_detail_erased(entry uuid, moment timestamp with time zone)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select is_erased('month', month_of(moment)) or is_erased('entry', entry::text)
    or exists (select from erased where kind = 'month-part' and ref = month_of(moment) and entry <> all(excepted))
$function$

CREATE OR REPLACE FUNCTION public.is_erased(of_kind text, of_ref text)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select exists (select from erased where kind = of_kind and ref = of_ref)
$function$

CREATE OR REPLACE FUNCTION public.is_held(of_kind text, of_ref uuid, moment timestamp with time zone)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select exists (
    select from legal_hold_object object join legal_hold hold on hold.id = object.hold_id
    where object.ref = of_ref and object.kind = of_kind
      and hold.from_at <= moment and moment < hold.until_at and (hold.lifted_at is null or moment < hold.lifted_at))
$function$

CREATE OR REPLACE FUNCTION public.is_released(entry_id uuid, acute boolean, at timestamp with time zone)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select coalesce((select leaf.seq from tlog_leaf leaf where leaf.id = entry_id) < (
    select case when acute then sizes.if_acute else sizes.always end from release_sizes(at) sizes), false)
$function$

CREATE OR REPLACE FUNCTION public.is_shown_released(of_party text, from_seq bigint, to_seq bigint, moment timestamp with time zone)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select coalesce(bool_and(coalesce(leaf.seq < case when feed_item.acute then sizes.if_acute else sizes.always end, false)), true)
    from release_sizes(moment) sizes cross join feed_item left join tlog_leaf leaf on leaf.id = feed_item.read_in
    where feed_item.party = of_party and feed_item.seq between from_seq and to_seq and (feed_item.kind = 'withdrawn' or feed_item.sealed is not null)
$function$

CREATE OR REPLACE FUNCTION public.keep_feed_item()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if (to_jsonb(new) - 'sealed' - 'read_in') is distinct from (to_jsonb(old) - 'sealed' - 'read_in')
    or (old.read_in is not null and new.read_in is distinct from old.read_in)
    or (new.sealed is not null and new.sealed is distinct from old.sealed) then
    raise exception 'what stands in a feed is not changed' using errcode = 'restrict_violation';
  end if;
  return new;
end $function$

CREATE OR REPLACE FUNCTION public.keep_receipt()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if tg_op = 'UPDATE' or exists (select from delivery where delivery.mid = old.mid) then
    raise exception 'a receipt stays as it came' using errcode = 'restrict_violation';
  end if;
  return old;
end $function$

CREATE OR REPLACE FUNCTION public.last_log_check()
 RETURNS TABLE(at timestamp with time zone, unchanged boolean)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ select access.at, access.question ->> 'verdict' = 'unchanged' from access where action = 'verify' order by access.at desc limit 1 $function$

CREATE OR REPLACE FUNCTION public.month_of(moment timestamp with time zone)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$ select to_char(moment at time zone 'UTC', 'YYYY-MM') $function$

CREATE OR REPLACE FUNCTION public.queue_entry()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  insert into pending (id, at, h) values (new.id, new.at, new.h);
  return null;
end $function$

CREATE OR REPLACE FUNCTION public.raise_mark()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  if tg_argv[0] = 'registers' then
    update current_mark set registers = registers + 1;
  else
    update current_mark set webhooks = webhooks + 1;
  end if;
  return null;
end $function$

CREATE OR REPLACE FUNCTION public.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'rows of % are never changed or removed', tg_table_name using errcode = 'restrict_violation';
end $function$

CREATE OR REPLACE FUNCTION public.refuse_left()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'a fetch begins before anything leaves (I1)' using errcode = 'restrict_violation';
end $function$

CREATE OR REPLACE FUNCTION public.refuse_log_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'rows of % are never changed or removed (I6)', tg_table_name using errcode = 'restrict_violation';
end $function$

CREATE OR REPLACE FUNCTION public.refuse_other_change_proposal()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if old.state not in ('draft', 'offered')
    or (to_jsonb(new) - 'state' - 'expires_at' - 'decided_by' - 'decided_name' - 'decided_at' - 'decision_reason')
      is distinct from (to_jsonb(old) - 'state' - 'expires_at' - 'decided_by' - 'decided_name' - 'decided_at' - 'decision_reason') then
    raise exception 'a proposal is approved as it is, never changed' using errcode = 'restrict_violation';
  end if;
  return new;
end $function$

CREATE OR REPLACE FUNCTION public.refuse_other_client()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if old.revoked_at is not null
    or (to_jsonb(new) - 'revoked_at' - 'revoked_by') is distinct from (to_jsonb(old) - 'revoked_at' - 'revoked_by') then
    raise exception 'a client is revoked, never changed' using errcode = 'restrict_violation';
  end if;
  return new;
end $function$

CREATE OR REPLACE FUNCTION public.refuse_other_erased()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  -- A part of a month may go in parts: what was held then can go later.
  if old.kind = 'month-part' and new.kind = old.kind and new.ref = old.ref then
    return new;
  end if;
  if old.entry_id is not null or (to_jsonb(new) - 'entry_id') is distinct from (to_jsonb(old) - 'entry_id') then
    raise exception 'what is erased stays erased' using errcode = 'restrict_violation';
  end if;
  return new;
end $function$

CREATE OR REPLACE FUNCTION public.refuse_other_hold()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if old.lifted_at is not null
    or (to_jsonb(new) - 'lifted_at' - 'lifted_by') is distinct from (to_jsonb(old) - 'lifted_at' - 'lifted_by') then
    raise exception 'a legal hold is lifted, never changed' using errcode = 'restrict_violation';
  end if;
  return new;
end $function$

CREATE OR REPLACE FUNCTION public.refuse_other_note()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  signed bytea;
  at_minute bigint := floor(extract(epoch from new.cosigned_at at time zone 'UTC') / 60);
begin
  select note into signed from tlog_checkpoint where size = new.size;
  if signed is null or length(new.note) <= length(signed) or substr(new.note, 1, length(signed)) <> signed then
    raise exception 'a cosigned checkpoint is a signed one with lines added (I1)' using errcode = 'restrict_violation';
  end if;
  if exists (select from tlog_cosigned where minute > at_minute)
    or (tg_op = 'UPDATE' and (new.size < old.size or new.cosigned_at < old.cosigned_at or at_minute <> old.minute)) then
    raise exception 'a cosigned checkpoint is followed by a later one (I6)' using errcode = 'restrict_violation';
  end if;
  return new;
end $function$

CREATE OR REPLACE FUNCTION public.refuse_other_proposal()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  -- A generated column is not computed yet when this runs; it follows the body.
  if old.done_at is not null or (old.started_at is not null and new.started_at is distinct from old.started_at)
    or (to_jsonb(new) - 'started_at' - 'done_at' - 'certificate' - 'sha256') is distinct from (to_jsonb(old) - 'started_at' - 'done_at' - 'certificate' - 'sha256') then
    raise exception 'a proposal is approved as it is, never changed' using errcode = 'restrict_violation';
  end if;
  return new;
end $function$

CREATE OR REPLACE FUNCTION public.refuse_other_reader()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if old.revoked_at is not null
    or (to_jsonb(new) - 'revoked_at' - 'revoked_by') is distinct from (to_jsonb(old) - 'revoked_at' - 'revoked_by') then
    raise exception 'a reader is revoked, never changed' using errcode = 'restrict_violation';
  end if;
  return new;
end $function$

CREATE OR REPLACE FUNCTION public.refuse_other_tile()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if substr(new.hashes, 1, length(old.hashes)) <> old.hashes then
    raise exception 'a tile only grows (I6)' using errcode = 'restrict_violation';
  end if;
  return new;
end $function$

CREATE OR REPLACE FUNCTION public.refuse_smaller_head()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if new.size < old.size or new.signed_size < old.signed_size or new.released_size < old.released_size then
    raise exception 'the log does not get smaller (I6)' using errcode = 'restrict_violation';
  end if;
  if new.released_size > old.released_size and new.needs_quorum and not exists (select from tlog_cosigned where size = new.released_size) then
    raise exception 'no cosigned checkpoint of size % (I1)', new.released_size using errcode = 'restrict_violation';
  end if;
  return new;
end $function$

CREATE OR REPLACE FUNCTION public.refuse_unapproved_overwrite()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  allowed boolean := false;
begin
  case tg_argv[0]
    when 'message' then
      allowed := new.body = old.body and (length(old.raw) = 28 or (new.raw is null and new.raw_key is null and is_erased('raw', old.id::text)));
    when 'outbox' then
      allowed := (to_jsonb(new) - 'sealed' - 'twin' - 'sealed_sha256') = (to_jsonb(old) - 'sealed' - 'twin' - 'sealed_sha256')
        and new.sealed is null and new.twin is null and is_erased('outgoing', old.mid::text);
    when 'entry_detail' then
      allowed := new.id = old.id and new.at = old.at and exists (select from erased where kind = 'subject' and ref like old.id || ':%');
    when 'case_file' then allowed := new.wrapped_key = old.wrapped_key;
    when 'data_key' then
      allowed := new.wrapped is null and (to_jsonb(new) - 'wrapped') = (to_jsonb(old) - 'wrapped')
        and is_erased(case length(old.id) when 7 then 'month' else 'year' end, old.id);
    when 'attachment' then allowed := false;
  end case;
  if not allowed then
    raise exception 'what % holds is not overwritten before its term is over', tg_argv[0] using errcode = 'restrict_violation';
  end if;
  return new;
end $function$

CREATE OR REPLACE FUNCTION public.refuse_unapproved_removal()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  allowed boolean := false;
begin
  case tg_argv[0]
    when 'case_file' then allowed := is_erased('case', old.id::text);
    when 'message', 'delivery' then allowed := is_erased('case', old.case_id::text);
    when 'attachment' then allowed := is_erased('case', (select case_id::text from message where id = old.message_id));
    -- Its delivery refers to it and goes only with its case; what nothing refers to any more may go.
    when 'outbox' then allowed := not exists (select from delivery where mid = old.mid);
    when 'entry_detail' then allowed := is_detail_erased(old.id, old.at);
    when 'access', 'log_read' then allowed := is_erased('access', month_of(old.at));
    when 'deferral' then allowed := is_erased('deferral', old.trace);
    when 'entry_subject' then allowed := is_detail_erased(old.id, old.at) or is_erased('subject', old.id || ':' || encode(old.pseudonym, 'hex'));
  end case;
  if not allowed then
    raise exception 'rows of % go only when their term is over and two persons approved it', tg_argv[0] using errcode = 'restrict_violation';
  end if;
  return old;
end $function$

CREATE OR REPLACE FUNCTION public.release_cosigned()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  update tlog_head set released_size = greatest(released_size, new.size), cosigned_at = greatest(cosigned_at, new.cosigned_at),
    quorum_lost_at = null, contradicted = false;
  return null;
end $function$

CREATE OR REPLACE FUNCTION public.release_sizes(at timestamp with time zone)
 RETURNS TABLE(always bigint, if_acute bigint)
 LANGUAGE sql
 STABLE
AS $function$
  select head.released_size, case
      when not head.contradicted and head.quorum_lost_at <= at - interval '60 seconds' and head.quorum_lost_at > at - interval '4 hours'
      then head.signed_size else head.released_size end
    from tlog_head head
$function$

CREATE OR REPLACE FUNCTION public.withdraw_from_feeds()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  perform add_feed_item(listed.party, 'withdrawn', listed.mid, (select received_at from message where id = new.replaced_by), null)
    from (select distinct feed_item.party, feed_item.mid from delivery join feed_item on feed_item.mid = delivery.mid
      where delivery.message_id = new.id order by 1, 2) listed;
  return null;
end $function$
