-- The schema that the migrations add up to. Generated: do not edit, run `npm run generate`.

table attachment
  message_id              uuid not null
  place                   integer not null
  body                    bytea not null
  attachment_message_id_fkey FOREIGN KEY (message_id) REFERENCES message(id)
  attachment_pkey PRIMARY KEY (message_id, place)

table attempt
  mid                     uuid not null
  number                  integer not null
  started_at              timestamp(3) with time zone not null
  finished_at             timestamp(3) with time zone
  outcome                 text
  code                    text
  reply                   text
  evidence                jsonb
  attempt_outcome_check CHECK ((outcome = ANY (ARRAY['delivered'::text, 'deferred'::text, 'rejected'::text, 'unknown'::text, 'unusable'::text])))
  attempt_mid_fkey FOREIGN KEY (mid) REFERENCES delivery(mid)
  attempt_pkey PRIMARY KEY (mid, number)
  CREATE TRIGGER attempt_needs_seal BEFORE INSERT ON public.attempt FOR EACH ROW EXECUTE FUNCTION refuse_unsealed_attempt()

table case_file
  id                      uuid not null
  law                     text not null
  municipality            text not null
  number                  text not null
  wrapped_key             bytea not null
  body                    bytea
  ends_at                 timestamp(3) with time zone
  end_told_at             timestamp(3) with time zone
  created_at              timestamp(3) with time zone not null
  case_file_municipality_check CHECK ((municipality ~ '^[0-9]{4}$'::text))
  case_file_number_check CHECK (((length(number) >= 1) AND (length(number) <= 40)))
  case_file_pkey PRIMARY KEY (id)
  case_file_law_municipality_number_key UNIQUE (law, municipality, number)
  CREATE INDEX case_file_by_end ON public.case_file USING btree (ends_at) WHERE (end_told_at IS NULL)

table data_key
  id                      text not null
  wrapped                 bytea not null
  created_at              timestamp(3) with time zone not null
  data_key_id_check CHECK ((id ~ '^[0-9]{4}(-[0-9]{2})?$'::text))
  data_key_pkey PRIMARY KEY (id)

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
  twin                    bytea not null
  since                   timestamp(3) with time zone
  state                   text not null default 'waiting'::text
  cause                   text
  created_at              timestamp(3) with time zone not null
  finished_at             timestamp(3) with time zone
  delivery_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'delivered'::text, 'held'::text, 'dead'::text])))
  delivery_case_id_fkey FOREIGN KEY (case_id) REFERENCES case_file(id)
  delivery_message_id_fkey FOREIGN KEY (message_id) REFERENCES message(id)
  delivery_mid_fkey FOREIGN KEY (mid) REFERENCES outbox(mid)
  delivery_pkey PRIMARY KEY (mid)
  delivery_case_id_recipient_number_key UNIQUE (case_id, recipient, number)
  delivery_entry_id_key UNIQUE (entry_id)

