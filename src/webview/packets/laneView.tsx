/** The way of a message on lanes: who sent what to whom, each packet a row that can be gone to. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { ConversationLane, ConversationStep, PacketDetail } from '../../contracts/trace.ts';
import { formatClock, shorten } from '../shared/format.ts';
import { count, t } from '../shared/l10n.ts';
import { arrowOf, type LaneRow, lanePictureOf } from './lanes.ts';
import { kindWords, problemWords, stepTimeWords } from './packetWords.ts';
import type { PageProps } from './pageProps.ts';
import { type StepTime, shownTime, stepTimeOf } from './stepTime.ts';

const nameCharacters = 100;
/** The names above the lanes, which stay. */
const headPixels = 20;

export function LaneView({ detail, state, dispatch }: PageProps & { detail: PacketDetail }) {
  const area = useRef<HTMLDivElement>(null);
  const { id } = detail;
  const isDrawnWhole = state.conversation?.steps.some((step) => step.id === id);
  // Not for what comes later: the person may have scrolled.
  useLayoutEffect(() => {
    if (area.current !== null) showOpened(area.current);
  }, [id, isDrawnWhole]);
  const { columns, rows, moreLanes, moreSteps, nearestAlike } = lanePictureOf(detail, state.conversation);
  if (rows.length < 2 && nearestAlike === undefined) return null;
  const startMs = rows[0]?.step.receivedAtMs ?? 0;
  return (
    <div ref={area} class="lanes" style={{ '--lanes': columns.length }}>
      <div class="lane-picture">
        {/* Each row says it in words. */}
        <div class="lane-heads" aria-hidden="true">
          {columns.map((lane, column) => (
            <span key={column} class="lane-head" title={nameOf(lane)}>
              <bdi>{nameOf(lane)}</bdi>
            </span>
          ))}
        </div>
        <div class="lane-lines" aria-hidden="true">
          {columns.map((_lane, column) => (
            <span key={column} class="lane-line" />
          ))}
        </div>
        <ol class="lane-steps" aria-label={t('Conversation')}>
          {rows.map((row) => (
            <li key={row.step.id}>
              <Step
                {...{ row, startMs, isOpened: row.step.id === id }}
                onOpen={() => dispatch({ kind: 'wentToStep', id: row.step.id })}
              />
            </li>
          ))}
        </ol>
      </div>
      {moreSteps > 0 && (
        <p class="lane-rest">
          {moreLanes > 0
            ? t('Clients not shown: {0}. Packets not shown: {1}.', count(moreLanes), count(moreSteps))
            : t('Packets not shown: {0}.', count(moreSteps))}
        </p>
      )}
      {nearestAlike !== undefined && (
        <p class="lane-rest">
          {t(
            'The same message came more often: the nearest {0} before and after were looked at.',
            count(nearestAlike),
          )}
        </p>
      )}
    </div>
  );
}

/** Scrolls the lanes alone, where they have more rows than room. */
function showOpened(area: HTMLElement): void {
  const opened = area.querySelector('[aria-current="step"]')?.getBoundingClientRect();
  if (opened === undefined) return;
  const { top, height } = area.getBoundingClientRect();
  const above = opened.top - (top + headPixels);
  const below = opened.bottom - (top + height);
  if (above < 0) area.scrollTop += above;
  else if (below > 0) area.scrollTop += below;
}

interface StepProps {
  row: LaneRow;
  startMs: number;
  isOpened: boolean;
  onOpen(): void;
}

function Step({ row, startMs, isOpened, onOpen }: StepProps) {
  const { step } = row;
  const { start, span, head } = arrowOf(row);
  const acknowledges = step.kind !== 'publish';
  const time = stepTimeOf(step, startMs);
  const words = wordsOf(row, time);
  const facts = [
    ...(step.qos === undefined ? [] : [`QoS ${step.qos}`]),
    ...(step.isDuplicate ? ['DUP'] : []),
  ];
  return (
    <button
      type="button"
      class={`lane-step ${step.problem ? `packet-${step.problem}` : ''}`}
      aria-current={isOpened ? 'step' : 'false'}
      aria-label={words}
      title={`${formatClock(step.receivedAtMs)}, ${words}`}
      style={{ '--start': start, '--span': span }}
      onClick={onOpen}
    >
      <span class="lane-time">{time && shownTime(time)}</span>
      <span class="lane-way">
        <span
          class={`lane-arrow ${head === 'right' ? 'lane-on' : 'lane-back'} ${acknowledges ? 'lane-answer' : ''}`}
        >
          <span class="lane-packet">
            {kindWords(step.kind)}
            {facts.length > 0 && <span class="lane-facts"> {facts.join(' ')}</span>}
          </span>
        </span>
      </span>
    </button>
  );
}

/** `broker to board-1: PUBACK, message 7, 0.74 ms after what it answers` */
function wordsOf({ step, client }: LaneRow, time: StepTime | undefined): string {
  const name = nameOf(client);
  const packet = kindWords(step.kind);
  return [
    step.direction === 'in' ? t('{0} to broker: {1}', name, packet) : t('broker to {0}: {1}', name, packet),
    ...detailsOf(step),
    ...(time === undefined ? [] : [stepTimeWords(time)]),
  ].join(', ');
}

function detailsOf({ qos, packetId, isDuplicate, problem }: ConversationStep): string[] {
  return [
    ...(qos === undefined ? [] : [`QoS ${qos}`]),
    ...(packetId === undefined ? [] : [t('message {0}', String(packetId))]),
    ...(isDuplicate ? [t('again (DUP)')] : []),
    ...(problem === undefined ? [] : [problemWords(problem)]),
  ];
}

function nameOf(lane: ConversationLane | undefined): string {
  return lane === undefined ? t('Broker') : shorten(lane.clientId ?? lane.remoteAddress, nameCharacters);
}
