/**
 * A RawClient's wire over a connection whose other end is a broker of this process: what the client writes may be
 * awaited until the broker has dealt with it.
 */
import type { Duplex } from 'node:stream';
import { streamWire, type Wire, type WirePeer } from './rawClient.ts';
import type { WatchedTransport } from './watchedTransport.ts';

/** Both ends of one connection: the client's, and the broker's. */
export interface Ends {
  /** Open, and not read from. */
  readonly stream: Duplex;
  readonly transport: WatchedTransport;
}

/** @param opening what is written before it has resolved waits for it. */
export function networkWire(opening: Promise<Ends>, peer: WirePeer): Wire {
  const opened = opening.then(({ stream, transport }) => ({ wire: streamWire(stream, peer), transport }));
  let writtenBytes = 0;
  const handled = async (): Promise<void> => (await opened).transport.handled(writtenBytes);
  return {
    write(bytes) {
      writtenBytes += bytes.length;
      void opened.then(({ wire }) => wire.write(bytes));
    },
    // A connection that is cut with bytes on the way may lose them: which ones would be chance.
    breakOff: () => void handled().then(async () => (await opened).wire.breakOff()),
    handled,
    brokerClosed: async () => (await opened).transport.closed,
  };
}
