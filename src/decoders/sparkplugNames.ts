/**
 * What births told of the metrics that later messages name by an alias only. A DATA message is meaningless without the
 * birth before it: whoever decodes one finds that birth among the messages that are held, and feeds it in here first.
 *
 * Bounded: 1,000 edge nodes, those heard of longest ago forgotten first; 10,000 metrics a node; 200,000 in all.
 */
import { ByteReader } from './byteReader.ts';
import { DecodeProblem } from './decodeProblem.ts';
import type { DocumentObject } from './document.ts';
import { sparkplugPayload } from './sparkplugPayload.ts';
import { parseSparkplugTopic, type SparkplugTopic } from './sparkplugTopic.ts';
import { readWireMessage } from './wire.ts';

export interface KnownMetric {
  name: string;
  /** Its number in the specification's table, where the birth gave it. */
  datatype?: number;
}

const maxEdgeNodes = 1000;
const maxMetricsOfNode = 10_000;
const maxMetrics = 200_000;
/** A name is a path of a few words; a longer one would be memory that a device could fill. */
const maxNameLength = 1024;
const maxBirthBytes = 8 * 1024 * 1024;

/** Of an edge node: its own metrics under '', those of its devices under their ids. */
type EdgeNode = Map<string, DeviceMetrics>;

interface DeviceMetrics {
  byAlias: Map<string, KnownMetric>;
  /** DATA may leave out the datatype of a metric that it names. */
  datatypes: Map<string, number>;
}

export class SparkplugNames {
  /** By group and edge node; the one heard of longest ago first. */
  readonly #nodes = new Map<string, EdgeNode>();
  #metricCount = 0;

  /** Births, in their order; other messages are passed over. Never throws: a broken birth teaches nothing. */
  observe(topic: string, payload: Uint8Array): void {
    const place = parseSparkplugTopic(topic);
    if (place === undefined) return;
    if (place.type === 'NBIRTH') this.#learn(place, '', payload);
    else if (place.type === 'DBIRTH' && place.deviceId !== undefined)
      this.#learn(place, place.deviceId, payload);
  }

  /** An alias is unique within an edge node and its devices. */
  byAlias(place: SparkplugTopic, alias: number | bigint): KnownMetric | undefined {
    const node = this.#nodes.get(nodeKey(place));
    const key = String(alias);
    const own = node?.get(place.deviceId ?? '')?.byAlias.get(key);
    if (own !== undefined || node === undefined) return own;
    for (const { byAlias } of node.values()) {
      const found = byAlias.get(key);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  datatypeOf(place: SparkplugTopic, name: string): number | undefined {
    return this.#nodes
      .get(nodeKey(place))
      ?.get(place.deviceId ?? '')
      ?.datatypes.get(name);
  }

  /** How much is remembered: edge nodes, and metrics of all of them. */
  get size(): { edgeNodes: number; metrics: number } {
    return { edgeNodes: this.#nodes.size, metrics: this.#metricCount };
  }

  #learn(place: SparkplugTopic, deviceId: string, payload: Uint8Array): void {
    const metrics = birthMetrics(payload);
    if (metrics === undefined) return;
    const key = nodeKey(place);
    // An edge node that is born anew has no devices until they are.
    const node: EdgeNode = (deviceId === '' ? undefined : this.#nodes.get(key)) ?? new Map();
    this.#forget(key);
    node.delete(deviceId);
    const room = maxMetricsOfNode - countOf(node);
    const device: DeviceMetrics = { byAlias: new Map(), datatypes: new Map() };
    for (const metric of metrics.slice(0, room > 0 ? room : 0)) {
      const { name, alias, datatype } = metric;
      if (typeof name !== 'string' || name.length > maxNameLength) continue;
      const known: KnownMetric = { name, ...(typeof datatype === 'number' && { datatype }) };
      if (typeof alias === 'number' || typeof alias === 'bigint') device.byAlias.set(String(alias), known);
      if (typeof datatype === 'number') device.datatypes.set(name, datatype);
    }
    if (room > 0) node.set(deviceId, device);
    this.#nodes.set(key, node);
    this.#metricCount += countOf(node);
    for (const oldest of this.#nodes.keys()) {
      if ((this.#nodes.size <= maxEdgeNodes && this.#metricCount <= maxMetrics) || oldest === key) break;
      this.#forget(oldest);
    }
  }

  #forget(key: string): void {
    const node = this.#nodes.get(key);
    if (node === undefined) return;
    this.#metricCount -= countOf(node);
    this.#nodes.delete(key);
  }
}

function birthMetrics(payload: Uint8Array): DocumentObject[] | undefined {
  if (payload.length > maxBirthBytes) return undefined;
  try {
    const findings = { unknownFields: 0, mismatches: new Set<string>(), defaults: new Set<string>() };
    const birth = readWireMessage(new ByteReader(payload), sparkplugPayload, findings);
    return (birth.metrics ?? []) as DocumentObject[]; // as the description says
  } catch (error) {
    if (error instanceof DecodeProblem) return undefined;
    throw error;
  }
}

/** A device counts even without metrics: their ids are kept too. */
function countOf(node: EdgeNode): number {
  let count = 0;
  for (const { byAlias, datatypes } of node.values()) count += Math.max(1, byAlias.size, datatypes.size);
  return count;
}

function nodeKey({ groupId, edgeNodeId }: SparkplugTopic): string {
  return `${groupId}/${edgeNodeId}`;
}
