/** The groups of the form: what belongs together for one who makes a first connection. What is seldom needed is folded. */
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import {
  defaultPorts,
  type FormField,
  type FormPairs,
  type FormText,
  formPairs,
  formTexts,
  type Transport,
  transports,
} from '../../contracts/connectionForm.ts';
import { keptContent } from '../../contracts/tlsFiles.ts';
import { Segments } from '../shared/controls.tsx';
import { Icon } from '../shared/icons.tsx';
import { t } from '../shared/l10n.ts';
import { FileField, Notes, SecretField, SelectField, Switch, TextField } from './fields.tsx';
import { type FormProps, inputId } from './formProps.ts';
import { Pairs, Subscriptions } from './lists.tsx';
import { type FormState, faultsOf, hasSecret, notesAt } from './state.ts';
import { colorLabel, fieldLabel, transportLabel } from './words.ts';

const colors = ['', 'red', 'orange', 'yellow', 'green', 'blue', 'purple'] as const;
const icons = [
  ...(['server', 'broadcast', 'radio-tower', 'circuit-board', 'home', 'beaker', 'cloud', 'globe'] as const),
  ...(['rocket', 'flame', 'plug', 'vm'] as const),
];

export function Groups(props: FormProps) {
  return (
    <>
      <WhereGroup {...props} />
      <WhoGroup {...props} />
      <TlsGroup {...props} />
      <Group title={fieldLabel('subscriptions')}>
        <Subscriptions {...props} />
      </Group>
      <SessionGroup {...props} />
      <WillGroup {...props} />
      <LooksGroup {...props} />
      <PlaceGroup {...props} />
    </>
  );
}

function WhereGroup(props: FormProps) {
  const { state, dispatch } = props;
  const { texts } = state.draft;
  const transport = texts.transport as Transport; // of the buttons below
  const isUnixSocket = transport === 'mqtt+unix';
  const isWrong = (field: FormField): boolean => faultsOf(state).some((fault) => fault.field === field);
  const hasHeaders = isWebSocket(state) || isWrong('headers');
  return (
    <Group title={t('Where')}>
      <div class="field field-wide">
        <span class="label" id="transport-label">
          {fieldLabel('transport')}
        </span>
        <div id={inputId('transport')} tabIndex={-1}>
          <Segments
            name="transport"
            labelledBy="transport-label"
            value={transport}
            options={transports.map((each) => ({
              value: each,
              label: transportLabel(each),
              tooltip: `${each}://`,
            }))}
            onChange={(each) => dispatch({ kind: 'transportChosen', transport: each })}
          />
        </div>
        <Notes field="transport" notes={notesAt(state, 'transport')} />
      </div>
      {!isUnixSocket && (
        <div class="field-wide host-and-port">
          <TextField {...props} field="host" isCode />
          <TextField {...props} field="port" isCode placeholder={String(defaultPorts[transport])} />
        </div>
      )}
      {isUnixSocket && (
        <TextField
          {...props}
          field="path"
          isCode
          placeholder="/run/mosquitto.sock"
          help={t('Of the socket, on this computer.')}
        />
      )}
      {isWebSocket(state) && <TextField {...props} field="path" isCode />}
      <TextField {...props} field="name" />
      {hasHeaders && <Pairs {...props} field="headers" />}
      {isInRequest(state) && <SecretField {...props} name="requestSecret" />}
      <Folded
        title={isWebSocket(state) ? t('Proxy and subprotocol') : t('Proxy')}
        fields={['proxy.url', 'proxy.username', 'subprotocol']}
        state={state}
        isInside
      >
        <TextField {...props} field="proxy.url" isCode />
        {texts['proxy.url'] !== '' && <TextField {...props} field="proxy.username" />}
        {(texts['proxy.username'] !== '' || hasSecret(state, 'proxyPassword')) && (
          <SecretField {...props} name="proxyPassword" />
        )}
        {(isWebSocket(state) || isWrong('subprotocol')) && (
          <TextField {...props} field="subprotocol" isCode />
        )}
      </Folded>
    </Group>
  );
}

/** Whether `{secret}` is in the request that opens a WebSocket. */
function isInRequest(state: FormState): boolean {
  const { texts, pairs } = state.draft;
  return isWebSocket(state) && [{ value: texts.path }, ...pairs.headers].some(hasPlaceholder);
}

function hasPlaceholder({ value }: { value: string }): boolean {
  return value.includes(keptContent);
}

function WhoGroup(props: FormProps) {
  const { state } = props;
  const hasUser = state.draft.texts.username !== '' || hasSecret(state, 'password');
  return (
    <Group title={t('Who')}>
      <TextField {...props} field="username" />
      {hasUser && <SecretField {...props} name="password" />}
      <TextField {...props} field="clientId" isCode />
    </Group>
  );
}

