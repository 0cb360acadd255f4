/**
 * The broker's events in sentences, for the log of the extension and of the command line.
 *
 * A line names the client, and for a fault the packet, the byte and the broken clause: what a device's author needs
 * to find it. What comes from a device (client ids, topics) is quoted, cut, and kept from writing lines of its own.
 * Where lines go, and how many of a kind, is up to the writer that is handed in.
 */
import { printable } from '../base/printable.ts';
import type { LimitName } from '../broker/limits.ts';
import type {
  AuthenticationDecision,
  BrokerObserver,
  ClientIdSharing,
  ConnectionInfo,
  DisconnectCause,
  DropCause,
} from '../broker/observer.ts';
import type { TransportKind } from '../broker/transport.ts';
import type {
  ConnackPacket,
  ConnectPacket,
  PacketKind,
  ProtocolVersion,
  SubscriptionRequest,
} from '../mqtt/packets.ts';
import type { ProtocolError } from '../mqtt/protocolError.ts';
import { ReasonCode, reasonCodeName } from '../mqtt/reasonCodes.ts';
import { faultBehind } from './connectionEnds.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/**
 * @param kind the event's name: a writer may bound how many of one kind it takes.
 * @param word makes the sentence; called at once, or not at all.
 */
export type LogWriter = (kind: string, level: LogLevel, word: () => string) => void;

/** Longest part of a client id or topic that a line shows, characters. */
const MAX_QUOTED_CHARACTERS = 100;

const versionNames: Record<ProtocolVersion, string> = { 3: 'MQTT 3.1', 4: 'MQTT 3.1.1', 5: 'MQTT 5.0' };

const transportNames: Record<TransportKind, string> = {
  mqtt: 'TCP',
  mqtts: 'TLS',
  ws: 'WebSocket',
  wss: 'WebSocket over TLS',
  unix: 'a Unix socket',
  memory: 'memory',
};

const closeLevels: Record<DisconnectCause['kind'], LogLevel> = {
  clientDisconnected: 'info',
  networkClosed: 'info',
  keepAliveTimeout: 'warn',
  takenOver: 'warn',
  protocolError: 'error',
  refused: 'warn',
  reAuthenticationFailed: 'warn',
  connectTimeout: 'warn',
  serverDisconnected: 'info',
  connectionCut: 'info',
  storeFailed: 'warn',
  internalError: 'error',
};

const dropReasons: Record<DropCause, { level: LogLevel; message: string }> = {
  queueFull: { level: 'warn', message: 'the queue of messages that wait for it is full' },
  slowConsumer: { level: 'warn', message: 'it reads more slowly than messages come' },
  packetTooLarge: { level: 'warn', message: 'the message is larger than it said that it takes' },
  messageExpired: { level: 'debug', message: 'the message expired before it could be delivered' },
  notAuthorized: { level: 'debug', message: 'its access rules do not let it read this topic' },
  payloadFormatInvalid: { level: 'warn', message: 'its payload is marked as UTF-8, and is not' },
  retainedFull: { level: 'warn', message: 'the store of retained messages is full' },
};

