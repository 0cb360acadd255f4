/**
 * The first packet of a connection: who is this, may it come in, and on which terms. Sections 3.1 and 3.2.
 *
 * From CONNECT to CONNACK; the AUTH packets of a method come between the two, and are firstAuthentication.ts's. The
 * access policy alone may take more than one turn of the event loop; everything after its answer happens in one go, so
 * that no other CONNECT of the same client identifier comes between.
 */
import { decode } from '../../mqtt/decode.ts';
import { protocolError } from '../../mqtt/errorCodes.ts';
import { quoted } from '../../mqtt/faultText.ts';
import type { ConnackPacket, ConnectPacket, Will } from '../../mqtt/packets.ts';
import { payloadFormatProblem } from '../../mqtt/payloadFormat.ts';
import { ReasonCode } from '../../mqtt/reasonCodes.ts';
import { checkTopicName } from '../../mqtt/topics.ts';
import { resultOfListener } from '../access/listenerResult.ts';
import type { AuthenticationResult, BeginAuthentication, ConnectAttempt } from '../accessPolicy.ts';
import { ConnectedClient } from '../connectedClient.ts';
import type { Connection } from '../connection.ts';
import { type BrokerContext, countLimit } from '../context.ts';
import { type BrokerLimits, LARGEST_PACKET_BYTES, type LimitName } from '../limits.ts';
import type { SessionSettings } from '../session.ts';
import { ReAuthentication } from './auth.ts';
import { FirstAuthentication } from './firstAuthentication.ts';
import { type RefusalWords, refuseConnect, refuseMalformed } from './refusal.ts';

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

