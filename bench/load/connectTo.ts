import { LoadClient, type LoadClientOptions, type LoadTransport } from './loadClient.ts';
import type { Target } from './loads.ts';

/** A client of the broker's listener of this kind. */
export function connectTo(
  target: Target,
  transport: LoadTransport,
  clientId: string,
  options: Omit<LoadClientOptions, 'transport' | 'port' | 'clientId'> = {},
): Promise<LoadClient> {
  const port = target.ports[transport];
  if (port === undefined) throw new Error(`the broker has no ${transport} listener`);
  return LoadClient.connect({ transport, port, clientId, ...options });
}
