/**
 * The first packet of a connection: who is this, may it come in, and on which terms. Sections 3.1 and 3.2.
 *
 * From CONNECT to CONNACK. The access policy alone may take more than one turn of the event loop; everything after its
 * answer happens in one go, so that no other CONNECT of the same client identifier comes between.
 */
import { decode } from '../../mqtt/decode.ts';
import { protocolError } from '../../mqtt/errorCodes.ts';
import { quoted } from '../../mqtt/faultText.ts';
import type { ConnackPacket, ConnectPacket, ProtocolVersion, Will } from '../../mqtt/packets.ts';
import { ProtocolError } from '../../mqtt/protocolError.ts';
import { ReasonCode } from '../../mqtt/reasonCodes.ts';
import { resultOfListener } from '../access/listenerResult.ts';
import type { AuthenticationResult, ConnectAttempt } from '../accessPolicy.ts';
import { ConnectedClient } from '../connectedClient.ts';
import type { Connection } from '../connection.ts';
import { type BrokerLimits, LARGEST_PACKET_BYTES } from '../limits.ts';
import type { DisconnectCause } from '../observer.ts';
import { reasonProperties } from '../outgoingPacket.ts';
import type { SessionSettings } from '../session.ts';

/** @param frame borrowed, as all frames are. */
export function handleFirstPacket(connection: Connection, frame: Uint8Array): void {
  // Copy: what a CONNECT carries is used beyond this call, by the policy and by the will.
  const bytes = new Uint8Array(frame);
  let connect: ConnectPacket;
  try {
    const packet = decode(bytes, 4);
    if (packet.kind !== 'connect') {
      // [MQTT-3.1.0-1]
      throw protocolError('connect-expected', undefined, {
        packetKind: packet.kind,
        message: `The first packet of a connection must be CONNECT, and ${packet.kind.toUpperCase()} came.`,
      });
    }
    connect = packet;
  } catch (error) {
    refuseMalformed(connection, error);
    return;
  }
  connection.observePacket(connect, bytes);
  handleConnect(connection, connect);
}

/**
 * [MQTT-3.1.4-1] 3.1.1 is closed without a CONNACK, unless the fault is the protocol level [MQTT-3.1.2-2]; 5.0 may be
 * told. What did not get as far as its version, or is not even MQTT by name, is told nothing [MQTT-3.1.2-1].
 */
function refuseMalformed(connection: Connection, error: unknown): void {
  if (!(error instanceof ProtocolError) || error.packetKind !== 'connect') throw error;
  const { protocolVersion } = error;
  const mayAnswer = protocolVersion === 5 || error.code === 'protocol-version-unsupported';
  if (protocolVersion === undefined || !mayAnswer) throw error;
  refuse(connection, protocolVersion, error.reasonCode, error.message, { kind: 'protocolError', error });
}

function handleConnect(connection: Connection, connect: ConnectPacket): void {
  const { context } = connection.services;
  const clientId = connect.clientId === '' ? undefined : connect.clientId;
  connection.authenticating(clientId);
  const refusal = refusalOf(connection, connect);
  if (refusal !== undefined) {
    refuseConnect(connection, connect, refusal.reasonCode, refusal.message);
    return;
  }
  const { username, password } = connect;
  const { kind, remoteAddress, certificateCommonName } = connection.transport;
  const attempt: ConnectAttempt = {
    clientId: clientId ?? assignClientId(connection),
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(certificateCommonName !== undefined && { certificateCommonName }),
    transportKind: kind,
    remoteAddress,
  };
  const result = resultOfListener(connection.transport, username) ?? context.policy.authenticate(attempt);
  if (result instanceof Promise) awaitResult(connection, connect, attempt.clientId, result);
  else finish(connection, connect, attempt.clientId, result);
}

function awaitResult(
  connection: Connection,
  connect: ConnectPacket,
  clientId: string,
  result: Promise<AuthenticationResult>,
): void {
  connection.pauseForCheck();
  result
    .then((settled) => {
      finish(connection, connect, clientId, settled);
      connection.resumeAfterCheck();
    })
    .catch((error: unknown) => connection.fail(error));
}

