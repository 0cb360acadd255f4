/** The status bar item while a recording is played: where it is. A click offers pause, step and stop. */
import { l10n, StatusBarAlignment, type StatusBarItem, ThemeColor, window } from 'vscode';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { commandIds, replayStatusId } from '../../contracts/manifest.ts';
import { describeReplay, replayLabel } from '../words/recordingWords.ts';
import type { Recordings } from './recordings.ts';

/** Behind the recording's. */
const PRIORITY = 48;

export class ReplayStatus implements Disposable {
  readonly #recordings: Recordings;
  readonly #store = new DisposableStore();
  readonly #item: StatusBarItem;

  constructor(recordings: Recordings) {
    this.#recordings = recordings;
    this.#item = this.#store.add(
      window.createStatusBarItem(replayStatusId, StatusBarAlignment.Left, PRIORITY),
    );
    this.#item.name = l10n.t('MQTT Replay');
    this.#item.command = commandIds.showReplayActions;
    this.#store.add(recordings.onDidChangeReplay(() => this.#update()));
  }

  dispose(): void {
    this.#store.dispose();
  }

  #update(): void {
    const { replay } = this.#recordings;
    if (replay === undefined) {
      this.#item.hide();
      return;
    }
    const lines = describeReplay(replay);
    this.#item.text = `$(${replay.state === 'paused' ? 'debug-pause' : 'play'}) ${replayLabel(replay)}`;
    this.#item.tooltip = lines.join('\n');
    this.#item.accessibilityInformation = { label: `MQTT: ${lines.join(', ')}` };
    this.#item.backgroundColor =
      replay.refused > 0 ? new ThemeColor('statusBarItem.warningBackground') : undefined;
    this.#item.show();
  }
}