table duty
  case_id                 uuid not null
  key                     text not null
  rule                    text not null
  article                 text not null
  bearer                  text not null
  toward                  text not null
  authority               text not null
  warn_at                 timestamp(3) with time zone
  opened_at               timestamp(3) with time zone not null
  due_at                  timestamp(3) with time zone
  told_at                 timestamp(3) with time zone
  closed_at               timestamp(3) with time zone
  closed_by               text
  duty_authority_check CHECK ((authority = ANY (ARRAY['law'::text, 'policy'::text])))
  duty_case_id_fkey FOREIGN KEY (case_id) REFERENCES case_file(id)
  duty_pkey PRIMARY KEY (case_id, key)
  CREATE INDEX duty_open ON public.duty USING btree (due_at) WHERE (closed_at IS NULL)

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
  entry_check CHECK ((at = uuid_time(id)))
  entry_check1 CHECK (((kind = 'disclosure'::text) = (sealed_sha256 IS NOT NULL)))
  entry_leaf_check CHECK ((length(leaf) <= 8192))
  entry_sealed_sha256_check CHECK ((length(sealed_sha256) = 32))
  entry_pkey PRIMARY KEY (id, at)
  entry_id_at_sealed_sha256_key UNIQUE (id, at, sealed_sha256)
  CREATE INDEX entry_by_controller ON ONLY public.entry USING btree (controller, at)
  CREATE INDEX entry_by_recipient ON ONLY public.entry USING btree (recipient, at)
  CREATE TRIGGER entry_is_append_only BEFORE DELETE OR UPDATE ON public.entry FOR EACH ROW EXECUTE FUNCTION refuse_log_change()
  CREATE TRIGGER entry_is_not_truncated BEFORE TRUNCATE ON public.entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_log_change()
  CREATE TRIGGER entry_is_queued AFTER INSERT ON public.entry FOR EACH ROW EXECUTE FUNCTION queue_entry()

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
  entry_check CHECK ((at = uuid_time(id)))
  entry_check1 CHECK (((kind = 'disclosure'::text) = (sealed_sha256 IS NOT NULL)))
  entry_leaf_check CHECK ((length(leaf) <= 8192))
  entry_sealed_sha256_check CHECK ((length(sealed_sha256) = 32))
  entry_default_pkey PRIMARY KEY (id, at)
  entry_default_id_at_sealed_sha256_key UNIQUE (id, at, sealed_sha256)
  CREATE INDEX entry_default_controller_at_idx ON public.entry_default USING btree (controller, at)
  CREATE INDEX entry_default_recipient_at_idx ON public.entry_default USING btree (recipient, at)
  CREATE TRIGGER entry_is_append_only BEFORE DELETE OR UPDATE ON public.entry_default FOR EACH ROW EXECUTE FUNCTION refuse_log_change()
  CREATE TRIGGER entry_is_not_truncated BEFORE TRUNCATE ON public.entry_default FOR EACH STATEMENT EXECUTE FUNCTION refuse_log_change()
  CREATE TRIGGER entry_is_queued AFTER INSERT ON public.entry_default FOR EACH ROW EXECUTE FUNCTION queue_entry()

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

table entry_detail_default
  id                      uuid not null
  at                      timestamp(3) with time zone not null
  case_id                 uuid
  key_id                  text not null
  sealed                  bytea not null
  entry_detail_id_at_fkey FOREIGN KEY (id, at) REFERENCES entry(id, at)
  entry_detail_default_pkey PRIMARY KEY (id, at)
  CREATE INDEX entry_detail_default_case_id_at_idx ON public.entry_detail_default USING btree (case_id, at) WHERE (case_id IS NOT NULL)

table entry_subject
  pseudonym               bytea not null
  at                      timestamp(3) with time zone not null
  id                      uuid not null
  entry_subject_pseudonym_check CHECK ((length(pseudonym) = 16))
  entry_subject_pkey PRIMARY KEY (pseudonym, at, id)

table entry_subject_default
  pseudonym               bytea not null
  at                      timestamp(3) with time zone not null
  id                      uuid not null
  entry_subject_pseudonym_check CHECK ((length(pseudonym) = 16))
  entry_subject_default_pkey PRIMARY KEY (pseudonym, at, id)

table hub_mark
  single                  boolean not null default true
  vkey                    text not null
  wrapped                 bytea not null
  hub_mark_single_check CHECK (single)
  hub_mark_pkey PRIMARY KEY (single)

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
  raw                     bytea not null
  answered_at             timestamp(3) with time zone
  state                   text not null default 'accepted'::text
  message_signature_sha256_check CHECK ((length(signature_sha256) = 32))
  message_signer_sha256_check CHECK ((length(signer_sha256) = 32))
  message_state_check CHECK ((state = ANY (ARRAY['accepted'::text, 'applied'::text, 'refused'::text, 'parked'::text])))
  message_case_id_fkey FOREIGN KEY (case_id) REFERENCES case_file(id)
  message_pkey PRIMARY KEY (id)
  message_sender_sender_id_key UNIQUE (sender, sender_id)
  message_signature_sha256_key UNIQUE (signature_sha256)
  CREATE INDEX message_by_case ON public.message USING btree (case_id)

table outbox
  mid                     uuid not null
  entry_id                uuid not null
  entry_at                timestamp(3) with time zone not null
  sealed                  bytea not null
  sealed_sha256           bytea not null generated always as (sha256(sealed))
  outbox_entry_id_entry_at_sealed_sha256_fkey FOREIGN KEY (entry_id, entry_at, sealed_sha256) REFERENCES entry(id, at, sealed_sha256)
  outbox_entry_id_entry_at_sealed_sha256_fkey_1 FOREIGN KEY (entry_id, entry_at, sealed_sha256) REFERENCES entry_default(id, at, sealed_sha256)
  outbox_pkey PRIMARY KEY (mid)
  outbox_entry_id_key UNIQUE (entry_id)