/** An observer that writes a line for what a person would want to know. Silent about messages that arrive. */
export function createBrokerLog(write: LogWriter): BrokerObserver {
  return {
    connectionOpened: (connection) => write('connectionOpened', 'debug', () => describeOpened(connection)),
    clientConnected: (connection, clientId, connect, connack) =>
      write('clientConnected', 'info', () => describeConnected(connection, clientId, connect, connack)),
    connectionClosed: (connection, clientId, cause) =>
      write(`connectionClosed ${cause.kind}`, closeLevels[cause.kind], () =>
        describeClosed(connection, clientId, cause),
      ),
    clientIdShared: (clientId, sharing) =>
      write('clientIdShared', 'warn', () => describeShared(clientId, sharing)),
    sessionEnded: (clientId) =>
      write('sessionEnded', 'debug', () => `The session of client ${quote(clientId)} ended`),
    subscribed: (clientId, subscription, reasonCode) => {
      const isRefused = reasonCode >= ReasonCode.unspecifiedError;
      write(isRefused ? 'subscribeRefused' : 'subscribed', isRefused ? 'warn' : 'info', () =>
        describeSubscribed(clientId, subscription, reasonCode),
      );
    },
    unsubscribed: (clientId, topicFilter) =>
      write(
        'unsubscribed',
        'debug',
        () => `Client ${quote(clientId)} unsubscribed from ${quote(topicFilter)}`,
      ),
    messageDropped: (message, clientId, cause) =>
      write(`messageDropped ${cause}`, dropReasons[cause].level, () =>
        describeDropped(message.topic, clientId, cause),
      ),
    authenticated: (connection, clientId, decision) => {
      // A refusal is told by `connectionClosed`; a user name without a method, or with its password, by `clientConnected`.
      const isTold = decision.by === 'anonymous' || decision.by === 'password';
      if (decision.outcome.kind === 'accepted')
        write('authenticated', isTold ? 'debug' : 'info', () =>
          describeAuthenticated(connection, clientId, decision),
        );
    },
    accessDenied: (clientId, action, topic) => {
      // A refused CONNECT is told by `connectionClosed` and a refused SUBSCRIBE by `subscribed`, with the reason.
      if (action === 'publish')
        write(
          'publishDenied',
          'warn',
          () =>
            `Client ${quote(clientId)} may not publish to ${quote(topic)}: its access rules do not allow it`,
        );
    },
    storeFailing: (message) =>
      write(
        'storeFailing',
        'error',
        () =>
          `Sessions and messages can't be stored. ${message} Until then, a client whose messages need the store is disconnected, without an acknowledgement`,
      ),
    storeRecovered: () =>
      write('storeRecovered', 'info', () => 'Sessions and messages are stored again, and nothing is lost'),
    limitReached: (name, value, times) => {
      // The first, the tenth, the hundredth: a flood at a limit is told of, and does not become a flood of lines.
      if (isPowerOfTen(times)) write(`limitReached ${name}`, 'warn', () => describeLimit(name, value, times));
    },
    internalError: (error) => write('internalError', 'error', () => describeInternalError(error)),
  };
}

function describeOpened({ transportKind, remoteAddress }: ConnectionInfo): string {
  return `${remoteAddress} opened a connection over ${transportNames[transportKind]}`;
}

function describeConnected(
  connection: ConnectionInfo,
  clientId: string,
  connect: ConnectPacket,
  { properties, sessionPresent }: ConnackPacket,
): string {
  const username = connection.certificateUsername ?? connect.username;
  const facts = [
    `${versionNames[connect.protocolVersion]} over ${transportNames[connection.transportKind]}`,
    describeKeepAlive(connect.keepAliveSeconds, properties?.serverKeepAlive),
    ...(username === undefined ? [] : [`user ${quote(username)}`]),
    ...(connect.will === undefined ? [] : [`will on ${quote(connect.will.topic)}`]),
    ...(sessionPresent ? ['session resumed'] : []),
  ];
  return `Client ${quote(clientId)} connected from ${connection.remoteAddress}: ${facts.join(', ')}`;
}

function describeKeepAlive(asked: number, given: number | undefined): string {
  if (given !== undefined) return `keep alive ${given} s in place of ${asked === 0 ? 'none' : asked}`;
  return asked === 0 ? 'no keep alive' : `keep alive ${asked} s`;
}

