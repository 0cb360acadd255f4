/** What a tree row, a keybinding or another command handed to a command: looked at, never trusted. Pure. */
import { LOCAL_BROKER, type OtherConnectionKind } from '../../contracts/connections.ts';
import type { PublishParams } from '../../contracts/engine.ts';
import type { MessagesFilter } from '../../contracts/messagePages.ts';
import type { QoS } from '../../contracts/messages.ts';
import type { SeriesSource } from '../../contracts/plots.ts';
import type { MessageName } from '../editors/messageReader.ts';

/** The topic in `'a/b'` or `{topic: 'a/b'}`. */
export function topicArgument(argument: unknown): string | undefined {
  return typeof argument === 'string' ? argument : stringField(argument, 'topic');
}

/** The text in `'abc'` or `{text: 'abc'}`. */
export function textArgument(argument: unknown): string | undefined {
  return typeof argument === 'string' ? argument : stringField(argument, 'text');
}

/** The id of the branch in a row of the Topics view, `{node: {id: 7}}`. */
export function branchArgument(argument: unknown): number | undefined {
  const id = field(field(argument, 'node'), 'id');
  return typeof id === 'number' ? id : undefined;
}

/** The depth in `3` or `{depth: 3}`: levels, 1 or more. */
export function depthArgument(argument: unknown): number | undefined {
  const depth = typeof argument === 'number' ? argument : field(argument, 'depth');
  return typeof depth === 'number' && Number.isInteger(depth) && depth >= 1 ? depth : undefined;
}

/** The filter in `{topicFilter: 'a/#'}`. */
export function topicFilterArgument(argument: unknown): string | undefined {
  return stringField(argument, 'topicFilter');
}

/** The filter of what a row means: its own, or its topic with all that is below it. Undefined for a connection's root. */
export function branchFilterArgument(argument: unknown): string | undefined {
  const topicFilter = topicFilterArgument(argument);
  if (topicFilter !== undefined) return topicFilter;
  const topic = topicArgument(argument);
  const node = field(argument, 'node');
  if (topic === undefined || field(node, 'isConnection') === true) return undefined;
  return Number(field(node, 'childCount') ?? 0) > 0 ? `${topic}/#` : topic;
}

/** The connection in `{connection: 1}`, or of a row of the Topics view. */
export function connectionArgument(argument: unknown): number | undefined {
  const connection = field(argument, 'connection') ?? field(field(argument, 'node'), 'connection');
  return typeof connection === 'number' ? connection : undefined;
}

/** What the connection of a row of the Topics view is, where that is not the local broker. */
export function connectionKindArgument(argument: unknown): OtherConnectionKind | undefined {
  const kind = field(field(argument, 'node'), 'connectionKind');
  return kind === 'recording' || kind === 'remoteBroker' ? kind : undefined;
}

/** The connection's name in `{connectionName: 'Gateway'}`, as a row of the Connections view has it, or in a text alone. */
export function connectionNameArgument(argument: unknown): string | undefined {
  return typeof argument === 'string' ? argument : stringField(argument, 'connectionName');
}

/** The kind of a tree row. */
export function kindArgument(argument: unknown): string | undefined {
  return stringField(argument, 'kind');
}

/**
 * What the Messages view is to show: the subscription in `{topicFilter: 'a/#'}`, a topic as above, all below a level in
 * `{branch: 'a'}` or in the row of one that had no message itself, what a client published in `{client: 'id'}` or in its
 * row, and all of a connection in its row.
 */
export function messagesArgument(argument: unknown): Partial<MessagesFilter> | undefined {
  const topicFilter = topicFilterArgument(argument);
  if (topicFilter !== undefined) {
    const other = connectionArgument(argument) ?? LOCAL_BROKER;
    // What another broker delivers is in its tree, once, whatever it was delivered for.
    if (other !== LOCAL_BROKER) return { source: { kind: 'broker', connection: other }, topicFilter };
    return { source: { kind: 'subscription', topicFilter } };
  }
  const client = field(argument, 'client');
  const publisher = typeof client === 'string' ? client : stringField(client, 'clientId');
  if (publisher !== undefined) return { publisher };
  const node = field(argument, 'node');
  const connection = field(node, 'connection');
  const source = typeof connection === 'number' && { source: { kind: 'broker' as const, connection } };
  if (field(node, 'isConnection') === true) return { ...source };
  const branch = stringField(argument, 'branch') ?? branchOfRow(argument);
  if (branch !== undefined) return { ...source, topicFilter: `${branch}/#` };
  const topic = topicArgument(argument);
  return topic === undefined ? undefined : { ...source, topicFilter: topic };
}

