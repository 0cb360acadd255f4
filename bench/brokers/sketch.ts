/**
 * The limit: what Node can do when a broker has no duties. Run as `node bench/brokers/sketch.ts`, prints its port.
 *
 * Frames packets, matches one topic filter, and hands PUBLISH on as it came, joined into one write a connection and
 * turn. No sessions, no QoS, no checks, no bounds: never an MQTT broker, and not to become one.
 */
import { createServer, type Socket } from 'node:net';

const CONNACK = Buffer.from([0x20, 2, 0, 0]);
const PINGRESP = Buffer.from([0xd0, 0]);

class Peer {
  readonly socket: Socket;
  #output: Uint8Array[] = [];
  #outputBytes = 0;
  #rest: Buffer | undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => subscribers.delete(this));
  }

  /** Borrowed until the end of the turn: a packet is copied once, when output is joined. */
  write(bytes: Uint8Array): void {
    this.#outputBytes += bytes.length;
    if (this.#output.push(bytes) === 1 && waiting.push(this) === 1) setImmediate(flushAll);
  }

  flush(): void {
    const output = this.#output;
    this.#output = [];
    this.socket.write(output.length === 1 ? output[0]! : Buffer.concat(output, this.#outputBytes)); // never empty
    this.#outputBytes = 0;
  }

  #read(chunk: Buffer): void {
    const bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    let runStart = -1;
    while (at + 2 <= bytes.length) {
      let remainingLength = bytes[at + 1]!; // there are two
      let bodyAt = at + 2;
      if (remainingLength >= 0x80) {
        if (bodyAt >= bytes.length) break;
        remainingLength = (remainingLength & 0x7f) + bytes[bodyAt++]! * 128; // up to 16,383: enough for a limit
      }
      const end = bodyAt + remainingLength;
      if (end > bytes.length) break;
      if (bytes[at]! >> 4 === 3 && matches(bytes, bodyAt)) {
        if (runStart === -1) runStart = at;
      } else {
        if (runStart !== -1) publish(bytes.subarray(runStart, at));
        runStart = -1;
        this.#handle(bytes, at, bodyAt);
      }
      at = end;
    }
    if (runStart !== -1) publish(bytes.subarray(runStart, at));
    this.#rest = at < bytes.length ? bytes.subarray(at) : undefined;
  }

  #handle(bytes: Buffer, at: number, bodyAt: number): void {
    const type = bytes[at]! >> 4; // there is a packet
    if (type === 1) this.socket.write(CONNACK);
    else if (type === 12) this.socket.write(PINGRESP);
    else if (type === 8) {
      const length = bytes.readUInt16BE(bodyAt + 2);
      const filter = bytes.subarray(bodyAt + 4, bodyAt + 4 + length);
      // Everything below the filter's first levels, or that very topic.
      prefix = Buffer.from(filter.at(-1) === 0x23 ? filter.subarray(0, -1) : filter);
      subscribers.add(this);
      this.socket.write(Buffer.from([0x90, 3, bytes[bodyAt]!, bytes[bodyAt + 1]!, 0])); // its packet identifier
    }
  }
}

const subscribers = new Set<Peer>();
let prefix: Buffer = Buffer.from('nothing yet');
let waiting: Peer[] = [];

function matches(bytes: Buffer, bodyAt: number): boolean {
  for (let i = 0; i < prefix.length; i++) if (bytes[bodyAt + 2 + i] !== prefix[i]) return false;
  return true;
}

function publish(packets: Uint8Array): void {
  for (const subscriber of subscribers) subscriber.write(packets);
}

function flushAll(): void {
  const peers = waiting;
  waiting = [];
  for (const peer of peers) peer.flush();
}

const server = createServer({ noDelay: true }, (socket) => void new Peer(socket));
server.listen(0, '127.0.0.1', 1024, () => {
  const address = server.address();
  if (typeof address === 'object') console.log(JSON.stringify({ mqtt: address?.port }));
});
process.on('SIGTERM', () => process.exit());
