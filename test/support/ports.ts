/** Ports of 127.0.0.1 for brokers that are to listen at a known one, and who has them. */
import { createServer } from 'node:net';

/** Below those that systems give to whoever asks for any: nobody gets one of them by chance between the asking and the use. */
const FIRST_PORT = 10_000;
const LAST_PORT = 32_767;
/** To nobody twice. */
const given = new Set<number>();

/** A port of 127.0.0.1 that nobody listens on now. Drawn by lot, as tests of other processes draw theirs meanwhile. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT + 1));
    if (given.has(port) || (await isTaken(port))) continue;
    given.add(port);
    return port;
  }
}

export async function isTaken(port: number): Promise<boolean> {
  return (await boundPort('127.0.0.1', port)) === undefined;
}

/**
 * Whether somebody listens on this port at every address of the machine, rather than at 127.0.0.1 alone: then no other
 * loopback address has it free. Asks by listening, so that not a byte is sent.
 */
export async function isListenedOnEverywhere(port: number): Promise<boolean> {
  return (await boundPort('127.0.0.2', port)) === undefined;
}

/** Listens for a moment. Undefined when the port is taken. */
function boundPort(host: string, port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen({ host, port }, () => {
      const address = server.address();
      const bound = address !== null && typeof address === 'object' ? address.port : port;
      server.close(() => resolve(bound));
    });
  });
}