function branchOfRow(argument: unknown): string | undefined {
  const node = field(argument, 'node');
  return field(node, 'last') === undefined ? stringField(node, 'topic') : undefined;
}

/** The series in `{topic: 'a/b', path: '.c'}`, or as `topicArgument`; of a recording, where a row of one was handed in. */
export function seriesArgument(
  argument: unknown,
): (Omit<SeriesSource, 'path'> & Partial<SeriesSource>) | undefined {
  const topic = topicArgument(argument);
  if (topic === undefined) return undefined;
  const path = stringField(argument, 'path');
  const connection = connectionArgument(argument);
  return {
    topic,
    ...(path !== undefined && { path }),
    ...(connection !== undefined && { connection }),
  };
}

/** The client id in `'board'`, `{clientId: 'board'}` or `{client: 'board'}`, or of a client's row. */
export function clientArgument(argument: unknown): string | undefined {
  if (typeof argument === 'string') return argument;
  return stringField(argument, 'clientId') ?? stringField(argument, 'client');
}

/** Which warning a row of the Clients view is about. */
export function warningArgument(argument: unknown): { clientId: string; kind: string } | undefined {
  const warning = field(argument, 'warning');
  const clientId = stringField(warning, 'clientId');
  const kind = stringField(field(warning, 'facts'), 'kind');
  return clientId === undefined || kind === undefined ? undefined : { clientId, kind };
}

/** The address in `{url: 'mqtt://192.0.2.7:1883'}`. */
export function urlArgument(argument: unknown): string | undefined {
  return stringField(argument, 'url');
}

/** The message in `{id: 7}`, or the newest one of a row of the Topics view. */
export function messageArgument(argument: unknown): MessageName | undefined {
  return messageName(argument) ?? messageName(field(field(argument, 'node'), 'last'));
}

/** `{left: 7, right: 9}` */
export function messagePairArgument(
  argument: unknown,
): { left: MessageName; right: MessageName } | undefined {
  const [left, right] = [field(argument, 'left'), field(argument, 'right')];
  return isMessageId(left) && isMessageId(right) ? { left: { id: left }, right: { id: right } } : undefined;
}

/** A whole message in `{topic, payload, qos?, retain?}`, its payload being text. */
export function publishArgument(argument: unknown): PublishParams | undefined {
  const topic = stringField(argument, 'topic');
  const payload = stringField(argument, 'payload');
  if (topic === undefined || payload === undefined) return undefined;
  const qos = field(argument, 'qos');
  const connection = connectionArgument(argument);
  return {
    ...(connection !== undefined && { connection }),
    topic,
    payload: new TextEncoder().encode(payload),
    qos: isQoS(qos) ? qos : 0,
    retain: field(argument, 'retain') === true,
  };
}

function messageName(value: unknown): MessageName | undefined {
  const [id, receivedAtMs] = [field(value, 'id'), field(value, 'receivedAtMs')];
  if (!isMessageId(id)) return undefined;
  return typeof receivedAtMs === 'number' ? { id, receivedAtMs } : { id };
}

function isMessageId(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}

function stringField(argument: unknown, name: string): string | undefined {
  const value = field(argument, name);
  return typeof value === 'string' ? value : undefined;
}

function field(argument: unknown, name: string): unknown {
  if (typeof argument !== 'object' || argument === null) return undefined;
  return (argument as Record<string, unknown>)[name]; // an object: a missing field reads as undefined
}

function isQoS(value: unknown): value is QoS {
  return value === 0 || value === 1 || value === 2;
}
