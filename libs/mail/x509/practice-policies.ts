import { oids } from '../asn1/oid.js';

/** Certificate policies of the practice authority, shaped after those of PKIoverheid (Programma van Eisen); they promise nothing outside practice. */
export const practicePolicies = { sign: oids.practiceSign, encrypt: oids.practiceEncrypt, server: oids.practiceServer } as const;