table pending
  pid                     bigint not null generated always as identity
  id                      uuid not null
  at                      timestamp(3) with time zone not null
  h                       bytea not null
  pending_pkey PRIMARY KEY (pid)

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
  queue_kind_check CHECK ((kind = ANY (ARRAY['disclose'::text, 'deliver'::text])))
  queue_pkey PRIMARY KEY (id)
  queue_kind_ref_event_key UNIQUE (kind, ref, event)
  CREATE INDEX queue_by_due ON public.queue USING btree (kind, due_at) WHERE (parked_code IS NULL)
  CREATE INDEX queue_by_lane ON public.queue USING btree (kind, lane, id)

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
  CREATE TRIGGER register_version_is_append_only BEFORE DELETE OR UPDATE ON public.register_version FOR EACH ROW EXECUTE FUNCTION refuse_change()

table task
  id                      uuid not null
  kind                    text not null
  ref                     text not null
  party                   text
  cause                   text not null
  opened_at               timestamp(3) with time zone not null
  closed_at               timestamp(3) with time zone
  task_kind_check CHECK ((kind = ANY (ARRAY['dead-letter'::text, 'certificate'::text, 'stopped'::text, 'parked-case'::text, 'refused-message'::text, 'duty-late'::text, 'log'::text])))
  task_pkey PRIMARY KEY (id)
  task_kind_ref_key UNIQUE (kind, ref)

table term_watch
  single                  boolean not null default true
  watched_at              timestamp(3) with time zone not null default '1970-01-01 00:00:00+00'::timestamp with time zone
  term_watch_single_check CHECK (single)
  term_watch_pkey PRIMARY KEY (single)

table tlog_checkpoint
  size                    bigint not null
  root                    bytea not null
  signed_at               timestamp(3) with time zone not null
  note                    bytea not null
  tlog_checkpoint_root_check CHECK ((length(root) = 32))
  tlog_checkpoint_pkey PRIMARY KEY (size)
  CREATE TRIGGER tlog_checkpoint_is_kept BEFORE UPDATE ON public.tlog_checkpoint FOR EACH ROW EXECUTE FUNCTION refuse_log_change()

table tlog_head
  single                  boolean not null default true
  size                    bigint not null default 0
  stack                   bytea not null default '\x'::bytea
  signed_size             bigint not null default 0
  tlog_head_check CHECK (((signed_size >= 0) AND (signed_size <= size)))
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

CREATE OR REPLACE FUNCTION public.is_sealed(entry_id uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select exists (select from tlog_leaf leaf, tlog_head head where leaf.id = entry_id and leaf.seq < head.signed_size)
$function$

CREATE OR REPLACE FUNCTION public.queue_entry()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  insert into pending (id, at, h) values (new.id, new.at, new.h);
  return null;
end $function$

CREATE OR REPLACE FUNCTION public.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'rows of % are never changed or removed', tg_table_name using errcode = 'restrict_violation';
end $function$

CREATE OR REPLACE FUNCTION public.refuse_log_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'rows of % are never changed or removed (I6)', tg_table_name using errcode = 'restrict_violation';
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
  if new.size < old.size or new.signed_size < old.signed_size then
    raise exception 'the log does not get smaller (I6)' using errcode = 'restrict_violation';
  end if;
  return new;
end $function$

CREATE OR REPLACE FUNCTION public.refuse_unsealed_attempt()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if not is_sealed((select entry_id from delivery where mid = new.mid)) then
    raise exception 'attempt refused: the entry of % is not in a signed checkpoint (I1)', new.mid using errcode = 'restrict_violation';
  end if;
  return new;
end $function$

CREATE OR REPLACE FUNCTION public.uuid_time(id uuid)
 RETURNS timestamp with time zone
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select timestamptz 'epoch' + (('x' || substr(replace(id::text, '-', ''), 1, 12))::bit(48)::bigint) * interval '1 millisecond'
$function$
