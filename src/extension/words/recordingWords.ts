/** Recordings, exports and replays in words: status bar, tooltips, and how each of them ended. */
import path from 'node:path';
import { env, l10n } from 'vscode';
import type { OpenRecording } from '../../contracts/connections.ts';
import type {
  ExportMessagesResult,
  RecordingEnd,
  RecordingInfo,
  ReplayInfo,
  ReplaySpeed,
  StartRecordingResult,
  StartReplayResult,
} from '../../contracts/recordings.ts';
import { formatBytes, formatCount, formatMessages, formatName, formatTime } from './formats.ts';
import type { Outcome } from './publishWords.ts';

/** The name of a file in a sentence. */
export function fileName(file: string): string {
  return formatName(path.basename(file));
}

// ── Recording ──

export function recordingLabel({ messages, bytes }: RecordingInfo): string {
  return `${formatCount(messages)} · ${formatBytes(bytes)}`;
}

/** Lines of a tooltip. */
export function describeRecording(recording: RecordingInfo): string[] {
  const { messages, bytes, files, lostMessages, currentFile, startedAtMs, topicFilter } = recording;
  return [
    topicFilter === undefined
      ? l10n.t('Recording every message since {0}', formatTime(startedAtMs))
      : l10n.t('Recording {0} since {1}', formatName(topicFilter), formatTime(startedAtMs)),
    l10n.t('{0}, {1}', formatMessages(messages), formatBytes(bytes)),
    files === 1 ? currentFile : l10n.t('{0} (file {1})', currentFile, formatCount(files)),
    ...(lostMessages === 0
      ? []
      : [l10n.t('{0} lost: see the gaps in the files', formatMessages(lostMessages))]),
  ];
}

export function explainStartRecording(result: StartRecordingResult): Outcome {
  switch (result.kind) {
    case 'started':
      return { ok: true, message: l10n.t('Recording to {0}', result.recording.currentFile) };
    case 'alreadyRecording':
      return {
        ok: false,
        message: l10n.t('A recording runs already, to {0}. Stop it first.', result.recording.currentFile),
      };
    case 'badFilter':
      return {
        ok: false,
        message: l10n.t('Nothing can be recorded by this topic filter: {0}', result.message),
      };
    default:
      return { ok: false, message: l10n.t('The recording did not start. {0}', result.message) };
  }
}

export function explainRecordingEnd({ recording, ...end }: RecordingEnd): Outcome {
  const { messages, lostMessages, firstFile } = recording;
  const what = l10n.t('Recorded {0} to {1}.', formatMessages(messages), fileName(firstFile));
  const lost =
    lostMessages === 0 ? [] : [l10n.t('{0} lost: see the gaps in the files.', formatMessages(lostMessages))];
  if ('problem' in end) {
    const ended = l10n.t('The recording has ended. {0}', end.problem.message);
    return { ok: false, message: [ended, what, ...lost].join(' ') };
  }
  return { ok: lostMessages === 0, message: [what, ...lost].join(' ') };
}

// ── Export ──

/** Undefined for what was cancelled. */
export function explainExport(result: ExportMessagesResult, file: string): Outcome | undefined {
  switch (result.kind) {
    case 'exported': {
      const { messages, missingMessages } = result;
      const what = l10n.t('Exported {0} to {1}.', formatMessages(messages), fileName(file));
      if (missingMessages === 0) return { ok: true, message: what };
      return { ok: false, message: `${what} ${missing(missingMessages)}` };
    }
    case 'nothingToExport': {
      const nothing = l10n.t('Nothing was exported: no such message is held.');
      const { missingMessages } = result;
      return {
        ok: false,
        message: missingMessages === 0 ? nothing : `${nothing} ${missing(missingMessages)}`,
      };
    }
    case 'cancelled':
      return undefined;
    default:
      return { ok: false, message: l10n.t('Nothing was exported. {0}', result.message) };
  }
}

function missing(messages: number): string {
  return l10n.t(
    '{0} missing: the history dropped them, or holds them in part only.',
    formatMessages(messages),
  );
}

// ── Open recordings ──

export function describeOpenRecording({
  messageCount,
  isRead,
  progress,
  lostMessages,
  problemCount,
}: OpenRecording): string {
  const count = isRead
    ? formatMessages(messageCount)
    : l10n.t('{0}, {1}% read', formatMessages(messageCount), Math.floor(100 * progress));
  const read = problemCount === 0 ? count : l10n.t('{0}, {1} unreadable', count, formatCount(problemCount));
  return lostMessages === 0
    ? read
    : l10n.t('{0}, {1} lost while it was recorded', read, formatCount(lostMessages));
}

// ── Replay ──

export function formatSpeed(speed: ReplaySpeed): string {
  return speed.kind === 'fastest' ? l10n.t('as fast as possible') : `×${speed.factor}`;
}

export function replayLabel({ position, total, speed }: ReplayInfo): string {
  const where =
    total === undefined ? formatCount(position) : `${formatCount(position)}/${formatCount(total)}`;
  return speed.kind === 'factor' ? `${where} · ${formatSpeed(speed)}` : where;
}

/** Lines of a tooltip. */
export function describeReplay(replay: ReplayInfo): string[] {
  const { state, file, speed, position, atMs, refused, firstRefusal } = replay;
  const name = fileName(file);
  return [
    state === 'paused' ? l10n.t('Replay of {0}, paused', name) : l10n.t('Replay of {0}', name),
    l10n.t('{0} published, {1}', formatMessages(position), formatSpeed(speed)),
    ...(atMs === undefined ? [] : [l10n.t('Recorded {0}', new Date(atMs).toLocaleString(env.language))]),
    ...(refused === 0 ? [] : [l10n.t('{0} refused: {1}', formatMessages(refused), firstRefusal ?? '')]),
    ...unreadLines(replay),
  ];
}

/** One sentence, or none. */
function unreadLines({ problems, firstProblem }: ReplayInfo): string[] {
  if (problems === 0) return [];
  const count = formatCount(problems);
  return [l10n.t('Lines that could not be read: {0}. The first: {1}', count, firstProblem ?? '')];
}

/** Undefined where it has started. */
export function explainStartReplay(result: StartReplayResult): string | undefined {
  switch (result.kind) {
    case 'started':
      return undefined;
    case 'alreadyPlaying':
      return l10n.t('A replay of {0} goes on already. Stop it first.', fileName(result.replay.file));
    case 'brokerNotRunning':
      return l10n.t('The replay did not start: the local broker is not running.');
    case 'targetNotConnected':
      return l10n.t('The replay did not start: that broker is not connected any more.');
    case 'notOpen':
      return l10n.t('The replay did not start: the recording was closed. Open it again.');
    case 'badOption':
      return l10n.t('The replay did not start. {0}', result.message);
  }
}

export function explainReplayEnd(replay: ReplayInfo): Outcome {
  const { state, file, position, refused, firstRefusal, failure } = replay;
  const name = fileName(file);
  const played = formatMessages(position - refused);
  const notes = [
    ...(refused === 0
      ? []
      : [l10n.t('The broker did not take {0}: {1}', formatMessages(refused), firstRefusal ?? failure ?? '')]),
    ...unreadLines(replay),
  ];
  if (state === 'failed')
    return {
      ok: false,
      message: l10n.t('The replay of {0} ended after {1}. {2}', name, played, failure ?? ''),
    };
  const what =
    state === 'stopped'
      ? l10n.t('The replay of {0} was stopped after {1}.', name, played)
      : l10n.t('Replayed {0} of {1}.', played, name);
  return { ok: notes.length === 0, message: [what, ...notes].join(' ') };
}