/** What speaks against the CONNECT before anyone is asked. */
function refusalOf(
  connection: Connection,
  connect: ConnectPacket,
): { reasonCode: number; message: string } | undefined {
  const { context, sessions } = connection.services;
  const { limits, counters } = context;
  const noRoom = connection.transport.refusal;
  if (noRoom !== undefined) return { reasonCode: ReasonCode.serverBusy, message: noRoom };
  // [MQTT-4.12.0-1]
  const method = connect.properties?.authenticationMethod;
  if (method !== undefined) {
    return {
      reasonCode: ReasonCode.badAuthenticationMethod,
      message: `The authentication method ${quoted(method)} is not known here.`,
    };
  }
  if (connect.clientId === '' && !mayBeAssigned(connect)) {
    const message =
      connect.protocolVersion === 3
        ? 'The client identifier is empty, and MQTT 3.1 needs one.'
        : 'The client identifier is empty and Clean Session is 0: a session that is to last needs a name.';
    return { reasonCode: ReasonCode.clientIdentifierNotValid, message };
  }
  const { will } = connect;
  if (will !== undefined && will.qos > limits.maximumQoS) {
    // [MQTT-3.2.2-12]
    return {
      reasonCode: ReasonCode.qosNotSupported,
      message: `The will is of QoS ${will.qos}, and ${limits.maximumQoS} is the highest here.`,
    };
  }
  if (will?.retain === true && limits.maxRetainedMessages === 0) {
    // [MQTT-3.2.2-13]
    return {
      reasonCode: ReasonCode.retainNotSupported,
      message: 'The will is to be retained, and no messages are retained here.',
    };
  }
  if (counters.connections > limits.maxConnections) {
    return {
      reasonCode: ReasonCode.serverBusy,
      message: `${limits.maxConnections} connections are open, and that is the limit.`,
    };
  }
  if (sessions.size >= limits.maxSessions && sessions.get(connect.clientId) === undefined) {
    return {
      reasonCode: ReasonCode.quotaExceeded,
      message: `${limits.maxSessions} sessions are held, and that is the limit.`,
    };
  }
  return undefined;
}

/** Whether the broker names a client that has no name. [MQTT-3.1.3-6] [MQTT-3.1.3-7 of 3.1.1] */
function mayBeAssigned(connect: ConnectPacket): boolean {
  return connect.protocolVersion === 5 || (connect.protocolVersion === 4 && connect.cleanStart);
}

/** [MQTT-3.2.2-16] */
function assignClientId(connection: Connection): string {
  const { context, sessions } = connection.services;
  let clientId: string;
  do {
    clientId = 'auto-';
    for (let i = 0; i < 4; i++) {
      clientId += Math.floor(context.random() * 0x10000)
        .toString(16)
        .padStart(4, '0');
    }
    // A source of chance that repeats itself, as in a test, must not keep this loop going.
    if (sessions.get(clientId) !== undefined) clientId += `-${connection.info.connectionId}`;
  } while (sessions.get(clientId) !== undefined);
  return clientId;
}

/** Everything after the policy's answer, in one turn. */
function finish(
  connection: Connection,
  connect: ConnectPacket,
  clientId: string,
  result: AuthenticationResult,
): void {
  // The socket may have closed, or the broker stopped, while the policy thought.
  if (connection.isClosed) return;
  const { services } = connection;
  const { context, sessions } = services;
  if (result.kind === 'refused') {
    context.observer?.accessDenied?.(clientId, 'connect', connect.username ?? clientId);
    refuseConnect(connection, connect, result.reasonCode, result.message);
    return;
  }
  const settings = settingsOf(connect, result.username ?? connect.username, context.limits);
  const { session, sessionPresent } = sessions.open(clientId, settings, connection.info);
  const client = new ConnectedClient(services, connection, session, connect);
  session.client = client;
  session.incoming.startConnection(connection.info.connectionId);
  connection.accepted(client);
  // 3.1 has no Session Present: the bit is reserved there.
  const isPresent = sessionPresent && connect.protocolVersion !== 3;
  if (!client.send(connackOf(connect, clientId, settings, isPresent, context.limits))) {
    const message = `The client takes packets of ${client.maximumPacketSize} bytes at most: not even a CONNACK.`;
    connection.close({ kind: 'refused', reasonCode: ReasonCode.packetTooLarge, message });
    return;
  }
  context.observer?.clientConnected?.(connection.info, clientId, connect, isPresent);
  session.outbox.attach(client);
}

