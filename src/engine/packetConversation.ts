/**
 * The conversation that a packet of the trace is part of, looked for among the packets around it: on lanes for the
 * Packets view, and as a diagram.
 */
import type { ConversationLane, ConversationStep, PacketConversation } from '../contracts/trace.ts';
import type { PacketTrace } from '../model/packetTrace.ts';
import { type Conversation, conversationOf } from '../trace/conversation.ts';
import { type Exchange, sessionOf, type TracedPacket } from '../trace/exchanges.ts';
import { mermaidOf } from '../trace/mermaid.ts';
import { packetSummaryOf, stepOf } from './packetSnapshots.ts';

/**
 * Before and behind it. A delivery is soon after its PUBLISH; all of a long trace would hold the engine up, some 1.5 µs
 * for each. A diagram is asked for now and then, lanes with each packet that is looked at.
 */
const DIAGRAM_PACKETS_AROUND = 5_000;
export const LANE_PACKETS_AROUND = 2_000;
/** More beside each other can't be read. */
const MAX_LANES = 8;
const MAX_STEPS = 100;

interface Found {
  readonly conversation: Conversation;
  readonly packets: readonly TracedPacket[];
  /** Id of the first of `packets`; the others follow without a gap. */
  readonly firstId: number;
}

/** Undefined for a packet that is no longer held, or belongs to no message. */
export function packetConversationOf(trace: PacketTrace, id: number): PacketConversation | undefined {
  const found = conversationAround(trace, id, LANE_PACKETS_AROUND);
  if (found === undefined) return undefined;
  const { conversation, packets, firstId } = found;
  const { publisher, subscribers } = conversation;
  const own = subscribers.filter((exchange) => exchange.packets.includes(id - firstId));
  // Who is asked about is shown, however many others there are.
  const all = laneStarts([...(publisher === undefined ? [] : [publisher]), ...own, ...subscribers]);
  const shown = [...all].slice(0, MAX_LANES);
  const places = new Map(shown.map(([session], place) => [session, place]));
  const steps: ConversationStep[] = [];
  for (const index of conversation.packets) {
    const packet = packets[index];
    const lane = packet && places.get(sessionOf(packet));
    const held = lane === undefined || steps.length >= MAX_STEPS ? undefined : trace.packet(firstId + index);
    if (held !== undefined && lane !== undefined) steps.push({ ...stepOf(held), lane });
  }
  return {
    hasPublisher: publisher !== undefined,
    lanes: shown.map(([, start]) => laneOf(trace, firstId + start)),
    moreLanes: all.size - shown.length,
    steps,
    moreSteps: conversation.packets.length - steps.length,
  };
}

/** In Mermaid's text. Undefined for a packet that is no longer held, or belongs to no message. */
export function diagramOf(trace: PacketTrace, id: number): string | undefined {
  const found = conversationAround(trace, id, DIAGRAM_PACKETS_AROUND);
  return found && mermaidOf(found.conversation, found.packets);
}

function conversationAround(trace: PacketTrace, id: number, packetsAround: number): Found | undefined {
  if (trace.packet(id) === undefined) return undefined;
  const firstId = Math.max(trace.firstId, id - packetsAround);
  const end = Math.min(trace.nextId, id + packetsAround);
  const packets: TracedPacket[] = [];
  for (let each = firstId; each < end; each++) {
    const packet = trace.packet(each)!; // it is held
    packets.push({
      atMs: packet.timeMs,
      direction: packet.isOut ? 'out' : 'in',
      clientId: packet.connection?.clientId ?? '',
      connectionId: packet.connectionRef,
      protocolVersion: packet.protocolVersion,
      bytes: packet.bytes,
    });
  }
  const conversation = conversationOf(packets, id - firstId);
  return conversation && { conversation, packets, firstId };
}

/** By session, the index of a packet of it. The publisher may be one of the subscribers. */
function laneStarts(exchanges: readonly Exchange[]): Map<string, number> {
  const starts = new Map<string, number>();
  for (const exchange of exchanges) {
    const session = sessionOf(exchange);
    const start = exchange.packets[0];
    if (start !== undefined && !starts.has(session)) starts.set(session, start);
  }
  return starts;
}

function laneOf(trace: PacketTrace, id: number): ConversationLane {
  const { clientId, remoteAddress } = packetSummaryOf(trace.packet(id)!); // it was just found
  return { ...(clientId !== undefined && { clientId }), remoteAddress };
}
