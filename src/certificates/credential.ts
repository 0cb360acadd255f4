/** A certificate and its private key, both PEM. What has a key in it stays where keys may be: see docs/tls.md. */
export interface Credential {
  certificate: string;
  key: string;
}
