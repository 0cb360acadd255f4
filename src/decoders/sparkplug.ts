/**
 * Sparkplug B, by its topics: metrics with their names, which births gave to the aliases, and values as their datatypes
 * mean them. For plots and filters the value holds the metrics by name: `.metrics["Motor/Speed"]`.
 */
import { ByteReader } from './byteReader.ts';
import { DecodeProblem } from './decodeProblem.ts';
import {
  type DecodeOutcome,
  type Decoder,
  type DecoderInput,
  decodedAs,
  maxDocumentBytes,
} from './decoder.ts';
import { type DocumentObject, type DocumentValue, documentView, setField } from './document.ts';
import { offerBudget } from './likelihood.ts';
import type { PayloadTraits } from './payloadTraits.ts';
import type { SparkplugNames } from './sparkplugNames.ts';
import { sparkplugPayload } from './sparkplugPayload.ts';
import { parseSparkplugTopic, type SparkplugTopic } from './sparkplugTopic.ts';
import { datatypeName, objectsIn, propertiesOf, sparkplugTime, sparkplugValue } from './sparkplugValues.ts';
import { readWireMessage, type WireFindings } from './wire.ts';

const maxListedAliases = 10;

export function sparkplugDecoder(names: SparkplugNames): Decoder {
  return {
    id: 'sparkplug',
    label: 'Sparkplug B',
    maxBytes: maxDocumentBytes,
    offer,
    decode: (input) => decode(input, names),
  };
}

function offer(input: DecoderInput, traits: PayloadTraits): number | undefined {
  if (parseSparkplugTopic(input.topic) === undefined) return undefined;
  try {
    const findings = noFindings();
    readWireMessage(new ByteReader(traits.head, { valueBudget: offerBudget }), sparkplugPayload, findings);
    return findings.mismatches.size === 0 ? 0.98 : 0.6;
  } catch {
    // The topic says what it should be: what is wrong with it is worth more than a hex dump.
    return traits.isText ? 0.4 : 0.85;
  }
}

function decode(input: DecoderInput, names: SparkplugNames): DecodeOutcome {
  const findings = noFindings();
  const payload = readWireMessage(new ByteReader(input.payload), sparkplugPayload, findings);
  const topic = parseSparkplugTopic(input.topic);
  const notes: string[] = [];
  if (topic === undefined)
    notes.push(
      'The topic is not one of Sparkplug B (spBv1.0/group/type/edge node): aliases have no names here.',
    );
  const metrics = objectsIn(payload.metrics);
  const unknownAliases = new Set<string>();
  const shown = metrics.map((metric) => readMetric(metric, { topic, names, unknownAliases }));
  if (unknownAliases.size > 0) notes.push(unknownAliasNote([...unknownAliases]));
  for (const mismatch of findings.mismatches)
    notes.push(`${mismatch}: this may not be a Sparkplug B payload.`);
  if (findings.unknownFields > 0)
    notes.push(`Fields that Sparkplug B does not define: ${findings.unknownFields}, under “$unknown”.`);
  const { timestamp, seq, uuid, body, $unknown } = payload;
  const rest = {
    ...(timestamp !== undefined && { timestamp: sparkplugTime(timestamp) }),
    ...(seq !== undefined && { seq }),
    ...(uuid !== undefined && { uuid }),
    ...(body !== undefined && { body }),
    ...($unknown !== undefined && { $unknown }),
  };
  const document: DocumentObject = { ...rest, metrics: shown.map(({ document }) => document) };
  const byName: DocumentObject = {};
  for (const { name, value } of shown) setField(byName, name, value);
  return decodedAs(documentView(input, document), notes, { ...rest, metrics: byName });
}

interface ReadMetric {
  name: string;
  value: DocumentValue;
  document: DocumentObject;
}

function readMetric(
  metric: DocumentObject,
  context: { topic: SparkplugTopic | undefined; names: SparkplugNames; unknownAliases: Set<string> },
): ReadMetric {
  const { name, datatype } = identify(metric, context);
  const value = readValue(metric, datatype);
  const { alias, timestamp, is_historical, is_transient, metadata, properties } = metric;
  const document: DocumentObject = {
    name,
    ...(alias !== undefined && { alias }),
    ...(timestamp !== undefined && { timestamp: sparkplugTime(timestamp) }),
    ...(datatype !== undefined && { datatype: datatypeName(datatype) }),
    ...(value !== undefined && { value }),
    ...(is_historical !== undefined && { isHistorical: is_historical }),
    ...(is_transient !== undefined && { isTransient: is_transient }),
    ...(metadata !== undefined && { metadata }),
    ...(properties !== undefined && { properties: propertiesOf(properties as DocumentObject) }), // a PropertySet
  };
  return { name, value, document };
}

function identify(
  metric: DocumentObject,
  {
    topic,
    names,
    unknownAliases,
  }: { topic: SparkplugTopic | undefined; names: SparkplugNames; unknownAliases: Set<string> },
): { name: string; datatype: DocumentValue } {
  const { name, alias, datatype } = metric;
  if (typeof name === 'string' && name !== '')
    return { name, datatype: datatype ?? (topic && names.datatypeOf(topic, name)) };
  if (typeof alias !== 'number' && typeof alias !== 'bigint') return { name: '(no name)', datatype };
  const known = topic && names.byAlias(topic, alias);
  if (known) return { name: known.name, datatype: datatype ?? known.datatype };
  unknownAliases.add(String(alias));
  return { name: `alias ${alias} (no birth seen)`, datatype };
}

/** An array of more values than can be shown is left as bytes. */
function readValue(metric: DocumentObject, datatype: DocumentValue): DocumentValue {
  try {
    return sparkplugValue(metric, datatype);
  } catch (error) {
    if (error instanceof DecodeProblem) return metric.bytes_value;
    throw error;
  }
}

function unknownAliasNote(aliases: readonly string[]): string {
  const listed = aliases.slice(0, maxListedAliases).join(', ');
  const more = aliases.length > maxListedAliases ? ` and ${aliases.length - maxListedAliases} more` : '';
  return `No birth has told the name of ${aliases.length === 1 ? 'alias' : 'aliases'} ${listed}${more}. Send the edge node a Rebirth command (NCMD, Node Control/Rebirth) to learn it.`;
}

function noFindings(): WireFindings {
  return { unknownFields: 0, mismatches: new Set(), defaults: new Set() };
}
