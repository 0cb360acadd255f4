/**
 * The first packet of a connection: who is this, may it come in, and on which terms. Sections 3.1 and 3.2.
 *
 * From CONNECT to CONNACK; the AUTH packets of a method come between the two, and are firstAuthentication.ts's. The
 * access policy alone may take more than one turn of the event loop; everything after its answer happens in one go, so
 * that no other CONNECT of the same client identifier comes between.
 */
import { decode } from '../../mqtt/decode.ts';
import { protocolError } from '../../mqtt/errorCodes.ts';
import type { ConnectPacket } from '../../mqtt/packets.ts';
import { agreedWithListener, resultOfListener } from '../access/listenerResult.ts';
import type { AuthenticationResult, BeginAuthentication, ConnectAttempt } from '../accessPolicy.ts';
import { ConnectedClient } from '../connectedClient.ts';
import type { Connection } from '../connection.ts';
import { countLimit } from '../context.ts';
import { identityOf } from '../session.ts';
import { ReAuthentication } from './auth.ts';
import { connackOf } from './connack.ts';
import { FirstAuthentication } from './firstAuthentication.ts';
import { refuseConnect, refuseMalformed } from './refusal.ts';
import { type Grounds, groundsAfterCheck, groundsBeforeCheck } from './refusalGrounds.ts';
import { settingsOf } from './sessionSettings.ts';

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
    connection.observeRejected(bytes, 0, bytes.length, error);
    refuseMalformed(connection, error);
    return;
  }
  connection.observePacket(bytes, connect.protocolVersion);
  handleConnect(connection, connect);
}

function handleConnect(connection: Connection, connect: ConnectPacket): void {
  const { context } = connection.services;
  context.counters.connectsReceived++;
  const clientId = connect.clientId === '' ? undefined : connect.clientId;
  connection.authenticating(clientId);
  const grounds =
    context.intervention?.refusalOf(connection, connect) ?? groundsBeforeCheck(connection, connect);
  if (grounds !== undefined) {
    refuseOn(connection, connect, grounds);
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
    finish(
      connection,
      connect,
      attempt.clientId,
      agreedWithListener(connection.transport, decision),
      reAuthentication,
    ),
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
  const identity = identityOf(clientId, username);
  const { intervention } = context;
  const limits =
    intervention === undefined
      ? context.limits
      : intervention.limitsFor(
          connection,
          { clientId, protocolVersion: connect.protocolVersion },
          context.limits,
        );
  const settings = settingsOf(connect, username, context, limits);
  const connack = connackOf(context, limits, connect, identity, settings, result.data);
  const grounds = groundsAfterCheck(connection, connect, clientId, connack);
  if (grounds !== undefined) {
    refuseOn(connection, connect, grounds);
    return;
  }
  if (intervention?.losesSession(clientId) === true) sessions.lose(clientId);
  const { session, sessionPresent } = sessions.open(clientId, settings, connection.info);
  const client = new ConnectedClient(services, connection, session, connect, reAuthentication, limits);
  session.client = client;
  session.traffic = client.traffic;
  session.sessionPresent = sessionPresent;
  session.incoming.startConnection(connection.info.connectionId);
  connection.accepted(client);
  // 3.1 has no Session Present: the bit is reserved there.
  connack.sessionPresent = sessionPresent && connect.protocolVersion !== 3;
  client.send(connack);
  context.observer?.clientConnected?.(connection.info, clientId, connect, connack);
  session.outbox.attach(client);
}

function refuseOn(connection: Connection, connect: ConnectPacket, grounds: Grounds): void {
  if (grounds.limit !== undefined) countLimit(connection.services.context, grounds.limit);
  refuseConnect(connection, connect, grounds);
}
