/** The payload of the selected message: its tabs, what must be said about it, and one of three ways to read it. */
import { useMemo } from 'preact/hooks';
import type { MessageDetail } from '../../contracts/messages.ts';
import { Notice } from '../shared/controls.tsx';
import { formatByteSize } from '../shared/format.ts';
import { jsonProblemWords } from '../shared/jsonWords.ts';
import { count, t } from '../shared/l10n.ts';
import type { PanelProps } from './panelProps.ts';
import { maxReadBytes, PayloadContent, type PayloadTab, payloadTabs } from './payload.ts';
import { HexPayload, JsonPayload, TextPayload } from './viewPayloadRows.tsx';

export function PayloadView({ state, dispatch, post, detail }: PanelProps & { detail: MessageDetail }) {
  const content = useMemo(() => new PayloadContent(detail), [detail]);
  const chosen = state.choices.tab;
  const best = content.bestTab;
  const tab = chosen === 'automatic' ? best : chosen;
  // Taking the tab that fits anyway hands the choice back: the next payload gets the tab that fits it.
  const choose = (to: PayloadTab) =>
    dispatch({ kind: 'choicesChanged', choices: { tab: to === best ? 'automatic' : to } });
  return (
    <div class="payload">
      <div class="payload-bar">
        <PayloadTabs tab={tab} onChoose={choose} />
        <span class="payload-kind">{encodingWords(content)}</span>
      </div>
      <PayloadNotices
        tab={tab}
        content={content}
        detail={detail}
        isLoading={state.loadingWholeId === detail.id}
        isGone={state.goneId === detail.id}
        onLoadWhole={() => {
          dispatch({ kind: 'wholeRequested', id: detail.id });
          post({ kind: 'requestDetail', id: detail.id, whole: true });
        }}
        onOpen={() => post({ kind: 'openInEditor', id: detail.id })}
        onShowHex={() => choose('hex')}
      />
      {/* One element for every tab: switching moves nothing but what is inside. */}
      <div class="payload-body" id="payload-panel" role="tabpanel" aria-labelledby={`payload-tab-${tab}`}>
        {content.bytes.length === 0 ? (
          <p class="payload-empty">
            {detail.retain
              ? t('Empty payload: with retain, it clears the retained message of this topic.')
              : t('Empty payload')}
          </p>
        ) : (
          <PayloadBody tab={tab} content={content} />
        )}
      </div>
    </div>
  );
}

function PayloadBody({ tab, content }: { tab: PayloadTab; content: PayloadContent }) {
  switch (tab) {
    case 'text':
      return <TextPayload content={content} />;
    case 'json':
      return <JsonPayload content={content} />;
    case 'hex':
      return <HexPayload bytes={content.bytes} />;
  }
}

function PayloadTabs({ tab, onChoose }: { tab: PayloadTab; onChoose(tab: PayloadTab): void }) {
  const words: Record<PayloadTab, string> = { text: t('Text'), json: t('JSON'), hex: t('Hex') };
  const pressed = (event: KeyboardEvent, from: PayloadTab) => {
    const last = payloadTabs.length - 1;
    const index = payloadTabs.indexOf(from);
    const target = {
      ArrowLeft: index === 0 ? last : index - 1,
      ArrowRight: index === last ? 0 : index + 1,
      Home: 0,
      End: last,
    }[event.key];
    const next = target === undefined ? undefined : payloadTabs[target];
    if (next === undefined) return;
    event.preventDefault();
    onChoose(next);
    document.getElementById(`payload-tab-${next}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={t('Show the payload as')}>
      {payloadTabs.map((each) => (
        <button
          key={each}
          id={`payload-tab-${each}`}
          type="button"
          class="tab"
          role="tab"
          aria-selected={each === tab}
          aria-controls="payload-panel"
          tabIndex={each === tab ? 0 : -1}
          onClick={() => onChoose(each)}
          onKeyDown={(event) => pressed(event, each)}
        >
          {words[each]}
        </button>
      ))}
    </div>
  );
}

interface NoticesProps {
  tab: PayloadTab;
  content: PayloadContent;
  detail: MessageDetail;
  isLoading: boolean;
  isGone: boolean;
  onLoadWhole(): void;
  onOpen(): void;
  onShowHex(): void;
}

function PayloadNotices(props: NoticesProps) {
  const { tab, content, detail, isLoading, isGone } = props;
  const isInvalid = content.invalidByteCount > 0;
  return (
    <>
      {detail.truncated && (
        <Notice kind="info">
          {t('Showing {0} of {1}.', bytesWords(content.bytes.length), bytesWords(detail.payloadBytes))}
          {!isGone && (
            <>
              <button type="button" class="link" disabled={isLoading} onClick={props.onLoadWhole}>
                {isLoading ? t('Loading…') : t('Load Whole Payload')}
              </button>
              <button type="button" class="link" onClick={props.onOpen}>
                {t('Open in Editor')}
              </button>
            </>
          )}
        </Notice>
      )}
      {tab !== 'hex' && content.isBeyondReading && (
        <Notice kind="info">
          {t('Only the first {0} are read here.', formatByteSize(maxReadBytes))}
          <button type="button" class="link" onClick={props.onShowHex}>
            {t('Show as Hex')}
          </button>
          <button type="button" class="link" onClick={props.onOpen}>
            {t('Open in Editor')}
          </button>
        </Notice>
      )}
      {isInvalid && tab !== 'hex' && (
        <Notice kind="warning">
          {content.invalidByteCount === 1
            ? t('1 byte is not UTF-8, and is shown as a marker.')
            : t('{0} bytes are not UTF-8, and are shown as markers.', count(content.invalidByteCount))}
          <button type="button" class="link" onClick={props.onShowHex}>
            {t('Show as Hex')}
          </button>
        </Notice>
      )}
      {isInvalid && detail.properties?.payloadFormatIndicator === 1 && (
        <Notice kind="warning">{t('The payload format indicator says UTF-8 text, but it is not.')}</Notice>
      )}
      {tab !== 'hex' &&
        (content.isBrokenJson || (tab === 'json' && !content.isJson)) &&
        content.json.problem && (
          <Notice kind="error">
            {t('Not valid JSON.')} {jsonProblemWords(content.json.problem)}
          </Notice>
        )}
    </>
  );
}

function encodingWords(content: PayloadContent): string {
  if (content.bytes.length === 0) return '';
  return content.invalidByteCount > 0 ? t('not UTF-8') : t('UTF-8');
}

function bytesWords(bytes: number): string {
  return bytes === 1 ? t('1 byte') : t('{0} bytes', count(bytes));
}
