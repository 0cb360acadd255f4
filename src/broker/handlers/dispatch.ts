/** HOT PATH. From a packet of a connected client to the handler of its kind. */
import { protocolError } from '../../mqtt/errorCodes.ts';
import type { Packet } from '../../mqtt/packets.ts';
import type { ConnectedClient } from '../connectedClient.ts';
import { handlePuback, handlePubcomp, handlePubrec, handlePubrel } from './acknowledgements.ts';
import { handleAuth } from './auth.ts';
import { handleDisconnect } from './disconnect.ts';
import { handlePublish } from './publish.ts';
import { handleSubscribe } from './subscribe.ts';
import { handleUnsubscribe } from './unsubscribe.ts';

/** @throws ProtocolError for what ends the connection. */
export function handlePacket(client: ConnectedClient, packet: Packet): void {
  switch (packet.kind) {
    case 'publish':
      handlePublish(client, packet);
      break;
    case 'puback':
      handlePuback(client, packet);
      break;
    case 'pubrec':
      handlePubrec(client, packet);
      break;
    case 'pubrel':
      handlePubrel(client, packet);
      break;
    case 'pubcomp':
      handlePubcomp(client, packet);
      break;
    case 'subscribe':
      handleSubscribe(client, packet);
      break;
    case 'unsubscribe':
      handleUnsubscribe(client, packet);
      break;
    case 'pingreq':
      // [MQTT-3.12.4-1]
      client.send({ kind: 'pingresp' });
      break;
    case 'disconnect':
      handleDisconnect(client, packet);
      break;
    case 'auth':
      handleAuth(client, packet);
      break;
    case 'connect':
      // [MQTT-3.1.0-2]
      throw protocolError('second-connect', client.protocolVersion, {
        packetKind: 'connect',
        message: 'A second CONNECT came over the same connection: to connect anew, open a new one.',
      });
    case 'connack':
    case 'suback':
    case 'unsuback':
    case 'pingresp':
      throw protocolError('packet-not-for-server', client.protocolVersion, {
        packetKind: packet.kind,
        message: `${packet.kind.toUpperCase()} is sent by servers only, and a client sent it.`,
      });
  }
}
