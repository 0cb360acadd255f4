/** Status bar items that are there as long as something goes on: they look as it stands, and go with it. */
import { type StatusBarItem, ThemeColor } from 'vscode';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import type { Event } from '../base/event.ts';

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
