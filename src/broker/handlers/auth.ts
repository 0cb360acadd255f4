/** AUTH from a client. Section 3.15. A CONNECT with an authentication method was refused, so none can follow. */
import { protocolError } from '../../mqtt/errorCodes.ts';
import type { ConnectedClient } from '../connectedClient.ts';

/** @throws ProtocolError always. [MQTT-4.12.0-7] */
export function handleAuth(client: ConnectedClient): never {
  throw protocolError('auth-unexpected', client.protocolVersion, {
    packetKind: 'auth',
    message: 'AUTH came over a connection whose CONNECT had no Authentication Method.',
  });
}
