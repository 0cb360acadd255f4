/** The MQTT 5 properties of the message, folded away until they are wanted. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Action, Segments } from '../shared/controls.tsx';
import { Icon } from '../shared/icons.tsx';
import { count, t } from '../shared/l10n.ts';
import { SuggestionField } from '../shared/suggestionField.tsx';
import type { CheckedFormProps } from './formProps.ts';
import { canCarryProperties, propertyCount, type UserPropertyField } from './state.ts';
import { Hint, Problem } from './viewField.tsx';
import { payloadProblemWords, protocolName, stringProblemWords, topicProblemWords } from './words.ts';

export function PropertyFields(props: CheckedFormProps) {
  const { state, dispatch, change, check, post } = props;
  const { fields } = state;
  const { correlationData } = check;
  const setCount = propertyCount(fields);
  const notCarried = canCarryProperties(state.target)
    ? undefined
    : t('Not sent: {0} has no properties.', protocolName(state.target.protocolVersion));
  /** At each field that would be. */
  const hintAt = (value: string) => (value === '' ? undefined : notCarried);
  return (
    <details
      class="properties"
      open={state.arePropertiesOpen}
      onToggle={(event) => {
        const areOpen = event.currentTarget.open;
        if (areOpen !== state.arePropertiesOpen) dispatch({ kind: 'propertiesToggled', areOpen });
      }}
    >
      <summary>
        <Icon name="chevron" />
        {t('MQTT 5 Properties')}
        <span class="summary-note">
          {setCount > 0 && notCarried === undefined && t('{0} set', count(setCount))}
          {setCount > 0 && notCarried !== undefined && t('{0} set, not sent', count(setCount))}
        </span>
      </summary>
      <div class="property-grid">
        <PropertyField
          id="content-type"
          label={t('Content type')}
          problem={check.contentType && stringProblemWords(check.contentType)}
          hint={hintAt(fields.contentType)}
        >
          <TextInput
            id="content-type"
            value={fields.contentType}
            placeholder="application/json"
            isInvalid={check.contentType !== undefined}
            onInput={(contentType) => change({ contentType })}
          />
        </PropertyField>
        <PropertyField
          id="message-expiry"
          label={t('Message expiry, seconds')}
          problem={check.isExpiryInvalid ? t('A whole number from 0 to 4,294,967,295.') : undefined}
          hint={hintAt(fields.messageExpirySeconds)}
        >
          <TextInput
            id="message-expiry"
            value={fields.messageExpirySeconds}
            placeholder={t('never')}
            isInvalid={check.isExpiryInvalid}
            onInput={(messageExpirySeconds) => change({ messageExpirySeconds })}
          />
        </PropertyField>
        <PropertyField
          id="response-topic"
          label={t('Response topic')}
          problem={check.responseTopic && topicProblemWords(check.responseTopic, fields.responseTopic)}
          hint={hintAt(fields.responseTopic)}
        >
          <SuggestionField
            id="response-topic"
            value={fields.responseTopic}
            placeholder="plant/boiler/reply"
            isInvalid={check.responseTopic !== undefined}
            describedBy="response-topic-note"
            listLabel={t('Seen topics')}
            suggestions={state.suggestions}
            onInput={(responseTopic) => change({ responseTopic })}
            onFind={(text) => post({ kind: 'findTopics', text })}
          />
        </PropertyField>
        <PropertyField
          id="correlation-data"
          label={t('Correlation data, hex')}
          problem={
            correlationData.kind === 'problem' ? payloadProblemWords(correlationData.problem) : undefined
          }
          hint={hintAt(fields.correlationDataHex)}
        >
          <TextInput
            id="correlation-data"
            value={fields.correlationDataHex}
            placeholder="00 2a"
            isInvalid={correlationData.kind === 'problem'}
            onInput={(correlationDataHex) => change({ correlationDataHex })}
          />
        </PropertyField>
        <div class="field field-wide">
          <span class="label" id="format-indicator-label">
            {t('Payload format indicator')}
          </span>
          <Segments
            name="format-indicator"
            labelledBy="format-indicator-label"
            value={fields.payloadFormatIndicator}
            options={[
              { value: 'unset', label: t('Not set'), tooltip: t('The property is not sent') },
              { value: '0', label: t('0: bytes'), tooltip: t('Unspecified bytes') },
              { value: '1', label: t('1: UTF-8'), tooltip: t('UTF-8 text') },
            ]}
            onChange={(payloadFormatIndicator) => change({ payloadFormatIndicator })}
          />
          {fields.payloadFormatIndicator !== 'unset' && notCarried !== undefined && (
            <p class="field-note">
              <Hint>{notCarried}</Hint>
            </p>
          )}
        </div>
        <UserProperties {...props} notCarried={notCarried} />
      </div>
    </details>
  );
}

