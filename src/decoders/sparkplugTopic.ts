/** The topics of Sparkplug B's namespace: `spBv1.0/group/type/edge node[/device]`. */

/** Births and deaths, data and commands, of an edge node (N) and of a device (D). */
const messageTypes = ['NBIRTH', 'NDEATH', 'NDATA', 'NCMD', 'DBIRTH', 'DDEATH', 'DDATA', 'DCMD'] as const;
export type SparkplugMessageType = (typeof messageTypes)[number];

export interface SparkplugTopic {
  type: SparkplugMessageType;
  groupId: string;
  edgeNodeId: string;
  deviceId?: string;
}

/** Undefined for other topics, and for STATE, whose payload is JSON or text. */
export function parseSparkplugTopic(topic: string): SparkplugTopic | undefined {
  if (!topic.startsWith('spBv1.0/')) return undefined;
  const [, groupId = '', type = '', edgeNodeId = '', deviceId, ...rest] = topic.split('/');
  const known = messageTypes.find((name) => name === type);
  if (known === undefined || groupId === '' || edgeNodeId === '' || rest.length > 0) return undefined;
  return { type: known, groupId, edgeNodeId, ...(deviceId !== undefined && { deviceId }) };
}
