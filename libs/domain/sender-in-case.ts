import type { CaseFile } from './case-file.js';
import { cannot, type CaseRefusal } from './case-refusal.js';
import { designates } from './designation.js';
import type { Message } from './message.js';
import type { MessageType } from './messages/type.js';
import { isActive, isMunicipalRole, type Party } from './party.js';
import { partyOf, type Registers } from './registers.js';

/** What the question "has the sender a part in this case?" is answered from. */
export interface SenderInput {
  readonly message: Message;
  /** The case before the message. */
  readonly file: CaseFile;
  readonly registers: Registers;
}

type SenderCheck = (input: SenderInput & { readonly sender: Party }) => CaseRefusal | null;

/**
 * Why the sender has no part in this case, or null when he has. Asked before anything of the message is applied: whoever is no party to
 * a case changes nothing in it (AVG art. 5(1)(f), I10). A part is had at the moment the message reached the hub.
 */
export const senderProblem = (input: SenderInput): CaseRefusal | null => {
  const sender = partyOf(input.registers, input.message.sender.oin);
  if (sender === null || !isActive(sender, input.message.receivedAt)) return cannot('unknown-party', 'AVG art. 5(1)(f)');
  for (const check of checks) {
    const problem = check({ ...input, sender });
    if (problem !== null) return problem;
  }
  return null;
};

const holdsRole: SenderCheck = ({ sender, message }) =>
  sender.roles.includes(message.sender.role) ? null : cannot('role-not-held', 'AVG art. 5(1)(f)');

const worksHere: SenderCheck = ({ sender, message }) =>
  sender.serves.includes(message.case.municipality) ? null : cannot('other-tenant', 'AVG art. 28(3)(a)');

// Only the burgemeester of the municipality itself decides there (Wth art. 2(1)).
const isOwnMunicipality: SenderCheck = ({ sender, message }) =>
  !isMunicipalRole(message.sender.role) || sender.municipality === message.case.municipality ? null : cannot('other-tenant', 'Wth art. 2(1)');

// The confirmation that opens the way to withdrawing is that of the instance of art. 2(8): Veilig Thuis gives it only where designated.
const confirmsHelp: readonly MessageType[] = ['hulp.aanvaard', 'hulp.bevestigd'];

const isDesignated: SenderCheck = ({ sender, message, registers }) => {
  const { role } = message.sender;
  if (role !== 'INST' && !(role === 'VT' && confirmsHelp.includes(message.type))) return null;
  const found = registers.designations.some((each) => designates(each, message.case.municipality, sender.oin, message.receivedAt));
  return found ? null : cannot('not-designated', 'Wth art. 2(8)');
};

// Whether a firm may become the raadsman is for the step that assigns one; anything else comes from him who is (Wth art. 5).
const isRaadsman: SenderCheck = ({ sender, message, file }) => {
  if (message.sender.role !== 'ADV' || message.type === 'raadsman.toegewezen') return null;
  return file.procedure.lawyer === 'ASSIGNED' && file.procedure.lawyerOin === sender.oin ? null : cannot('not-raadsman', 'Wth art. 5(1)');
};

const checks: readonly SenderCheck[] = [holdsRole, worksHere, isOwnMunicipality, isDesignated, isRaadsman];