function TlsGroup(props: FormProps) {
  const { state } = props;
  const { transport } = state.draft.texts;
  // Settings for TLS without TLS: they are shown with what is wrong with them.
  const isWrong = faultsOf(state).some(({ field }) => field === 'transport' || field.startsWith('tls.'));
  if (transport !== 'mqtts' && transport !== 'wss' && !isWrong) return null;
  const seldom: readonly FormField[] = [
    'tls.pkcs12',
    'tls.serverName',
    'tls.minimumVersion',
    'tls.alpn',
    'tls.fingerprint',
  ];
  return (
    <Group title={t('TLS')}>
      <div class="field-wide">
        <FileField {...props} field="tls.ca" />
        <FileField {...props} field="tls.certificate" />
        <FileField {...props} field="tls.key" />
      </div>
      {(isKeyThere(state) || hasSecret(state, 'passphrase')) && <SecretField {...props} name="passphrase" />}
      <Folded title={t('More for TLS')} fields={seldom} state={state} isInside>
        <div class="field-wide">
          <FileField {...props} field="tls.pkcs12" />
        </div>
        <TextField {...props} field="tls.serverName" isCode />
        <SelectField
          {...props}
          field="tls.minimumVersion"
          options={[
            ['', t('as Node has it: 1.2')],
            ...['1.3', '1.2', '1.1', '1.0'].map((version) => [version, version] as const),
          ]}
        />
        <TextField {...props} field="tls.alpn" isCode />
        <TextField {...props} field="tls.fingerprint" isCode />
      </Folded>
    </Group>
  );
}

function SessionGroup(props: FormProps) {
  const { state } = props;
  const fields: readonly FormField[] = [
    ...(['protocolVersion', 'keepAliveSeconds', 'cleanStart', 'sessionExpirySeconds'] as const),
    ...(['receiveMaximum', 'maximumPacketSize', 'topicAliasMaximum', 'userProperties'] as const),
    ...(['requestResponseInformation', 'requestProblemInformation', 'whileOffline'] as const),
  ];
  return (
    <Folded title={t('Session')} fields={fields} state={state}>
      <SelectField
        {...props}
        field="protocolVersion"
        options={['5.0', '3.1.1', '3.1'].map((version) => [version, `MQTT ${version}`] as const)}
      />
      <TextField {...props} field="keepAliveSeconds" isCode />
      <Switch {...props} field="cleanStart" />
      <TextField {...props} field="sessionExpirySeconds" isCode />
      <TextField {...props} field="receiveMaximum" isCode />
      <TextField {...props} field="maximumPacketSize" isCode />
      <TextField {...props} field="topicAliasMaximum" isCode />
      <SelectField
        {...props}
        field="whileOffline"
        options={[
          ['refuse', t('is refused')],
          ['queue', t('waits')],
        ]}
      />
      <SelectField {...props} field="requestResponseInformation" options={flagOptions()} />
      <SelectField {...props} field="requestProblemInformation" options={flagOptions()} />
      <Pairs {...props} field="userProperties" />
      {/* Once: the same stands for it in the request. */}
      {!isInRequest(state) && state.draft.pairs.userProperties.some(hasPlaceholder) && (
        <SecretField {...props} name="requestSecret" />
      )}
    </Folded>
  );
}

function WillGroup(props: FormProps) {
  const { state, dispatch } = props;
  const { switches, texts } = state.draft;
  const ofWill = [...formTexts, ...formPairs].filter((field) => field.startsWith('will.'));
  const fields: readonly FormField[] = ['will', ...ofWill];
  return (
    <Folded title={t('Will')} fields={fields} state={state}>
      <div class="field-wide">
        <Switch {...props} field="will" />
      </div>
      {switches.will && (
        <>
          <TextField {...props} field="will.topic" isCode />
          <TextField {...props} field="will.payload" isCode />
          <div class="field">
            <span class="label" id="will-qos-label">
              {fieldLabel('will.qos')}
            </span>
            <div id={inputId('will.qos')} tabIndex={-1}>
              <Segments
                name="will-qos"
                labelledBy="will-qos-label"
                value={texts['will.qos']}
                options={['0', '1', '2'].map((qos) => ({
                  value: qos,
                  label: qos,
                  tooltip: t('QoS {0}', qos),
                }))}
                onChange={(text) => dispatch({ kind: 'typed', field: 'will.qos', text })}
              />
            </div>
            <Notes field="will.qos" notes={notesAt(state, 'will.qos')} />
          </div>
          <TextField {...props} field="will.delaySeconds" isCode />
          <Switch {...props} field="will.retain" />
          <SelectField
            {...props}
            field="will.payloadFormatIndicator"
            options={[
              ['', t('not set')],
              ['0', t('0: bytes')],
              ['1', t('1: UTF-8')],
            ]}
          />
          <TextField {...props} field="will.messageExpirySeconds" isCode />
          <TextField {...props} field="will.contentType" isCode />
          <TextField {...props} field="will.responseTopic" isCode />
          <TextField {...props} field="will.correlationData" isCode />
          <Pairs {...props} field="will.userProperties" />
        </>
      )}
    </Folded>
  );
}