function handleConnect(connection: Connection, connect: ConnectPacket): void {
  const { context } = connection.services;
  context.counters.connectsReceived++;
  const clientId = connect.clientId === '' ? undefined : connect.clientId;
  connection.authenticating(clientId);
  const refusal = refusalOf(connection, connect);
  if (refusal !== undefined) {
    if (refusal.limit !== undefined) countLimit(context, refusal.limit);
    refuseConnect(connection, connect, refusal);
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
  const method = connect.properties?.authenticationMethod;
  const begin = method === undefined ? undefined : context.policy.authenticationMethods?.get(method);
  if (method !== undefined && begin !== undefined) {
    authenticateByMethod(connection, connect, attempt, method, begin);
    return;
  }
  const result = resultOfListener(connection.transport, username) ?? context.policy.authenticate(attempt);
  if (result instanceof Promise) awaitResult(connection, connect, attempt.clientId, result);
  else finish(connection, connect, attempt.clientId, result);
}

/** Section 4.12. The user name and password of the CONNECT, if there are any, prove nothing here. */
function authenticateByMethod(
  connection: Connection,
  connect: ConnectPacket,
  attempt: ConnectAttempt,
  method: string,
  begin: BeginAuthentication,
): void {
  const { password: _, ...again } = attempt;
  const reAuthentication = new ReAuthentication(method, () => begin(again));
  new FirstAuthentication(connection, connect, method, begin(attempt), (decision) =>
    finish(connection, connect, attempt.clientId, decision, reAuthentication),
  ).begin();
}

function awaitResult(
  connection: Connection,
  connect: ConnectPacket,
  clientId: string,
  result: Promise<AuthenticationResult>,
): void {
  connection.pauseForCheck();
  result
    .then((settled) => connection.resumeAfterCheck(() => finish(connection, connect, clientId, settled)))
    .catch((error: unknown) => connection.fail(error));
}

interface Refusal extends RefusalWords {
  /** The limit that was met, unless it was counted before. */
  readonly limit?: LimitName;
}

/** What speaks against the CONNECT before anyone is asked. */
function refusalOf(connection: Connection, connect: ConnectPacket): Refusal | undefined {
  const { context, sessions } = connection.services;
  const { limits, counters, redirect } = context;
  if (redirect !== undefined) {
    const elsewhere = redirect.reasonCode === ReasonCode.serverMoved ? 'has moved to' : 'sends clients to';
    return { ...redirect, message: `This broker ${elsewhere} ${redirect.serverReference}.` };
  }
  if (connection.isTooMany) {
    return {
      reasonCode: ReasonCode.connectionRateExceeded,
      message: `More than ${limits.maxConnectionsPerSecond} connections a second came, and that is the limit: try again in some seconds.`,
    };
  }
  const noRoom = connection.transport.refusal;
  if (noRoom !== undefined) return { reasonCode: ReasonCode.serverBusy, message: noRoom };
  const method = connect.properties?.authenticationMethod;
  const methods = context.policy.authenticationMethods;
  if (method !== undefined && methods?.has(method) !== true) {
    const known = methods === undefined ? 'there is none' : `${[...methods.keys()].join(', ')} is`;
    // [MQTT-4.12.0-1]
    return {
      reasonCode: ReasonCode.badAuthenticationMethod,
      message: `The authentication method ${quoted(method)} is not known here; ${known}.`,
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
      limit: 'maximumQoS',
    };
  }
  if (will?.retain === true && limits.maxRetainedMessages === 0) {
    // [MQTT-3.2.2-13]
    return {
      reasonCode: ReasonCode.retainNotSupported,
      message: 'The will is to be retained, and no messages are retained here.',
      limit: 'maxRetainedMessages',
    };
  }
  if (will !== undefined && context.checkPayloadFormat) {
    const problem = payloadFormatProblem(will.payload, will.properties);
    if (problem !== undefined)
      return { reasonCode: ReasonCode.payloadFormatInvalid, message: `Of the will: ${problem}` };
  }
  if (counters.connections > limits.maxConnections) {
    return {
      reasonCode: ReasonCode.serverBusy,
      message: `${limits.maxConnections} connections are open, and that is the limit.`,
      limit: 'maxConnections',
    };
  }
  if (sessions.size >= limits.maxSessions && sessions.get(connect.clientId) === undefined) {
    return {
      reasonCode: ReasonCode.quotaExceeded,
      message: `${limits.maxSessions} sessions are held, and that is the limit.`,
      limit: 'maxSessions',
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

/**
 * Everything after the policy's answer, in one turn.
 *
 * @param reAuthentication of a client whose CONNECT had an Authentication Method.
 */
function finish(
  connection: Connection,
  connect: ConnectPacket,
  clientId: string,
  result: AuthenticationResult & { data?: Uint8Array },
  reAuthentication?: ReAuthentication,
): void {
  // The socket may have closed, or the broker stopped, while the policy thought.
  if (connection.isClosed) return;
  const { services } = connection;
  const { context, sessions } = services;
  // The user name of the CONNECT is not what an enhanced authentication has shown.
  const username = result.username ?? (reAuthentication === undefined ? connect.username : undefined);
  if (result.kind === 'refused') {
    const { kind, reasonCode, message, data } = result;
    const by = reAuthentication?.method ?? (username === undefined ? 'anonymous' : 'password');
    const outcome = { kind, reasonCode, message };
    const decision = { username, by, isReAuthentication: false, outcome };
    context.observer?.authenticated?.(connection.info, clientId, decision);
    context.observer?.accessDenied?.(clientId, 'connect', username ?? clientId);
    const words = data === undefined ? result : { ...result, authenticationData: data };
    refuseConnect(connection, connect, words, username);
    return;
  }
  const by = reAuthentication?.method ?? result.by ?? 'anonymous';
  const decision = { username, by, isReAuthentication: false, outcome: { kind: result.kind } };
  context.observer?.authenticated?.(connection.info, clientId, decision);
  const settings = settingsOf(connect, username, context);
  const { session, sessionPresent } = sessions.open(clientId, settings, connection.info);
  const client = new ConnectedClient(services, connection, session, connect, reAuthentication);
  session.client = client;
  session.incoming.startConnection(connection.info.connectionId);
  connection.accepted(client);
  // 3.1 has no Session Present: the bit is reserved there.
  const isPresent = sessionPresent && connect.protocolVersion !== 3;
  const answers = answersTo(client, connect, result.data);
  if (!client.send(connackOf(connect, clientId, settings, isPresent, context.limits, answers))) {
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
  context: BrokerContext,
): SessionSettings {
  const { maxSessionExpirySeconds } = context.limits;
  const { protocolVersion, cleanStart, properties, will } = connect;
  // Before 5.0, a session without Clean Session has no end of its own.
  const asked =
    protocolVersion === 5
      ? (properties?.sessionExpiryInterval ?? 0)
      : cleanStart
        ? 0
        : maxSessionExpirySeconds;
  if (asked > maxSessionExpirySeconds) countLimit(context, 'maxSessionExpirySeconds');
  return {
    protocolVersion,
    username,
    cleanStart,
    keepAliveSeconds: keepAliveOf(connect, context),
    expirySeconds: Math.min(asked, maxSessionExpirySeconds),
    will: will === undefined ? undefined : ownWill(will),
  };
}

/** [MQTT-3.2.2-22] Only 5.0 clients can be told another keep alive than theirs. */
function keepAliveOf(connect: ConnectPacket, context: BrokerContext): number {
  const { keepAliveSeconds } = connect;
  const { minKeepAliveSeconds, maxKeepAliveSeconds } = context.limits;
  if (connect.protocolVersion !== 5) return keepAliveSeconds;
  // 0 is no keep alive: longer than any.
  if (maxKeepAliveSeconds > 0 && (keepAliveSeconds === 0 || keepAliveSeconds > maxKeepAliveSeconds)) {
    countLimit(context, 'maxKeepAliveSeconds');
    return maxKeepAliveSeconds;
  }
  if (keepAliveSeconds > 0 && keepAliveSeconds < minKeepAliveSeconds) {
    countLimit(context, 'minKeepAliveSeconds');
    return minKeepAliveSeconds;
  }
  return keepAliveSeconds;
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

/** What CONNACK says only to a client that asked: the end of its authentication, and Response Information. */
function answersTo(
  client: ConnectedClient,
  { properties }: ConnectPacket,
  authenticationData: Uint8Array | undefined,
): NonNullable<ConnackPacket['properties']> {
  const answers: NonNullable<ConnackPacket['properties']> = {};
  // [MQTT-4.12.0-5] [MQTT-4.12.0-6]
  if (client.reAuthentication !== undefined) {
    answers.authenticationMethod = client.reAuthentication.method;
    if (authenticationData !== undefined) answers.authenticationData = authenticationData;
  }
  // [MQTT-3.1.2-28]
  if (properties?.requestResponseInformation === 1) {
    const responseInformation = responseInformationFor(client);
    if (responseInformation !== undefined) answers.responseInformation = responseInformation;
  }
  return answers;
}

/** Undefined where the client could not have its requests answered there: no topic, or none that it may read. */
function responseInformationFor({ services, identity }: ConnectedClient): string | undefined {
  const { responseInformation, policy } = services.context;
  const topic = responseInformation?.replaceAll('%c', () => identity.clientId);
  if (topic === undefined || checkTopicName(topic) !== undefined) return undefined;
  return policy.mayReceive(identity, topic) ? topic : undefined;
}

/** [MQTT-3.1.4-5] In 5.0 with whatever differs from what the client asked for or may assume. */
function connackOf(
  connect: ConnectPacket,
  clientId: string,
  settings: SessionSettings,
  sessionPresent: boolean,
  limits: Readonly<BrokerLimits>,
  answers: NonNullable<ConnackPacket['properties']>,
): ConnackPacket {
  const connack: ConnackPacket = { kind: 'connack', sessionPresent, reasonCode: ReasonCode.success };
  if (connect.protocolVersion !== 5) return connack;
  const properties = { ...answers };
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
