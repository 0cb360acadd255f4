/** What must be said about a payload above it: that it is a part, that it is no text, that it is not what it looks like. */
import type { MessageDetail } from '../../contracts/messages.ts';
import { Notice } from '../shared/controls.tsx';
import { formatByteSize } from '../shared/format.ts';
import { jsonProblemWords } from '../shared/jsonWords.ts';
import { count, t } from '../shared/l10n.ts';
import type { PayloadTab } from './decoding.ts';
import { maxReadBytes, type PayloadContent, partBytes } from './payload.ts';

export interface PayloadNoticesProps {
  tab: PayloadTab;
  /** What is here of the payload is what the tab shows. */
  showsOwnBytes: boolean;
  content: PayloadContent;
  detail: MessageDetail;
  isLoading: boolean;
  /** Nothing more of the message can be asked for. */
  isGone: boolean;
  onLoadWhole(): void;
  onPart(offset: number): void;
  onSave(): void;
  onShowHex(): void;
}

export function PayloadNotices(props: PayloadNoticesProps) {
  const { tab, showsOwnBytes, content, detail } = props;
  const isRaw = tab !== 'decoded';
  const isInvalid = isRaw && content.invalidByteCount > 0;
  return (
    <>
      {detail.onlyPreviewKept && (
        <Notice kind="warning">
          {t(
            'Only the first {0} of {1} were kept: the message is larger than the memory for history.',
            bytesWords(content.bytes.length),
            bytesWords(detail.payloadBytes),
          )}
        </Notice>
      )}
      {showsOwnBytes && detail.truncated && !detail.onlyPreviewKept && <PartNotice {...props} />}
      {isRaw && tab !== 'hex' && content.isBeyondReading && (
        <Notice kind="info">
          {t('Only the first {0} are read here.', formatByteSize(maxReadBytes))}
          <ShowHex {...props} />
          <Save {...props} />
        </Notice>
      )}
      {isInvalid && tab !== 'hex' && (
        <Notice kind="warning">
          {content.invalidByteCount === 1
            ? t('1 byte is not UTF-8, and is shown as a marker.')
            : t('{0} bytes are not UTF-8, and are shown as markers.', count(content.invalidByteCount))}
          <ShowHex {...props} />
        </Notice>
      )}
      {isInvalid && detail.properties?.payloadFormatIndicator === 1 && (
        <Notice kind="warning">{t('The payload format indicator says UTF-8 text, but it is not.')}</Notice>
      )}
      {isRaw && tab !== 'hex' && content.offset === 0 && (
        <JsonNotice content={content} isJsonTab={tab === 'json'} />
      )}
    </>
  );
}

function JsonNotice({ content, isJsonTab }: { content: PayloadContent; isJsonTab: boolean }) {
  const isWrong = content.isBrokenJson || (isJsonTab && !content.isJson);
  if (!isWrong || content.json.problem === undefined) return null;
  return (
    <Notice kind="error">
      {t('Not valid JSON.')} {jsonProblemWords(content.json.problem)}
    </Notice>
  );
}

/** A long payload is shown in parts: which one this is, and the ways to the others. */
function PartNotice({
  content,
  detail,
  isLoading,
  isGone,
  onLoadWhole,
  onPart,
  onSave,
}: PayloadNoticesProps) {
  const { offset, bytes } = content;
  const end = offset + bytes.length;
  const lastOffset = Math.floor((detail.payloadBytes - 1) / partBytes) * partBytes;
  return (
    <Notice kind="info">
      {offset === 0
        ? t('Showing {0} of {1}.', bytesWords(bytes.length), bytesWords(detail.payloadBytes))
        : t(
            'Showing bytes {0} to {1} of {2}.',
            count(offset),
            count(Math.max(offset, end - 1)),
            count(detail.payloadBytes),
          )}
      {!isGone && (
        <>
          <button
            type="button"
            class="link"
            disabled={offset === 0}
            onClick={() => onPart(Math.max(0, offset - partBytes))}
          >
            {t('Previous Part')}
          </button>
          <button
            type="button"
            class="link"
            disabled={end >= detail.payloadBytes}
            onClick={() => onPart(offset + partBytes)}
          >
            {t('Next Part')}
          </button>
          <button
            type="button"
            class="link"
            disabled={offset >= lastOffset}
            onClick={() => onPart(lastOffset)}
          >
            {t('Last Part')}
          </button>
          {detail.payloadBytes <= maxReadBytes && (
            <button type="button" class="link" disabled={isLoading} onClick={onLoadWhole}>
              {isLoading ? t('Loading…') : t('Load Whole Payload')}
            </button>
          )}
          <button type="button" class="link" onClick={onSave}>
            {t('Save Payload…')}
          </button>
        </>
      )}
    </Notice>
  );
}

function ShowHex({ onShowHex }: Pick<PayloadNoticesProps, 'onShowHex'>) {
  return (
    <button type="button" class="link" onClick={onShowHex}>
      {t('Show as Hex')}
    </button>
  );
}

function Save({ onSave, isGone }: Pick<PayloadNoticesProps, 'onSave' | 'isGone'>) {
  if (isGone) return null;
  return (
    <button type="button" class="link" onClick={onSave}>
      {t('Save Payload…')}
    </button>
  );
}

export function bytesWords(bytes: number): string {
  return bytes === 1 ? t('1 byte') : t('{0} bytes', count(bytes));
}
