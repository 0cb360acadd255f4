/** What is said of a client: the facts of its session, and how its last connection ended. */
import { env, l10n } from 'vscode';
import type {
  ClientDetail,
  ClientInfo,
  ClientSession,
  ClientSubscription,
  ClientTraffic,
  ClientWill,
  ConnectionEnd,
  ProtocolVersion,
} from '../../contracts/clients.ts';
import type { ClientFact } from '../views/clientRows.ts';
import { faultTitle } from './faultWords.ts';
import { formatBytes, formatCount, formatMessages, formatName, formatNumber } from './formats.ts';
import { spanOf } from './span.ts';

/** Section 3.1.2.11.2. */
const NEVER_EXPIRES = 0xffff_ffff;
const LARGEST_RECEIVE_MAXIMUM = 65_535;

export function formatProtocol(version: ProtocolVersion): string {
  if (version === 5) return 'MQTT 5.0';
  return version === 4 ? 'MQTT 3.1.1' : 'MQTT 3.1';
}

/** `192.0.2.14` of `192.0.2.14:50123`. */
export function hostOf(remoteAddress: string): string {
  return remoteAddress.replace(/:\d+$/, '');
}

export function formatClients(count: number): string {
  return count === 1 ? l10n.t('1 client') : l10n.t('{0} clients', formatCount(count));
}

/** `0x86 Bad User Name or Password`. */
export function formatReason(reasonCode: number, reasonName: string): string {
  return `0x${reasonCode.toString(16).padStart(2, '0').toUpperCase()} ${reasonName}`;
}

/** In a row beside the name. */
export function clientDescription(client: ClientInfo): string {
  const { isWorkbench, clientId, remoteAddress, protocolVersion, state, last, warnings } = client;
  const parts: string[] = [];
  if (warnings > 0) parts.push(formatWarnings(warnings));
  if (isWorkbench) return [...parts, formatName(clientId)].join(' · ');
  if (state === 'stored') parts.push(l10n.t('away, session kept'));
  if (state === 'gone') parts.push(l10n.t('gone'));
  if (state !== 'connected' && last !== undefined) parts.push(shortEnd(last.end));
  if (remoteAddress !== undefined) parts.push(formatName(hostOf(remoteAddress)));
  if (protocolVersion !== undefined) parts.push(formatProtocol(protocolVersion));
  return parts.join(' · ');
}

export function formatWarnings(count: number): string {
  return count === 1 ? l10n.t('1 warning') : l10n.t('{0} warnings', formatCount(count));
}

function shortEnd(end: ConnectionEnd): string {
  if (isClosedByFault(end)) return l10n.t('closed by an injected fault');
  if (isSilencedByFault(end)) return l10n.t('held back by an injected fault');
  switch (end.kind) {
    case 'clientDisconnected':
      return l10n.t('disconnected');
    case 'networkClosed':
      return l10n.t('left without DISCONNECT');
    case 'keepAliveTimeout':
      return l10n.t('keep alive ran out');
    case 'takenOver':
      return l10n.t('taken over');
    case 'protocolError':
      return l10n.t('protocol fault');
    case 'refused':
      return l10n.t('refused');
    case 'reAuthenticationFailed':
      return l10n.t('authentication failed');
    case 'connectTimeout':
      return l10n.t('no CONNECT in time');
    case 'serverDisconnected':
      return l10n.t('disconnected by the broker');
    case 'connectionCut':
      return l10n.t('cut off');
    case 'storeFailed':
    case 'internalError':
      return l10n.t('closed by the broker');
  }
}

/** Who closed, why, and which clause was broken where one was; and what an injected fault had to do with it. */
export function formatEnd(end: ConnectionEnd): string {
  const { fault } = end;
  if (fault === undefined) return sentenceOf(end);
  const title = faultTitle(fault.name);
  if (isClosedByFault(end)) return l10n.t('An injected fault closed the connection: {0}.', title);
  if (isSilencedByFault(end))
    return l10n.t(
      'The broker gave the client up: nothing came from it for {0} s, as an injected fault held it back: {1}.',
      formatNumber(end.keepAliveSeconds * 1.5, 1),
      title,
    );
  return `${sentenceOf(end)} ${l10n.t('An injected fault had acted on the connection: {0}.', title)}`;
}

function isClosedByFault({ kind, fault }: ConnectionEnd): boolean {
  return kind === 'networkClosed' && fault?.did === 'ended';
}

function isSilencedByFault(end: ConnectionEnd): end is ConnectionEnd & { kind: 'keepAliveTimeout' } {
  return end.kind === 'keepAliveTimeout' && end.fault?.did === 'silenced';
}

