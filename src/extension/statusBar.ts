/**
 * The status bar item that is always there: the local broker's state and port, or the other brokers that one is connected
 * to. A click offers what can be done.
 */
import { l10n, StatusBarAlignment, type StatusBarItem, ThemeColor, window } from 'vscode';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import { commandIds, statusBarId } from '../contracts/manifest.ts';
import { isExposed } from './brokerAddress.ts';
import type { Connections } from './connections/connections.ts';
import type { LocalBroker } from './localBroker.ts';
import { escapeIcons } from './questions/escapeMarkup.ts';
import { describeStatus } from './words/statusWords.ts';

const PRIORITY = 50;

export class StatusBar implements Disposable {
  readonly #broker: LocalBroker;
  readonly #connections: Connections;
  readonly #store = new DisposableStore();
  readonly #item: StatusBarItem;
  #shown = '';

  constructor(broker: LocalBroker, connections: Connections) {
    this.#broker = broker;
    this.#connections = connections;
    this.#item = this.#store.add(window.createStatusBarItem(statusBarId, StatusBarAlignment.Left, PRIORITY));
    this.#item.name = l10n.t('MQTT Broker');
    this.#item.command = commandIds.showActions;
    this.#store.add(broker.onDidChangeState(() => this.#update()));
    this.#store.add(connections.onDidChange(() => this.#update()));
    this.#update();
    this.#item.show();
  }

  dispose(): void {
    this.#store.dispose();
  }

  /** What connections have to tell changes several times a second, and what is shown of it hardly ever. */
  #update(): void {
    const { state } = this.#broker;
    const { icon, text, lines } = describeStatus(state, this.#connections.all);
    const isWarning = isExposed(state);
    const shown = JSON.stringify([icon, text, lines, isWarning]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#item.text = `$(${icon}) ${escapeIcons(text)}`;
    this.#item.tooltip = lines.join('\n');
    this.#item.accessibilityInformation = { label: `MQTT: ${lines.join(', ')}` };
    // The one state that others on the network take part in.
    this.#item.backgroundColor = isWarning ? new ThemeColor('statusBarItem.warningBackground') : undefined;
  }
}
