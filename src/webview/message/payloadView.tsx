/** The payload of a message: its tabs, its decoders, what must be said about it, and one way to read it at a time. */
import { useMemo } from 'preact/hooks';
import type { DecodedMessage } from '../../contracts/decoding.ts';
import type { MessageDetail } from '../../contracts/messages.ts';
import { t } from '../shared/l10n.ts';
import { DecodedPayload, DecodingNotices } from './decodedPayload.tsx';
import { bestTabOf, candidateKey, candidateLabel, type PayloadTab, tabOf } from './decoding.ts';
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
  const best = bestTabOf(content, decoded, shown.use !== undefined);
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
      {tab === 'decoded' && decoded && <DecodingNotices outcome={decoded.outcome} label={label ?? ''} />}
      <PayloadNotices
        tab={tab}
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
        <DecodedPayload
          outcome={decoded.outcome}
          label={candidateLabel(decoded.used)}
          bytes={content.bytes}
        />
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

const automatic = 'automatic';

/** Tries a decoder at once, and lets the person say for which topics it is to be used from now on. */
function DecoderMenu(props: MessagePaneProps & { detail: MessageDetail; decoded: DecodedMessage }) {
  const { decoded, detail, shown, onShown, onChoices, onDecoder } = props;
  const { candidates, used, chosenFor } = decoded;
  const isOwn = used.isChosen || shown.use !== undefined;
  const chosen = (key: string) => {
    onChoices({ tab: automatic });
    const candidate = candidates.find((each) => candidateKey(each) === key);
    const decoder = candidate && { id: candidate.id, via: candidate.via };
    onShown({ kind: 'decoderTried', decoder });
    if (decoder !== undefined) onDecoder({ kind: 'chooseDecoder', topic: detail.topic, decoder });
    else if (chosenFor !== undefined) onDecoder({ kind: 'forgetDecoder', topicFilter: chosenFor });
  };
  return (
    <label class="decoder-menu">
      <span>{t('Decoder')}</span>
      <select
        class="select"
        aria-label={t('Decoder')}
        value={isOwn ? candidateKey(used) : automatic}
        onChange={(event) => chosen(event.currentTarget.value)}
      >
        <option value={automatic}>
          {isOwn ? t('Automatic') : t('Automatic ({0})', candidateLabel(used))}
        </option>
        {candidates.map((candidate) => (
          <option key={candidateKey(candidate)} value={candidateKey(candidate)}>
            {candidateLabel(candidate)}
          </option>
        ))}
      </select>
    </label>
  );
}

function encodingWords(content: PayloadContent): string {
  if (content.bytes.length === 0) return '';
  return content.invalidByteCount > 0 ? t('not UTF-8') : t('UTF-8');
}
