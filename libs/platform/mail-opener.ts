import type { MailOpener } from '@ketensluis/flow';
import type { MailPool, MailRefusal } from '@ketensluis/mail';
import type { Keyring } from './keyring.js';
import type { TrustUpkeep } from './trust-upkeep.js';

const revoked: MailRefusal = {
  kind: 'refused', code: 'unknown-signer', public: 'message refused: it could not be opened and verified', detail: 'the certificate of the signer was revoked here',
};

/** Opens mail with the keys of now. What a mail lets us know is noted, and what nobody answered for yet is asked about, both apart from its way. */
export const mailOpener = (pool: Pick<MailPool, 'open'>, keyring: Keyring, upkeep: Pick<TrustUpkeep, 'ask'>): MailOpener => ({
  open: async (raw, at) => {
    const opened = await pool.open(raw, { keys: keyring.openingKeys(), trust: keyring.trust(), at });
    if (opened.kind === 'refused') {
      if (opened.unproven !== undefined) upkeep.ask(opened.unproven);
      return opened;
    }
    if (keyring.isRevoked(opened.signer.sha256)) return revoked;
    keyring.hear(opened, at);
    return opened;
  },
});
