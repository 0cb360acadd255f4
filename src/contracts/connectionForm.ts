/**
 * The form for a connection's profile: what it holds, and what page and extension say to each other.
 *
 * Fields have the names of the setting `mqttWorkbench.connections`, but for the address, which has four. The page shows and
 * keeps text; what it means, and what is wrong with it, the extension says, by the rules that the setting itself is read by.
 */
import type { ConnectFaultInfo } from './remoteBrokers.ts';
import type { TlsFileName } from './tlsFiles.ts';

/** Fields that are a line of text, a number, a list with commas or one of a few choices. Empty: as if left out. */
export const formTexts = [
  ...(['name', 'transport', 'host', 'port', 'path', 'subprotocol', 'proxy.url', 'proxy.username'] as const),
  ...(['username', 'clientId', 'protocolVersion', 'keepAliveSeconds', 'sessionExpirySeconds'] as const),
  ...(['receiveMaximum', 'maximumPacketSize', 'topicAliasMaximum'] as const),
  ...(['requestResponseInformation', 'requestProblemInformation'] as const),
  ...(['tls.ca', 'tls.certificate', 'tls.key', 'tls.pkcs12', 'tls.alpn', 'tls.serverName'] as const),
  ...(['tls.minimumVersion', 'tls.fingerprint'] as const),
  ...([
    'will.topic',
    'will.payload',
    'will.qos',
    'will.delaySeconds',
    'will.payloadFormatIndicator',
  ] as const),
  ...(['will.messageExpirySeconds', 'will.contentType', 'will.responseTopic'] as const),
  ...(['will.correlationData', 'color', 'icon', 'whileOffline'] as const),
] as const;
export type FormText = (typeof formTexts)[number];

/** `will`: whether there is one. */
export const formSwitches = [
  ...(['cleanStart', 'will', 'will.retain', 'readOnly', 'confirmPublish', 'connectOnStart'] as const),
] as const;
export type FormSwitch = (typeof formSwitches)[number];

/** Names with values. */
export const formPairs = ['headers', 'userProperties', 'will.userProperties'] as const;
export type FormPairs = (typeof formPairs)[number];

export const formFiles = ['tls.ca', 'tls.certificate', 'tls.key', 'tls.pkcs12'] as const;
export type FormFile = (typeof formFiles)[number];

export function tlsFileOf(field: FormFile): TlsFileName {
  return field.slice('tls.'.length) as TlsFileName; // each begins so
}

/** Kept in VS Code's secret storage, and never sent to the page. */
export const formSecrets = ['password', 'passphrase', 'proxyPassword', 'requestSecret'] as const;
export type FormSecret = (typeof formSecrets)[number];

/** Empty for the profile as a whole. `subscriptions.0`: the first of them. */
export type FormField =
  | FormText
  | FormSwitch
  | FormPairs
  | FormSecret
  | 'subscriptions'
  | `subscriptions.${number}`
  | '';

export const transports = ['mqtt', 'mqtts', 'ws', 'wss', 'mqtt+unix'] as const;
export type Transport = (typeof transports)[number];

/** A Unix socket has none. */
export const defaultPorts: Readonly<Partial<Record<Transport, number>>> = {
  ...{ mqtt: 1883, mqtts: 8883, ws: 80, wss: 443 },
};

export interface FormPair {
  name: string;
  value: string;
}

/** An input of a list of names with values. `row`: from 0. */
export interface PairPlace {
  row: number;
  part: 'name' | 'value';
}

export interface FormSubscription {
  topicFilter: string;
  qos: string;
  noLocal: boolean;
  retainAsPublished: boolean;
  retainHandling: string;
  /** Empty: one that the client chooses. */
  subscriptionIdentifier: string;
  /** Its place in the list of the profile as it was opened: it may have fields there that the form does not know. */
  from?: number;
}

