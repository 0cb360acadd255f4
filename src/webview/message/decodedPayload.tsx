/** What a decoder of the engine made of a payload; or why it could not, with the bytes below. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { DecodedView, DecodingOutcome } from '../../contracts/decoding.ts';
import { Notice } from '../shared/controls.tsx';
import { layOutJson } from '../shared/json.ts';
import { count, t } from '../shared/l10n.ts';
import type { PayloadContent } from './payload.ts';
import { HexPayload, JsonPayload, TextPayload } from './payloadRows.tsx';

export interface DecodedPayloadProps {
  outcome: DecodingOutcome;
  /** Of the decoder. */
  label: string;
  /** As it came, or the part of it that is here. */
  content: Pick<PayloadContent, 'bytes' | 'offset'>;
}

/** Above the payload's area. */
export function DecodingNotices({ outcome, label }: Omit<DecodedPayloadProps, 'content'>) {
  if (outcome.kind === 'failed') {
    return (
      <Notice kind="error">
        <span>
          {t('Not readable as {0}.', label)} {outcome.message} {placeWords(outcome)}
        </span>
      </Notice>
    );
  }
  return (
    <>
      {outcome.notes.map((note) => (
        <Notice key={note} kind="info">
          {note}
        </Notice>
      ))}
    </>
  );
}

export function DecodedPayload({ outcome, label, content }: DecodedPayloadProps) {
  const asItCame = <HexPayload bytes={content.bytes} offset={content.offset} />;
  if (outcome.kind === 'failed') return asItCame;
  const { view } = outcome;
  switch (view.kind) {
    case 'asItCame':
      return null; // the page's own tabs show it
    case 'text':
      return <TextPayload text={view.text} />;
    case 'json':
      return <DecodedJson text={view.text} />;
    case 'image':
      return <ImagePayload view={view} label={label} />;
    case 'numbers':
      return <NumbersPayload view={view} />;
    case 'hex':
      return view.bytes === undefined ? asItCame : <HexPayload bytes={view.bytes} />;
  }
}

function DecodedJson({ text }: { text: string }) {
  const layout = useMemo(() => layOutJson(text), [text]);
  return <JsonPayload layout={layout} />;
}

function ImagePayload({ view, label }: { view: Extract<DecodedView, { kind: 'image' }>; label: string }) {
  const [isBroken, setIsBroken] = useState(false);
  const address = useMemo(() => {
    // Copied into an ArrayBuffer of its own, which Blob asks for.
    const blob = new Blob([new Uint8Array(view.bytes)], { type: view.mediaType });
    return URL.createObjectURL(blob);
  }, [view]);
  useEffect(() => {
    setIsBroken(false);
    return () => URL.revokeObjectURL(address);
  }, [address]);
  const { widthPixels, heightPixels } = view;
  const size =
    widthPixels !== undefined && heightPixels !== undefined
      ? t('{0} × {1} pixels', count(widthPixels), count(heightPixels))
      : '';
  if (isBroken) {
    return (
      <div class="payload-stack">
        <Notice kind="error">{t('The image is damaged, and can’t be drawn. Its bytes are below.')}</Notice>
        <HexPayload bytes={view.bytes} />
      </div>
    );
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and a keyboard must reach that.
    <figure class="payload-image" tabIndex={0}>
      <img src={address} alt={t('The payload as an image, {0}', label)} onError={() => setIsBroken(true)} />
      <figcaption>{[view.mediaType, size].filter(Boolean).join(', ')}</figcaption>
    </figure>
  );
}

function NumbersPayload({ view }: { view: Extract<DecodedView, { kind: 'numbers' }> }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and a keyboard must reach that.
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is a part of a form.
    <div class="payload-numbers" role="group" aria-label={t('Payload')} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('At Byte')}</th>
            <th scope="col">{t('Read As')}</th>
            <th scope="col">{t('Value')}</th>
          </tr>
        </thead>
        <tbody>
          {view.readings.map(({ type, value, offset }) => (
            <tr key={`${type} ${offset}`}>
              <td>{count(offset)}</td>
              <td>{type}</td>
              <td class="number-value">{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function placeWords({ atByte, line, column, file }: Extract<DecodingOutcome, { kind: 'failed' }>): string {
  if (file !== undefined && line !== undefined)
    return column === undefined
      ? t('In {0}, line {1}.', file, count(line))
      : t('In {0}, line {1}, column {2}.', file, count(line), count(column));
  if (file !== undefined) return t('In {0}.', file);
  if (line !== undefined) return t('At line {0}, column {1}.', count(line), count(column ?? 1));
  return atByte === undefined ? '' : t('At byte {0}.', count(atByte));
}
