/**
 * The trace into a capture file, and a capture file into the trace: in slices, so that the broker on the same thread goes
 * on meanwhile. What a capture is, is src/trace/capture's business.
 */
import { createReadStream } from 'node:fs';
import type { Clock } from '../base/clock.ts';
import { nextTurn, timeSlice } from '../base/timeSlice.ts';
import type { ExportTraceResult, OpenCaptureResult } from '../contracts/trace.ts';
import { CONNECT, clientIdOfConnect, packetTypeOf } from '../model/packetFacts.ts';
import type { PacketTrace, TracedConnection } from '../model/packetTrace.ts';
import type { TracedPacket } from '../model/tracedPacket.ts';
import { OUT_FLAG, REJECTED_FLAG } from '../model/traceSegment.ts';
import { decode } from '../mqtt/decode.ts';
import { ProtocolError } from '../mqtt/protocolError.ts';
import { DraftFile } from '../recording/draftFile.ts';
import { readFaultOf, writeFaultOf } from '../recording/fileFault.ts';
import { type Files, nodeFiles, type WritableFile, writeAll } from '../recording/files.ts';
import { CaptureFault } from '../trace/capture/captureFault.ts';
import { type CapturedPacket, CaptureReader } from '../trace/capture/captureReader.ts';
import { type CaptureRecord, PcapngExport } from '../trace/capture/pcapngExport.ts';
import { leftOutConnects } from './leftOutConnects.ts';

/** Made of packets, and of a capture, before others have a turn. */
const SLICE_MS = 5;
const CHUNK_BYTES = 128 * 1024;

export interface ExportTraceOptions {
  clock: Clock;
  file: string;
  files?: Files;
  /** Nothing is left of it from then on. */
  signal: AbortSignal;
  /** Called after each slice. @param done packets so far, those among them that are missing. */
  onProgress(done: number): void;
}

/**
 * Writes the packets with these ids, in their order, and the CONNECT of each connection that can't be read without it.
 * Those that the trace drops before their turn are counted. A file that is there is replaced when all of it has been
 * written.
 *
 * @param ids gone through twice.
 */
export async function exportTrace(
  trace: PacketTrace,
  ids: Iterable<number>,
  { file, files = nodeFiles, signal, ...options }: ExportTraceOptions,
): Promise<ExportTraceResult> {
  let draft: DraftFile | undefined;
  try {
    draft = await DraftFile.create(files, file);
    const result = await writeCapture(trace, ids, draft.content, { signal, ...options });
    await draft.takePlace();
    draft = undefined;
    return result;
  } catch (error) {
    if (signal.aborted) return { kind: 'cancelled' };
    const { kind: _, message } = writeFaultOf(error, file);
    return { kind: 'failed', message };
  } finally {
    await draft?.discard();
  }
}

async function writeCapture(
  trace: PacketTrace,
  ids: Iterable<number>,
  file: WritableFile,
  { clock, signal, onProgress }: Omit<ExportTraceOptions, 'file' | 'files'>,
): Promise<ExportTraceResult> {
  const connects = await leftOutConnects(trace, ids, { clock, sliceMs: SLICE_MS, signal });
  const capture = new PcapngExport();
  let parts: Uint8Array[] = [capture.start()];
  let bytes = 0;
  let packets = 0;
  let addedConnects = 0;
  let missingPackets = 0;
  let isTimeUp = timeSlice(clock, SLICE_MS);
  const flush = async (): Promise<void> => {
    const chunk = Buffer.concat(parts);
    parts = [];
    bytes = 0;
    await writeAll(file, chunk);
    onProgress(packets + missingPackets);
    await nextTurn(clock);
    signal.throwIfAborted();
    isTimeUp = timeSlice(clock, SLICE_MS);
  };
  for (const { id, isAdded } of inOrder(ids, connects)) {
    const packet = trace.packet(id);
    if (packet === undefined) {
      // One that was not asked for is not missed.
      if (!isAdded) missingPackets++;
      continue;
    }
    if (isAdded) addedConnects++;
    else packets++;
    for (const block of capture.blocks(recordOf(packet))) {
      parts.push(block);
      bytes += block.length;
    }
    if (bytes >= CHUNK_BYTES || isTimeUp()) await flush();
  }
  await flush();
  return { kind: 'exported', packets, addedConnects, missingPackets };
}

