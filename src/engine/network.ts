/** What a broker needs of the machine, so that a test can stand in for it. */
import type { PortOwner } from '../contracts/engine.ts';
import { findFreePort } from '../transports/freePort.ts';
import { listen } from '../transports/listener.ts';
import { findPortOwner } from '../transports/portOwner.ts';

export interface Network {
  listen: typeof listen;
  /** Undefined where the system does not tell. */
  findPortOwner(port: number): Promise<PortOwner | undefined>;
  findFreePort(host: string, nearPort: number): Promise<number>;
}

/** The machine itself. */
export const systemNetwork: Network = { listen, findPortOwner, findFreePort };
