/** The packet trace in the contract's words. Everything here is a copy: the trace's bytes are overwritten by later ones. */
import type {
  ExchangeStep,
  ExplainedFault,
  PacketDetail,
  PacketProblem,
  PacketRows,
  PacketSummary,
  PacketsView,
  TraceState,
} from '../contracts/trace.ts';
import { exchangeOf, requestOf, topicOf } from '../model/packetExchange.ts';
import { isRefusal, PUBLISH, packetIdOf, packetTypeOf, publishTopicOf } from '../model/packetFacts.ts';
import type { PacketTrace } from '../model/packetTrace.ts';
import type { PacketView } from '../model/packetView.ts';
import type { TracedPacket } from '../model/tracedPacket.ts';
import type { ByteRange } from '../mqtt/looseReader.ts';
import { packetKindOfType } from '../mqtt/packetTypes.ts';
import { type ExplainedField, explainPacket, summarizePacket } from '../trace/explainedPacket.ts';
import { explainFault } from '../trace/packetFault.ts';
import { shownString } from '../trace/shownValue.ts';

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
  const { connection, protocolVersion } = packet;
  const clientId = connection?.clientId;
  return {
    ...coreOf(packet),
    protocolVersion,
    ...(clientId !== undefined && { clientId }),
    remoteAddress: connection?.facts.remoteAddress ?? '',
    transportKind: connection?.facts.transportKind ?? '',
    summary: summaryOf(packet),
    bytes: packet.wholeBytes,
  };
}

/** What a row and a step of a conversation both say. */
function coreOf(packet: TracedPacket) {
  const request = requestOf(packet);
  const problem = problemOf(packet);
  return {
    id: packet.id,
    receivedAtMs: packet.timeMs,
    direction: packet.isOut ? ('out' as const) : ('in' as const),
    kind: kindOf(packet.bytes),
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

export function stepOf(packet: TracedPacket): ExchangeStep {
  const core = coreOf(packet);
  const packetId = packetIdOf(packet.bytes);
  const isPublish = core.kind === 'publish';
  const first = packet.bytes[0] ?? 0;
  const qos = (first >> 1) & 3;
  return {
    ...core,
    isDuplicate: isPublish && (first & DUP_FLAG) !== 0,
    ...(isPublish && (qos === 0 || qos === 1 || qos === 2) && { qos }),
    ...(packetId !== 0 && { packetId }),
  };
}

function kindOf(bytes: Uint8Array): PacketSummary['kind'] {
  return packetKindOfType(packetTypeOf(bytes));
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
  // An alias stands for its topic; or the packet is cut, and could not be read as a whole.
  const isTold = publishTopicOf(bytes, protocolVersion).topic !== '' && bytes.length === wholeBytes;
  const topic = isTold ? '' : topicOf(packet);
  return topic === undefined || topic === '' ? summary : `${shownString(topic)} · ${summary}`;
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
