import { createTransport } from 'nodemailer';

/** Submits raw bytes over SMTP with STARTTLS and tells what the server answered, also when it refused. Throws when no answer came. */
export const submit = async (
  raw: Uint8Array,
  envelope: { readonly from: string; readonly to: string },
  server: { readonly host: string; readonly port: number; readonly tlsCa: string; /** In EHLO; that of the sender where absent. */ readonly name?: string },
): Promise<{ readonly code: number; readonly text: string }> => {
  const transport = createTransport({
    host: server.host,
    port: server.port,
    requireTLS: true,
    name: server.name ?? envelope.from.slice(envelope.from.lastIndexOf('@') + 1),
    tls: { ca: server.tlsCa, servername: 'localhost', minVersion: 'TLSv1.2', rejectUnauthorized: true },
    connectionTimeout: 10_000,
    socketTimeout: 60_000,
  });
  try {
    const { response } = await transport.sendMail({ envelope: { from: envelope.from, to: [envelope.to] }, raw: Buffer.from(raw) });
    return replyOf(response);
  } catch (fault) {
    if (fault instanceof Error && 'response' in fault && typeof fault.response === 'string') return replyOf(fault.response);
    throw fault;
  } finally {
    transport.close();
  }
};

const replyOf = (line: string): { readonly code: number; readonly text: string } => ({ code: Number(line.slice(0, 3)), text: line.slice(4) });
