/** The opened packet: what is wrong with it, the exchange that it is part of, its bytes beside its fields. */
import { useEffect, useRef } from 'preact/hooks';
import { everyPacket } from '../../contracts/packetsPage.ts';
import type { ExchangeStep, ExplainedFault, PacketDetail } from '../../contracts/trace.ts';
import { CopyAction, Notice } from '../shared/controls.tsx';
import { formatByteSize, formatClock, hexByte, shorten } from '../shared/format.ts';
import { useSize } from '../shared/hooks.ts';
import { Icon } from '../shared/icons.tsx';
import { dateAndTime, t } from '../shared/l10n.ts';
import { Splitter } from '../shared/splitter.tsx';
import { ByteGrid } from './byteGrid.tsx';
import { FieldTree } from './fieldTree.tsx';
import { isOfMessage } from './lanes.ts';
import { LaneView } from './laneView.tsx';
import { clientWords, directionWords, kindWords, problemWords, stepTimeWords } from './packetWords.ts';
import type { PageProps } from './pageProps.ts';
import { defaultChoices, isLeftOut, type OpenedPacket } from './state.ts';
import { shownTime, stepTimeOf } from './stepTime.ts';

/** A packet is looked at for this long before it is followed: at a flood each is opened for a moment. */
const SETTLED_MS = 250;
/** From this width on, bytes and fields are side by side. */
const besidePixels = 420;

