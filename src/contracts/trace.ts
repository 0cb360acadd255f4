/**
 * The packet trace: every MQTT control packet that came to the local broker or left it, while the trace is on.
 *
 * Secrets (the password of CONNECT, the data of an authentication) are not in it: their bytes are asterisks.
 */
import type { ProtocolVersion } from './clients.ts';

export type PacketKindName =
  | 'connect'
  | 'connack'
  | 'publish'
  | 'puback'
  | 'pubrec'
  | 'pubrel'
  | 'pubcomp'
  | 'subscribe'
  | 'suback'
  | 'unsubscribe'
  | 'unsuback'
  | 'pingreq'
  | 'pingresp'
  | 'disconnect'
  | 'auth';

/** In the order of their packet types, which count from 1. */
export const packetKindNames: readonly PacketKindName[] = [
  'connect',
  'connack',
  'publish',
  'puback',
  'pubrec',
  'pubrel',
  'pubcomp',
  'subscribe',
  'suback',
  'unsubscribe',
  'unsuback',
  'pingreq',
  'pingresp',
  'disconnect',
  'auth',
];

/** Counts up from 1 in the life of the engine. */
export type TracedId = number;

/** Why a packet stands out. `refused`: it says no. `unfinished`: the connection ended before all of it had come. */
export type PacketProblem = 'faulty' | 'refused' | 'unfinished';

export interface PacketSummary {
  id: TracedId;
  /** When the broker read it, or handed it to the network; milliseconds since 1970, with parts of one. */
  receivedAtMs: number;
  direction: 'in' | 'out';
  /** Undefined for bytes that are no packet. */
  kind: PacketKindName | undefined;
  protocolVersion: ProtocolVersion;
  /** As it says in CONNECT, or was assigned. Undefined for a connection that never said. */
  clientId?: string;
  remoteAddress: string;
  transportKind: string;
  /** The fields that matter, in one line. */
  summary: string;
  /** Of the whole packet. */
  bytes: number;
  /** From the packet that this one acknowledges, milliseconds. */
  latencyMs?: number;
  problem?: PacketProblem;
}

/** A field of a packet, with the bytes that it is in. */
export interface PacketField {
  readonly name: string;
  readonly value: string;
  /** What the value means, in words. */
  readonly meaning?: string;
  /** `start` up to but not including `end`, from the packet's first byte. */
  readonly start: number;
  readonly end: number;
  /** Of a field that is a part of one byte. */
  readonly bit?: { readonly mask: number };
  readonly children?: readonly PacketField[];
}

export interface ExplainedFault {
  /** From the packet's first byte; undefined for what is wrong at its time, and not in itself. */
  readonly offset?: number;
  /** Which bits of that byte are wrong, where not all of it. */
  readonly mask?: number;
  /** Statement or section of the standard. */
  readonly clause: string;
  /** The heading in docs/errors.md. */
  readonly code: string;
  readonly message: string;
  /** What the standard asks there. */
  readonly rule: string;
  /** What usually causes it in firmware, and what to do about it. */
  readonly causes: readonly string[];
  readonly advice: string;
}

/** What the standard allows and firmware rarely means. */
export interface PacketDoubt {
  readonly start: number;
  readonly end: number;
  readonly message: string;
}

export interface PacketDetail extends PacketSummary {
  /** From its start, 64 KiB at most. */
  content: Uint8Array;
  /** Where `content` has asterisks in place of a secret. */
  hidden: readonly { readonly start: number; readonly end: number }[];
  fields: readonly PacketField[];
  fault?: ExplainedFault;
  doubts: readonly PacketDoubt[];
  /** The packets that belong to the same message or request, this one among them, in their order. */
  exchange: readonly ExchangeStep[];
}

export type ExchangeStep = Pick<
  PacketSummary,
  'id' | 'receivedAtMs' | 'direction' | 'kind' | 'latencyMs' | 'problem'
> & {
  isDuplicate: boolean;
  /** Of a PUBLISH. */
  qos?: 0 | 1 | 2;
  packetId?: number;
};

/** What belongs to a packet, as far as it has come. */
export interface PacketSteps {
  /** As of PacketDetail. */
  exchange: readonly ExchangeStep[];
  /** Undefined for a packet of no message. */
  conversation?: PacketConversation;
}

/** One message on its way: from its publisher to the broker, and from there to each client that got it. */
export interface PacketConversation {
  /** The first lane is its publisher's, who may be a subscriber too. Not where the trace has only what was delivered. */
  hasPublisher: boolean;
  /** A client each, 8 at most; that of the packet that was asked about is among them. */
  lanes: readonly ConversationLane[];
  /** Clients that have none. */
  moreLanes: number;
  /** Packets of the lanes in their order, 100 at most. */
  steps: readonly ConversationStep[];
  /** Packets that are not in `steps`, those of `moreLanes` among them. */
  moreSteps: number;
  /** Where the same message came more often: so many of it, before and after, were looked at. Else all that are held. */
  nearestAlike?: number;
}

