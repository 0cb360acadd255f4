/** The broker's state in words: status bar, Broker view, actions. */
import { l10n } from 'vscode';
import type { BrokerState } from '../../contracts/engine.ts';
import { isExposed, mainListener } from '../brokerAddress.ts';

export function describeState(state: BrokerState): string {
  switch (state.kind) {
    case 'stopped':
      return l10n.t('The local broker is not running.');
    case 'starting':
      return l10n.t('The local broker is starting.');
    case 'stopping':
      return l10n.t('The local broker is stopping.');
    case 'running': {
      const port = mainListener(state)?.port;
      if (port === undefined) return l10n.t('The local broker is running on a Unix socket.');
      return isExposed(state)
        ? l10n.t('The local broker is running on port {0}, exposed on the local network.', port)
        : l10n.t('The local broker is running on port {0}.', port);
    }
  }
}
