/**
 * The topics under `$SYS/broker`: the names and payload formats of mosquitto 2.0, and what each means here.
 *
 * A table, and no more: when a value is looked at and who is told is SysTree's. docs/sys-topics.md is this table for
 * people; a test compares the two.
 */
import type { BrokerCounters } from './counters.ts';
import { type LoadName, loadNames, loadPeriodsMinutes, type SysLoads } from './sysLoads.ts';

/** What the values are read from. */
export interface SysState {
  readonly version: string;
  readonly uptimeSeconds: number;
  readonly heapBytes: number;
  readonly heapMaximumBytes: number;
  readonly counters: Readonly<BrokerCounters>;
  readonly loads: SysLoads;
}

export interface SysTopic {
  readonly topic: string;
  /** One sentence, for the page. */
  readonly meaning: string;
  /** The payload. */
  readonly read: (state: SysState) => string;
}

/** The first level of them all. */
export const SYS_LEVEL = '$SYS';

/** Topics that only the broker itself publishes to. Section 4.7.2. */
export function isServerTopic(topic: string): boolean {
  return topic.startsWith('$SYS/');
}

const loadMeanings: Readonly<Record<LoadName, string>> = {
  'messages/received': 'Packets of every kind received',
  'messages/sent': 'Packets of every kind sent',
  'publish/dropped': 'Messages dropped',
  'publish/received': 'Messages that clients published',
  'publish/sent': 'Messages sent to subscribers',
  'bytes/received': 'Bytes received',
  'bytes/sent': 'Bytes sent',
  sockets: 'Sockets opened',
  connections: 'CONNECT packets received',
};

export const sysTopics: readonly SysTopic[] = [
  sys('version', 'Name and version of the broker.', ({ version }) => version),
  sys('uptime', 'Time since the start, as `12 seconds`.', ({ uptimeSeconds }) => `${uptimeSeconds} seconds`),

  count('clients/total', 'Sessions, with a connection or stored.', ({ sessions }) => sessions),
  count('clients/connected', 'Clients whose CONNECT was accepted and that are connected now.', connected),
  count('clients/active', 'An older name of `clients/connected`.', connected),
  count('clients/disconnected', 'Sessions that wait for their client to come back.', disconnected),
  count('clients/inactive', 'An older name of `clients/disconnected`.', disconnected),
  count('clients/maximum', 'The most that `clients/connected` was.', ({ clientsMaximum }) => clientsMaximum),
  count(
    'clients/expired',
    'Sessions that ended because their client stayed away for longer than their expiry interval.',
    ({ sessionsExpired }) => sessionsExpired,
  ),

  count('messages/received', 'Packets of every kind received.', ({ packetsReceived }) => packetsReceived),
  count('messages/sent', 'Packets of every kind sent.', ({ packetsSent }) => packetsSent),
  count('messages/stored', 'An older name of `store/messages/count`.', storedMessages),
  count(
    'store/messages/count',
    'Messages held: retained, queued and in flight. One that waits for two sessions counts twice.',
    storedMessages,
  ),
  count(
    'store/messages/bytes',
    'Bytes of those messages as the limits reckon them: payload, topic, properties and what holding them costs.',
    ({ retainedBytes, queuedBytes }) => retainedBytes + queuedBytes,
  ),
  count('retained messages/count', 'Retained messages. Those of `$SYS` are none.', retainedMessages),
  count(
    'subscriptions/count',
    'Subscriptions of all sessions, without the shared ones.',
    ({ subscriptions, sharedSubscriptions }) => subscriptions - sharedSubscriptions,
  ),
  count(
    'shared_subscriptions/count',
    'Shared subscriptions of all sessions.',
    ({ sharedSubscriptions }) => sharedSubscriptions,
  ),

  count(
    'publish/messages/received',
    'Messages that clients published, refused ones too; a repeated one of QoS 2 counts once.',
    ({ messagesReceived }) => messagesReceived,
  ),
  count(
    'publish/messages/sent',
    'Messages sent to subscribers, one for each; those that are sent again count once.',
    ({ messagesDelivered }) => messagesDelivered,
  ),
  count(
    'publish/messages/dropped',
    'Messages that did not reach a subscriber: a limit, an access rule, or their expiry was in the way.',
    ({ messagesDropped }) => messagesDropped,
  ),
  count(
    'publish/bytes/received',
    'Bytes of payload in `publish/messages/received`.',
    ({ payloadBytesReceived }) => payloadBytesReceived,
  ),
  count(
    'publish/bytes/sent',
    'Bytes of payload in `publish/messages/sent`.',
    ({ payloadBytesSent }) => payloadBytesSent,
  ),
  count('bytes/received', 'Bytes received from clients.', ({ bytesReceived }) => bytesReceived),
  count('bytes/sent', 'Bytes sent to clients.', ({ bytesSent }) => bytesSent),

  sys('heap/current', 'Bytes of memory in use: JavaScript objects and buffers.', ({ heapBytes }) =>
    String(heapBytes),
  ),
  sys('heap/maximum', 'The most that `heap/current` was when it was looked at.', ({ heapMaximumBytes }) =>
    String(heapMaximumBytes),
  ),

  ...loadNames.flatMap((name) =>
    loadPeriodsMinutes.map((minutes) =>
      sys(
        `load/${name}/${minutes}min`,
        `${loadMeanings[name]} a minute, as a moving average over ${minutes === 1 ? 'one minute' : `${minutes} minutes`}.`,
        ({ loads }) => loads.average(name, minutes).toFixed(2),
      ),
    ),
  ),
];

function sys(name: string, meaning: string, read: (state: SysState) => string): SysTopic {
  return { topic: `${SYS_LEVEL}/broker/${name}`, meaning, read };
}

function count(
  name: string,
  meaning: string,
  read: (counters: Readonly<BrokerCounters>) => number,
): SysTopic {
  return sys(name, meaning, ({ counters }) => String(read(counters)));
}

function connected({ clientsConnected }: Readonly<BrokerCounters>): number {
  return clientsConnected;
}

function disconnected({ sessions, clientsConnected }: Readonly<BrokerCounters>): number {
  return sessions - clientsConnected;
}

function retainedMessages(counters: Readonly<BrokerCounters>): number {
  return counters.retainedMessages;
}

function storedMessages(counters: Readonly<BrokerCounters>): number {
  return counters.retainedMessages + counters.queuedMessages;
}
