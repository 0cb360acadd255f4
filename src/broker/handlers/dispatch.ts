/** HOT PATH. From a frame of a connected client to the handler of its kind. */
import { decodeExceptPublish } from '../../mqtt/decode.ts';
import { decodePublish } from '../../mqtt/decodePublish.ts';
import { protocolError } from '../../mqtt/errorCodes.ts';
import { frameOf } from '../../mqtt/frameReader.ts';
import type { Packet, PublishPacket } from '../../mqtt/packets.ts';
import type { ConnectedClient } from '../connectedClient.ts';
import { handlePuback, handlePubcomp, handlePubrec, handlePubrel } from './acknowledgements.ts';
import { handleAuth } from './auth.ts';
import { handleDisconnect } from './disconnect.ts';
import { handlePublish } from './publish.ts';
import { handleSubscribe } from './subscribe.ts';
import { handleUnsubscribe } from './unsubscribe.ts';

const PUBLISH_TYPE = 3;

/**
 * The packet in `bytes[start .. end)`; as OnFrame of frameReader.ts.
 *
 * @throws ProtocolError for what ends the connection.
 */
export function handleFrame(
  client: ConnectedClient,
  bytes: Uint8Array,
  start: number,
  end: number,
  isOwn: boolean,
): void {
  const { context } = client.services;
  // A frame has a first byte.
  if (bytes[start]! >> 4 === PUBLISH_TYPE) {
    const publish = decodePublish(bytes, start, end, client.protocolVersion, context.topicNames, isOwn);
    context.counters.packetsReceived++;
    if (context.observer?.packetReceived !== undefined)
      observe(client, publish.toPacket(), frameOf(bytes, start, end));
    handlePublish(client, publish);
  } else if (!handleShortAcknowledgement(client, bytes, start, end)) {
    const frame = frameOf(bytes, start, end);
    const packet = decodeExceptPublish(frame, client.protocolVersion);
    context.counters.packetsReceived++;
    observe(client, packet, frame);
    handlePacket(client, packet);
  }
}

function observe(client: ConnectedClient, packet: Packet, bytes: Uint8Array): void {
  client.services.context.observer?.packetReceived?.(client.connection.info, packet, bytes);
}

/**
 * The commonest packets but PUBLISH: acknowledgements that are their packet identifier and no more. False, and nothing
 * done, for whatever else there is, faults included.
 */
function handleShortAcknowledgement(
  client: ConnectedClient,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  const { counters, observer } = client.services.context;
  if (end - start !== 4 || observer?.packetReceived !== undefined) return false;
  const packetId = (bytes[start + 2]! << 8) | bytes[start + 3]!; // within the frame
  if (packetId === 0) return false;
  switch (bytes[start]) {
    case 0x40:
      counters.packetsReceived++;
      handlePuback(client, { kind: 'puback', packetId, reasonCode: 0 });
      return true;
    case 0x50:
      counters.packetsReceived++;
      handlePubrec(client, { kind: 'pubrec', packetId, reasonCode: 0 });
      return true;
    case 0x62:
      counters.packetsReceived++;
      handlePubrel(client, { kind: 'pubrel', packetId, reasonCode: 0 });
      return true;
    case 0x70:
      counters.packetsReceived++;
      handlePubcomp(client, { kind: 'pubcomp', packetId, reasonCode: 0 });
      return true;
    default:
      return false;
  }
}

function handlePacket(client: ConnectedClient, packet: Exclude<Packet, PublishPacket>): void {
  switch (packet.kind) {
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
