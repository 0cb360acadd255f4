/** DISCONNECT from a client: the one end of a connection that can take the will with it. Section 3.14. */
import { protocolError } from '../../mqtt/errorCodes.ts';
import { hexByte } from '../../mqtt/faultText.ts';
import type { DisconnectPacket } from '../../mqtt/packets.ts';
import { isServerDisconnectCode, reasonCodeName } from '../../mqtt/reasonCodes.ts';
import type { ConnectedClient } from '../connectedClient.ts';

export function handleDisconnect(client: ConnectedClient, packet: DisconnectPacket): void {
  checkReasonCode(client, packet.reasonCode);
  const expirySeconds = packet.properties?.sessionExpiryInterval;
  if (expirySeconds !== undefined) changeExpiry(client, expirySeconds);
  client.connection.close({ kind: 'clientDisconnected', reasonCode: packet.reasonCode });
}

/** [MQTT-3.14.2-1] */
function checkReasonCode(client: ConnectedClient, reasonCode: number): void {
  if (!isServerDisconnectCode(reasonCode)) return;
  throw protocolError('reason-code-invalid', client.protocolVersion, {
    packetKind: 'disconnect',
    clause: 'MQTT-3.14.2-1',
    message: `DISCONNECT has the reason code 0x${hexByte(reasonCode)}, ${reasonCodeName(reasonCode, 'disconnect')}, which only a server may send.`,
  });
}

/** A session that was to end with its connection can't be kept after all. Section 3.14.2.2.2. */
function changeExpiry(client: ConnectedClient, expirySeconds: number): void {
  if (client.requestedExpirySeconds === 0 && expirySeconds > 0) {
    throw protocolError('session-expiry-raised', client.protocolVersion, {
      packetKind: 'disconnect',
      message: `DISCONNECT asks to keep the session for ${expirySeconds} s, and CONNECT had a Session Expiry Interval of 0: it can't be raised from 0.`,
    });
  }
  const { session, services } = client;
  const { maxSessionExpirySeconds } = services.context.limits;
  session.configure({
    ...session.settings,
    expirySeconds: Math.min(expirySeconds, maxSessionExpirySeconds),
  });
}
