/** The retained messages of the broker: to look at, to clear by the branch, and to bring back. */
import type { QoS } from './messages.ts';

/** Which retained messages are meant: all that is set must hold. What is under `$SYS` is never meant. */
export interface RetainedFilter {
  /** The topic matches it. Valid, and without a share prefix; a topic is a filter that matches itself. */
  topicFilter?: string;
  /** The topic contains it, in any case. */
  text?: string;
}

/** `topic`: as the Topics view has them. `size`: the largest first. */
export type RetainedOrder = 'topic' | 'size' | 'newest' | 'oldest';

export interface RetainedMessage {
  topic: string;
  payloadBytes: number;
  /** The first bytes of the payload, at most 256. */
  preview: Uint8Array;
  qos: QoS;
  /** Client id of the publisher, where the broker knows it. */
  publisher?: string;
  /** Absent where an earlier version stored it, which did not write that down. */
  storedAtMs?: number;
  /** Absent for one that stays. */
  expiresAtMs?: number;
}

/** `listRetained` lists no more at a time: of 10,000 rows, a window draws for half a second. */
export const MAX_LISTED_RETAINED = 3_000;

/** Where a message is in an order, whether or not the broker still holds it. */
export type RetainedPlace = Pick<RetainedMessage, 'topic' | 'payloadBytes' | 'storedAtMs'>;

export interface RetainedPage {
  messages: readonly RetainedMessage[];
  /** How many that the filter matches come before these. */
  before: number;
  /** How many the filter matches, and their payloads together. */
  total: number;
  payloadBytes: number;
  /** How many the broker holds in all. */
  heldMessages: number;
}

export interface RetainedCount {
  count: number;
  /** How many of them could be brought back after they were cleared: what is kept for that is bounded. */
  undoable: number;
}

export type ClearRetainedResult =
  /** `isEnded`: not all of what was meant, as it was cancelled or the broker stopped. `undoable`: of those cleared. */
  | { kind: 'cleared'; cleared: number; undoable: number; isEnded: boolean }
  /** Others are being cleared or brought back. */
  | { kind: 'busy' }
  | { kind: 'brokerNotRunning' };

export type UndoClearRetainedResult =
  | {
      kind: 'restored';
      restored: number;
      /** Whose time was up meanwhile. */
      expired: number;
      /** Whose topic has a newer retained message, which stays. */
      replaced: number;
      /** For which the broker has no room. They can still be brought back. */
      refused: number;
      /** Cancelled, or the broker stopped; what is left can still be brought back. */
      isEnded: boolean;
    }
  | { kind: 'nothingToUndo' }
  | { kind: 'busy' }
  | { kind: 'brokerNotRunning' };

export interface RetainedMethods {
  /** From the first on, or what comes after a place. `limit`: `MAX_LISTED_RETAINED` at most. Nothing without a broker. */
  listRetained(params: {
    filter: RetainedFilter;
    order: RetainedOrder;
    after?: RetainedPlace;
    limit: number;
  }): RetainedPage;
  /** One count for each filter. */
  countRetained(params: { filters: readonly RetainedFilter[] }): readonly RetainedCount[];
  /** Whether `retainedChanged` is sent. */
  watchRetained(params: { isWatched: boolean }): void;
  /**
   * Clears them as MQTT does: each by an empty retained message, which its subscribers get. `retainedProgress` tells how
   * far it is. What was cleared is kept for `undoClearRetained`, and takes the place of what was kept before.
   */
  clearRetained(params: RetainedFilter): ClearRetainedResult;
  /** Publishes what the last `clearRetained` cleared once more, with its QoS and its properties. */
  undoClearRetained(params: Record<string, never>): UndoClearRetainedResult;
  /** Ends the clearing or bringing back that is going on, which then answers. */
  cancelRetained(params: Record<string, never>): void;
}

export interface RetainedEvents {
  /** Some came, went or are others now: ask again. Once a second at most. */
  retainedChanged: Record<string, never>;
  /** Of what is being cleared or brought back. */
  retainedProgress: { done: number; total: number };
  /** How many `undoClearRetained` would bring back. */
  clearedRetainedChanged: { undoable: number };
}
