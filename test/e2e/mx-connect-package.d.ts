// The package has no types; this is what is used of it.
declare module 'mx-connect' {
  import type { Socket } from 'node:net';

  export interface MxTlsa {
    readonly usage: number;
    readonly selector: number;
    readonly mtype: number;
    readonly cert: Buffer;
  }
  /** `publicKey` is PEM: of a key as an object it can make nothing. */
  export interface MxCertificate {
    readonly raw: Buffer;
    readonly publicKey: string;
  }
  export interface MxConnection {
    readonly socket: Socket;
    readonly hostname: string;
    readonly requireTls?: boolean;
    readonly daneVerifier?: (hostname: string, certificate: MxCertificate) => Error | undefined;
  }
  type Resolve = (name: string, type: string | ((fault: Error | null, found?: unknown) => void), done?: (fault: Error | null, found?: unknown) => void) => void;
  export interface MxConnect {
    (options: {
      readonly target: string;
      readonly port: number;
      readonly maxConnectTime: number;
      readonly dnsOptions: { readonly ignoreIPv6: boolean; readonly blockLocalAddresses: boolean; readonly resolve: Resolve };
      readonly dane: { readonly enabled: boolean; readonly resolveTlsa: (name: string) => Promise<readonly MxTlsa[]> };
      readonly mtaSts: { readonly enabled: boolean; readonly cache?: { readonly get: () => Promise<unknown>; readonly set: () => Promise<unknown> } };
    }): Promise<MxConnection>;
    readonly dane: { readonly verifyCertAgainstTlsa: (certificate: MxCertificate, records: readonly MxTlsa[], chain?: readonly MxCertificate[]) => { readonly valid: boolean } };
  }
  const mxConnect: MxConnect;
  export default mxConnect;
}
