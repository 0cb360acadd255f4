/**
 * The CONNECT of connections of which other packets are exported: that packet alone says that they are of MQTT 5.0, and
 * whoever reads the file without it reads properties as payload. 3.1.1 is what readers take for granted.
 */
import type { Clock } from '../base/clock.ts';
import { nextTurn, timeSlice } from '../base/timeSlice.ts';
import { CONNECT, packetTypeOf } from '../model/packetFacts.ts';
import type { PacketTrace } from '../model/packetTrace.ts';

export interface LeftOutConnectsOptions {
  clock: Clock;
  sliceMs: number;
  /** Throws its reason from then on. */
  signal: AbortSignal;
}

/**
 * Those that are held, and not among `ids`, in their order. In slices: the way back to the first packet of a connection
 * may be as long as the trace.
 *
 * @param ids of packets, in their order.
 */
export async function leftOutConnects(
  trace: PacketTrace,
  ids: Iterable<number>,
  { clock, sliceMs, signal }: LeftOutConnectsOptions,
): Promise<number[]> {
  const connects: number[] = [];
  let isTimeUp = timeSlice(clock, sliceMs);
  for (const id of firstOfEach(trace, ids)) {
    if (id !== undefined) connects.push(id);
    if (!isTimeUp()) continue;
    await nextTurn(clock);
    signal.throwIfAborted();
    isTimeUp = timeSlice(clock, sliceMs);
  }
  return connects.sort((a, b) => a - b);
}

/** The id of each CONNECT that is left out, and `undefined` for each step on the way: whoever takes them may pause there. */
function* firstOfEach(trace: PacketTrace, ids: Iterable<number>): Generator<number | undefined> {
  const seen = new Set<number>();
  for (const id of ids) {
    yield undefined;
    const exported = trace.packet(id);
    if (exported?.protocolVersion !== 5 || seen.has(exported.connectionRef)) continue;
    seen.add(exported.connectionRef);
    let firstId = id;
    // By its id: in a pause the trace may drop a packet, and use its memory again.
    for (let previous = exported.previous; previous !== undefined; ) {
      firstId = previous.id;
      yield undefined;
      previous = trace.packet(firstId)?.previous;
    }
    const first = firstId === id ? undefined : trace.packet(firstId);
    if (first !== undefined && packetTypeOf(first.bytes) === CONNECT) yield firstId;
  }
}
