import type { CaseFile, CaseMoments, MessageType } from '@ketensluis/domain';

/** Which cases of a municipality: by how they stand, and by what is owed. */
export interface CaseFilter {
  readonly standing: 'running' | 'ended' | 'no-ban' | null;
  readonly duty: 'open' | 'late' | null;
}

/** A duty of a case, in codes. */
export interface CaseDuty {
  /** As commands take it: the key, and behind `@` the OIN where the same is owed to several. */
  readonly name: string;
  readonly rule: string;
  readonly article: string;
  /** Roles. */
  readonly bearer: string;
  readonly toward: string;
  /** OIN; empty for a person or whoever holds the role. */
  readonly recipient: string;
  readonly authority: 'law' | 'policy';
  readonly openedAt: Date;
  readonly dueAt: Date | null;
  readonly closedAt: Date | null;
  /** Entry or message that did it, or `outside:` and the function of who did it. */
  readonly closedBy: string | null;
}

/** One case in a list; nobody is named in it. */
export interface ListedCase extends CaseMoments {
  readonly caseId: string;
  readonly law: string;
  readonly number: string;
  readonly createdAt: Date;
  /** Null where its key was destroyed, or when its first message waits. */
  readonly file: CaseFile | null;
  readonly nextDuty: Pick<CaseDuty, 'name' | 'rule' | 'article' | 'bearer' | 'toward' | 'dueAt'> | null;
  readonly openDuties: number;
  /** Until when it must be kept for a procedure; null when nothing stops its destruction. */
  readonly heldUntil: Date | null;
}

/** One message of a case: which, when and by whom. */
export interface CaseStepLine {
  readonly id: string;
  readonly type: MessageType;
  readonly sender: string;
  readonly receivedAt: Date;
  readonly state: 'accepted' | 'applied' | 'refused' | 'parked';
  readonly isReplaced: boolean;
}

/** A case with everything the hub did for it, in codes. */
export interface StoredMunicipalCase extends ListedCase {
  readonly steps: readonly CaseStepLine[];
  readonly duties: readonly CaseDuty[];
  /** Places in the log of what was decided in this case. */
  readonly entries: readonly number[];
}

/** The cases of one municipality. Every question names it and sees no other (I10). */
export interface MunicipalCaseStore {
  /** Newest first; `after` is the id of the last one on the page before. */
  readonly list: (municipality: string, filter: CaseFilter, page: { readonly at: Date; readonly after: string | null; readonly limit: number }) => Promise<readonly ListedCase[]>;
  readonly count: (municipality: string, filter: CaseFilter, at: Date) => Promise<number>;
  /** Null when this municipality has no such case. */
  readonly open: (municipality: string, caseId: string, at: Date) => Promise<StoredMunicipalCase | null>;
}
