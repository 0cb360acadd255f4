/**
 * What a client offers at the start of a TLS handshake: its ClientHello (RFC 8446 4.1.2, RFC 5246 7.4.1.2), read from
 * the first bytes of the connection.
 *
 * A parser of our own, since Node tells of a handshake that fails in OpenSSL's words alone, and hands out nothing of
 * what was offered. Bytes are a peer's: everything is bounded by the record's length, and what does not fit is
 * `malformed`, never an exception. Read after a failure only; `isComplete` is all that a good handshake pays.
 */

/** A hello is some 200 bytes of a board, and 1,800 of a browser with post-quantum keys. What is longer is not read. */
export const MAX_HELLO_BYTES = 16_384;

export interface ClientHello {
  /** Offered, newest first: 0x0304 is TLS 1.3, 0x0303 is 1.2. One alone where `orOlder`. */
  versions: readonly number[];
  /** Before TLS 1.3 a client says the newest version that it knows, and is taken to know those before it. */
  orOlder: boolean;
  cipherSuites: readonly number[];
  /** Which it wants to talk to, as it asked (SNI); most clients ask for no name when they connect to an address. */
  serverName?: string;
  /** Of key exchange; 0x0017 is P-256. Empty where it says none. */
  groups: readonly number[];
  /** 0x0403 is ECDSA with SHA-256. Empty where it says none. */
  signatureSchemes: readonly number[];
  /** The first four bytes of its random, which some libraries fill with their clock: seconds since 1970. */
  randomSeconds: number;
}

export type Opening =
  | { kind: 'hello'; hello: ClientHello }
  /** TLS, and cut or broken before its hello ends. */
  | { kind: 'malformed' }
  | { kind: 'nothing' }
  /** Not TLS. `mqtt` is a CONNECT. */
  | { kind: 'mqtt' | 'http' | 'unknown' };

const RECORD_HEADER_BYTES = 5;
const MESSAGE_HEADER_BYTES = 4;
const HANDSHAKE_RECORD = 22;
const CLIENT_HELLO = 1;
const CONNECT_FIRST_BYTE = 0x10;
const RANDOM_BYTES = 32;
/** Nobody has a reason to split a hello; a test of what a network does may send it byte by byte. */
const MAX_RECORDS = 512;
const MAX_LIST_ENTRIES = 256;
const MAX_NAME_CHARACTERS = 255;

const SERVER_NAME = 0;
const SUPPORTED_GROUPS = 10;
const SIGNATURE_ALGORITHMS = 13;
const SUPPORTED_VERSIONS = 43;

/** Whether no more bytes are needed to read the opening: it is all there, no TLS, or longer than is read. */
export function isComplete(bytes: Uint8Array): boolean {
  if (bytes.length >= MAX_HELLO_BYTES) return true;
  if (bytes.length === 0) return false;
  if (bytes[0] !== HANDSHAKE_RECORD) return true;
  const message = messageOf(bytes);
  return message === undefined || message.kind !== 'cut';
}

export function readOpening(bytes: Uint8Array): Opening {
  if (bytes.length === 0) return { kind: 'nothing' };
  if (bytes[0] === CONNECT_FIRST_BYTE) return { kind: 'mqtt' };
  if (bytes[0] !== HANDSHAKE_RECORD) return { kind: looksLikeHttp(bytes) ? 'http' : 'unknown' };
  const message = messageOf(bytes);
  if (message === undefined || message.kind === 'cut') return { kind: 'malformed' };
  const hello = readHello(new Fields(message.body));
  return hello === undefined ? { kind: 'malformed' } : { kind: 'hello', hello };
}

function looksLikeHttp(bytes: Uint8Array): boolean {
  return /^(GET|POST|PUT|HEAD|OPTIONS|DELETE|PATCH|CONNECT|PRI) /.test(
    Buffer.from(bytes.subarray(0, 16)).toString('latin1'),
  );
}

/**
 * The handshake's first message, which may be split over records. Undefined where it is none; `cut` where bytes are
 * missing. Asked anew with each piece that comes: it copies nothing before all is there.
 */
