/** The packet trace in the contract's words. Everything here is a copy: the trace's bytes are overwritten by later ones. */
import {
  type ExchangeStep,
  type ExplainedFault,
  type PacketDetail,
  type PacketProblem,
  type PacketRows,
  type PacketSummary,
  type PacketsView,
  packetKindNames,
  type TraceState,
} from '../contracts/trace.ts';
import { exchangeOf, requestOf, topicOf } from '../model/packetExchange.ts';
import { isRefusal, PUBLISH, packetTypeOf } from '../model/packetFacts.ts';
import type { PacketTrace } from '../model/packetTrace.ts';
import type { PacketView } from '../model/packetView.ts';
import type { TracedPacket } from '../model/tracedPacket.ts';
import type { ByteRange } from '../mqtt/looseReader.ts';
import { type ExplainedField, explainPacket, summarizePacket } from '../trace/explainedPacket.ts';
import { explainFault } from '../trace/packetFault.ts';

const DUP_FLAG = 0x08;

export function traceStateOf(trace: PacketTrace, isOn: boolean): TraceState {
  const { heldPackets, droppedPackets, usedBytes, budgetBytes } = trace;
  return { isOn, heldPackets, droppedPackets, usedBytes, budgetBytes };
}

export function packetsViewOf(view: PacketView, trace: TraceState): PacketsView {
  const { id, generation, first, end, progress } = view;
  return { viewId: id, generation, first, end, progress, trace };
}

/** @param count of rows, where there are so many. */
export function packetRowsOf(view: PacketView, trace: PacketTrace, from: number, count: number): PacketRows {
  const start = Math.max(from, view.first);
  const end = Math.min(Math.max(start, from + count), view.end);
  const rows: PacketSummary[] = [];
  let first = start;
  for (let place = start; place < end; place++) {
    const packet = trace.packet(view.idAt(place)!); // a place of the view
    // It has gone since the view looked: it and what is before it.
    if (packet === undefined) {
      first = place + 1;
      rows.length = 0;
    } else rows.push(packetSummaryOf(packet));
  }
  return { from: first, rows };
}

export function packetSummaryOf(packet: TracedPacket): PacketSummary {
  const { connection, protocolVersion, bytes } = packet;
  const request = requestOf(packet);
  const problem = problemOf(packet);
  const clientId = connection?.clientId;
  return {
    id: packet.id,
    receivedAtMs: packet.timeMs,
    direction: packet.isOut ? 'out' : 'in',
    kind: kindOf(bytes),
    protocolVersion,
    ...(clientId !== undefined && { clientId }),
    remoteAddress: connection?.facts.remoteAddress ?? '',
    transportKind: connection?.facts.transportKind ?? '',
    summary: summaryOf(packet),
    bytes: packet.wholeBytes,
    ...(request !== undefined && { latencyMs: packet.monotonicMs - request.monotonicMs }),
    ...(problem !== undefined && { problem }),
  };
}

export function packetDetailOf(trace: PacketTrace, packet: TracedPacket): PacketDetail {
  const content = packet.bytes.slice();
  const { fields, fault, doubts = [] } = explainPacket(content, packet.protocolVersion);
  const { hidden } = packet;
  const told = packet.fault;
  // What the broker found goes first: it also knows what is wrong at its time.
  const explained = told === undefined ? fault : { ...explainFault(told), offset: told.byteOffset };
  return {
    ...packetSummaryOf(packet),
    content,
    hidden,
    fields: withoutSecrets(fields, hidden),
    ...(explained !== undefined && { fault: faultOf(explained) }),
    doubts,
    exchange: exchangeOf(trace, packet).map(stepOf),
  };
}

function faultOf({
  offset,
  ...words
}: Omit<ExplainedFault, 'offset'> & { offset?: number | undefined }): ExplainedFault {
  return offset === undefined ? words : { ...words, offset };
}

function stepOf(packet: TracedPacket): ExchangeStep {
  const { id, receivedAtMs, direction, kind, latencyMs, problem } = packetSummaryOf(packet);
  const isDuplicate = kind === 'publish' && (packet.bytes[0]! & DUP_FLAG) !== 0; // it has a kind
  return {
    ...{ id, receivedAtMs, direction, kind, isDuplicate },
    ...(latencyMs !== undefined && { latencyMs }),
    ...(problem !== undefined && { problem }),
  };
}

function kindOf(bytes: Uint8Array): PacketSummary['kind'] {
  return packetKindNames[packetTypeOf(bytes) - 1];
}

function problemOf(packet: TracedPacket): PacketProblem | undefined {
  if (packet.fault !== undefined) return 'faulty';
  if (packet.isRejected) return 'unfinished';
  return isRefusal(packet.bytes, packet.protocolVersion) ? 'refused' : undefined;
}

function summaryOf(packet: TracedPacket): string {
  const { bytes, protocolVersion, fault, wholeBytes } = packet;
  if (fault !== undefined) return fault.message;
  const summary = summarizePacket(bytes, protocolVersion);
  if (packetTypeOf(bytes) !== PUBLISH || packet.isRejected) return summary;
  // An alias stands for it; or the packet is cut, and could not be read as a whole.
  const isTopicMissing = bytes[topicLengthAt(bytes)] === 0 && bytes[topicLengthAt(bytes) + 1] === 0;
  if (!isTopicMissing && bytes.length === wholeBytes) return summary;
  const topic = topicOf(packet);
  return topic === undefined || topic === '' ? summary : `${printable(topic)} · ${summary}`;
}

/** Where the length of a PUBLISH's topic stands: behind the fixed header. */
function topicLengthAt(bytes: Uint8Array): number {
  let at = 1;
  while (at < 5 && (bytes[at] ?? 0) >= 0x80) at++;
  return at + 1;
}

const MAX_TOPIC_CHARACTERS = 200;

/** On one line, and not longer than a line bears. */
function printable(topic: string): string {
  const shown = topic.length > MAX_TOPIC_CHARACTERS ? `${topic.slice(0, MAX_TOPIC_CHARACTERS)}…` : topic;
  return shown.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\u{fffd}');
}

/** A value that is made of asterisks says that it is not shown. */
function withoutSecrets(
  fields: readonly ExplainedField[],
  hidden: readonly ByteRange[],
): readonly ExplainedField[] {
  if (hidden.length === 0) return fields;
  return fields.map((field) => {
    const children = field.children && withoutSecrets(field.children, hidden);
    const isHidden =
      children === undefined &&
      field.end > field.start &&
      hidden.some(({ start, end }) => start < field.end && end > field.start);
    return {
      ...field,
      ...(children !== undefined && { children }),
      ...(isHidden && { value: `${field.end - field.start} bytes, not shown`, meaning: HIDDEN_MEANING }),
    };
  });
}

const HIDDEN_MEANING = 'A secret: it is not kept in the trace.';
