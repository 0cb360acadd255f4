/** The conversation that a packet of the trace is part of, as it was found: on lanes for the Packets view, and as a diagram. */
import type { ConversationLane, ConversationStep, PacketConversation } from '../contracts/trace.ts';
import type { PacketTrace } from '../model/packetTrace.ts';
import { type Exchange, sessionOf } from '../trace/exchanges.ts';
import { mermaidOf } from '../trace/mermaid.ts';
import { type ConversationSearch, MAX_ALIKE, plainPacketOf } from './conversationSearch.ts';
import { packetSummaryOf, stepOf } from './packetSnapshots.ts';

/** More beside each other can't be read. */
const MAX_LANES = 8;
const MAX_STEPS = 100;

/** Undefined for a packet that is no longer held, or belongs to no message. */
export function packetConversationOf(
  trace: PacketTrace,
  search: ConversationSearch,
): PacketConversation | undefined {
  const conversation = search.conversation();
  if (conversation === undefined) return undefined;
  const { publisher, subscribers } = conversation;
  const own = subscribers.filter((exchange) => exchange.packets.includes(search.id));
  // Who is asked about is shown, however many others there are.
  const all = laneStarts([...(publisher === undefined ? [] : [publisher]), ...own, ...subscribers]);
  const shown = [...all].slice(0, MAX_LANES);
  const places = new Map(shown.map(([session], place) => [session, place]));
  const steps: ConversationStep[] = [];
  for (const id of conversation.packets) {
    const packet = trace.packet(id)!; // it is held
    const lane = places.get(sessionOf(plainPacketOf(packet)));
    if (lane !== undefined && steps.length < MAX_STEPS) steps.push({ ...stepOf(packet), lane });
  }
  return {
    hasPublisher: publisher !== undefined,
    lanes: shown.map(([, start]) => laneOf(trace, start)),
    moreLanes: all.size - shown.length,
    steps,
    moreSteps: conversation.packets.length - steps.length,
    ...(search.isCut && { nearestAlike: MAX_ALIKE }),
  };
}

/** In Mermaid's text. Undefined for a packet that is no longer held, or belongs to no message. */
export function diagramOf(trace: PacketTrace, search: ConversationSearch): string | undefined {
  const conversation = search.conversation();
  const packetOf = (id: number) => {
    const packet = trace.packet(id);
    return packet && plainPacketOf(packet);
  };
  const note = search.isCut
    ? `the same message came more often: the nearest ${MAX_ALIKE} before and after were looked at`
    : undefined;
  return conversation && mermaidOf(conversation, packetOf, note);
}

/** By session, the id of a packet of it. The publisher may be one of the subscribers. */
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
