/**
 * Which disclosures a party has or can fetch, by its rows alone. One that is held for its channel can be fetched; one that somebody stopped or that was replaced
 * before it left cannot, and is not told of.
 */
export const withinReach = (at: string): string => `(delivery.state = 'delivered' or (message.replaced_by is null and is_released(delivery.entry_id, delivery.acute, ${at})
  and not exists (select from task where task.ref = delivery.mid::text and task.kind in ('stopped', 'log') and task.closed_at is null)
  and (delivery.state <> 'held' or exists (select from task where task.ref = delivery.mid::text and task.kind = 'certificate' and task.closed_at is null))))`;

/** When what is owed to the party about this message is due, also when it is done by now. */
export const dueSql = `(select min(duty.due_at) from duty where duty.case_id = delivery.case_id and duty.message_id = delivery.message_id
  and (duty.recipient = delivery.recipient or (duty.recipient = '' and duty.toward = any(delivery.roles))))`;

/** What a party keeps of a case. */
export const deskColumns = 'case_id as "caseId", assigned_to as "assignedTo", assigned_name as "assignedName", assigned_at as "assignedAt", returned_at as "returnedAt"';
