/**
 * What travels between the extension and the page of the Packets view.
 *
 * The trace stays in the engine: the page knows how much there is, and asks for what is in sight.
 */
import type { BrokerStateKind } from './engine.ts';
import type {
  PacketDetail,
  PacketKindName,
  PacketRows,
  PacketSteps,
  PacketsView,
  TracedId,
  TraceState,
} from './trace.ts';

/** What the view shows, as its fields have it. What is empty stands for all. */
export interface PacketsFilter {
  kinds: readonly PacketKindName[];
  topicFilter: string;
  /** Client id, or the address of a connection. */
  client: string;
  errorsOnly: boolean;
}

export const everyPacket: PacketsFilter = { kinds: [], topicFilter: '', client: '', errorsOnly: false };

export type PacketsPageToExtension =
  /** Sent once, when the script runs. The extension answers with all that the page needs to begin. */
  | { kind: 'ready' }
  /** Answered with `view`; not where `revision` is another than that of the last `filter`: it was typed before. */
  | { kind: 'filterChanged'; filter: PacketsFilter; revision: number }
  /** One at a time. Answered with `rows`. */
  | { kind: 'requestRows'; viewId: number; from: number; count: number }
  /** Answered with `place`, which carries `request`. */
  | { kind: 'findPlace'; request: number; viewId: number; at: { id: TracedId } | { receivedAtMs: number } }
  /** Answered with `packet` or `packetGone`. */
  | { kind: 'requestPacket'; id: TracedId }
  /** Answered with `steps`, which comes again when there are more, until another packet is followed. */
  | { kind: 'followPacket'; id: TracedId }
  /** Completion, of topics and of client ids. Answered with `topics`, `clients`. */
  | { kind: 'findTopics'; text: string }
  | { kind: 'findClients'; text: string }
  | { kind: 'setTrace'; isOn: boolean }
  /** The heading of this code in docs/errors.md. */
  | { kind: 'openErrorPage'; code: string }
  | { kind: 'copy'; text: string }
  /** The conversation that the packet is part of, as a diagram, to the clipboard. */
  | { kind: 'copyDiagram'; id: TracedId }
  | { kind: 'startBroker' };

export type ExtensionToPacketsPage =
  /**
   * What is shown from here on, as a command has set it; `revision` counts up with each. `view` follows where the engine
   * runs.
   */
  | { kind: 'filter'; filter: PacketsFilter; revision: number }
  /** `filter` is in force; or the view has changed. */
  | { kind: 'view'; view: PacketsView }
  /** The engine ended and its views with it, or it has not started. */
  | { kind: 'viewLost' }
  | { kind: 'rows'; viewId: number; generation: number; asked: number; rows: PacketRows }
  | { kind: 'place'; request: number; place: number | undefined }
  | { kind: 'packet'; packet: PacketDetail }
  /** The engine no longer holds it. */
  | { kind: 'packetGone'; id: TracedId }
  /** What belongs to the packet `id`. */
  | { kind: 'steps'; id: TracedId; steps: PacketSteps }
  | { kind: 'topics'; text: string; topics: readonly string[] }
  | { kind: 'clients'; text: string; clientIds: readonly string[] }
  /** Undefined while there is no engine. */
  | { kind: 'trace'; state: TraceState | undefined }
  | { kind: 'brokerState'; broker: BrokerStateKind }
  /** How many are on. */
  | { kind: 'faults'; count: number };