export function PacketPane({ opened, ...props }: PageProps & { opened: OpenedPacket }) {
  const [area, size] = useSize<HTMLElement>();
  const split = useRef<HTMLDivElement>(null);
  const { state, dispatch, post } = props;
  const { detail } = opened;
  const { id } = detail;
  const { isLost } = state.list;
  useEffect(() => {
    if (isLost) return undefined;
    const timer = setTimeout(() => post({ kind: 'followPacket', id }), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [id, isLost]);
  const isBeside = (size?.widthPixels ?? 0) >= besidePixels;
  const { bytesShare } = state.choices;
  return (
    <section ref={area} class="packet-pane" aria-label={t('Selected packet')}>
      <header class="packet-bar">
        <h2>{kindWords(detail.kind)}</h2>
        <span class="packet-facts">{factsOf(detail)}</span>
        <div class="packet-actions">
          {isOfMessage(detail) && (
            <CopyAction
              label={t('Copy Sequence Diagram (Mermaid)')}
              onCopy={() => post({ kind: 'copyDiagram', id: detail.id })}
            />
          )}
          <CopyAction
            label={t('Copy Bytes as Hex')}
            onCopy={() => post({ kind: 'copy', text: hexOf(detail) })}
          />
        </div>
      </header>
      {detail.fault && (
        <Fault fault={detail.fault} onOpenPage={(code) => post({ kind: 'openErrorPage', code })} />
      )}
      <Remarks detail={detail} />
      {isOfMessage(detail) ? (
        <LaneView detail={detail} {...props} />
      ) : (
        detail.exchange.length > 1 && <Exchange detail={detail} {...props} />
      )}
      {/* Below the steps: the one that was pressed stays where it is. */}
      {isLeftOut(state) && (
        <Notice kind="info">
          {t('The filter leaves this packet out of the list.')}{' '}
          <button
            type="button"
            class="link"
            onClick={() => dispatch({ kind: 'filterEdited', filter: everyPacket })}
          >
            {t('Clear Filter')}
          </button>
        </Notice>
      )}
      <div
        ref={split}
        class={`split packet-split ${isBeside ? '' : 'split-stacked'}`}
        style={{ '--list-share': `${bytesShare * 100}%` }}
      >
        <ByteGrid opened={opened} dispatch={dispatch} />
        <Splitter
          label={t('Size of the bytes')}
          isVertical={isBeside}
          share={bytesShare}
          defaultShare={defaultChoices.bytesShare}
          container={() => split.current}
          onChange={(share) => dispatch({ kind: 'choicesChanged', choices: { bytesShare: share } })}
        />
        <div class="field-area">
          <FieldTree opened={opened} dispatch={dispatch} />
        </div>
      </div>
      <MarkedField opened={opened} />
    </section>
  );
}

/** The marked field with all that it says: its row may have no room for it. */
function MarkedField({ opened }: { opened: OpenedPacket }) {
  const field = opened.rows[opened.mark.row]?.field;
  if (field === undefined) return null;
  return (
    // Readers have it from the row.
    <p class="field-note" aria-hidden="true">
      <span class="field-note-name">{field.name}</span> <bdi dir="ltr">{shorten(field.value, 300)}</bdi>
      {field.meaning !== undefined && <span class="field-note-meaning"> {field.meaning}</span>}
    </p>
  );
}

function factsOf(detail: PacketDetail): string {
  const { protocolVersion } = detail;
  const versions = { 3: 'MQTT 3.1', 4: 'MQTT 3.1.1', 5: 'MQTT 5.0' } as const;
  return [
    directionWords(detail.direction),
    shorten(clientWords(detail), 100),
    dateAndTime(detail.receivedAtMs),
    formatByteSize(detail.bytes),
    versions[protocolVersion],
  ].join(' · ');
}

function Fault({ fault, onOpenPage }: { fault: ExplainedFault; onOpenPage(code: string): void }) {
  const { offset, message, rule, causes, advice, clause, code } = fault;
  const where = clause.startsWith('MQTT-') ? `[${clause}]` : t('section {0}', clause);
  return (
    <Notice kind="error">
      <p>
        {offset === undefined ? '' : `${t('Byte {0}:', String(offset))} `}
        {message}
      </p>
      {rule !== '' && (
        <p>
          <span class="fault-word">{t('The standard:')}</span> {rule} {where}
        </p>
      )}
      {causes.length > 0 && (
        <p>
          <span class="fault-word">{t('Usually:')}</span> {causes.join(' ')}
        </p>
      )}
      {advice !== '' && (
        <p>
          <span class="fault-word">{t('What to do:')}</span> {advice}
        </p>
      )}
      <button type="button" class="link" onClick={() => onOpenPage(code)}>
        {t('More about {0}', code)}
      </button>
    </Notice>
  );
}

function Remarks({ detail }: { detail: PacketDetail }) {
  const { problem, doubts, content, bytes, hidden, fault } = detail;
  const isCut = content.length < bytes;
  return (
    <>
      {problem !== undefined && fault === undefined && problem !== 'refused' && (
        <Notice kind="warning">{problemWords(problem)}</Notice>
      )}
      {doubts.map(({ start, message }) => (
        <Notice key={start} kind="warning">
          {message}
        </Notice>
      ))}
      {isCut && (
        <Notice kind="info">
          {t('The trace keeps the first {0} of a packet.', formatByteSize(content.length))}
        </Notice>
      )}
      {hidden.length > 0 && (
        <Notice kind="info">
          {t('Passwords and authentication data are not kept: their bytes are shown as dots.')}
        </Notice>
      )}
    </>
  );
}

/** A request and what answers it, each a step that can be gone to. */
function Exchange({ detail, dispatch, state }: PageProps & { detail: PacketDetail }) {
  const { exchange } = detail;
  const startMs = exchange[0]?.receivedAtMs ?? 0;
  return (
    <ol class="exchange" aria-label={t('Exchange')}>
      {exchange.map((step) => (
        <li key={step.id}>
          <RequestStep
            {...{ step, startMs, isOpened: step.id === state.opened?.detail.id }}
            onOpen={() => dispatch({ kind: 'wentToStep', id: step.id })}
          />
        </li>
      ))}
    </ol>
  );
}

interface RequestStepProps {
  step: ExchangeStep;
  startMs: number;
  isOpened: boolean;
  onOpen(): void;
}

function RequestStep({ step, startMs, isOpened, onOpen }: RequestStepProps) {
  const time = stepTimeOf(step, startMs);
  const packet = kindWords(step.kind);
  const timeWords = time === undefined ? [] : [stepTimeWords(time)];
  return (
    <button
      type="button"
      class={`exchange-step ${step.problem ? `packet-${step.problem}` : ''}`}
      aria-current={isOpened ? 'step' : 'false'}
      aria-label={[packet, ...timeWords].join(', ')}
      title={[formatClock(step.receivedAtMs), directionWords(step.direction), ...timeWords].join(', ')}
      onClick={onOpen}
    >
      <Icon name={step.direction === 'in' ? 'fromClient' : 'toClient'} />
      {packet}
      <span class="exchange-latency">{time && shownTime(time)}</span>
    </button>
  );
}

function hexOf({ content }: PacketDetail): string {
  return Array.from(content, (byte) => hexByte(byte)).join(' ');
}
