/** What is known of a message besides its payload, folded open or not. */
import type { ComponentChildren } from 'preact';
import type { MessageDetail, MessagePropertiesInfo, MessageSummary } from '../../contracts/messages.ts';
import { CopyAction } from '../shared/controls.tsx';
import { formatHex, formatInterval } from '../shared/format.ts';
import { Icon } from '../shared/icons.tsx';
import { count, dateAndTime, t } from '../shared/l10n.ts';
import { TopicText } from '../shared/topicText.tsx';
import { qosWords, waitedWords } from './messageMarks.tsx';

export interface MessageFactsProps {
  detail: MessageDetail;
  /** Just before it, of those that the page shows. */
  previous: MessageSummary | undefined;
  isOpen: boolean;
  onToggle(isOpen: boolean): void;
  onCopyTopic(): void;
}

export function MessageFacts({ detail, previous, isOpen, onToggle, onCopyTopic }: MessageFactsProps) {
  return (
    <details
      class="facts-area"
      open={isOpen}
      onToggle={(event) => {
        if (event.currentTarget.open !== isOpen) onToggle(event.currentTarget.open);
      }}
    >
      <summary>
        <Icon name="chevron" />
        {t('Details')}
        <span class="summary-note">{propertiesNote(detail)}</span>
      </summary>
      <Facts detail={detail} previous={previous} onCopyTopic={onCopyTopic} />
    </details>
  );
}

type FactsProps = Pick<MessageFactsProps, 'detail' | 'previous' | 'onCopyTopic'>;

function Facts({ detail, previous, onCopyTopic }: FactsProps) {
  const { properties } = detail;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls when it is long, and a keyboard must reach that.
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is a part of a form.
    <div class="facts" role="group" aria-label={t('Details')} tabIndex={0}>
      <dl>
        <Fact name={t('Topic')} isWide>
          <TopicText topic={detail.topic} maxCharacters={70_000} />
          <CopyAction label={t('Copy Topic')} onCopy={onCopyTopic} />
        </Fact>
        <Fact
          name={t('Received')}
          note={previous && `+${formatInterval(detail.receivedAtMs - previous.receivedAtMs)}`}
          noteTooltip={t('Since the message before')}
          isWide
        >
          {dateAndTime(detail.receivedAtMs)}
        </Fact>
        <Fact name={t('Publisher')}>
          {detail.publisher === undefined ? <i>{t('unknown')}</i> : <bdi>{detail.publisher}</bdi>}
        </Fact>
        <Fact name={t('QoS')} note={qosWords(detail.qos)}>
          {detail.qos}
        </Fact>
        <Fact name={t('Payload')}>
          {detail.payloadBytes === 1 ? t('1 byte') : t('{0} bytes', count(detail.payloadBytes))}
        </Fact>
        <Fact name={t('Retain')}>{detail.retain ? t('Yes') : t('No')}</Fact>
        <PacketFacts detail={detail} />
        {detail.isWill && (
          <Fact name={t('Will')} isWide>
            {t('Published by the broker, because the client was lost')}
          </Fact>
        )}
        {detail.hasWaited && (
          <Fact name={t('Waited')} isWide>
            {waitedWords()}
          </Fact>
        )}
      </dl>
      {propertyCount(detail) > 0 && (
        <>
          <h3>{t('MQTT 5 Properties')}</h3>
          <PropertyFacts properties={properties} topicAlias={detail.topicAlias} />
        </>
      )}
    </div>
  );
}

/** With QoS 0 a PUBLISH has neither, and a will was never one. */
function PacketFacts({ detail: { isWill, packet, qos } }: { detail: MessageDetail }) {
  if (qos === 0 || isWill) return null;
  if (packet === undefined) {
    return (
      <Fact
        name={t('Packet identifier')}
        note={t('of the publisher’s packet alone')}
        noteTooltip={t(
          'Packet identifier and DUP are between the publisher and its broker, and were not passed on with the message',
        )}
      >
        <i>{t('unknown')}</i>
      </Fact>
    );
  }
  return (
    <>
      <Fact name={t('Packet identifier')}>{packet.packetId}</Fact>
      <Fact name={t('DUP')} note={packet.dup ? t('Sent again') : t('Not sent again')}>
        {packet.dup ? t('Yes') : t('No')}
      </Fact>
    </>
  );
}

interface PropertyFactsProps {
  properties: MessagePropertiesInfo | undefined;
  topicAlias: number | undefined;
}

function PropertyFacts({ properties = {}, topicAlias }: PropertyFactsProps) {
  const { contentType, responseTopic, correlationData, subscriptionIdentifiers, userProperties } = properties;
  const { payloadFormatIndicator: format, messageExpiryInterval: expirySeconds } = properties;
  return (
    <dl>
      {contentType !== undefined && (
        <Fact name={t('Content type')}>
          <bdi>{contentType}</bdi>
        </Fact>
      )}
      {format !== undefined && (
        <Fact name={t('Payload format')} note={format === 1 ? t('UTF-8 text') : t('Unspecified bytes')}>
          {format}
        </Fact>
      )}
      {expirySeconds !== undefined && (
        <Fact name={t('Message expiry')}>{t('{0} s', count(expirySeconds))}</Fact>
      )}
      {topicAlias !== undefined && (
        <Fact name={t('Topic alias')} note={t('the publisher’s number for the topic')}>
          {topicAlias}
        </Fact>
      )}
      {subscriptionIdentifiers !== undefined && (
        <Fact name={t('Subscription identifiers')}>{subscriptionIdentifiers.join(', ')}</Fact>
      )}
      {responseTopic !== undefined && (
        <Fact name={t('Response topic')} isWide>
          <TopicText topic={responseTopic} />
        </Fact>
      )}
      {correlationData !== undefined && (
        <Fact name={t('Correlation data')} isWide>
          {correlationData.length === 0 ? (
            <i>{t('empty')}</i>
          ) : (
            <span class="fact-code">{formatHex(correlationData)}</span>
          )}
        </Fact>
      )}
      {userProperties?.map(([name, value], i) => (
        <Fact key={i} name={i === 0 ? t('User properties') : ''} isWide>
          <bdi class="fact-code user-property-name">{name}</bdi>
          <bdi class="fact-code">{value}</bdi>
        </Fact>
      ))}
    </dl>
  );
}

interface FactProps {
  name: string;
  /** Said in a quieter voice after the value. */
  note?: string | undefined;
  noteTooltip?: string;
  /** Takes a line of its own. */
  isWide?: boolean;
  children: ComponentChildren;
}

function Fact({ name, note, noteTooltip, isWide, children }: FactProps) {
  return (
    <div class={`fact ${isWide ? 'fact-wide' : ''}`}>
      <dt>{name}</dt>
      <dd>
        {children}
        {note !== undefined && (
          <span class="fact-note" {...(noteTooltip !== undefined && { title: noteTooltip })}>
            {note}
          </span>
        )}
      </dd>
    </div>
  );
}

/** Beside the folded details, so that nobody misses that there are properties. */
function propertiesNote(detail: MessageDetail): string {
  const number = propertyCount(detail);
  if (number === 0) return '';
  return number === 1 ? t('1 MQTT 5 property') : t('{0} MQTT 5 properties', count(number));
}

function propertyCount({ properties = {}, topicAlias }: MessageDetail): number {
  const { userProperties = [], ...others } = properties;
  const set = [...Object.values(others), topicAlias].filter((value) => value !== undefined);
  return set.length + userProperties.length;
}
