/**
 * HOT PATH. PUBACK, PUBREC, PUBREL and PUBCOMP from a client. Sections 3.4 to 3.7 and 4.3.
 *
 * An identifier that is not known is answered where an answer is due, and nothing else: after a lost session both
 * sides must be able to finish what they began.
 */
import { protocolError } from '../../mqtt/errorCodes.ts';
import type {
  PacketKind,
  PubackPacket,
  PubcompPacket,
  PubrecPacket,
  PubrelPacket,
} from '../../mqtt/packets.ts';
import { ReasonCode } from '../../mqtt/reasonCodes.ts';
import type { ConnectedClient } from '../connectedClient.ts';
import type { AcknowledgementResult } from '../outbox.ts';

export function handlePuback(client: ConnectedClient, packet: PubackPacket): void {
  const { outbox } = client.session;
  checkExpected(client, packet, outbox.acknowledge(packet.packetId));
  outbox.pump();
}

export function handlePubrec(client: ConnectedClient, packet: PubrecPacket): void {
  const { outbox } = client.session;
  if (packet.reasonCode >= 0x80) {
    checkExpected(client, packet, outbox.reject(packet.packetId));
    outbox.pump();
    return;
  }
  const result = outbox.receive(packet.packetId);
  checkExpected(client, packet, result);
  // [MQTT-4.3.3-4]
  const reasonCode = result === 'notFound' ? ReasonCode.packetIdentifierNotFound : ReasonCode.success;
  client.acknowledge('pubrel', packet.packetId, reasonCode);
}

export function handlePubrel(client: ConnectedClient, packet: PubrelPacket): void {
  const { session } = client;
  const wasKnown = session.incoming.remove(packet.packetId);
  if (wasKnown) session.records?.incomingRemoved(session.clientId, packet.packetId);
  // [MQTT-4.3.3-11]
  const reasonCode = wasKnown ? ReasonCode.success : ReasonCode.packetIdentifierNotFound;
  client.acknowledge('pubcomp', packet.packetId, reasonCode);
}

export function handlePubcomp(client: ConnectedClient, packet: PubcompPacket): void {
  const { outbox } = client.session;
  const result = outbox.finish(packet.packetId);
  // 0x92 answers a PUBREL whose identifier the client does not know: the exchange is over either way.
  checkExpected(client, packet, result);
  outbox.pump();
}

/** An acknowledgement of the wrong kind for what its identifier is in use for. Section 4.3. */
function checkExpected(
  client: ConnectedClient,
  packet: { kind: PacketKind; packetId: number },
  result: AcknowledgementResult,
): void {
  if (result !== 'mismatch') return;
  throw protocolError('acknowledgement-unexpected', client.protocolVersion, {
    packetKind: packet.kind,
    message: `${packet.kind.toUpperCase()} came for packet identifier ${packet.packetId}, whose message is at another step: QoS 1 is answered by PUBACK, QoS 2 by PUBREC and, after PUBREL, by PUBCOMP.`,
  });
}