export type ConversationLane = Pick<PacketSummary, 'clientId' | 'remoteAddress'>;

/** `lane`: place in `lanes`. */
export type ConversationStep = ExchangeStep & { lane: number };

/** Which packets a view is about. All of a query that is set must hold. */
export interface PacketQuery {
  kinds?: readonly PacketKindName[];
  /** Messages on topics that match it, with what acknowledges them, and who subscribes to it. */
  topicFilter?: string;
  /** Client id; or the address of a connection that never said one. */
  client?: string;
  /** Packets with a `problem`. */
  errorsOnly?: boolean;
}

export interface TraceState {
  isOn: boolean;
  heldPackets: number;
  /** Packets that made room for newer ones. */
  droppedPackets: number;
  usedBytes: number;
  budgetBytes: number;
  /** What is held is of this capture file, by its name, and not of the local broker. */
  captureName?: string;
}

export type ExportTraceResult =
  /**
   * `addedConnects`: not among the packets of the query, and so not among `packets`; each that of another connection, of
   * MQTT 5.0. `missingPackets`: the trace dropped them before their turn came.
   */
  | { kind: 'exported'; packets: number; addedConnects: number; missingPackets: number }
  /** Nothing is left of it. */
  | { kind: 'cancelled' }
  /** `message`: whole sentences, for a person. */
  | { kind: 'failed'; message: string };

export type OpenCaptureResult =
  /**
   * `otherConnections` did not speak MQTT in clear; of these, `compressedConnections` are WebSockets for MQTT whose
   * frames are compressed. `lostBytes` of MQTT are not in the file.
   */
  | {
      kind: 'opened';
      packets: number;
      connections: number;
      otherConnections: number;
      compressedConnections: number;
      lostBytes: number;
    }
  /** No capture, or a broken one; the packets before the fault are there. `message`: whole sentences, for a person. */
  | { kind: 'unreadable'; message: string; packets: number }
  /** The trace was started or cleared, or another capture opened, before all of it was read: nothing of it is there. */
  | { kind: 'calledOff' };

/** As MessagesView of messages.ts, of packets. */
export interface PacketsView {
  viewId: number;
  generation: number;
  first: number;
  end: number;
  progress: number;
  trace: TraceState;
}

/** Packets of a view, by their places. */
export interface PacketRows {
  /** Place of the first of `rows`; the others follow without a gap. More than was asked for where older ones have gone. */
  from: number;
  rows: readonly PacketSummary[];
}

export interface TraceMethods {
  /** From here on every packet is kept, of open connections too, until `stopTrace`. What was kept before stays. */
  startTrace(params: { budgetBytes: number }): void;
  /** What was kept stays. */
  stopTrace(params: Record<string, never>): void;
  /** Forgets what was kept; goes on if it is on. */
  clearTrace(params: Record<string, never>): void;
  /** What the trace may take of memory; takes effect at once. */
  setTraceBudget(params: { budgetBytes: number }): void;
  traceState(params: Record<string, never>): TraceState;
  /** Opens a view. `packetsChanged` follows with its id, while it finds what is held and when more comes. */
  openPackets(params: { query: PacketQuery }): PacketsView;
  closePackets(params: { viewId: number }): void;
  /** `count` 1 to 500. Empty for a view that is not open. */
  packetRows(params: { viewId: number; from: number; count: number }): PacketRows;
  /** As messagePlace of messages.ts. */
  packetPlace(params: {
    viewId: number;
    at: { id: TracedId } | { receivedAtMs: number };
  }): number | undefined;
  /** Undefined when the packet is no longer held. */
  packet(params: { id: TracedId }): PacketDetail | undefined;
  /**
   * What belongs to a packet, of all that are held. `packetStepsChanged` follows when more is found or comes, until another
   * packet is followed, no view is open, or the trace is cleared. Undefined then, and when the packet is no longer held.
   */
  followPacket(params: { id: TracedId }): PacketSteps | undefined;
  /** The same, all of it, as a sequence diagram of Mermaid. Undefined for none. */
  packetDiagram(params: { id: TracedId }): string | undefined;
  /**
   * Writes the packets of a query that are held now, in clear but for secrets, as pcapng, and with them the CONNECT of
   * their connections where these can't be read without. Absolute path. `exportProgress` tells how far it is, and
   * `cancelExport` ends it.
   */
  exportTrace(params: { exportId: number; query: PacketQuery; file: string }): ExportTraceResult;
  /** Stops the trace, forgets what it held, and shows the packets of a pcap or pcapng file in their place. Absolute path. */
  openCapture(params: { file: string; budgetBytes: number }): OpenCaptureResult;
}

export interface TraceEvents {
  packetsChanged: PacketsView;
  /** Of the packet that is followed: twice a second at most. */
  packetStepsChanged: { id: TracedId; steps: PacketSteps };
  /** It was switched on or off, or cleared. */
  traceChanged: TraceState;
}