function describeShared(
  clientId: string,
  { addresses: [one, other], isOneHost, takeovers, periodMs }: ClientIdSharing,
): string {
  // Seconds as people say them: fractions matter below ten.
  const pace = `${takeovers} times in ${Number((periodMs / 1000).toPrecision(2))} s`;
  const advice = 'give each its own, e.g. from its MAC address';
  return isOneHost
    ? `Two programs on one host use the client id ${quote(clientId)}, or one that reconnects without closing: the session was taken over ${pace}, at last by ${other} from ${one}; ${advice}`
    : `Two devices use the client id ${quote(clientId)}: ${one} and ${other} took the session from each other ${pace}; ${advice}`;
}

function describeAuthenticated(
  { remoteAddress }: ConnectionInfo,
  clientId: string,
  { username, by, isReAuthentication }: AuthenticationDecision,
): string {
  const who = username === undefined ? 'without a user name' : `user ${quote(username)}`;
  const how = by === 'anonymous' ? 'and nothing was asked to prove it' : `by ${by}`;
  return `Client ${quote(clientId)} at ${remoteAddress} is ${isReAuthentication ? 'still ' : ''}${who}, ${how}`;
}

/** @param clientId undefined when no CONNECT was read, or one without a client id was refused. */
export function describeClosed(
  connection: ConnectionInfo,
  clientId: string | undefined,
  cause: DisconnectCause,
): string {
  const sentence = describeCause(connection, clientId, cause);
  const fault = faultBehind(connection, cause);
  if (fault === undefined) return sentence;
  const who = describeEnd(connection, clientId);
  const what = `fault ${fault.rule} (${fault.name})`;
  if (fault.did === 'ended' && cause.kind === 'networkClosed') return `${who} is disconnected by ${what}`;
  if (fault.did === 'silenced' && cause.kind === 'keepAliveTimeout')
    return `${who} is disconnected: ${what} held back what it sent, and nothing came from it for 1.5 times its keep alive of ${cause.keepAliveSeconds} s`;
  return `${sentence}; ${what} had acted on the connection`;
}

function describeEnd({ remoteAddress }: ConnectionInfo, clientId: string | undefined): string {
  return clientId === undefined ? remoteAddress : `Client ${quote(clientId)} at ${remoteAddress}`;
}

function describeCause(
  connection: ConnectionInfo,
  clientId: string | undefined,
  cause: DisconnectCause,
): string {
  const { transportKind } = connection;
  const who = describeEnd(connection, clientId);
  switch (cause.kind) {
    case 'clientDisconnected':
      return cause.reasonCode === ReasonCode.normalDisconnection
        ? `${who} disconnected`
        : `${who} disconnected: ${nameWithCode(cause.reasonCode, 'disconnect')}`;
    case 'networkClosed': {
      const without = clientId === undefined ? 'before it sent a CONNECT' : 'without a DISCONNECT';
      const because = cause.message === undefined ? '' : `: ${cause.message}`;
      // Some libraries look at the certificate when the handshake is done, and go without a word.
      const isTls = transportKind === 'mqtts' || transportKind === 'wss';
      const hint =
        clientId === undefined && isTls
          ? ". Over TLS that is mostly a client that does not accept the broker's certificate: its CA, its name or the time"
          : '';
      return `${who} closed the connection ${without}${because}${hint}`;
    }
    case 'keepAliveTimeout':
      return `${who} is disconnected: nothing came from it for 1.5 times its keep alive of ${cause.keepAliveSeconds} s`;
    case 'takenOver':
      return `${who} is disconnected: ${cause.byRemoteAddress} connected with the same client id`;
    case 'protocolError':
      return `${who} is disconnected: ${describeProtocolError(cause.error)}`;
    case 'refused': {
      const user = cause.username === undefined ? '' : `, as user ${quote(cause.username)}`;
      return `${who} is refused${user}: ${cause.message} (${nameWithCode(cause.reasonCode, 'connack')})`;
    }
    case 'reAuthenticationFailed':
      return `${who} is disconnected, as it could not show again who it is: ${cause.message} (${nameWithCode(cause.reasonCode, 'disconnect')})`;
    case 'connectTimeout': {
      const missing = clientId === undefined ? 'it sent no CONNECT' : 'it was not authenticated';
      return `${who} is disconnected: ${missing} within ${cause.timeoutSeconds} s`;
    }
    case 'serverDisconnected':
      return `${who} is disconnected: ${cause.message} (${nameWithCode(cause.reasonCode, 'disconnect')})`;
    case 'connectionCut':
      return `${who} is cut off: ${cause.message}`;
    case 'storeFailed':
      return `${who} is disconnected: ${cause.message} (${nameWithCode(cause.reasonCode, 'disconnect')})`;
    case 'internalError':
      return `${who} is disconnected. ${describeInternalError(cause.error)}`;
  }
}

