/** What a TLS listener needs to prove who it is, and to ask who comes. */

/** PEM text or bytes. */
export interface TlsOptions {
  /** The server's certificate, intermediate ones after it. */
  cert: string | Buffer;
  key: string | Buffer;
  /** Who signs client certificates. Without it, the authorities that Node trusts. */
  ca?: string | Buffer;
  /** True: a client without a certificate that `ca` vouches for does not get past the handshake. */
  requireClientCertificate: boolean;
}
