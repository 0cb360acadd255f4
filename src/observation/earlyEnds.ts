/**
 * Connections that ended before a CONNECT of theirs was accepted, and that no client id was read of: no row of the Clients
 * view stands for them, and whoever waits for a board to appear is told elsewhere.
 *
 * Not those that were refused before the broker had them, as by a failed TLS handshake: the listener tells of these.
 */
import type { BrokerObserver, ConnectionInfo, DisconnectCause } from '../broker/observer.ts';
import { describeClosed } from './brokerLog.ts';

/** @param ended is told who it was and why, in the words of the log. */
export function createEarlyEnds(ended: (words: string) => void): BrokerObserver {
  return {
    connectionClosed: (connection, clientId, cause) => {
      if (clientId === undefined && isRefusal(connection, cause))
        ended(describeClosed(connection, undefined, cause));
    },
  };
}

/** Not who looks whether the port is open and goes, nor what the broker's owner closed. */
function isRefusal({ transportKind }: ConnectionInfo, { kind }: DisconnectCause): boolean {
  switch (kind) {
    case 'protocolError':
    case 'refused':
    case 'connectTimeout':
      return true;
    case 'networkClosed':
      // After a handshake of TLS it is mostly the client that does not accept the broker's certificate.
      return transportKind === 'mqtts' || transportKind === 'wss';
    default:
      return false;
  }
}
