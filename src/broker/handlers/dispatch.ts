/** HOT PATH. From a frame of a connected client to the handler of its kind. */
import { decodeExceptPublish } from '../../mqtt/decode.ts';
import { decodePublish } from '../../mqtt/decodePublish.ts';
import { protocolError } from '../../mqtt/errorCodes.ts';
import { frameOf } from '../../mqtt/frameReader.ts';
import type { Packet, PublishPacket } from '../../mqtt/packets.ts';
import type { ReceivedPublish } from '../../mqtt/receivedPublish.ts';
import type { ConnectedClient } from '../connectedClient.ts';
import { ObservedPacket } from '../observedPacket.ts';
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
    let publish: ReceivedPublish;
    try {
      publish = decodePublish(bytes, start, end, client.protocolVersion, context.topicNames, isOwn);
    } catch (error) {
      client.connection.observeRejected(bytes, start, end, error);
      throw error;
    }
    context.counters.packetsReceived++;
    observe(client, bytes, start, end);
    handlePublish(client, publish);
  } else if (!handleShortAcknowledgement(client, bytes, start, end)) {
    const frame = frameOf(bytes, start, end);
    let packet: Exclude<Packet, PublishPacket>;
    try {
      packet = decodeExceptPublish(frame, client.protocolVersion);
    } catch (error) {
      client.connection.observeRejected(bytes, start, end, error);
      throw error;
    }
    context.counters.packetsReceived++;
    observe(client, bytes, start, end);
    handlePacket(client, packet);
  }
}

function observe(client: ConnectedClient, bytes: Uint8Array, start: number, end: number): void {
  const { observer } = client.services.context;
  if (observer?.packetReceived === undefined) return;
  const packet = new ObservedPacket(bytes, start, end, client.protocolVersion);
  observer.packetReceived(client.connection.info, packet);
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
  // Four bytes may also be a longer Remaining Length, and less than a packet identifier.
  if (end - start !== 4 || bytes[start + 1] !== 2) return false;
  const first = bytes[start]!; // there are four
  const packetId = (bytes[start + 2]! << 8) | bytes[start + 3]!; // see above
  if (packetId === 0 || (first !== 0x40 && first !== 0x50 && first !== 0x62 && first !== 0x70)) return false;
  client.services.context.counters.packetsReceived++;
  observe(client, bytes, start, end);
  if (first === 0x40) handlePuback(client, { kind: 'puback', packetId, reasonCode: 0 });
  else if (first === 0x50) handlePubrec(client, { kind: 'pubrec', packetId, reasonCode: 0 });
  else if (first === 0x62) handlePubrel(client, { kind: 'pubrel', packetId, reasonCode: 0 });
  else handlePubcomp(client, { kind: 'pubcomp', packetId, reasonCode: 0 });
  return true;
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
      client.traffic.countPing(client.connection.lastReceivedMs);
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
