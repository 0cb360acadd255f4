/** The status bar item while the packet trace is on: it costs the broker something, and is easily forgotten. */
import { l10n, StatusBarAlignment, window } from 'vscode';
import type { Disposable } from '../../base/disposable.ts';
import { commandIds, traceStatusId } from '../../contracts/manifest.ts';
import { keepShown } from '../statusItem.ts';
import { formatBytes } from '../words/formats.ts';
import type { TraceSwitch } from './traceSwitch.ts';

/** Behind what was started after the broker. */
const PRIORITY = 47;

export function traceStatus(trace: TraceSwitch): Disposable {
  const item = window.createStatusBarItem(traceStatusId, StatusBarAlignment.Left, PRIORITY);
  item.name = l10n.t('MQTT Packet Trace');
  item.command = commandIds.showPackets;
  return keepShown(item, trace.onDidChange, () => {
    const { state } = trace;
    if (state?.isOn !== true) return undefined;
    return {
      text: `$(list-tree) ${l10n.t('Packet Trace')}`,
      lines: [
        l10n.t('Every packet of the local broker is kept, the newest {0}', formatBytes(state.budgetBytes)),
        l10n.t('Click to show them, and to stop'),
      ],
      isWarning: false,
    };
  });
}
