/** How much there is, what is not shown, whether the trace is on, and whether the list follows. */
import { Action } from '../shared/controls.tsx';
import { Counts, type CountWords } from '../shared/counts.tsx';
import { ListFlowControl } from '../shared/flowControl.tsx';
import { formatByteSize, shorten } from '../shared/format.ts';
import { count, t } from '../shared/l10n.ts';
import { listAction, type PageProps } from './pageProps.ts';
import { isGone, type PageState } from './state.ts';

export function StatusLine({ state, dispatch, post }: PageProps) {
  const { flow, view, isLost } = state.list;
  const progress = isLost ? 1 : (view?.progress ?? 1);
  const isOn = state.trace?.isOn === true;
  return (
    <div class="status-line">
      {progress < 1 && (
        <progress class="search-progress" value={progress} aria-label={t('Looking through the trace…')} />
      )}
      <Action
        icon={isOn ? 'stop' : 'record'}
        label={isOn ? t('Stop Trace') : t('Start Trace')}
        isTextShown={true}
        class={isOn ? 'trace-on' : ''}
        tooltip={
          isOn
            ? t('Packets are kept. What was kept stays when it is stopped.')
            : t('Keeps every packet from now on, of clients that are connected too')
        }
        onClick={() => post({ kind: 'setTrace', isOn: !isOn })}
      />
      <Counts counts={countWords(state)} />
      {!isLost && <ListFlowControl flow={flow} dispatch={(action) => dispatch(listAction(action))} />}
    </div>
  );
}

function countWords(state: PageState): CountWords[] {
  const { list, trace, broker, faults } = state;
  const { view, isLost } = list;
  const held = view === undefined ? 0 : view.end - view.first;
  const words: CountWords[] = [];
  if (isLost) {
    words.push({
      words: held === 1 ? t('1 packet left') : t('{0} packets left', count(held)),
      tooltip: t('Packets that had been read when the engine stopped'),
      isWarning: false,
    });
    words.push({
      words: t('the MQTT engine stopped'),
      tooltip: t('It held the packets: only what had been read of them is still here'),
      isWarning: true,
    });
    return words;
  }
  words.push({
    words: held === 1 ? t('1 packet') : t('{0} packets', count(held)),
    tooltip: t('Packets that are held and match'),
    isWarning: false,
  });
  if (trace?.captureName !== undefined)
    words.push({
      words: t('capture {0}', shorten(trace.captureName, 60)),
      tooltip: t('Packets of a file; starting the trace takes their place'),
      isWarning: false,
    });
  else if (trace?.isOn === false && held > 0)
    words.push({
      words: t('trace is off'),
      tooltip: t('What was kept stays; nothing is added'),
      isWarning: true,
    });
  if (faults > 0 && trace?.captureName === undefined)
    words.push({
      words: faults === 1 ? t('1 fault on') : t('{0} faults on', count(faults)),
      tooltip: t(
        'Packets are here as the broker sent and read them: what a fault loses on its way to a client is here all the same. The log says what became of it.',
      ),
      isWarning: true,
    });
  if (trace !== undefined && trace.droppedPackets > 0)
    words.push({
      words: t('{0} dropped', count(trace.droppedPackets)),
      tooltip: t(
        'Older packets that are no longer held: the memory for the trace is {0} (setting {1})',
        formatByteSize(trace.budgetBytes),
        'mqttWorkbench.trace.megabytes',
      ),
      isWarning: false,
    });
  if (list.isSightLost || isGone(state))
    words.push({
      words: t('what was shown here is dropped'),
      tooltip: t('Newer packets took the place of those that were in sight'),
      isWarning: true,
    });
  if (broker !== 'running' && trace?.captureName === undefined) {
    const isStarting = broker === 'starting';
    words.push({
      words: isStarting ? t('broker is starting') : t('broker not running'),
      tooltip: t('What came before stays here'),
      isWarning: !isStarting,
    });
  }
  return words;
}
