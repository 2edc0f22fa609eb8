export { smimeMailAdapter, type SmimeMailOptions } from './smime-mail/adapter.js';
export { letter, type Letter } from './smime-mail/letter.js';
export { smtpLimits, type SmtpLimits } from './smime-mail/limits.js';
export type { SmtpTarget } from './smime-mail/connection.js';
