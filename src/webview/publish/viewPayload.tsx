/** The payload: its format, the text, and beneath it what is wrong with it or how many bytes it makes. */
import { useRef } from 'preact/hooks';
import type { PayloadFormat } from '../../contracts/publishing.ts';
import { Segments } from '../shared/controls.tsx';
import { count, t } from '../shared/l10n.ts';
import type { CheckedFormProps } from './formProps.ts';
import { type PayloadReading, prettyJson } from './payloadText.ts';
import { encodedOf } from './state.ts';
import { Hint, Problem } from './viewField.tsx';
import { payloadProblemWords } from './words.ts';

export function PayloadField({ state, dispatch, change, check, post }: CheckedFormProps) {
  const { format, payloadText, retain, isVerbatim } = state.fields;
  const textArea = useRef<HTMLTextAreaElement>(null);
  const { payload } = check;
  const encoded = encodedOf(state);
  const problem = payload.kind === 'problem' ? payload.problem : undefined;

  const goToProblem = () => {
    if (problem === undefined) return;
    textArea.current?.focus();
    textArea.current?.setSelectionRange(problem.at, problem.at + 1);
  };
  const formats: { value: PayloadFormat; label: string; tooltip: string }[] = [
    { value: 'text', label: t('Text'), tooltip: t('Sent as UTF-8') },
    { value: 'json', label: t('JSON'), tooltip: t('Sent as typed, when it is valid') },
    { value: 'hex', label: t('Hex'), tooltip: t('Bytes in hex digits: ca fe 01, 0xCA 0xFE') },
    { value: 'base64', label: t('Base64'), tooltip: t('Bytes in Base64, also its URL alphabet') },
    { value: 'cbor', label: t('CBOR'), tooltip: t('Written as JSON, sent as CBOR') },
    { value: 'messagePack', label: t('MessagePack'), tooltip: t('Written as JSON, sent as MessagePack') },
    {
      value: 'protobuf',
      label: t('Protobuf'),
      tooltip: t('Written as JSON, sent as Protobuf, by the schema of the topic'),
    },
  ];
  return (
    <div class="field field-payload">
      <div class="payload-head">
        <label for="payload">{t('Payload')}</label>
        <span class="payload-sources">
          <button
            type="button"
            class="link"
            title={t('The bytes of a file, as text or as hex')}
            onClick={() => post({ kind: 'loadPayload', from: 'file' })}
          >
            {t('From File…')}
          </button>
          <button
            type="button"
            class="link"
            title={t('What is selected in the editor that had the focus last, or all of it')}
            onClick={() => post({ kind: 'loadPayload', from: 'editor' })}
          >
            {t('From Editor')}
          </button>
        </span>
        <span class="screen-reader-only" id="format-label">
          {t('Payload format')}
        </span>
        <Segments
          name="format"
          labelledBy="format-label"
          value={format}
          options={formats}
          onChange={(chosen) => dispatch({ kind: 'formatChosen', format: chosen })}
        />
      </div>
      <textarea
        ref={textArea}
        id="payload"
        class={`text-input text-input-code ${problem ? 'text-input-invalid' : ''}`}
        spellcheck={false}
        autocapitalize="off"
        placeholder={placeholderOf(format)}
        value={payloadText}
        aria-invalid={problem !== undefined}
        aria-describedby="payload-note"
        onInput={(event) => change({ payloadText: event.currentTarget.value })}
      />
      <div class="payload-foot">
        <p class="field-note" id="payload-note">
          {problem !== undefined && (
            <>
              <Problem>{payloadProblemWords(problem)}</Problem>
              <button type="button" class="link" onClick={goToProblem}>
                {t('Go There')}
              </button>
            </>
          )}
          {payload.kind === 'document' && encoded?.kind === 'problem' && (
            <Problem>{t('Can’t be encoded: {0}.', encoded.message)}</Problem>
          )}
          {check.isFormatClaimWrong && (
            <Hint>{t('The payload format indicator says UTF-8 text, but it is not.')}</Hint>
          )}
          {retain && isEmpty(payload) && (
            <Hint>{t('Empty and retained: clears the retained message of the topic.')}</Hint>
          )}
          {check.placeholders.length > 0 && (
            <>
              <Hint>
                {isVerbatim
                  ? t('Sent as typed: {0}', check.placeholders.join(' '))
                  : t('Filled in each time: {0}', check.placeholders.join(' '))}
              </Hint>
              <button type="button" class="link" onClick={() => change({ isVerbatim: !isVerbatim })}>
                {isVerbatim ? t('Fill In') : t('Send As Typed')}
              </button>
            </>
          )}
          {(format === 'json' || payload.kind === 'document') && prettyJson(payloadText) !== undefined && (
            <button
              type="button"
              class="link"
              onClick={() => change({ payloadText: prettyJson(payloadText) ?? payloadText })}
            >
              {t('Format JSON')}
            </button>
          )}
        </p>
        <span class="byte-count">{bytesWords(payload, encoded)}</span>
      </div>
    </div>
  );
}

function placeholderOf(format: PayloadFormat): string {
  switch (format) {
    case 'text':
      return t('Any text, sent as UTF-8');
    case 'json':
      return '{ "setpoint": 21.5 }';
    case 'hex':
      return 'ca fe 01 02';
    case 'base64':
      return 'yv4BAg==';
    case 'cbor':
    case 'messagePack':
    case 'protobuf':
      return '{ "setpoint": 21.5, "raw": { "$bytes": "cafe" } }';
  }
}

function isEmpty(payload: PayloadReading): boolean {
  return payload.kind === 'bytes' && payload.bytes.length === 0;
}

function bytesWords(payload: PayloadReading, encoded: ReturnType<typeof encodedOf>): string {
  const ofDocument = encoded?.kind === 'encoded' ? encoded.byteCount : undefined;
  const byteCount = payload.kind === 'bytes' ? payload.bytes.length : ofDocument;
  if (payload.kind === 'problem' || byteCount === undefined) return '';
  return byteCount === 1 ? t('1 byte') : t('{0} bytes', count(byteCount));
}
