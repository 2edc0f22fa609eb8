import { certificateOperations } from './certificates.js';
import { deliveryOperations } from './deliveries.js';
import { exchangeOperations } from './exchange.js';
import { glossaryOperations } from './glossary.js';
import { keyOperations } from './keys.js';
import { logEntryOperations } from './log-entries.js';
import { openApiDocument } from './openapi.js';
import type { Operation, ServedOperation } from './operation.js';
import { reconciliationOperations } from './reconciliation.js';
import { subscriptionOperations } from './subscriptions.js';
import { testMessageOperations } from './test-messages.js';

/** Version of the API (semver); its major number stands in the address (NL GOV API Design Rules 2.2). */
export const apiVersion = '1.2.0';

/** What the dispatcher answers. */
export const servedOperations: readonly ServedOperation[] = [
  ...deliveryOperations, ...reconciliationOperations, ...logEntryOperations, ...keyOperations, ...certificateOperations, ...subscriptionOperations, ...testMessageOperations, ...glossaryOperations,
];

/** Everything below `/api/v1`. */
export const apiOperations: readonly Operation[] = [...exchangeOperations, ...servedOperations];

/** The document of this API as text, for a hub at this address. */
export const apiDocument = (address: string): string => `${JSON.stringify(openApiDocument(apiOperations, { version: apiVersion, address }), null, 2)}\n`;
