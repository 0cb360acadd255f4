/** What the Packets view says while it has no packet to show: why that is, and what to do about it. */
import type { PacketsFilter } from '../../contracts/packetsPage.ts';
import { everyPacket } from '../../contracts/packetsPage.ts';
import { t } from '../shared/l10n.ts';
import type { PageProps } from './pageProps.ts';
import { isFiltered } from './state.ts';

export function EmptyList({ state, dispatch, post, filter }: PageProps & { filter: PacketsFilter }) {
  const { trace, list, broker } = state;
  if (broker !== 'running' && ((trace?.heldPackets ?? 0) === 0 || list.isLost)) {
    const isStarting = broker === 'starting';
    return (
      <div class="empty-panel">
        <p class="empty-title">
          {isStarting ? t('The local broker is starting…') : t('No broker is running')}
        </p>
        <p class="empty-words">{t('Every packet that your device sends and gets can be looked at here.')}</p>
        {!isStarting && (
          <button type="button" class="button" onClick={() => post({ kind: 'startBroker' })}>
            {t('Start Local Broker')}
          </button>
        )}
      </div>
    );
  }
  if (trace !== undefined && !trace.isOn && trace.heldPackets === 0 && trace.captureName === undefined) {
    return (
      <div class="empty-panel">
        <p class="empty-title">{t('The packet trace is off')}</p>
        <p class="empty-words">
          {t('While it is on, every packet of every client is kept, byte by byte, and explained.')}
        </p>
        <button type="button" class="button" onClick={() => post({ kind: 'setTrace', isOn: true })}>
          {t('Start Packet Trace')}
        </button>
      </div>
    );
  }
  if (list.view === undefined) return <div class="empty-panel" aria-busy="true" />;
  if (list.view.progress < 1) {
    return (
      <div class="empty-panel">
        <p class="empty-title">{t('Looking through the trace…')}</p>
      </div>
    );
  }
  return (
    <div class="empty-panel">
      <p class="empty-title">{isFiltered(filter) ? t('No packet matches') : t('No packets yet')}</p>
      <p class="empty-words">{t('What clients send, and what they are sent, appears here as it comes.')}</p>
      {isFiltered(filter) && (
        <button
          type="button"
          class="button button-secondary"
          onClick={() => dispatch({ kind: 'filterEdited', filter: everyPacket })}
        >
          {t('Clear Filter')}
        </button>
      )}
    </div>
  );
}
