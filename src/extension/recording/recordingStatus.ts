/** The status bar item while a recording runs: how much it has, and in the colour of a warning when something is lost. */
import { l10n, StatusBarAlignment, type StatusBarItem, ThemeColor, window } from 'vscode';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { commandIds, recordingStatusId } from '../../contracts/manifest.ts';
import { describeRecording, recordingLabel } from '../words/recordingWords.ts';
import type { Recordings } from './recordings.ts';

/** Behind the broker's. */
const PRIORITY = 49;

export class RecordingStatus implements Disposable {
  readonly #recordings: Recordings;
  readonly #store = new DisposableStore();
  readonly #item: StatusBarItem;

  constructor(recordings: Recordings) {
    this.#recordings = recordings;
    this.#item = this.#store.add(
      window.createStatusBarItem(recordingStatusId, StatusBarAlignment.Left, PRIORITY),
    );
    this.#item.name = l10n.t('MQTT Recording');
    this.#item.command = commandIds.showRecordingActions;
    this.#store.add(recordings.onDidChangeRecording(() => this.#update()));
  }

  dispose(): void {
    this.#store.dispose();
  }

  #update(): void {
    const state = this.#recordings.recording;
    if (state.kind === 'idle') {
      this.#item.hide();
      return;
    }
    const { recording } = state;
    const lines = describeRecording(recording);
    this.#item.text = `$(record) ${recordingLabel(recording)}`;
    this.#item.tooltip = lines.join('\n');
    this.#item.accessibilityInformation = { label: `MQTT: ${lines.join(', ')}` };
    this.#item.backgroundColor =
      recording.lostMessages > 0 ? new ThemeColor('statusBarItem.warningBackground') : undefined;
    this.#item.show();
  }
}
