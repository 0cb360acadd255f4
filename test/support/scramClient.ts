/** The client's side of SCRAM-SHA-256, written from RFC 5802 and 7677 alone: it shares no line with the broker's. */
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';

export class ScramClient {
  readonly #password: string;
  readonly #gs2Header: string;
  readonly #firstBare: string;

  /** @param username as it is written in the message: "," is =2C and "=" is =3D. */
  constructor(username: string, password: string, nonce = 'client-nonce', gs2Header = 'n,,') {
    this.#password = password;
    this.#gs2Header = gs2Header;
    this.#firstBare = `n=${username},r=${nonce}`;
  }

  get first(): Uint8Array {
    return bytesOf(this.#gs2Header + this.#firstBare);
  }

  /** The last message, and what the server is to answer to it. */
  final(serverFirst: Uint8Array | undefined): { message: Uint8Array; verifier: string } {
    const challenge = textOf(serverFirst);
    const [, nonce, salt = '', iterations] = /^r=([^,]*),s=([^,]*),i=(\d+)$/.exec(challenge) ?? [];
    const salted = pbkdf2Sync(this.#password, Buffer.from(salt, 'base64'), Number(iterations), 32, 'sha256');
    const clientKey = hmac(salted, 'Client Key');
    const withoutProof = `c=${Buffer.from(this.#gs2Header).toString('base64')},r=${nonce}`;
    const signed = `${this.#firstBare},${challenge},${withoutProof}`;
    const signature = hmac(createHash('sha256').update(clientKey).digest(), signed);
    const proof = Buffer.from(clientKey.map((byte, i) => byte ^ signature.readUInt8(i)));
    return {
      message: bytesOf(`${withoutProof},p=${proof.toString('base64')}`),
      verifier: `v=${hmac(hmac(salted, 'Server Key'), signed).toString('base64')}`,
    };
  }
}

export function textOf(bytes: Uint8Array | undefined): string {
  return new TextDecoder().decode(bytes);
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function hmac(key: Uint8Array, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
