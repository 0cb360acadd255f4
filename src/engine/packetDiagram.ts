/** The conversation that a packet of the trace is part of, as a diagram: looked for among the packets around it. */
import type { PacketTrace } from '../model/packetTrace.ts';
import { conversationOf } from '../trace/conversation.ts';
import type { TracedPacket } from '../trace/exchanges.ts';
import { mermaidOf } from '../trace/mermaid.ts';

/** Before and behind it. A delivery is soon after its PUBLISH; all of a long trace would hold the engine up. */
const PACKETS_AROUND = 5_000;

/** Undefined for a packet that is no longer held, or belongs to no message. */
export function diagramOf(trace: PacketTrace, id: number): string | undefined {
  if (trace.packet(id) === undefined) return undefined;
  const first = Math.max(trace.firstId, id - PACKETS_AROUND);
  const end = Math.min(trace.nextId, id + PACKETS_AROUND);
  const packets: TracedPacket[] = [];
  for (let each = first; each < end; each++) {
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
  const conversation = conversationOf(packets, id - first);
  return conversation && mermaidOf(conversation, packets);
}
