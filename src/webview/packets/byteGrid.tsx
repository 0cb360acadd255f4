/**
 * The bytes of the opened packet, in rows of hexadecimal digits and characters. The byte that broke it and the bytes of
 * the marked field stand out; bytes that are hidden are dots.
 *
 * A grid that keeps the focus itself and names the byte that the keyboard stands on. Arrow keys go from byte to byte.
 */
import { hexByte } from '../shared/format.ts';
import { probeText, useMonospaceMetrics, useSize } from '../shared/hooks.ts';
import { t } from '../shared/l10n.ts';
import { VirtualList } from '../shared/virtualList.tsx';
import type { PageProps } from './pageProps.ts';
import type { OpenedPacket } from './state.ts';

const horizontalPaddingPixels = 24;
const offsetColumns = 4;

export function ByteGrid({ opened, dispatch }: Pick<PageProps, 'dispatch'> & { opened: OpenedPacket }) {
  const [probe, metrics] = useMonospaceMetrics();
  const [area, size] = useSize<HTMLDivElement>();
  const { detail, mark, rows } = opened;
  const { content } = detail;
  const columns = ((size?.widthPixels ?? 0) - horizontalPaddingPixels) / metrics.columnPixels;
  const { perRow, hasCharacters } = layOut(columns);

  const pressed = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = placeOfKey(event.key, mark.at, perRow, content.length);
    if (at === undefined) return;
    dispatch({ kind: 'byteMarked', at });
    event.preventDefault();
  };
  const classOf = (at: number): string => {
    const fault = detail.fault?.offset;
    const classes = ['byte'];
    if (at >= mark.start && at < mark.end) classes.push('byte-marked');
    if (at === mark.at) classes.push('byte-current');
    if (at === fault) classes.push('byte-fault');
    if (fault !== undefined && at > fault) classes.push('byte-unread');
    if (isHidden(detail.hidden, at)) classes.push('byte-hidden');
    return classes.join(' ');
  };
  const nameOf = (at: number): string => {
    const field = rows[mark.row]?.field;
    const value = isHidden(detail.hidden, at) ? t('hidden') : hexByte(content[at] ?? 0);
    const words = [t('byte {0}', String(at)), value];
    if (at === mark.at && field !== undefined) words.push(field.name);
    if (at === detail.fault?.offset) words.push(t('breaks the standard'));
    return words.join(', ');
  };

  return (
    <div ref={area} class="byte-area">
      <span ref={probe} class="monospace-probe" aria-hidden="true">
        {probeText}
      </span>
      <VirtualList
        rowCount={Math.ceil(content.length / perRow)}
        rowPixels={metrics.rowPixels}
        rowToShow={Math.floor(mark.at / perRow)}
        attributes={{
          id: 'packet-bytes',
          class: 'byte-grid',
          role: 'grid',
          tabIndex: 0,
          'aria-label': t('Bytes'),
          'aria-rowcount': String(Math.ceil(content.length / perRow)),
          'aria-activedescendant': `byte-${mark.at}`,
          onKeyDown: pressed,
        }}
        renderRow={(row) => {
          const first = row * perRow;
          const offsets = Array.from(
            { length: Math.min(perRow, content.length - first) },
            (_, i) => first + i,
          );
          const mark = (at: number) => () => dispatch({ kind: 'byteMarked', at });
          return (
            // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus, see the file's header.
            // biome-ignore lint/a11y/useSemanticElements: a table can't hold rows of which only those in sight exist.
            <div key={row} class="byte-row" role="row" aria-rowindex={row + 1}>
              <span class="byte-offset" aria-hidden="true">
                {first.toString(16).padStart(offsetColumns, '0')}
              </span>
              {offsets.map((at) => (
                // biome-ignore lint/a11y/useFocusableInteractive: as above.
                // biome-ignore lint/a11y/useSemanticElements: as above.
                // biome-ignore lint/a11y/useKeyWithClickEvents: keys are the grid's.
                <span
                  key={at}
                  id={`byte-${at}`}
                  class={classOf(at)}
                  role="gridcell"
                  aria-selected={at >= opened.mark.start && at < opened.mark.end}
                  aria-label={nameOf(at)}
                  onClick={mark(at)}
                >
                  {isHidden(detail.hidden, at) ? '••' : hexByte(content[at] ?? 0)}
                </span>
              ))}
              {'   '.repeat(perRow - offsets.length)}
              <span class="byte-characters" aria-hidden="true">
                {(hasCharacters ? offsets : []).map((at) => (
                  // biome-ignore lint/a11y/useKeyWithClickEvents: as above.
                  // biome-ignore lint/a11y/noStaticElementInteractions: the same as the digits, hidden from readers.
                  <span key={at} class={classOf(at)} onClick={mark(at)}>
                    {isHidden(detail.hidden, at) ? '•' : characterOf(content[at] ?? 0)}
                  </span>
                ))}
              </span>
            </div>
          );
        }}
      />
    </div>
  );
}

/** How many bytes a row has, and whether their characters stand behind them: as much as there is room for. */
function layOut(columns: number): { perRow: number; hasCharacters: boolean } {
  for (const perRow of [16, 8, 4]) {
    // Offset, and digits with a space for each; two columns between them, and before the characters.
    const digits = offsetColumns + 2 + 3 * perRow;
    if (digits + 2 + perRow <= columns) return { perRow, hasCharacters: true };
    if (perRow === 8 && digits <= columns) return { perRow, hasCharacters: false };
  }
  return { perRow: 4, hasCharacters: false };
}

function placeOfKey(key: string, at: number, perRow: number, length: number): number | undefined {
  switch (key) {
    case 'ArrowLeft':
      return at - 1;
    case 'ArrowRight':
      return at + 1;
    case 'ArrowUp':
      return at < perRow ? at : at - perRow;
    case 'ArrowDown':
      return at + perRow < length ? at + perRow : at;
    case 'Home':
      return 0;
    case 'End':
      return length - 1;
    default:
      return undefined;
  }
}

function isHidden(hidden: readonly { start: number; end: number }[], at: number): boolean {
  return hidden.some(({ start, end }) => at >= start && at < end);
}

/** Printable ASCII; a dot for everything else. */
function characterOf(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.';
}
