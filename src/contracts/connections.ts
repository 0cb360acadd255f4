/** Where topics and messages come from: the local broker, other brokers, and recordings that were opened to be read. */

/** 0 is the local broker; the others count up in the life of the engine. */
export type ConnectionId = number;

export const LOCAL_BROKER: ConnectionId = 0;

/** What a connection is that is not the local broker: another broker, or a recording, which can only be read. */
export type OtherConnectionKind = 'remoteBroker' | 'recording';

/**
 * The ids of a connection's nodes, messages and views are all in a range of its own, so that an id alone says whose it is.
 * 50,000 a second for eight months. A number holds eight thousand such ranges without loss.
 */
export const IDS_PER_CONNECTION = 2 ** 40;

/** Whose node, message or view this is. */
export function connectionOf(id: number): ConnectionId {
  return Math.floor(id / IDS_PER_CONNECTION);
}

/** The connection that a node, message or view is of, where that is not the local broker. What it is, its kind says. */
export function otherConnectionOf(id: number): ConnectionId | undefined {
  const connection = connectionOf(id);
  return connection === LOCAL_BROKER ? undefined : connection;
}

/** A recording that is open: its topics and messages are looked at like a broker's, and nothing can be published to it. */
export interface OpenRecording {
  connection: ConnectionId;
  /** The invisible root of its topics. */
  rootId: number;
  /** Absolute path of the file that was opened, the first of its parts. */
  file: string;
  /** Messages read so far, and in all when `isRead`. */
  messageCount: number;
  /** By its own account: messages that came while the disk was too slow, as far as it was read. */
  lostMessages: number;
  /** Of its parts' bytes, how much was read, 0 to 1. */
  progress: number;
  isRead: boolean;
  /** What could not be read, in sentences with file and line: the first hundred. */
  problems: readonly string[];
  /** Lines and files that could not be read, in all. */
  problemCount: number;
}

export type OpenRecordingResult =
  | { kind: 'opened'; recording: OpenRecording }
  /** It is open already. */
  | { kind: 'alreadyOpen'; recording: OpenRecording }
  /** A sentence: what is wrong with the file, and what to do. */
  | { kind: 'unreadable'; message: string };

export interface ConnectionMethods {
  /**
   * Opens a recording with all its parts, and answers when its first lines were read; the rest follows with
   * `recordingsChanged`.
   */
  openRecording(params: { file: string }): OpenRecordingResult;
  /** Nothing of it is known from here on. */
  closeRecording(params: { connection: ConnectionId }): void;
  openRecordings(params: Record<string, never>): readonly OpenRecording[];
}

export interface ConnectionEvents {
  recordingsChanged: readonly OpenRecording[];
}
