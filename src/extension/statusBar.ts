/** The status bar item of the broker, which is always there: its state and port. A click offers what can be done. */
import { l10n, StatusBarAlignment, type StatusBarItem, ThemeColor, window } from 'vscode';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import { commandIds, statusBarId } from '../contracts/manifest.ts';
import { isExposed, mainListener } from './brokerAddress.ts';
import type { LocalBroker } from './localBroker.ts';
import { describeState } from './words/brokerWords.ts';

const PRIORITY = 50;

export class StatusBar implements Disposable {
  readonly #broker: LocalBroker;
  readonly #store = new DisposableStore();
  readonly #item: StatusBarItem;

  constructor(broker: LocalBroker) {
    this.#broker = broker;
    this.#item = this.#store.add(window.createStatusBarItem(statusBarId, StatusBarAlignment.Left, PRIORITY));
    this.#item.name = l10n.t('MQTT Broker');
    this.#item.command = commandIds.showActions;
    this.#store.add(broker.onDidChangeState(() => this.#update()));
    this.#update();
    this.#item.show();
  }

  dispose(): void {
    this.#store.dispose();
  }

  #update(): void {
    const { state } = this.#broker;
    this.#item.text = this.#text();
    this.#item.tooltip = describeState(state);
    this.#item.accessibilityInformation = { label: `MQTT: ${describeState(state)}` };
    // The one state that others on the network take part in.
    this.#item.backgroundColor = isExposed(state)
      ? new ThemeColor('statusBarItem.warningBackground')
      : undefined;
  }

  #text(): string {
    const { state } = this.#broker;
    switch (state.kind) {
      case 'stopped':
        return `$(circle-slash) ${l10n.t('MQTT: stopped')}`;
      case 'starting':
        return `$(sync~spin) ${l10n.t('MQTT: starting')}`;
      case 'stopping':
        return `$(sync~spin) ${l10n.t('MQTT: stopping')}`;
      case 'running': {
        const where = mainListener(state)?.port ?? l10n.t('Unix socket');
        return isExposed(state) ? `$(globe) MQTT: ${where}` : `$(broadcast) MQTT: ${where}`;
      }
    }
  }
}
