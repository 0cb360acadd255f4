/**
 * Beside the form, or below it where there is no room: the answer to the last request, the saved messages, and what was
 * published last.
 */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { HistoryItem, RequestState, SavedItem } from '../../contracts/publishForm.ts';
import { Action } from '../shared/controls.tsx';
import { count, dateAndTime, t } from '../shared/l10n.ts';
import type { FormProps } from './formProps.ts';
import { Hint, Problem } from './viewField.tsx';

export function Side({ state, post }: Pick<FormProps, 'state' | 'post'>) {
  const { history, saved } = state.lists;
  return (
    <aside class="side">
      <Response request={state.request} post={post} />
      <section class="side-part" aria-labelledby="saved-heading">
        <h2 id="saved-heading">{t('Saved')}</h2>
        {saved.length === 0 && <p class="side-empty">{t('Save… keeps what is in the form under a name.')}</p>}
        <ul class="rows">
          {saved.map((item) => (
            <SavedRow key={`${item.place}:${item.name}`} item={item} post={post} />
          ))}
        </ul>
      </section>
      <section class="side-part" aria-labelledby="history-heading">
        <div class="side-head">
          <h2 id="history-heading">{t('Published')}</h2>
          {history.length > 0 && (
            <button type="button" class="link" onClick={() => post({ kind: 'clearHistory' })}>
              {t('Clear')}
            </button>
          )}
        </div>
        {history.length === 0 && <p class="side-empty">{t('What you publish is listed here.')}</p>}
        <ul class="rows">
          {history.map((item) => (
            <HistoryRow key={item.id} item={item} post={post} />
          ))}
        </ul>
      </section>
    </aside>
  );
}

function SavedRow({ item, post }: { item: SavedItem } & Pick<FormProps, 'post'>) {
  const { name, place } = item;
  return (
    <Row
      label={t('Into the form: {0}', name)}
      onTake={() => post({ kind: 'takeSaved', name, place })}
      title={name}
      traits={[item.topic, ...traitsOf(item), place === 'file' ? t('in the workspace') : t('only you')]}
      preview={item.preview}
    >
      <Action
        icon="send"
        label={t('Publish {0}', name)}
        onClick={() => post({ kind: 'publishSaved', name, place })}
      />
      <Action
        icon="remove"
        label={t('Remove {0}', name)}
        onClick={() => post({ kind: 'removeSaved', name, place })}
      />
    </Row>
  );
}

function HistoryRow({ item, post }: { item: HistoryItem } & Pick<FormProps, 'post'>) {
  const { id, topic, atMs, times, isCut } = item;
  return (
    <Row
      label={t('Into the form: {0}', topic)}
      onTake={() => post({ kind: 'takeFromHistory', id })}
      title={topic}
      traits={[
        dateAndTime(atMs),
        ...(times > 1 ? [t('{0} times', count(times))] : []),
        ...traitsOf(item),
        ...(isCut ? [t('too long: only its head is kept')] : []),
      ]}
      preview={item.preview}
    >
      <Action
        icon="send"
        label={t('Publish again: {0}', topic)}
        isDisabled={isCut}
        onClick={() => post({ kind: 'publishFromHistory', id })}
      />
    </Row>
  );
}

function traitsOf({ connectionName, qos, retain }: SavedItem | HistoryItem): readonly string[] {
  return [
    ...(connectionName === '' ? [] : [connectionName]),
    ...(qos === 0 ? [] : [t('QoS {0}', String(qos))]),
    ...(retain ? [t('retained')] : []),
  ];
}

interface RowProps {
  /** Of the button that the row is. */
  label: string;
  title: string;
  traits: readonly string[];
  preview: string;
  children: ComponentChildren;
  onTake(): void;
}

function Row({ label, title, traits, preview, children, onTake }: RowProps) {
  return (
    <li class="row">
      <button type="button" class="row-main" aria-label={label} title={label} onClick={onTake}>
        <bdi class="row-topic">{title}</bdi>
        <span class="row-traits">{traits.join(' · ')}</span>
        {preview !== '' && <bdi class="row-preview">{preview}</bdi>}
      </button>
      {children}
    </li>
  );
}

function Response({ request, post }: { request: RequestState } & Pick<FormProps, 'post'>) {
  const section = useRef<HTMLElement>(null);
  const before = useRef(request.kind);
  useEffect(() => {
    // Below the form it may be out of sight. One of before stays where it is.
    if (before.current === 'waiting' && request.kind === 'answered')
      section.current?.scrollIntoView({ block: 'nearest' });
    before.current = request.kind;
  }, [request.kind]);
  if (request.kind === 'none') return null;
  return (
    <section ref={section} class="side-part" aria-labelledby="response-heading">
      <div class="side-head">
        <h2 id="response-heading">{t('Response')}</h2>
        {request.kind === 'waiting' && (
          <button type="button" class="link" onClick={() => post({ kind: 'cancelRequest' })}>
            {t('Cancel')}
          </button>
        )}
      </div>
      <div class="response" role="status">
        {request.kind === 'waiting' && (
          <Hint>{t('Waiting for an answer on {0}…', request.responseTopic)}</Hint>
        )}
        {request.kind === 'failed' && <Problem>{request.message}</Problem>}
        {request.kind === 'answered' && <Answer answer={request} />}
      </div>
    </section>
  );
}

function Answer({ answer }: { answer: Extract<RequestState, { kind: 'answered' }> }) {
  const { elapsedMs, atMs, qos, payloadText, payloadBytes, isCut, properties, lacksCorrelationData } = answer;
  const bytes = payloadBytes === 1 ? t('1 byte') : t('{0} bytes', count(payloadBytes));
  const time = elapsedMs < 10 ? elapsedMs.toFixed(1) : count(Math.round(elapsedMs));
  return (
    <>
      <p class="response-traits">
        <b>{t('after {0} ms', time)}</b>
        {` · ${[dateAndTime(atMs), t('QoS {0}', String(qos)), bytes].join(' · ')}`}
      </p>
      {lacksCorrelationData && <Hint>{t('It has no correlation data, where the request had some.')}</Hint>}
      <pre class="response-payload">{payloadText === '' ? t('(no payload)') : payloadText}</pre>
      {isCut && <p class="side-empty">{t('Only the head of it is shown.')}</p>}
      {properties.length > 0 && (
        <dl class="response-properties">
          {properties.map(([name, value], i) => (
            // Names may repeat: a place is what tells them apart.
            <div key={i}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </>
  );
}
