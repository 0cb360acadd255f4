/** Where mosquitto_pub finds the local broker. Pure. */
import type { BrokerState } from '../../../contracts/engine.ts';
import type { MosquittoTarget } from './mosquittoPub.ts';

const USUAL_ADDRESS = { kind: 'tcp', host: '127.0.0.1', port: 1883 } as const;

/** A listener without TLS or WebSocket, for which a name and a port are enough; the default while there is none. */
export function mosquittoTarget(state: BrokerState): MosquittoTarget {
  if (state.kind !== 'running') return { ...USUAL_ADDRESS, requiresCredentials: false };
  const { listeners, requiresCredentials } = state.broker;
  for (const listener of listeners) {
    if (listener.kind !== 'mqtt') continue;
    return { kind: 'tcp', host: reachable(listener.host), port: listener.port, requiresCredentials };
  }
  const unix = listeners.find((listener) => listener.kind === 'unix');
  return { ...(unix ?? USUAL_ADDRESS), requiresCredentials };
}

function reachable(host: string): string {
  return host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
}
