/** The list of packets: one line each where there is room, two where there is not, newest last. */
import type { PacketSummary } from '../../contracts/trace.ts';
import { FollowedList } from '../shared/followedList.tsx';
import { formatByteSize, formatClock, formatLatency, shorten } from '../shared/format.ts';
import { useSize } from '../shared/hooks.ts';
import { Icon } from '../shared/icons.tsx';
import { count, dateAndTime, t } from '../shared/l10n.ts';
import { clientWords, directionWords, kindWords, problemWords } from './packetWords.ts';
import { listAction, type PageProps } from './pageProps.ts';

/** The heights of .packet-row in packets.css. */
const oneLinePixels = 22;
const twoLinesPixels = 42;
/** Narrower lists have two lines a packet. */
const oneLineWidthPixels = 620;
const shownCharacters = 300;

export function PacketList({ state, dispatch, post }: PageProps) {
  const [area, size] = useSize<HTMLElement>();
  const isOneLine = (size?.widthPixels ?? 0) >= oneLineWidthPixels;
  const copy = (key: string): boolean => {
    const packet = state.list.selected?.row;
    if (key !== 'c' || packet === undefined) return false;
    post({ kind: 'copy', text: lineOf(packet) });
    return true;
  };
  return (
    <FollowedList
      list={state.list}
      areaLabel={t('Packets')}
      label={t('Packets, newest last')}
      class={`packet-list ${isOneLine ? 'packet-list-one-line' : 'packet-list-two-lines'}`}
      idPrefix="packet-row"
      rowPixels={isOneLine ? oneLinePixels : twoLinesPixels}
      area={area}
      rowClass={(packet) => `packet-row ${packet?.problem ? `packet-${packet.problem}` : ''}`}
      rowLabel={(packet) => (packet ? rowWords(packet) : t('loading'))}
      renderRow={(packet) => <PacketCells packet={packet} />}
      waitingWords={(waiting) => (waiting === 1 ? t('1 new packet') : t('{0} new packets', count(waiting)))}
      onOpen={() => document.getElementById('packet-fields')?.focus()}
      onShortcut={copy}
      dispatch={(action) => dispatch(listAction(action))}
    />
  );
}

function PacketCells({ packet }: { packet: PacketSummary }) {
  const { direction, kind, summary, latencyMs, problem } = packet;
  const client = shorten(clientWords(packet), 100);
  return (
    <>
      <span class="row-time" title={dateAndTime(packet.receivedAtMs)}>
        {formatClock(packet.receivedAtMs)}
      </span>
      <span class="packet-client" title={client}>
        <bdi>{client}</bdi>
      </span>
      <span class={`packet-direction packet-${direction}`} title={directionWords(direction)}>
        <Icon name={direction === 'in' ? 'fromClient' : 'toClient'} />
      </span>
      <span class="packet-kind" title={problem === undefined ? '' : problemWords(problem)}>
        {kindWords(kind)}
        {problem && <Icon name={problem === 'refused' ? 'warning' : 'error'} />}
      </span>
      <span class="packet-summary" title={shorten(summary, 1000)}>
        <bdi dir="ltr">{shorten(summary, shownCharacters)}</bdi>
      </span>
      <span
        class="packet-latency"
        title={latencyMs === undefined ? '' : t('Since the packet that it acknowledges')}
      >
        {latencyMs !== undefined && formatLatency(latencyMs)}
      </span>
      <span class="row-size">{formatByteSize(packet.bytes)}</span>
    </>
  );
}

/** What a screen reader says of a row. */
function rowWords(packet: PacketSummary): string {
  const { direction, kind, summary, latencyMs, problem } = packet;
  return [
    formatClock(packet.receivedAtMs),
    kindWords(kind),
    directionWords(direction),
    shorten(clientWords(packet), 100),
    problem === undefined ? '' : problemWords(problem),
    shorten(summary, shownCharacters),
    latencyMs === undefined ? '' : t('after {0}', formatLatency(latencyMs)),
    formatByteSize(packet.bytes),
  ]
    .filter(Boolean)
    .join(', ');
}

/** A row as text, to be pasted. */
function lineOf(packet: PacketSummary): string {
  const { direction, kind, summary, latencyMs } = packet;
  const parts = [
    formatClock(packet.receivedAtMs),
    clientWords(packet),
    direction === 'in' ? '->' : '<-',
    kindWords(kind),
    summary,
    latencyMs === undefined ? '' : t('after {0}', formatLatency(latencyMs)),
  ];
  return parts.filter(Boolean).join('  ');
}