function sentenceOf(end: ConnectionEnd): string {
  switch (end.kind) {
    case 'clientDisconnected':
      return end.reasonCode === 0
        ? l10n.t('The client disconnected, with DISCONNECT.')
        : l10n.t(
            'The client disconnected, with DISCONNECT: {0}.',
            formatReason(end.reasonCode, end.reasonName),
          );
    case 'networkClosed':
      return end.message === undefined
        ? l10n.t('The client’s side closed the connection without a DISCONNECT.')
        : l10n.t('The connection broke, without a DISCONNECT: {0}', formatName(end.message, 200));
    case 'keepAliveTimeout':
      return l10n.t(
        'The broker gave the client up: nothing came from it for {0} s, one and a half times its keep alive of {1} s. [MQTT-3.1.2-22]',
        formatNumber(end.keepAliveSeconds * 1.5, 1),
        formatCount(end.keepAliveSeconds),
      );
    case 'takenOver':
      return l10n.t(
        'The broker closed it: {0} connected with the same client id. [MQTT-3.1.4-3]',
        formatName(end.byRemoteAddress),
      );
    case 'protocolError':
      return formatFault(end);
    case 'refused':
      return l10n.t(
        'The broker refused the client: {0} ({1})',
        formatName(end.message, 300),
        formatReason(end.reasonCode, end.reasonName),
      );
    case 'reAuthenticationFailed':
      return l10n.t(
        'The broker closed it, as the client could not show again who it is: {0} ({1})',
        formatName(end.message, 300),
        formatReason(end.reasonCode, end.reasonName),
      );
    case 'connectTimeout':
      return l10n.t(
        'The broker closed it: the client was not let in within {0} s.',
        formatCount(end.timeoutSeconds),
      );
    case 'serverDisconnected':
    case 'storeFailed':
      return l10n.t(
        'The broker closed it: {0} ({1})',
        formatName(end.message, 300),
        formatReason(end.reasonCode, end.reasonName),
      );
    case 'connectionCut':
      return l10n.t('Its socket was closed without a DISCONNECT: {0}', formatName(end.message, 300));
    case 'internalError':
      return l10n.t(
        'The broker met a bug of its own, and closed it: {0} The log has more.',
        formatName(end.message, 300),
      );
  }
}

/** `PUBLISH, byte 12: …`: the last word is the heading in docs/errors.md. */
function formatFault(end: Extract<ConnectionEnd, { kind: 'protocolError' }>): string {
  const { packetKind, byteOffset, clause, errorCode } = end;
  const message = formatName(end.message, 300);
  const named = clause.startsWith('MQTT-') ? clause : l10n.t('section {0}', clause);
  const packet = packetKind?.toUpperCase();
  if (packet !== undefined && byteOffset !== undefined)
    return l10n.t(
      'The broker closed it for a fault in {0}, byte {1}: {2} [{3}] ({4})',
      packet,
      formatCount(byteOffset),
      message,
      named,
      errorCode,
    );
  return packet === undefined
    ? l10n.t('The broker closed it for a fault: {0} [{1}] ({2})', message, named, errorCode)
    : l10n.t('The broker closed it for a fault in {0}: {1} [{2}] ({3})', packet, message, named, errorCode);
}

/** The key of that line. */
export const LAST_DISCONNECT = 'last';

/** All that is known of it, a line each. The keys are the same whatever the values. */
export function clientFacts(detail: ClientDetail, nowMs: number): ClientFact[] {
  const { session, last } = detail;
  const facts: ClientFact[] = [
    { key: 'connection', icon: 'plug', label: l10n.t('Connection'), value: connectionValue(detail) },
    { key: 'user', icon: 'person', label: l10n.t('User name'), value: userValue(detail) },
  ];
  if (session !== undefined) facts.push(...sessionFacts(session, detail.state === 'connected'));
  if (last !== undefined)
    facts.push({
      key: LAST_DISCONNECT,
      icon: 'debug-disconnect',
      label: l10n.t('Last disconnect'),
      value: `${formatSince(nowMs - last.endedAtMs)} · ${formatEnd(last.end)}`,
    });
  return facts;
}

function sessionFacts(session: ClientSession, isConnected: boolean): ClientFact[] {
  const { traffic } = session;
  const facts: ClientFact[] = [
    {
      key: 'keepAlive',
      icon: 'watch',
      label: l10n.t('Keep alive'),
      value: keepAliveValue(session),
      more: l10n.t(
        'A client promises to send something within its keep alive. After one and a half times that, the broker gives a silent one up: so long is left, unless it sends something.',
      ),
    },
    { key: 'session', icon: 'history', label: l10n.t('Session'), value: sessionValue(session) },
    ...willFacts(session),
    {
      key: 'waiting',
      icon: 'inbox',
      label: l10n.t('Waiting for it'),
      value: waitingValue(session),
      more: l10n.t(
        'In flight: sent, and not acknowledged yet. Queued: to be sent when the client can take it, or comes back.',
      ),
    },
  ];
  if (traffic !== undefined) facts.push(...trafficFacts(traffic));
  if (isConnected) facts.push(roundTripFact(session), ...takesFacts(session));
  return facts;
}

