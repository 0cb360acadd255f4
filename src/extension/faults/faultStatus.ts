/** The status bar item while any fault is on, in the colour of a warning: a device that fails may not be to blame. */
import { l10n, StatusBarAlignment, window } from 'vscode';
import type { Disposable } from '../../base/disposable.ts';
import { commandIds, faultStatusId } from '../../contracts/manifest.ts';
import { keepShown } from '../statusItem.ts';
import { describeInjection, faultsOnLabel } from '../words/faultWords.ts';
import type { ActiveFaults } from './activeFaults.ts';

/** Right behind the broker's. */
const PRIORITY = 49.5;

export function faultStatus(faults: ActiveFaults): Disposable {
  const item = window.createStatusBarItem(faultStatusId, StatusBarAlignment.Left, PRIORITY);
  item.name = l10n.t('MQTT Faults');
  item.command = commandIds.showFaults;
  return keepShown(item, faults.onDidChange, () => {
    const { injections } = faults;
    if (injections.length === 0) return undefined;
    return {
      text: `$(flame) ${faultsOnLabel(injections.length)}`,
      lines: [
        l10n.t('The broker misbehaves on purpose:'),
        ...injections.map(describeInjection),
        l10n.t('Click to stop'),
      ],
      isWarning: true,
    };
  });
}
