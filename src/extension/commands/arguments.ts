/** What a tree row, a keybinding or another command handed to a command: looked at, never trusted. Pure. */
import type { PublishParams } from '../../contracts/engine.ts';
import type { MessagesFilter } from '../../contracts/messagePages.ts';
import type { QoS } from '../../contracts/messages.ts';

/** The topic in `'a/b'` or `{topic: 'a/b'}`. */
export function topicArgument(argument: unknown): string | undefined {
  return typeof argument === 'string' ? argument : stringField(argument, 'topic');
}

/** The filter in `{topicFilter: 'a/#'}`. */
export function topicFilterArgument(argument: unknown): string | undefined {
  return stringField(argument, 'topicFilter');
}

/**
 * What the Messages view is to show: the subscription in `{topicFilter: 'a/#'}`, a topic as above, all below a level in
 * `{branch: 'a'}` or in the row of one that had no message itself, what a client published in `{client: 'id'}` or in its row.
 */
export function messagesArgument(argument: unknown): Partial<MessagesFilter> | undefined {
  const topicFilter = topicFilterArgument(argument);
  if (topicFilter !== undefined) return { source: { kind: 'subscription', topicFilter } };
  const client = field(argument, 'client');
  const publisher = typeof client === 'string' ? client : stringField(client, 'clientId');
  if (publisher !== undefined) return { publisher };
  const branch = stringField(argument, 'branch') ?? branchOfRow(argument);
  if (branch !== undefined) return { topicFilter: `${branch}/#` };
  const topic = topicArgument(argument);
  return topic === undefined ? undefined : { topicFilter: topic };
}

function branchOfRow(argument: unknown): string | undefined {
  const node = field(argument, 'node');
  return field(node, 'last') === undefined ? stringField(node, 'topic') : undefined;
}

/** The address in `{url: 'mqtt://192.0.2.7:1883'}`. */
export function urlArgument(argument: unknown): string | undefined {
  return stringField(argument, 'url');
}

/** A whole message in `{topic, payload, qos?, retain?}`, its payload being text. */
export function publishArgument(argument: unknown): PublishParams | undefined {
  const topic = stringField(argument, 'topic');
  const payload = stringField(argument, 'payload');
  if (topic === undefined || payload === undefined) return undefined;
  const qos = field(argument, 'qos');
  return {
    topic,
    payload: new TextEncoder().encode(payload),
    qos: isQoS(qos) ? qos : 0,
    retain: field(argument, 'retain') === true,
  };
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
