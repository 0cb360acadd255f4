/**
 * A port that can be listened on, for "use another port". A guess by nature: another process may take it a moment
 * later, and the listener then says so.
 */
import { createServer } from 'node:net';

/** How many ports after the wanted one are tried before the system chooses. */
const NEIGHBOURS = 20;

/**
 * The first port after `nearPort` that is free at `host` now, or any free one. Rejects when the host can't be
 * listened on at all, as with an address that is not this machine's.
 */
export async function findFreePort(host: string, nearPort: number): Promise<number> {
  const last = Math.min(nearPort + NEIGHBOURS, 65_535);
  for (let port = nearPort + 1; port <= last; port++) {
    if (await canListen(host, port)) return port;
  }
  return anyFreePort(host);
}

async function canListen(host: string, port: number): Promise<boolean> {
  return tryPort(host, port).then(
    () => true,
    () => false,
  );
}

async function anyFreePort(host: string): Promise<number> {
  return tryPort(host, 0);
}

/** Resolves with the port that was bound; it is free again by then. */
function tryPort(host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host, port }, () => {
      const address = server.address();
      const bound = address === null || typeof address === 'string' ? port : address.port;
      server.close(() => resolve(bound));
    });
  });
}
