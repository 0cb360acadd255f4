/**
 * By which addresses a device of some kind finds the broker: listeners for MQTT over TCP and TLS, the best first.
 *
 * Pure: the interfaces are handed in (`os.networkInterfaces()`).
 */
import type { BrokerState } from '../../contracts/engine.ts';
import {
  addressesOf,
  type LanAddress,
  type NetworkInterfaces,
  type NetworkListener,
  networkListeners,
} from '../brokerAddress.ts';
import { hostOfAddress } from '../connections/connectionAddress.ts';
import type { ConnectionTarget } from './connectionTargets.ts';
import { WOKWI_HOST } from './wokwi.ts';

export interface ConnectionAddress {
  host: string;
  port: number;
  isTls: boolean;
  requiresClientCertificate?: true;
  /** Of the addresses in the Broker view that mean this one. */
  urls: readonly string[];
  /** Of an address on the network. */
  lan?: LanAddress;
}

/**
 * For a board, those of the network alone: there are none while the broker is not exposed. A simulator calls the computer
 * that it runs on by a name of its own, and needs no network.
 */
export function connectionAddresses(
  state: BrokerState,
  interfaces: NetworkInterfaces,
  runsOn: ConnectionTarget['runsOn'],
): ConnectionAddress[] {
  return plainListeners(state).flatMap((listener) => {
    const { local, lan } = addressesOf(listener, interfaces);
    const { port, kind, requiresClientCertificate } = listener;
    const common = {
      port,
      isTls: kind === 'mqtts',
      ...(requiresClientCertificate && { requiresClientCertificate }),
    };
    const ofNetwork = lan.map((address) => ({
      ...common,
      host: hostOfAddress(address.url),
      urls: [address.url],
      lan: address,
    }));
    if (runsOn === 'board' || local === undefined) return ofNetwork;
    if (runsOn === 'simulator')
      return [{ ...common, host: WOKWI_HOST, urls: [local, ...lan.map(({ url }) => url)] }];
    return [{ ...common, host: hostOfAddress(local), urls: [local] }, ...ofNetwork];
  });
}

/** A sketch and a firmware speak MQTT over TCP or TLS; what WebSocket wants beside it is the business of browsers. */
function plainListeners(state: BrokerState): NetworkListener[] {
  return networkListeners(state).filter(({ kind }) => kind === 'mqtt' || kind === 'mqtts');
}
