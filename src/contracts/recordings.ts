/** Messages into files and out of them: recorded while they come, exported from what is held, and played again. */

import type { ConnectionId } from './connections.ts';
import type { MessageQuery } from './messages.ts';

/** What the file system said. `message`: whole sentences, and what to do. */
export interface FileProblem {
  kind: 'noSpace' | 'notPermitted' | 'folderMissing' | 'fileMissing' | 'exists' | 'failed';
  message: string;
}

// ── Recording ─────────────────────────────────────────────────────────────────────────────────────────────────

export interface StartRecordingParams {
  /** Absolute path. It is made if it is not there. */
  folder: string;
  /** Of the files `NAME-001.jsonl` and so on. Not a path. */
  baseName: string;
  /** All messages that the local broker takes, unless given. */
  topicFilter?: string;
  /** A message that would make a file larger begins the next one. */
  maxFileBytes: number;
}

export interface RecordingInfo {
  /** Taken into the recording, those included that wait for the disk. */
  messages: number;
  bytes: number;
  /** Begun so far. */
  files: number;
  /** Came, and are not in the files. */
  lostMessages: number;
  /** Absolute path of the one that is written to, or was last. */
  currentFile: string;
  /** Absolute path. */
  firstFile: string;
  startedAtMs: number;
  topicFilter?: string;
  /** Of `bytes`, those that are not written yet. */
  pendingBytes: number;
}

export type RecordingState = { kind: 'idle' } | { kind: 'recording'; recording: RecordingInfo };

export type StartRecordingResult =
  | { kind: 'started'; recording: RecordingInfo }
  | { kind: 'alreadyRecording'; recording: RecordingInfo }
  | { kind: 'badName' | 'badFilter'; message: string }
  | FileProblem;

export type RecordingEnd =
  /** As it was asked to, and all is on the disk. */
  | { kind: 'stopped'; recording: RecordingInfo }
  /** The disk failed. What was written before is there. */
  | { kind: 'failed'; problem: FileProblem; recording: RecordingInfo };

// ── Export ────────────────────────────────────────────────────────────────────────────────────────────────────

export interface ExportParams {
  /** The caller's, of no other export that goes on. */
  exportId: number;
  query: MessageQuery;
  /** Milliseconds since 1970, both included. */
  fromMs?: number;
  toMs?: number;
  /** Absolute path. What is there is replaced. */
  file: string;
  /** `excelCsv` begins with the byte order mark by which Excel sees that it is UTF-8. */
  format: 'jsonLines' | 'csv' | 'excelCsv';
}

export type ExportMessagesResult =
  /** `missingMessages`: matched, and were dropped from the history before their turn came, or held in part only. */
  | { kind: 'exported'; messages: number; bytes: number; missingMessages: number }
  /** No message that matches is held. Nothing was changed. */
  | { kind: 'nothingToExport'; missingMessages: number }
  /** Nothing was changed. */
  | { kind: 'cancelled' }
  | FileProblem;

export interface ExportProgress {
  exportId: number;
  /** Of the history or the trace, how much was looked at, 0 to 1. */
  progress: number;
}

// ── Replay ────────────────────────────────────────────────────────────────────────────────────────────────────

export type ReplaySpeed =
  /** 1 is as it was; 0.1 to 1,000. */
  | { kind: 'factor'; factor: number }
  /** As fast as the broker takes them. */
  | { kind: 'fastest' };

export interface ReplayParams {
  /** A file, with the other parts of its recording, or a recording that is open. */
  source: { kind: 'file'; file: string } | { kind: 'connection'; connection: ConnectionId };
  speed: ReplaySpeed;
  /** Begins paused: to be played message by message, or later. */
  isPaused: boolean;
  /** Goes before each topic as levels of its own. */
  topicPrefix?: string;
  /** Only messages that one of them matches are played. All, where there is none. */
  topicFilters?: readonly string[];
  retain: 'kept' | 'dropped';
  /** Where it goes: the local broker, or another one that is connected. */
  target?: ConnectionId;
  /** Longer pauses are shortened to this; of the recording's time. */
  longestGapSeconds?: number;
}

export interface ReplayInfo {
  state: 'playing' | 'paused' | 'finished' | 'stopped' | 'failed';
  /** Absolute path of the recording's first file. */
  file: string;
  speed: ReplaySpeed;
  /** Messages published so far, those included that were refused. */
  position: number;
  /** Where it is known. */
  total?: number;
  /** When the last of them was recorded. */
  atMs?: number;
  refused: number;
  firstRefusal?: string;
  /** Lines, files or parts that could not be read. */
  problems: number;
  firstProblem?: string;
  /** Why it failed. */
  failure?: string;
}

export type ReplayState = { kind: 'idle' } | { kind: 'open'; replay: ReplayInfo };

export type StartReplayResult =
  | { kind: 'started'; replay: ReplayInfo }
  | { kind: 'alreadyPlaying'; replay: ReplayInfo }
  | { kind: 'brokerNotRunning' }
  /** The other broker that it is to go to. */
  | { kind: 'targetNotConnected' }
  /** The connection is not there any more. */
  | { kind: 'notOpen' }
  /** `message`: a whole sentence about the option. */
  | {
      kind: 'badOption';
      option: 'speed' | 'topicPrefix' | 'topicFilters' | 'longestGapSeconds';
      message: string;
    };

export type ReplayAction = 'pause' | 'resume' | 'step' | 'stop';

// ── The two directions ────────────────────────────────────────────────────────────────────────────────────────

export interface RecordingMethods {
  /** Of what the local broker takes from now on. It goes on while no broker runs. */
  startRecording(params: StartRecordingParams): StartRecordingResult;
  /** Answers when all is on the disk. Undefined where nothing was recorded. */
  stopRecording(params: Record<string, never>): RecordingEnd | undefined;
  recording(params: Record<string, never>): RecordingState;

  /** Answers at its end. */
  exportMessages(params: ExportParams): ExportMessagesResult;
  cancelExport(params: { exportId: number }): void;

  /** To the local broker, by the workbench's own client. One at a time. */
  startReplay(params: ReplayParams): StartReplayResult;
  /** Answers when it is done: a step, when its message is on its way. Does nothing for what does not fit the state. */
  replayControl(params: { action: ReplayAction }): void;
  replay(params: Record<string, never>): ReplayState;

  /** Ends recording, exports and replay in good order, before the engine ends. Answers when the files are closed. */
  closeFiles(params: Record<string, never>): void;
}

export interface RecordingEvents {
  /** Twice a second at most. */
  recordingState: RecordingState;
  /** Once for each recording, however it ended. */
  recordingEnded: RecordingEnd;
  exportProgress: ExportProgress;
  replayState: ReplayState;
  /** Once for each replay, however it ended. */
  replayEnded: ReplayInfo;
}