function connectionValue({
  state,
  remoteAddress,
  transportKind,
  protocolVersion,
  connectedAtMs,
}: ClientInfo): string {
  const parts: string[] = [];
  if (remoteAddress !== undefined) parts.push(formatName(remoteAddress));
  if (protocolVersion !== undefined) parts.push(formatProtocol(protocolVersion));
  if (transportKind !== undefined) parts.push(formatTransport(transportKind));
  if (connectedAtMs !== undefined)
    parts.push(l10n.t('since {0}', new Date(connectedAtMs).toLocaleTimeString(env.language)));
  if (state === 'connected') return parts.join(' · ');
  return parts.length === 0 ? l10n.t('none') : l10n.t('none; the last one: {0}', parts.join(' · '));
}

function formatTransport(kind: string): string {
  const names: Record<string, string> = {
    mqtt: 'TCP',
    mqtts: 'TLS',
    ws: 'WebSocket',
    wss: l10n.t('WebSocket over TLS'),
    unix: l10n.t('Unix socket'),
  };
  return names[kind] ?? kind;
}

function userValue({ username }: ClientInfo): string {
  return username === undefined ? l10n.t('none') : formatName(username);
}

function keepAliveValue({ keepAliveSeconds, deadlineInMs }: ClientSession): string {
  if (keepAliveSeconds === 0) return l10n.t('none: a silent client is never given up');
  const seconds = l10n.t('{0} s', formatCount(keepAliveSeconds));
  if (deadlineInMs === undefined) return seconds;
  const left = l10n.t(
    'given up after {0} s, {1} s left',
    formatNumber(keepAliveSeconds * 1.5, 1),
    formatCount(Math.ceil(deadlineInMs / 1000)),
  );
  return `${seconds} · ${left}`;
}

function sessionValue(session: ClientSession): string {
  return [...startOf(session), lifeOf(session)].join(' · ');
}

/** Nothing of a session from before the broker started, whose client has not come back yet. */
function startOf({ cleanStart, sessionPresent }: ClientSession): string[] {
  if (cleanStart) return [l10n.t('clean start')];
  if (sessionPresent === undefined) return [];
  return [sessionPresent ? l10n.t('resumed') : l10n.t('new, as there was none')];
}

function lifeOf({ sessionExpirySeconds, expiresInMs }: ClientSession): string {
  if (sessionExpirySeconds === 0) return l10n.t('ends with the connection');
  if (sessionExpirySeconds === NEVER_EXPIRES) return l10n.t('never expires');
  if (expiresInMs !== undefined) return l10n.t('expires in {0}', formatSpan(expiresInMs));
  return l10n.t('kept for {0} after the connection', formatSpan(sessionExpirySeconds * 1000));
}

/** Of a session from before the broker started, without a will that waits, nobody knows whether there was one. */
function willFacts(session: ClientSession): ClientFact[] {
  const isKnown = session.sessionPresent !== undefined || session.willEnd !== undefined;
  if (session.will === undefined && !isKnown) return [];
  return [{ key: 'will', icon: 'bell', label: l10n.t('Will'), value: willValue(session) }];
}

function willValue({ will, willEnd }: ClientSession): string {
  switch (willEnd) {
    case 'published':
      return l10n.t('published after the connection ended');
    case 'discarded':
      return l10n.t('discarded by DISCONNECT');
    case 'denied':
      return l10n.t('not published: the access rules do not let the client');
    default:
      return will === undefined ? l10n.t('none') : describeWill(will);
  }
}

function describeWill(will: ClientWill): string {
  const { topic, qos, retain, payloadBytes, delaySeconds } = will;
  return [
    formatName(topic),
    l10n.t('QoS {0}', qos),
    ...(retain ? [l10n.t('retained')] : []),
    formatBytes(payloadBytes),
    ...(delaySeconds > 0 ? [l10n.t('after {0}', formatSpan(delaySeconds * 1000))] : []),
  ].join(' · ');
}

function waitingValue({ inflightMessages, queuedMessages, heldBytes }: ClientSession): string {
  if (inflightMessages === 0 && queuedMessages === 0) return l10n.t('nothing');
  return [
    l10n.t('{0} in flight', formatCount(inflightMessages)),
    l10n.t('{0} queued', formatCount(queuedMessages)),
    formatBytes(heldBytes),
  ].join(' · ');
}

