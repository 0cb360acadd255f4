/**
 * The status bar items while a recording runs and while one is played: how far they are, and in the colour of a warning
 * when something is lost or refused. A click offers what can be done.
 */
import { l10n, StatusBarAlignment, type StatusBarItem, ThemeColor, window } from 'vscode';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import type { Event } from '../../base/event.ts';
import { commandIds, recordingStatusId, replayStatusId } from '../../contracts/manifest.ts';
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

interface Look {
  readonly text: string;
  /** Of the tooltip. */
  readonly lines: readonly string[];
  readonly isWarning: boolean;
}

/** @param look undefined while there is nothing to show. */
export function keepShown(
  item: StatusBarItem,
  onDidChange: Event<unknown>,
  look: () => Look | undefined,
): Disposable {
  const store = new DisposableStore();
  store.add(item);
  store.add(
    onDidChange(() => {
      const shown = look();
      if (shown === undefined) {
        item.hide();
        return;
      }
      item.text = shown.text;
      item.tooltip = shown.lines.join('\n');
      item.accessibilityInformation = { label: `MQTT: ${shown.lines.join(', ')}` };
      item.backgroundColor = shown.isWarning ? new ThemeColor('statusBarItem.warningBackground') : undefined;
      item.show();
    }),
  );
  return store;
}
