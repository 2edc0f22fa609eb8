/** SQL: how the task of a duty that is late names it. */
export const dutyRef = "duty.case_id || '/' || duty.name";

/** SQL: the duty that the row of `task` names, found by its case. Asked the other way round, every duty that ever was is read for each question. */
export const isDutyOfTask = "duty.case_id = case task.kind when 'duty-late' then split_part(task.ref, '/', 1)::uuid end and task.ref = " + dutyRef;