/** Both in their order, which is that of time. No id is in both. */
function* inOrder(
  ids: Iterable<number>,
  added: readonly number[],
): Generator<{ id: number; isAdded: boolean }> {
  let next = 0;
  for (const id of ids) {
    for (let other = added[next]; other !== undefined && other < id; other = added[++next])
      yield { id: other, isAdded: true };
    yield { id, isAdded: false };
  }
}

function recordOf(packet: TracedPacket): CaptureRecord {
  const { connection, bytes, wholeBytes } = packet;
  const transportKind = connection?.facts.transportKind ?? '';
  const about = [connection?.clientId ?? '', transportKind].filter(Boolean).join(', ');
  return {
    atMs: packet.timeMs,
    direction: packet.isOut ? 'out' : 'in',
    connectionId: packet.connectionRef,
    localAddress: connection?.facts.localAddress,
    remoteAddress: connection?.facts.remoteAddress ?? '',
    bytes,
    wholeBytes,
    isLast: connection?.isOpen === false && connection.lastId === packet.id,
    ...(about !== '' && { about }),
  };
}

/**
 * Adds the packets of a capture to a trace, as far as its budget goes. What came before a fault stays.
 *
 * @param signal nothing is added from then on: the trace is for something else.
 */
export async function importCapture(
  trace: PacketTrace,
  file: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<OpenCaptureResult> {
  const importer = new Importer(trace);
  const reader = new CaptureReader((packet) => importer.take(packet));
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES })) {
      signal.throwIfAborted();
      reader.push(chunk as Uint8Array); // of a file that is opened without an encoding
      await nextTurn(clock);
    }
    signal.throwIfAborted();
    reader.end();
  } catch (error) {
    if (signal.aborted) return { kind: 'calledOff' };
    const message = error instanceof CaptureFault ? error.message : readFaultOf(error, file).message;
    return { kind: 'unreadable', message, packets: reader.summary.packets };
  } finally {
    importer.end();
  }
  const { packets, connections, others, lostBytes } = reader.summary;
  return {
    kind: 'opened',
    ...{ packets, connections, lostBytes },
    otherConnections: others.tls + others.http + others.compressed + others.unknown,
    compressedConnections: others.compressed,
  };
}

class Importer {
  readonly #trace: PacketTrace;
  readonly #connections = new Map<number, TracedConnection>();

  constructor(trace: PacketTrace) {
    this.#trace = trace;
  }

  take(packet: CapturedPacket): void {
    const { atMs, bytes, clientId, direction, protocolVersion } = packet;
    const connection = this.#connections.get(packet.connectionId) ?? this.#open(packet);
    if (clientId !== '') connection.clientId = clientId;
    else if (packetTypeOf(bytes) === CONNECT) nameBy(bytes, connection);
    const fault = faultIn(packet);
    const flags = (direction === 'out' ? OUT_FLAG : 0) | (fault === undefined ? 0 : REJECTED_FLAG);
    const id = this.#trace.append(connection, bytes, 0, bytes.length, protocolVersion, flags, atMs);
    if (fault === undefined) return;
    const { code, clause, message, byteOffset } = fault;
    this.#trace.setFault(id, { code, clause, message, byteOffset });
  }

  end(): void {
    for (const connection of this.#connections.values()) connection.isOpen = false;
  }

  #open(packet: CapturedPacket): TracedConnection {
    const { connectionId, localAddress, remoteAddress, transportKind } = packet;
    const facts = { connectionId, localAddress, remoteAddress, transportKind };
    const connection = this.#trace.connectionOpened(facts, undefined);
    this.#connections.set(connectionId, connection);
    return connection;
  }
}

/** A CONNECT that is at fault says who sent it, too. */
function nameBy(connect: Uint8Array, connection: TracedConnection): void {
  const clientId = clientIdOfConnect(connect);
  if (clientId !== '') connection.clientId ??= clientId;
}

function faultIn({ bytes, protocolVersion }: CapturedPacket): ProtocolError | undefined {
  try {
    decode(bytes, protocolVersion);
    return undefined;
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    // As many bytes as there were, of a packet that is longer: it is shown as such.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