interface PropertyFieldProps {
  id: string;
  label: string;
  problem: string | undefined;
  /** Said where there is no problem. */
  hint: string | undefined;
  children: ComponentChildren;
}

function PropertyField({ id, label, problem, hint, children }: PropertyFieldProps) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children}
      <p class="field-note" id={`${id}-note`}>
        {problem !== undefined && <Problem>{problem}</Problem>}
        {problem === undefined && hint !== undefined && <Hint>{hint}</Hint>}
      </p>
    </div>
  );
}

interface TextInputProps {
  id: string;
  value: string;
  placeholder: string;
  isInvalid: boolean;
  onInput(text: string): void;
}

function TextInput({ id, value, placeholder, isInvalid, onInput }: TextInputProps) {
  return (
    <input
      id={id}
      type="text"
      class={`text-input text-input-code ${isInvalid ? 'text-input-invalid' : ''}`}
      spellcheck={false}
      autocomplete="off"
      placeholder={placeholder}
      value={value}
      aria-invalid={isInvalid}
      aria-describedby={`${id}-note`}
      onInput={(event) => onInput(event.currentTarget.value)}
    />
  );
}

function UserProperties({
  state,
  dispatch,
  check,
  notCarried,
}: CheckedFormProps & { notCarried: string | undefined }) {
  const { userProperties } = state.fields;
  const firstProblem = check.userProperties.values().next().value;
  return (
    <fieldset class="field field-wide user-properties" id="user-properties" tabIndex={-1}>
      <legend class="label">{t('User properties')}</legend>
      {userProperties.map((field, i) => (
        <UserPropertyRow
          key={field.key}
          field={field}
          number={count(i + 1)}
          isInvalid={check.userProperties.has(field.key)}
          // A row that was added is there to be filled in; rows of a draft are not.
          isNew={field.key === state.nextKey - 1 && field.name === '' && field.value === ''}
          onChange={(fields) => dispatch({ kind: 'userPropertyChanged', key: field.key, fields })}
          onRemove={() => dispatch({ kind: 'userPropertyRemoved', key: field.key })}
        />
      ))}
      {firstProblem !== undefined && (
        <p class="field-note">
          <Problem>{stringProblemWords(firstProblem)}</Problem>
        </p>
      )}
      {userProperties.length > 0 && notCarried !== undefined && (
        <p class="field-note">
          <Hint>{notCarried}</Hint>
        </p>
      )}
      <button type="button" class="link add-property" onClick={() => dispatch({ kind: 'userPropertyAdded' })}>
        <Icon name="add" />
        {t('Add User Property')}
      </button>
    </fieldset>
  );
}

interface UserPropertyRowProps {
  field: UserPropertyField;
  number: string;
  isInvalid: boolean;
  isNew: boolean;
  onChange(fields: Partial<Omit<UserPropertyField, 'key'>>): void;
  onRemove(): void;
}

function UserPropertyRow({ field, number, isInvalid, isNew, onChange, onRemove }: UserPropertyRowProps) {
  const { name, value } = field;
  const nameInput = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (isNew) nameInput.current?.focus();
  }, []);
  const inputClass = `text-input text-input-code ${isInvalid ? 'text-input-invalid' : ''}`;
  return (
    <div class="user-property-row">
      <input
        ref={nameInput}
        type="text"
        class={inputClass}
        spellcheck={false}
        autocomplete="off"
        placeholder={t('name')}
        aria-label={t('Name of user property {0}', number)}
        value={name}
        onInput={(event) => onChange({ name: event.currentTarget.value })}
      />
      <input
        type="text"
        class={inputClass}
        spellcheck={false}
        autocomplete="off"
        placeholder={t('value')}
        aria-label={t('Value of user property {0}', number)}
        value={value}
        onInput={(event) => onChange({ value: event.currentTarget.value })}
      />
      <Action icon="remove" label={t('Remove user property {0}', number)} onClick={onRemove} />
    </div>
  );
}
