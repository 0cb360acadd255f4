/** Where clients find a listener, as addresses to type into a device. */
import { networkInterfaces } from 'node:os';
import { hostAndPort, isLoopback } from '../base/networkAddress.ts';
import type { ListenerInfo } from '../transports/listener.ts';

/** Bound to these, a listener takes connections on every address of the machine. */
const everywhere: readonly string[] = ['0.0.0.0', '::'];

/** `mqtt://127.0.0.1:1883`, `unix:/run/mqtt.sock`; several for a listener on every address of the machine. */
export function addressesOf({ kind, host, port }: ListenerInfo): string[] {
  if (kind === 'unix') return [`unix:${host}`];
  const hosts = everywhere.includes(host) ? machineAddresses() : [host];
  return hosts.map((address) => `${kind}://${hostAndPort(address, port)}`);
}

export function isOnThisMachineOnly({ kind, host }: ListenerInfo): boolean {
  return kind === 'unix' || isLoopback(host);
}

/** IPv4 alone: what a person types into a firmware. */
function machineAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family }) => family === 'IPv4')
    .map(({ address }) => address);
}
