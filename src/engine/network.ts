/** What a broker needs of the machine, so that a test can stand in for it. */
import { networkInterfaces } from 'node:os';
import type { PortOwner } from '../contracts/engine.ts';
import type { OpenLink } from '../discovery/link.ts';
import { findFreePort } from '../transports/freePort.ts';
import { listen } from '../transports/listener.ts';
import { findPortOwner } from '../transports/portOwner.ts';

export interface Network {
  listen: typeof listen;
  /** Undefined where the system does not tell. */
  findPortOwner(port: number): Promise<PortOwner | undefined>;
  findFreePort(host: string, nearPort: number): Promise<number>;
  interfaces: typeof networkInterfaces;
  /** Multicast DNS on one network. */
  openMulticastLink: OpenLink;
}

/** The machine itself. */
export const systemNetwork: Network = {
  listen,
  findPortOwner,
  findFreePort,
  interfaces: networkInterfaces,
  // Loaded when it is first needed: few brokers announce themselves.
  openMulticastLink: async (address, onMessage) => {
    const { openMulticastLink } = await import('../discovery/multicastLink.ts');
    return openMulticastLink(address, onMessage);
  },
};