/**
 * `PUBLISH, byte 12: what was seen, and what was expected. [MQTT-3.3.2-2] (0x81 Malformed Packet, topic-name-invalid)`
 *
 * The last word is the heading in docs/errors.md that explains it.
 */
function describeProtocolError(error: ProtocolError): string {
  const place = [
    ...(error.packetKind === undefined ? [] : [error.packetKind.toUpperCase()]),
    ...(error.byteOffset === undefined ? [] : [`byte ${error.byteOffset}`]),
  ];
  const where = place.length === 0 ? '' : `${place.join(', ')}: `;
  // A statement has a number of its own; where the standard only describes, there is a section.
  const clause = error.clause.startsWith('MQTT-') ? error.clause : `section ${error.clause}`;
  return `${where}${error.message} [${clause}] (${nameWithCode(error.reasonCode, 'disconnect')}, ${error.code})`;
}

function describeSubscribed(
  clientId: string,
  { topicFilter, qos }: SubscriptionRequest,
  reasonCode: number,
): string {
  const who = `Client ${quote(clientId)}`;
  if (reasonCode >= ReasonCode.unspecifiedError)
    return `${who} may not subscribe to ${quote(topicFilter)}: ${nameWithCode(reasonCode, 'suback')}`;
  const granted = reasonCode === qos ? `with QoS ${qos}` : `with QoS ${reasonCode} instead of ${qos}`;
  return `${who} subscribed to ${quote(topicFilter)} ${granted}`;
}

function describeDropped(topic: string, clientId: string | undefined, cause: DropCause): string {
  const receiver = clientId === undefined ? '' : ` for client ${quote(clientId)}`;
  return `A message on ${quote(topic)}${receiver} is dropped: ${dropReasons[cause].message}`;
}

function describeLimit(name: LimitName, value: number, times: number): string {
  const often = times === 1 ? 'for the first time' : `${times} times so far`;
  return `The limit ${name}, which is ${value}, was reached ${often}; what happens then, and how to change it: docs/limits.md`;
}

function isPowerOfTen(count: number): boolean {
  let rest = count;
  while (rest % 10 === 0) rest /= 10;
  return rest === 1;
}

/** Ours, so with the place in the code: it belongs into a report. */
function describeInternalError(error: unknown): string {
  const details = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `This is a bug in the broker; please report it: ${details.replace(/\s*\n\s*/g, ' | ')}`;
}

/** `0x86 Bad User Name or Password`. The packet tells apart codes that have several names. */
function nameWithCode(reasonCode: number, packetKind: PacketKind): string {
  return `0x${reasonCode.toString(16).padStart(2, '0').toUpperCase()} ${reasonCodeName(reasonCode, packetKind)}`;
}

/** Nothing in it to escape: what nearly all names are, told from the others in a tenth of the time. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** In quotes, on one line, and not longer than a line bears. */
export function quote(text: string): string {
  if (text.length <= MAX_QUOTED_CHARACTERS && PLAIN.test(text)) return `"${text}"`;
  const shown = text.length > MAX_QUOTED_CHARACTERS ? `${text.slice(0, MAX_QUOTED_CHARACTERS)}…` : text;
  return printable(JSON.stringify(shown));
}
