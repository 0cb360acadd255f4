/**
 * The status bar items while a recording runs and while one is played: how far they are, and in the colour of a warning
 * when something is lost or refused. A click offers what can be done.
 */
import { l10n, StatusBarAlignment, window } from 'vscode';
import type { Disposable } from '../../base/disposable.ts';
import { commandIds, recordingStatusId, replayStatusId } from '../../contracts/manifest.ts';
import { keepShown } from '../statusItem.ts';
import { describeRecording, describeReplay, recordingLabel, replayLabel } from '../words/recordingWords.ts';
import type { Recordings } from './recordings.ts';

/** Behind the broker's. */
const RECORDING_PRIORITY = 49;
const REPLAY_PRIORITY = 48;

export function recordingStatus(recordings: Recordings): Disposable {
  const item = window.createStatusBarItem(recordingStatusId, StatusBarAlignment.Left, RECORDING_PRIORITY);
  item.name = l10n.t('MQTT Recording');
  item.command = commandIds.showRecordingActions;
  return keepShown(item, recordings.onDidChangeRecording, () => {
    const state = recordings.recording;
    if (state.kind === 'idle') return undefined;
    const { recording } = state;
    return {
      text: `$(record) ${recordingLabel(recording)}`,
      lines: describeRecording(recording),
      isWarning: recording.lostMessages > 0,
    };
  });
}

export function replayStatus(recordings: Recordings): Disposable {
  const item = window.createStatusBarItem(replayStatusId, StatusBarAlignment.Left, REPLAY_PRIORITY);
  item.name = l10n.t('MQTT Replay');
  item.command = commandIds.showReplayActions;
  return keepShown(item, recordings.onDidChangeReplay, () => {
    const { replay } = recordings;
    if (replay === undefined) return undefined;
    return {
      text: `$(${replay.state === 'paused' ? 'debug-pause' : 'play'}) ${replayLabel(replay)}`,
      lines: describeReplay(replay),
      isWarning: replay.refused > 0,
    };
  });
}
