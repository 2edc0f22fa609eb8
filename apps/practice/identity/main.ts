import { z } from 'zod';
import { accountsSchema } from './accounts.js';
import { startProvider } from './provider.js';

// The practice identity provider in a process of its own: nothing of it is in the hub. Ends with the process that started it.
const orderSchema = z.strictObject({ port: z.number().int(), host: z.string(), consoleUrl: z.url(), accounts: accountsSchema });

process.once('message', (message) => {
  startProvider(orderSchema.parse(message)).then(({ port }) => process.send?.({ kind: 'ready', port }), (fault: unknown) => {
    process.send?.({ kind: 'failed', code: fault instanceof Error && 'code' in fault ? String(fault.code) : 'unknown' });
    process.exit(1);
  });
});
process.once('disconnect', () => process.exit(0));
// The signal of a terminal reaches the whole group; the hub ends us after it has finished.
process.on('SIGINT', () => undefined);
