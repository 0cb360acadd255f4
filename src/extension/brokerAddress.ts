/**
 * By which addresses a broker can be reached: from its listeners and the machine's network interfaces.
 *
 * Pure: the interfaces are handed in (`os.networkInterfaces()`). Says nothing in words.
 */
import type { NetworkInterfaceInfo } from 'node:os';
import { hostAndPort, isLoopback } from '../base/networkAddress.ts';
import type { BrokerState, ListenerInfo } from '../contracts/engine.ts';

export type NetworkInterfaces = NodeJS.Dict<NetworkInterfaceInfo[]>;

export interface LanAddress {
  /** `mqtt://192.0.2.7:1883` */
  url: string;
  /** `eth0`, `Wi-Fi`. */
  interfaceName: string;
  /** Of a bridge or tunnel that this machine made up: a board on the network does not reach it. */
  isVirtual: boolean;
}

export interface BrokerAddresses {
  /** `mqtt://127.0.0.1:1883`; absent when the broker listens on one address of the network alone. */
  local?: string;
  /** Empty unless the broker is exposed. Real interfaces first, and IPv4 first among them. */
  lan: readonly LanAddress[];
}

const VIRTUAL_INTERFACES =
  /^(docker|br-|veth|virbr|vmnet|vboxnet|vEthernet|bridge\d|lxc|lxd|cni|flannel|utun|tun|tap|wg|tailscale|zt|podman|ipsec)/i;

/** A listener with a port. */
export type NetworkListener = Exclude<ListenerInfo, { kind: 'unix' }>;

/** The listener that a board connects to. Undefined while the broker does not run, or has Unix sockets alone. */
export function mainListener(state: BrokerState): NetworkListener | undefined {
  return networkListeners(state)[0];
}

/** The main one first. */
export function networkListeners(state: BrokerState): NetworkListener[] {
  if (state.kind !== 'running') return [];
  return state.broker.listeners.filter((listener) => listener.kind !== 'unix');
}

/** Of the listener that Set Up TLS made. Undefined while it is not open. */
export function ownTlsPort(state: BrokerState): number | undefined {
  return state.kind === 'running' ? state.broker.ownTlsPort : undefined;
}

export function isExposed(state: BrokerState): boolean {
  return networkListeners(state).some((listener) => !isLoopback(listener.host));
}

/** `mqtt://[2001:db8::7]:1883` */
export function formatUrl(kind: NetworkListener['kind'], host: string, port: number): string {
  return `${kind}://${hostAndPort(host, port)}`;
}

export function addressesOf(listener: NetworkListener, interfaces: NetworkInterfaces): BrokerAddresses {
  const { kind, host, port } = listener;
  if (isLoopback(host)) return { local: formatUrl(kind, host, port), lan: [] };
  const listensOnAll = host === '0.0.0.0' || host === '::';
  if (!listensOnAll) {
    const interfaceName = nameOf(host, interfaces);
    return {
      lan: [{ url: formatUrl(kind, host, port), interfaceName, isVirtual: isVirtual(interfaceName) }],
    };
  }
  const found = lanInterfaces(interfaces).filter(({ info }) => host === '::' || info.family === 'IPv4');
  const rank = (entry: LanInterface): number =>
    (entry.isVirtual ? 2 : 0) + (entry.info.family === 'IPv4' ? 0 : 1);
  const lan = found
    .sort((a, b) => rank(a) - rank(b))
    .map(({ info, ...rest }) => ({ url: formatUrl(kind, info.address, port), ...rest }));
  return { local: formatUrl(kind, '127.0.0.1', port), lan };
}

interface LanInterface {
  interfaceName: string;
  isVirtual: boolean;
  info: NetworkInterfaceInfo;
}

function lanInterfaces(interfaces: NetworkInterfaces): LanInterface[] {
  return Object.entries(interfaces).flatMap(([interfaceName, infos]) =>
    (infos ?? [])
      // A link-local address of IPv6 needs a zone, which no URL in a firmware carries.
      .filter((info) => !info.internal && !/^fe[89ab]/i.test(info.address))
      .map((info) => ({ interfaceName, isVirtual: isVirtual(interfaceName), info })),
  );
}

function nameOf(address: string, interfaces: NetworkInterfaces): string {
  const found = Object.entries(interfaces).find(([, infos]) =>
    infos?.some((info) => info.address === address),
  );
  return found?.[0] ?? '';
}

function isVirtual(interfaceName: string): boolean {
  return VIRTUAL_INTERFACES.test(interfaceName);
}