function trafficFacts(traffic: ClientTraffic): ClientFact[] {
  const { messagesReceived, bytesReceived, messagesSent, bytesSent, largestPublishBytes } = traffic;
  const sent = [formatMessages(messagesSent), formatBytes(bytesSent)];
  if (largestPublishBytes > 0) sent.push(l10n.t('largest {0}', formatBytes(largestPublishBytes)));
  const ofConnection = l10n.t(
    'Over this connection, or the last one. Bytes are all of MQTT, without TCP and TLS.',
  );
  return [
    {
      key: 'received',
      icon: 'arrow-up',
      label: l10n.t('From it'),
      value: [formatMessages(messagesReceived), formatBytes(bytesReceived)].join(' · '),
      more: ofConnection,
    },
    {
      key: 'sent',
      icon: 'arrow-down',
      label: l10n.t('To it'),
      value: sent.join(' · '),
      more: ofConnection,
    },
    {
      key: 'pings',
      icon: 'pulse',
      label: l10n.t('Pings'),
      value: pingsValue(traffic),
      more: l10n.t(
        'PINGREQs, and the time between the last two. A client needs none while it sends other packets. The longest silence is the longest time in which nothing at all came from it.',
      ),
    },
  ];
}

function pingsValue({ pings, pingIntervalMs, longestQuietMs }: ClientTraffic): string {
  const silence = l10n.t('longest silence {0} s', formatNumber(longestQuietMs / 1000, 1));
  if (pings === 0) return `${l10n.t('none yet')} · ${silence}`;
  const parts = [formatCount(pings)];
  if (pingIntervalMs !== undefined)
    parts.push(l10n.t('the last two {0} s apart', formatNumber(pingIntervalMs / 1000, 1)));
  return [...parts, silence].join(' · ');
}

/** The broker sends no pings, and the system’s own measure of a TCP connection can’t be read from here. */
function roundTripFact({ roundTripMs }: ClientSession): ClientFact {
  return {
    key: 'roundTrip',
    icon: 'sync',
    label: l10n.t('Round trip'),
    value:
      roundTripMs === undefined
        ? l10n.t('not known: it acknowledged no message yet')
        : l10n.t('{0} ms to acknowledge a message', formatNumber(roundTripMs, roundTripMs < 10 ? 1 : 0)),
    more: l10n.t(
      'From a PUBLISH of QoS 1 or 2 to the PUBACK or PUBREC that answered it: the network both ways, and what the client took to answer. The broker answers pings and sends none, so that a client that is sent no such message can’t be measured.',
    ),
  };
}

function takesFacts({ maximumPacketSize, receiveMaximum }: ClientSession): ClientFact[] {
  const parts: string[] = [];
  if (maximumPacketSize !== undefined)
    parts.push(l10n.t('packets up to {0}', formatBytes(maximumPacketSize)));
  if (receiveMaximum !== undefined && receiveMaximum < LARGEST_RECEIVE_MAXIMUM)
    parts.push(l10n.t('{0} in flight at a time', formatMessages(receiveMaximum)));
  if (parts.length === 0) return [];
  return [{ key: 'takes', icon: 'package', label: l10n.t('It takes'), value: parts.join(' · ') }];
}

/** QoS, and the options that are not as they are at first. */
export function subscriptionDescription(subscription: ClientSubscription): string {
  const { qos, noLocal, retainAsPublished, retainHandling, subscriptionIdentifier } = subscription;
  const parts = [l10n.t('QoS {0}', qos)];
  if (noLocal) parts.push(l10n.t('not its own messages'));
  if (retainAsPublished) parts.push(l10n.t('RETAIN as published'));
  if (retainHandling === 1) parts.push(l10n.t('retained messages if new'));
  if (retainHandling === 2) parts.push(l10n.t('no retained messages'));
  if (subscriptionIdentifier !== undefined) parts.push(l10n.t('identifier {0}', subscriptionIdentifier));
  return parts.join(' · ');
}

/** `12 s`, `3 min`, `2 h`, `5 days`. */
export function formatSpan(ms: number): string {
  const { unit, count } = spanOf(ms);
  switch (unit) {
    case 'seconds':
      return l10n.t('{0} s', count);
    case 'minutes':
      return l10n.t('{0} min', count);
    case 'hours':
      return l10n.t('{0} h', count);
    case 'days':
      return count === 1 ? l10n.t('1 day') : l10n.t('{0} days', formatCount(count));
  }
}

/** `12 s ago`: where the row is drawn each second anyway. */
function formatSince(ms: number): string {
  return l10n.t('{0} ago', formatSpan(ms));
}