function LooksGroup(props: FormProps) {
  const { state, dispatch } = props;
  return (
    <Group title={t('Looks and safety')}>
      <div class="field">
        <span class="label" id="color-label">
          {fieldLabel('color')}
        </span>
        <div
          class="colors"
          id={inputId('color')}
          role="radiogroup"
          aria-labelledby="color-label"
          tabIndex={-1}
        >
          {colors.map((color) => (
            <label key={color} class={`color color-${color || 'none'}`} title={colorLabel(color)}>
              <input
                type="radio"
                name="color"
                aria-label={colorLabel(color)}
                checked={state.draft.texts.color === color}
                onChange={() => dispatch({ kind: 'typed', field: 'color', text: color })}
              />
            </label>
          ))}
        </div>
        <Notes
          field="color"
          help={t('So that production is never mistaken for a desk.')}
          notes={notesAt(state, 'color')}
        />
      </div>
      <div>
        <TextField {...props} field="icon" isCode list={icons} />
      </div>
      <Switch {...props} field="readOnly" />
      <Switch {...props} field="confirmPublish" />
      <Switch {...props} field="connectOnStart" />
    </Group>
  );
}

function PlaceGroup({ state, dispatch }: FormProps) {
  const { scope } = state.draft;
  const hasWorkspace = state.init?.hasWorkspace === true || scope === 'workspace';
  return (
    <Group title={t('Kept in')}>
      <div class="field field-wide">
        <span class="screen-reader-only" id="scope-label">
          {t('Kept in')}
        </span>
        <Segments
          name="scope"
          labelledBy="scope-label"
          value={scope}
          options={[
            { value: 'user', label: t('Your settings'), tooltip: t('On this computer, in every folder') },
            ...(hasWorkspace
              ? [
                  {
                    value: 'workspace' as const,
                    label: t('Settings of this workspace'),
                    tooltip: t('In the folder, where a team shares them'),
                  },
                ]
              : []),
          ]}
          onChange={(chosen) => dispatch({ kind: 'scopeChosen', scope: chosen })}
        />
        <p class="field-note">
          <span class="help">
            {scope === 'user'
              ? t('For you alone, in every folder. Secrets are never in settings.')
              : t('Whoever has this folder has it. Secrets are never in settings.')}
          </span>
        </p>
      </div>
    </Group>
  );
}

function Group({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="group">
      <h2>{title}</h2>
      <div class="group-fields">{children}</div>
    </section>
  );
}

interface FoldedProps {
  title: string;
  /** One of them that is not as it is by default, or has a fault, opens it. */
  fields: readonly FormField[];
  state: FormState;
  /** Of another group. */
  isInside?: boolean;
  children: ComponentChildren;
}

function Folded({ title, fields, state, isInside, children }: FoldedProps) {
  const isWrong = faultsOf(state).some(({ field }) => fields.includes(field));
  const [isOpen, setIsOpen] = useState(() => fields.some((field) => isSet(state, field)));
  useEffect(() => {
    if (isWrong) setIsOpen(true);
  }, [isWrong]);
  return (
    <details
      class={`folded ${isInside ? 'field-wide' : 'group'}`}
      open={isOpen}
      onToggle={(event) => setIsOpen(event.currentTarget.open)}
    >
      <summary>
        <Icon name="chevron" />
        {title}
      </summary>
      <div class="group-fields">{children}</div>
    </details>
  );
}

/** By the profile as it was opened: nothing folds open while one types. */
function isSet({ draft }: FormState, field: FormField): boolean {
  const text = draft.texts[field as FormText] ?? '';
  const isDefault = text === '' || text === '5.0' || text === 'refuse' || field === 'will.qos';
  if (!isDefault) return true;
  if (field === 'will') return draft.switches.will;
  if (field === 'cleanStart') return !draft.switches.cleanStart;
  return (draft.pairs[field as FormPairs]?.length ?? 0) > 0;
}

function isKeyThere({ draft }: FormState): boolean {
  return draft.texts['tls.key'] !== '' || draft.texts['tls.pkcs12'] !== '';
}

function flagOptions(): readonly (readonly [value: string, label: string])[] {
  return [
    ['', t('not set')],
    ['true', t('yes')],
    ['false', t('no')],
  ];
}

function isWebSocket({ draft }: FormState): boolean {
  return draft.texts.transport.startsWith('ws');
}
