/**
 * The network between a client and the broker, when it is a bad one: a TCP proxy on loopback that passes bytes on in
 * pieces and late, cuts connections in the middle, or stops to pass anything on while both ends believe that they are
 * connected. What it does comes from a seed.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Owner } from '../support/program.ts';
import type { SeededRandom } from '../support/random.ts';

const MAX_DELAY_MS = 3;
const MAX_PIECE_BYTES = 40;
const MAX_BYTES_BEFORE_CUT = 2000;

export interface Flakiness {
  readonly random: SeededRandom;
  /** Connections that are cut; those after them hold. */
  readonly cuts: number;
}

/** One direction of one connection. */
type Pipe = (chunk: Buffer) => void;

export class BadLink {
  readonly port: number;
  readonly #flakiness: Flakiness | undefined;
  #connections = 0;
  /** The last connection of those that pass nothing on any more. */
  #vanished = 0;

  /** @param flakiness without, everything is passed on until `vanish`. */
  static async start(owner: Owner, brokerPort: number, flakiness?: Flakiness): Promise<BadLink> {
    const sockets: Socket[] = [];
    const server = createServer({ noDelay: true, allowHalfOpen: true });
    const link = new BadLink(await listening(server), flakiness);
    server.on('connection', (client) => {
      const broker = connect({ port: brokerPort, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
      for (const socket of [client, broker]) sockets.push(socket.on('error', () => {}));
      link.#join(client, broker);
    });
    owner.after(async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    });
    return link;
  }

  private constructor(port: number, flakiness: Flakiness | undefined) {
    this.port = port;
    this.#flakiness = flakiness;
  }

  /** Connections so far. */
  get connections(): number {
    return this.#connections;
  }

  /** Over the connections that are open nothing is passed on any more, not even their ends. New ones work. */
  vanish(): void {
    this.#vanished = this.#connections;
  }

  #join(client: Socket, broker: Socket): void {
    const connection = ++this.#connections;
    const hasVanished = (): boolean => connection <= this.#vanished;
    const bothEnds = [client, broker] as const;
    const pass = (to: Socket): Pipe => {
      const write: Pipe = (bytes) => {
        if (!hasVanished()) to.write(bytes);
      };
      return this.#flakiness === undefined ? write : flaky(write, this.#flakiness.random);
    };
    let bytesLeft = this.#bytesBeforeCut(connection);
    for (const [i, from] of bothEnds.entries()) {
      const to = bothEnds[1 - i]!; // the other one of two
      const pipe = pass(to);
      from.on('data', (chunk: Buffer) => {
        pipe(chunk.subarray(0, Math.max(0, bytesLeft)));
        bytesLeft -= chunk.length;
        if (bytesLeft < 0) for (const socket of bothEnds) socket.destroy();
      });
      from.on('close', () => {
        if (!hasVanished()) to.destroySoon();
      });
      from.on('end', () => {
        if (!hasVanished()) to.end();
      });
    }
  }

  #bytesBeforeCut(connection: number): number {
    if (this.#flakiness === undefined || connection > this.#flakiness.cuts) return Number.POSITIVE_INFINITY;
    return this.#flakiness.random.integer(0, MAX_BYTES_BEFORE_CUT);
  }
}

/** In pieces, each after a while, in order. */
function flaky(write: Pipe, random: SeededRandom): Pipe {
  let last: Promise<void> = Promise.resolve();
  return (chunk) => {
    for (let start = 0; start < chunk.length; ) {
      const end = start + random.integer(1, MAX_PIECE_BYTES);
      const piece = chunk.subarray(start, end);
      const delayMs = random.integer(0, 9) === 0 ? random.integer(1, MAX_DELAY_MS) : 0;
      last = last.then(async () => {
        if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
        write(piece);
      });
      start = end;
    }
  };
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return address.port;
}