function messageOf(bytes: Uint8Array): { kind: 'whole'; body: Uint8Array } | { kind: 'cut' } | undefined {
  const pieces: Uint8Array[] = [];
  const header: number[] = [];
  let joinedBytes = 0;
  for (let at = 0; pieces.length < MAX_RECORDS; ) {
    if (bytes.length < at + RECORD_HEADER_BYTES) return { kind: 'cut' };
    const length = ((bytes[at + 3] ?? 0) << 8) | (bytes[at + 4] ?? 0);
    if (bytes[at] !== HANDSHAKE_RECORD || length === 0) return undefined;
    const piece = bytes.subarray(at + RECORD_HEADER_BYTES, at + RECORD_HEADER_BYTES + length);
    pieces.push(piece);
    joinedBytes += piece.length;
    if (header.length < MESSAGE_HEADER_BYTES)
      header.push(...piece.subarray(0, MESSAGE_HEADER_BYTES - header.length));
    const [type, high = 0, middle = 0, low] = header;
    if (type !== undefined && type !== CLIENT_HELLO) return undefined;
    if (low !== undefined) {
      const end = MESSAGE_HEADER_BYTES + ((high << 16) | (middle << 8) | low);
      if (end > MAX_HELLO_BYTES) return undefined;
      if (joinedBytes >= end)
        return { kind: 'whole', body: Buffer.concat(pieces).subarray(MESSAGE_HEADER_BYTES, end) };
    }
    if (piece.length < length) return { kind: 'cut' };
    at += RECORD_HEADER_BYTES + length;
  }
  return undefined;
}

function readHello(fields: Fields): ClientHello | undefined {
  const legacyVersion = fields.number(2);
  const random = fields.bytes(RANDOM_BYTES);
  fields.bytes(fields.number(1)); // session id
  const cipherSuites = fields.numbers(fields.number(2));
  fields.bytes(fields.number(1)); // compression methods
  const hello: Writable<ClientHello> = {
    versions: [],
    orOlder: false,
    cipherSuites: cipherSuites.filter((suite) => !isGrease(suite)),
    groups: [],
    signatureSchemes: [],
    randomSeconds: new Fields(random).number(4),
  };
  // A hello without extensions ends here.
  if (fields.left > 0) readExtensions(new Fields(fields.bytes(fields.number(2))), hello);
  if (fields.isBroken) return undefined;
  return hello.versions.length > 0 ? hello : { ...hello, versions: [legacyVersion], orOlder: true };
}

type Writable<T> = { -readonly [Name in keyof T]: T[Name] };

function readExtensions(extensions: Fields, hello: Writable<ClientHello>): void {
  while (extensions.left > 0 && !extensions.isBroken) {
    const type = extensions.number(2);
    const body = new Fields(extensions.bytes(extensions.number(2)));
    if (extensions.isBroken) return;
    switch (type) {
      case SERVER_NAME: {
        const names = new Fields(body.bytes(body.number(2)));
        // 0: a host name, the only kind that there is.
        if (names.number(1) !== 0) break;
        const name = hostNameOf(names.bytes(names.number(2)));
        if (!names.isBroken && name !== '') hello.serverName = name;
        break;
      }
      case SUPPORTED_GROUPS:
        hello.groups = body.numbers(body.number(2)).filter((group) => !isGrease(group));
        break;
      case SIGNATURE_ALGORITHMS:
        hello.signatureSchemes = body.numbers(body.number(2)).filter((scheme) => !isGrease(scheme));
        break;
      case SUPPORTED_VERSIONS:
        hello.versions = body
          .numbers(body.number(1))
          .filter((version) => !isGrease(version))
          .sort((a, b) => b - a);
        break;
    }
  }
}

/** Values that mean nothing, which browsers scatter so that servers bear what they don't know (RFC 8701). */
function isGrease(value: number): boolean {
  return (value & 0x0f0f) === 0x0a0a && value >> 8 === (value & 0xff);
}

/** What can't be in a name becomes `?`: it is shown to people. */
function hostNameOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, MAX_NAME_CHARACTERS))
    .toString('latin1')
    .replace(/[^a-zA-Z0-9._:-]/g, '?');
}

/** Reads fields one behind the other. What goes beyond the end is 0 or empty, and `isBroken` from then on. */
class Fields {
  readonly #bytes: Uint8Array;
  #at = 0;
  isBroken = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  number(byteLength: 1 | 2 | 4): number {
    return this.bytes(byteLength).reduce((value, byte) => value * 256 + byte, 0);
  }

  bytes(length: number): Uint8Array {
    if (length > this.left) {
      this.isBroken = true;
      this.#at = this.#bytes.length;
      return new Uint8Array(0);
    }
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  /** A list of two-byte numbers, the first 256 of it. */
  numbers(byteLength: number): number[] {
    const list = this.bytes(byteLength);
    const numbers: number[] = [];
    for (let i = 0; i + 1 < list.length && numbers.length < MAX_LIST_ENTRIES; i += 2)
      numbers.push(((list[i] ?? 0) << 8) | (list[i + 1] ?? 0));
    return numbers;
  }
}
