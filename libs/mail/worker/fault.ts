/** Why a job of the pool has no answer; closed. Each may be tried again, except after `closed`. */
export type MailPoolFaultCode = 'mail-timeout' | 'mail-thread-failed' | 'mail-pool-full' | 'mail-pool-closed';

/** A job that could not be done; says nothing about the mail, which may be given again when `retry`. */
export class MailPoolFault extends Error {
  readonly retry: boolean;

  constructor(
    readonly code: MailPoolFaultCode,
    options?: { readonly cause: unknown },
  ) {
    super(code, options);
    this.name = 'MailPoolFault';
    this.retry = code !== 'mail-pool-closed';
  }
}
