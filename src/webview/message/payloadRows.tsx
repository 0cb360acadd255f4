/**
 * The three ways to read a payload, as rows. A payload is text nodes and nothing else: never markup.
 *
 * A short payload is put on the page whole: it wraps, and can be selected and searched as a text. A long one is a
 * virtual list of rows of one height, so that ten megabytes cost no more than a screenful.
 */
import { useMemo } from 'preact/hooks';
import { Searched } from '../shared/highlight.tsx';
import { probeText, useMonospaceMetrics, useSize } from '../shared/hooks.ts';
import { isSpacedAfter, type JsonLayout, jsonRowTokens } from '../shared/json.ts';
import { count, t } from '../shared/l10n.ts';
import { textSegments } from '../shared/utf8.ts';
import { VirtualList } from '../shared/virtualList.tsx';
import { hexRow, hexRowCount, layOutText } from './payload.ts';

const maxWholeCharacters = 16_384;
const maxWholeJsonRows = 400;
/** Of one row of JSON in a long payload; what follows is counted, not shown. */
const maxRowCharacters = 4000;
/** Deeper rows are indented no further: a thousand levels would leave the screen. */
const maxIndentLevels = 40;
const horizontalPaddingPixels = 28;

export function TextPayload({ text }: { text: string }) {
  return text.length <= maxWholeCharacters ? <WholeText text={text} /> : <LongText text={text} />;
}

function WholeText({ text }: { text: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and a keyboard must reach that.
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is a part of a form.
    <pre class="payload-text" role="group" aria-label={t('Payload')} tabIndex={0} dir="auto">
      <MarkedText text={text} />
    </pre>
  );
}

function LongText({ text }: { text: string }) {
  const [probe, metrics] = useMonospaceMetrics();
  const [area, size] = useSize<HTMLDivElement>();
  const width = size?.widthPixels;
  const columns = width && Math.max(20, Math.floor((width - horizontalPaddingPixels) / metrics.columnPixels));
  // Not before the width is known: laying out megabytes twice would be felt.
  const rows = useMemo(() => layOutText(columns ? text : '', columns || 20), [text, columns]);
  return (
    <div ref={area} class="payload-rows-area">
      <Probe probe={probe} />
      <VirtualList
        rowCount={rows.rowCount}
        rowPixels={metrics.rowPixels}
        attributes={rowsAttributes()}
        renderRow={(row) => (
          <div key={row} class="payload-row" dir="auto">
            <MarkedText text={rows.row(row)} />
          </div>
        )}
      />
    </div>
  );
}

/** What would be invisible or is no text is a marker, set apart from a payload that merely spells one. */
function MarkedText({ text }: { text: string }) {
  return (
    <>
      {textSegments(text).map((segment, i) =>
        segment.kind === 'text' ? (
          <Searched key={i} text={segment.text.replaceAll('\r\n', '\n')} />
        ) : (
          <span
            key={i}
            class={`marker ${segment.kind === 'invalidBytes' ? 'marker-invalid' : ''}`}
            title={segment.kind === 'invalidBytes' ? t('Not UTF-8') : t('Control character')}
          >
            {segment.text}
          </span>
        ),
      )}
    </>
  );
}

export function JsonPayload({ layout }: { layout: JsonLayout }) {
  const [probe, metrics] = useMonospaceMetrics();
  if (layout.rowCount === 0) return <TextPayload text={layout.text} />;
  if (layout.rowCount <= maxWholeJsonRows && layout.text.length <= maxWholeCharacters) {
    const rows = Array.from({ length: layout.rowCount }, (_, row) => (
      <JsonRow key={row} layout={layout} row={row} />
    ));
    return (
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and a keyboard must reach that.
      // biome-ignore lint/a11y/useSemanticElements: a fieldset is a part of a form.
      <div class="payload-json" role="group" aria-label={t('Payload')} tabIndex={0}>
        {rows}
        <JsonRest layout={layout} />
      </div>
    );
  }
  return (
    <div class="payload-rows-area">
      <Probe probe={probe} />
      <VirtualList
        rowCount={layout.rowCount}
        rowPixels={metrics.rowPixels}
        attributes={rowsAttributes()}
        renderRow={(row) => <JsonRow key={row} layout={layout} row={row} />}
      />
    </div>
  );
}

function JsonRow({ layout, row }: { layout: JsonLayout; row: number }) {
  const levels = Math.min(layout.rowDepth(row), maxIndentLevels);
  const tokens = jsonRowTokens(layout, row, maxRowCharacters);
  const missing = layout.rowEnd(row) - layout.rowStart(row) - maxRowCharacters;
  return (
    <div class="payload-row json-row" style={{ '--indent': levels }}>
      {'  '.repeat(levels)}
      {tokens.map((token, i) => (
        <span key={i} class={`json-${token.kind}`}>
          <MarkedText text={token.text} />
          {isSpacedAfter(token) && i < tokens.length - 1 ? ' ' : ''}
        </span>
      ))}
      {missing > 0 && (
        <span class="marker">
          {missing === 1 ? t('… 1 more character') : t('… {0} more characters', count(missing))}
        </span>
      )}
    </div>
  );
}

/** What follows a problem is no JSON: it is shown as it came. */
function JsonRest({ layout }: { layout: JsonLayout }) {
  const { problem } = layout;
  if (problem === undefined || problem.kind === 'unexpectedEnd') return null;
  const end = layout.rowEnd(layout.rowCount - 1);
  return (
    <div class="payload-row json-rest">
      <MarkedText text={layout.text.slice(end).trimStart()} />
    </div>
  );
}

/** @param props.offset What the first of the bytes is counted as. */
export function HexPayload({ bytes, offset: firstOffset = 0 }: { bytes: Uint8Array; offset?: number }) {
  const [probe, metrics] = useMonospaceMetrics();
  const [area, size] = useSize<HTMLDivElement>();
  const columns = ((size?.widthPixels ?? 0) - horizontalPaddingPixels) / metrics.columnPixels;
  const bytesPerRow = [32, 16, 8].find((width) => hexColumns(width) <= columns) ?? 4;
  return (
    <div ref={area} class="payload-rows-area">
      <Probe probe={probe} />
      <VirtualList
        rowCount={hexRowCount(bytes, bytesPerRow)}
        rowPixels={metrics.rowPixels}
        attributes={rowsAttributes()}
        renderRow={(row) => {
          const { offset, hex, ascii } = hexRow(bytes, row, bytesPerRow, firstOffset);
          return (
            <div key={row} class="payload-row hex-row">
              <span class="hex-offset">{offset}</span>
              <span class="hex-bytes">{hex.padEnd(hexDigitsColumns(bytesPerRow))}</span>
              <span class="hex-ascii">{ascii}</span>
            </div>
          );
        }}
      />
    </div>
  );
}

/** Offset, digits and characters, with two columns between them. */
function hexColumns(bytesPerRow: number): number {
  return 8 + 2 + hexDigitsColumns(bytesPerRow) + 2 + bytesPerRow;
}

function hexDigitsColumns(bytesPerRow: number): number {
  return bytesPerRow * 3 - 1 + Math.max(0, bytesPerRow / 8 - 1);
}

function Probe({ probe }: { probe: ReturnType<typeof useMonospaceMetrics>[0] }) {
  return (
    <span ref={probe} class="monospace-probe" aria-hidden="true">
      {probeText}
    </span>
  );
}

function rowsAttributes() {
  return { class: 'payload-rows', role: 'group', 'aria-label': t('Payload'), tabIndex: 0 };
}
