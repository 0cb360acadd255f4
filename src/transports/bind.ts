/** A server's way to its address, with the system's refusal as a result. */
import type { ListenOptions, Server } from 'node:net';

/** Resolves when the server listens, or with the reason why it can't. */
export function bind(server: Server, address: ListenOptions): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const onError = (error: NodeJS.ErrnoException): void => resolve(error);
    server.once('error', onError);
    server.listen(address, () => {
      server.removeListener('error', onError);
      resolve(undefined);
    });
  });
}