function settingsOf(
  connect: ConnectPacket,
  username: string | undefined,
  limits: Readonly<BrokerLimits>,
): SessionSettings {
  const { protocolVersion, cleanStart, properties, will } = connect;
  // Before 5.0, a session without Clean Session has no end of its own.
  const asked =
    protocolVersion === 5
      ? (properties?.sessionExpiryInterval ?? 0)
      : cleanStart
        ? 0
        : limits.maxSessionExpirySeconds;
  return {
    protocolVersion,
    username,
    cleanStart,
    keepAliveSeconds: keepAliveOf(connect, limits),
    expirySeconds: Math.min(asked, limits.maxSessionExpirySeconds),
    will: will === undefined ? undefined : ownWill(will),
  };
}

/** [MQTT-3.2.2-22] Only 5.0 clients can be told another keep alive than theirs. */
function keepAliveOf(connect: ConnectPacket, limits: Readonly<BrokerLimits>): number {
  const { keepAliveSeconds } = connect;
  const { maxKeepAliveSeconds } = limits;
  if (connect.protocolVersion !== 5 || maxKeepAliveSeconds === 0) return keepAliveSeconds;
  return keepAliveSeconds === 0 ? maxKeepAliveSeconds : Math.min(keepAliveSeconds, maxKeepAliveSeconds);
}

/** Copy: the will would keep the whole CONNECT, password included, for the life of the session. */
function ownWill(will: Will): Will {
  const properties = will.properties;
  const own: Will = { ...will, payload: new Uint8Array(will.payload) };
  if (properties?.correlationData !== undefined) {
    own.properties = { ...properties, correlationData: new Uint8Array(properties.correlationData) };
  }
  return own;
}

/** [MQTT-3.1.4-5] In 5.0 with whatever differs from what the client asked for or may assume. */
function connackOf(
  connect: ConnectPacket,
  clientId: string,
  settings: SessionSettings,
  sessionPresent: boolean,
  limits: Readonly<BrokerLimits>,
): ConnackPacket {
  const connack: ConnackPacket = { kind: 'connack', sessionPresent, reasonCode: ReasonCode.success };
  if (connect.protocolVersion !== 5) return connack;
  const properties: NonNullable<ConnackPacket['properties']> = {};
  if (settings.expirySeconds !== (connect.properties?.sessionExpiryInterval ?? 0)) {
    properties.sessionExpiryInterval = settings.expirySeconds;
  }
  if (limits.receiveMaximum < 65_535) properties.receiveMaximum = limits.receiveMaximum;
  if (limits.maximumQoS < 2) properties.maximumQoS = limits.maximumQoS === 1 ? 1 : 0; // [MQTT-3.2.2-9]
  if (limits.maxRetainedMessages === 0) properties.retainAvailable = 0;
  if (limits.maxPacketBytes < LARGEST_PACKET_BYTES) properties.maximumPacketSize = limits.maxPacketBytes;
  if (connect.clientId === '') properties.assignedClientIdentifier = clientId; // [MQTT-3.1.3-7]
  if (limits.topicAliasMaximum > 0) properties.topicAliasMaximum = limits.topicAliasMaximum;
  if (settings.keepAliveSeconds !== connect.keepAliveSeconds) {
    properties.serverKeepAlive = settings.keepAliveSeconds;
  }
  connack.properties = properties;
  return connack;
}

function refuseConnect(
  connection: Connection,
  connect: ConnectPacket,
  reasonCode: number,
  message: string,
): void {
  refuse(
    connection,
    connect.protocolVersion,
    reasonCode,
    message,
    { kind: 'refused', reasonCode, message },
    connect.properties?.maximumPacketSize,
  );
}

function refuse(
  connection: Connection,
  protocolVersion: ProtocolVersion,
  reasonCode: number,
  message: string,
  cause: DisconnectCause,
  maximumPacketSize = Number.POSITIVE_INFINITY,
): void {
  // Session Present is 0. [MQTT-3.2.2-6] [MQTT-3.2.2-4 of 3.1.1]
  const connack: ConnackPacket = { kind: 'connack', sessionPresent: false, reasonCode };
  if (protocolVersion === 5) connack.properties = reasonProperties(message);
  connection.refuse(connack, protocolVersion, maximumPacketSize, cause);
}