export interface ConnectionDraft {
  scope: 'user' | 'workspace';
  texts: Readonly<Record<FormText, string>>;
  switches: Readonly<Record<FormSwitch, boolean>>;
  pairs: Readonly<Record<FormPairs, readonly FormPair[]>>;
  subscriptions: readonly FormSubscription[];
  /** Fields that the setting does not have, by their names: to be taken out. */
  removed: readonly string[];
}

/** As typed; null: what is kept is to be forgotten. */
export type TypedSecrets = Readonly<Partial<Record<FormSecret, string | null>>>;

/** Of a secret, when the form is opened. `typed`: it was typed, and the form not saved since. */
export type SecretState = 'none' | 'kept' | 'typed';

export interface FieldNote {
  field: FormField;
  /** Which input of the field it is at, where that is names with values; absent: all of it. */
  at?: PairPlace;
  message: string;
  /**
   * `missing`: it was not filled in yet, which is said when the person has been there. `hint`: it may be meant so.
   * `unknown`: the setting has no such field, and `name` can be taken out.
   */
  kind: 'fault' | 'missing' | 'hint' | 'unknown';
  name?: string;
}

export interface ConnectionFormInit {
  draft: ConnectionDraft;
  /** It is in no settings yet. */
  isNew: boolean;
  /** There is a workspace whose settings can be written. */
  hasWorkspace: boolean;
  secrets: Readonly<Record<FormSecret, SecretState>>;
  /** Files whose contents were picked to be kept, and the form not saved since. */
  picked: readonly FormFile[];
  /** Absent while there is none. */
  test?: TestView;
}

export interface ChangedForm {
  draft: ConnectionDraft;
  secrets: TypedSecrets;
}

export type ConnectionFormToExtension =
  | { kind: 'ready' }
  /** Answered with `checked`. `revision`: counts up. */
  | { kind: 'changed'; revision: number; form: ChangedForm }
  | { kind: 'browse'; field: FormFile }
  /** A file whose content is kept when the form is saved: it is asked for, then `{secret}` `filled` in. */
  | { kind: 'keep'; field: FormFile }
  | { kind: 'test'; form: ChangedForm }
  | { kind: 'cancelTest' }
  /** The certificate that the last test was shown: asked about, then `filled` in, and tested again. */
  | { kind: 'trust' }
  | { kind: 'save'; form: ChangedForm; connects: boolean };

export type ExtensionToConnectionForm =
  | { kind: 'init'; init: ConnectionFormInit }
  | { kind: 'checked'; revision: number; notes: readonly FieldNote[] }
  /** By a file that was chosen, say. */
  | { kind: 'filled'; field: FormText; text: string }
  | { kind: 'test'; test: TestView }
  | { kind: 'outcome'; ok: boolean; message: string }
  | { kind: 'saved'; init: ConnectionFormInit; message: string };

// ── A test of the connection, in words ────────────────────────────────────────────────────────────────────────

export interface TestView {
  isRunning: boolean;
  /** How it is tested, where that is another way than it would be connected. */
  notes: readonly string[];
  steps: readonly TestStepView[];
  /** When it is over. */
  summary?: string;
  /** Absent also where it was called off. */
  hasPassed?: boolean;
}

export interface TestStepView {
  stage: ConnectFaultInfo['stage'] | 'trust' | 'disconnect';
  /** `warned`: it is done, and there is something to look at. */
  state: 'running' | 'passed' | 'warned' | 'failed';
  title: string;
  /** How long. */
  took?: string;
  /** In sentences: what was found, what it means, what to do. */
  details: readonly string[];
  facts: readonly FactGroup[];
  fixes: readonly TestFix[];
}

export interface FactGroup {
  /** Where there is more than one group. */
  heading?: string;
  rows: readonly (readonly [label: string, value: string])[];
}

export type TestFix =
  | { kind: 'goTo'; field: FormField }
  /** Then it is tested again. */
  | { kind: 'change'; label: string; texts: Readonly<Partial<Record<FormText, string>>> }
  | { kind: 'trust'; label: string };
