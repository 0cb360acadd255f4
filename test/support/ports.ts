/** Ports of 127.0.0.1 for brokers that are to listen at a known one, and who has them. */
import { createServer } from 'node:net';

/** A port of 127.0.0.1 that nobody listens on now. */
export async function freePort(): Promise<number> {
  const port = await boundPort('127.0.0.1', 0);
  if (port === undefined) throw new Error('The system has no free port');
  return port;
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
