/** Where mosquitto_pub finds the local broker. Pure. */
import type { BrokerState } from '../../../contracts/engine.ts';
import type { MosquittoTarget } from './mosquittoPub.ts';

/** A listener without TLS or WebSocket, for which a name and a port are enough; the default while there is none. */
export function mosquittoTarget(state: BrokerState): MosquittoTarget {
  const listeners = state.kind === 'running' ? state.broker.listeners : [];
  for (const listener of listeners) {
    if (listener.kind === 'mqtt') return { kind: 'tcp', host: reachable(listener.host), port: listener.port };
  }
  const unix = listeners.find((listener) => listener.kind === 'unix');
  if (unix !== undefined) return { kind: 'unix', path: unix.path };
  return { kind: 'tcp', host: '127.0.0.1', port: 1883 };
}

function reachable(host: string): string {
  return host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
}
