/** What a TLS listener needs to prove who it is, and to ask who comes. */

/** Whether a TLS listener asks its peers for a certificate, and whether it takes one that has none. */
export type ClientCertificate = 'none' | 'optional' | 'required';

export type TlsVersion = '1.2' | '1.3';

/** PEM text or bytes. */
export interface TlsOptions {
  /** The server's certificate, intermediate ones after it. */
  cert: string | Buffer;
  key: string | Buffer;
  /** Who signs client certificates. Without it, the authorities that Node trusts. */
  ca?: string | Buffer;
  /**
   * `none`: no certificate is asked for. `optional`: a client may have none, but not one that `ca` does not vouch for.
   * `required`: without one that `ca` vouches for, nobody gets past the handshake.
   */
  clientCertificate: ClientCertificate;
  /** The common name of a client's certificate is its user name; a certificate without one is refused. */
  commonNameAsUser?: boolean;
  /** The oldest version that is spoken; 1.2 unless given. */
  minTlsVersion?: TlsVersion;
}
