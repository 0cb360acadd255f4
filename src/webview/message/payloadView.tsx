/** The payload of a message: its tabs, its decoders, what must be said about it, and one way to read it at a time. */
import { useMemo } from 'preact/hooks';
import type { DecodedMessage } from '../../contracts/decoding.ts';
import type { MessageDetail } from '../../contracts/messages.ts';
import { Notice } from '../shared/controls.tsx';
import { t } from '../shared/l10n.ts';
import { DecodedPayload, DecodingNotices } from './decodedPayload.tsx';
import { DecoderMenu } from './decoderMenu.tsx';
import { bestTabOf, candidateLabel, type PayloadTab, showsOwnBytes, tabOf } from './decoding.ts';
import type { MessagePaneProps } from './messagePane.tsx';
import { PayloadContent, rawTabs } from './payload.ts';
import { PayloadNotices } from './payloadNotices.tsx';
import { HexPayload, JsonPayload, TextPayload } from './payloadRows.tsx';
import { isLoadingWhole } from './shownMessage.ts';

export function PayloadView(props: MessagePaneProps & { detail: MessageDetail }) {
  const { shown, detail, choices, onShown, onChoices, onAct } = props;
  const part = shown.detail === detail ? shown.part : undefined;
  const decoded = shown.detail === detail ? shown.decoded : undefined;
  const content = useMemo(() => new PayloadContent(detail, part), [detail, part]);
  const best = bestTabOf(content, decoded, shown.use !== undefined && shown.use.decoder !== 'automatic');
  const hasDecoded = decoded !== undefined && tabOf(decoded) === 'decoded';
  const wanted = choices.tab === 'automatic' ? best : choices.tab;
  const tab = wanted === 'decoded' && !hasDecoded ? best : wanted;
  // Taking the tab that fits anyway hands the choice back: the next payload gets the tab that fits it.
  const choose = (to: PayloadTab) => onChoices({ tab: to === best ? 'automatic' : to });
  const label = decoded && candidateLabel(decoded.used);
  return (
    <div class="payload">
      <div class="payload-bar">
        <PayloadTabs tab={tab} decodedLabel={hasDecoded ? label : undefined} onChoose={choose} />
        <span class="payload-kind">{tab === 'decoded' ? '' : encodingWords(content)}</span>
        {decoded && <DecoderMenu {...props} decoded={decoded} />}
      </div>
      {shown.isDecoding && shown.detail === detail && (
        <Notice kind="info">
          {t('The decoder is still at work. Meanwhile the payload is shown as it came.')}
        </Notice>
      )}
      {tab === 'decoded' && decoded && <DecodingNotices outcome={decoded.outcome} label={label ?? ''} />}
      <PayloadNotices
        tab={tab}
        showsOwnBytes={showsOwnBytes(tab, decoded)}
        content={content}
        detail={detail}
        isLoading={isLoadingWhole(shown)}
        isGone={shown.goneId === detail.id}
        onLoadWhole={() => onShown({ kind: 'wholeWanted' })}
        onPart={(offset) => onShown({ kind: 'partWanted', offset })}
        onSave={() => onAct('savePayload')}
        onShowHex={() => choose('hex')}
      />
      {/* One element for every tab: switching moves nothing but what is inside. */}
      <div class="payload-body" id="payload-panel" role="tabpanel" aria-labelledby={`payload-tab-${tab}`}>
        {detail.payloadBytes === 0 ? (
          <p class="payload-empty">
            {detail.retain
              ? t('Empty payload: with retain, it clears the retained message of this topic.')
              : t('Empty payload')}
          </p>
        ) : (
          <PayloadBody tab={tab} content={content} decoded={decoded} />
        )}
      </div>
    </div>
  );
}

interface PayloadBodyProps {
  tab: PayloadTab;
  content: PayloadContent;
  decoded: DecodedMessage | undefined;
}

function PayloadBody({ tab, content, decoded }: PayloadBodyProps) {
  switch (tab) {
    case 'text':
      return <TextPayload text={content.text} />;
    case 'json':
      return <JsonPayload layout={content.json} />;
    case 'hex':
      return <HexPayload bytes={content.bytes} offset={content.offset} />;
    case 'decoded':
      if (decoded === undefined) return null;
      return (
        <DecodedPayload outcome={decoded.outcome} label={candidateLabel(decoded.used)} content={content} />
      );
  }
}

interface PayloadTabsProps {
  tab: PayloadTab;
  /** Of the tab for what a decoder made; undefined where there is none. */
  decodedLabel: string | undefined;
  onChoose(tab: PayloadTab): void;
}

function PayloadTabs({ tab, decodedLabel, onChoose }: PayloadTabsProps) {
  const words: Record<PayloadTab, string> = {
    decoded: decodedLabel ?? '',
    text: t('Text'),
    json: t('JSON'),
    hex: t('Hex'),
  };
  const tabs: readonly PayloadTab[] = decodedLabel === undefined ? rawTabs : ['decoded', ...rawTabs];
  const pressed = (event: KeyboardEvent, from: PayloadTab) => {
    const last = tabs.length - 1;
    const index = tabs.indexOf(from);
    const target = {
      ArrowLeft: index === 0 ? last : index - 1,
      ArrowRight: index === last ? 0 : index + 1,
      Home: 0,
      End: last,
    }[event.key];
    const next = target === undefined ? undefined : tabs[target];
    if (next === undefined) return;
    event.preventDefault();
    onChoose(next);
    document.getElementById(`payload-tab-${next}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={t('Show the payload as')}>
      {tabs.map((each) => (
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

function encodingWords(content: PayloadContent): string {
  if (content.bytes.length === 0) return '';
  return content.invalidByteCount > 0 ? t('not UTF-8') : t('UTF-8');
}
