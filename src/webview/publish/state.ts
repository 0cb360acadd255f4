/**
 * What the publish form holds, as typed, and how it changes. A pure reducer: no DOM, no words.
 *
 * Fields stay text while they are edited, also where they are wrong; `draftOf` is what they mean. What is wrong with
 * them is found by check.ts, from this state alone.
 */
import type { QoS } from '../../contracts/messages.ts';
import type {
  EncodedPayload,
  ExtensionToPublishForm,
  PublishDraft,
  PublishLists,
  PublishTarget,
  RepeatDraft,
  RepeatItem,
  RequestState,
} from '../../contracts/publishForm.ts';
import { MAX_REPEAT_MS, MIN_REPEAT_MS, type PayloadFormat } from '../../contracts/publishing.ts';
import { convertPayload } from './payloadText.ts';

export interface UserPropertyField {
  /** Keeps a row's identity while others are removed. */
  key: number;
  name: string;
  value: string;
}

/** As typed. An empty text is a property that is not sent. */
export interface FormFields {
  /** Of the target that is shown: a publish goes there, and nowhere else. Empty for the local broker. */
  connectionName: string;
  topic: string;
  qos: QoS;
  retain: boolean;
  format: PayloadFormat;
  payloadText: string;
  contentType: string;
  responseTopic: string;
  correlationDataHex: string;
  messageExpirySeconds: string;
  payloadFormatIndicator: 'unset' | '0' | '1';
  userProperties: readonly UserPropertyField[];
  /** Placeholders are sent as typed. */
  isVerbatim: boolean;
  repeatEveryMs: string;
  /** Empty: without an end. */
  repeatTimes: string;
}

export interface FormState {
  /** False until the extension has sent the draft. */
  isReady: boolean;
  fields: FormFields;
  target: PublishTarget;
  /** A publish was sent, and its outcome has not come. */
  isPublishing: boolean;
  /** The person has tried to publish: what is missing is said from then on, not before. */
  hasTried: boolean;
  /** Counts up when a mistake kept the form from being published: the view then goes there. */
  refusalCount: number;
  outcome: { ok: boolean; message: string } | undefined;
  lists: PublishLists;
  repeats: readonly RepeatItem[];
  request: RequestState;
  /** The last that was told. */
  encoded: EncodedPayload | undefined;
  /** Seen topics for the text that is being typed in a topic field. */
  suggestions: { text: string; values: readonly string[] };
  arePropertiesOpen: boolean;
  isRepeatOpen: boolean;
  nextKey: number;
  /** Counts up when a draft replaces the fields. */
  generation: number;
}

export type FormAction =
  | { kind: 'received'; message: ExtensionToPublishForm }
  | { kind: 'changed'; fields: Partial<Omit<FormFields, 'format' | 'userProperties'>> }
  | { kind: 'formatChosen'; format: PayloadFormat }
  | { kind: 'userPropertyAdded' }
  /** What is not told stays: two inputs in a row may come between two drawings. */
  | { kind: 'userPropertyChanged'; key: number; fields: Partial<Omit<UserPropertyField, 'key'>> }
  | { kind: 'userPropertyRemoved'; key: number }
  | { kind: 'propertiesToggled'; areOpen: boolean }
  | { kind: 'repeatToggled'; isOpen: boolean }
  /** The form has a mistake; unfolds the part that it is in. */
  | { kind: 'publishRefused'; part: 'properties' | 'repeat' | undefined }
  | { kind: 'publishSent' };

const emptyFields: FormFields = {
  connectionName: '',
  topic: '',
  qos: 0,
  retain: false,
  format: 'text',
  payloadText: '',
  contentType: '',
  responseTopic: '',
  correlationDataHex: '',
  messageExpirySeconds: '',
  payloadFormatIndicator: 'unset',
  userProperties: [],
  isVerbatim: false,
  repeatEveryMs: '1000',
  repeatTimes: '',
};

const localBroker: PublishTarget = {
  connectionName: '',
  state: 'ready',
  protocolVersion: 5,
  isReadOnly: false,
  asksFirst: false,
};

export const initialState: FormState = {
  isReady: false,
  fields: emptyFields,
  target: localBroker,
  isPublishing: false,
  hasTried: false,
  refusalCount: 0,
  outcome: undefined,
  lists: { history: [], saved: [] },
  repeats: [],
  request: { kind: 'none' },
  encoded: undefined,
  suggestions: { text: '', values: [] },
  arePropertiesOpen: false,
  isRepeatOpen: false,
  nextKey: 1,
  generation: 0,
};

export function reduce(state: FormState, action: FormAction): FormState {
  const { fields } = state;
  switch (action.kind) {
    case 'received':
      return received(state, action.message);
    case 'changed':
      return { ...state, fields: { ...fields, ...action.fields } };
    case 'formatChosen': {
      const payloadText = convertPayload(fields.payloadText, fields.format, action.format);
      return { ...state, fields: { ...fields, payloadText, format: action.format } };
    }
    case 'userPropertyAdded': {
      const added = { key: state.nextKey, name: '', value: '' };
      return withUserProperties({ ...state, nextKey: state.nextKey + 1 }, [...fields.userProperties, added]);
    }
    case 'userPropertyChanged': {
      const changed = fields.userProperties.map((field) =>
        field.key === action.key ? { ...field, ...action.fields } : field,
      );
      return withUserProperties(state, changed);
    }
    case 'userPropertyRemoved':
      return withUserProperties(
        state,
        fields.userProperties.filter((field) => field.key !== action.key),
      );
    case 'propertiesToggled':
      return { ...state, arePropertiesOpen: action.areOpen };
    case 'repeatToggled':
      return { ...state, isRepeatOpen: action.isOpen };
    case 'publishRefused':
      return {
        ...state,
        hasTried: true,
        refusalCount: state.refusalCount + 1,
        outcome: undefined,
        arePropertiesOpen: state.arePropertiesOpen || action.part === 'properties',
        isRepeatOpen: state.isRepeatOpen || action.part === 'repeat',
      };
    case 'publishSent':
      return { ...state, hasTried: true, isPublishing: true };
  }
}

/** What the form means, as it is published and remembered. Properties that are not set, or make no sense, are absent. */
export function draftOf(fields: FormFields): PublishDraft {
  const { connectionName, topic, qos, retain, format, payloadText, isVerbatim } = fields;
  const repeat = readRepeat(fields);
  const expirySeconds = readExpirySeconds(fields.messageExpirySeconds);
  const userProperties = fields.userProperties
    .filter(({ name, value }) => name !== '' || value !== '')
    .map(({ name, value }) => [name, value] as const);
  return {
    ...(connectionName !== '' && { connectionName }),
    topic,
    qos,
    retain,
    format,
    payloadText,
    properties: {
      ...(fields.contentType !== '' && { contentType: fields.contentType }),
      ...(fields.responseTopic !== '' && { responseTopic: fields.responseTopic }),
      ...(fields.correlationDataHex !== '' && { correlationDataHex: fields.correlationDataHex }),
      ...(typeof expirySeconds === 'number' && { messageExpiryInterval: expirySeconds }),
      ...(fields.payloadFormatIndicator !== 'unset' && {
        payloadFormatIndicator: fields.payloadFormatIndicator === '1' ? 1 : 0,
      }),
      ...(userProperties.length > 0 && { userProperties }),
    },
    ...(isVerbatim && { isVerbatim }),
    ...(typeof repeat === 'object' && !isUsual(repeat) && { repeat }),
  };
}

/** Or the field that makes no sense. */
export function readRepeat(
  fields: Pick<FormFields, 'repeatEveryMs' | 'repeatTimes'>,
): RepeatDraft | 'everyMs' | 'times' {
  const everyMs = Number(fields.repeatEveryMs.trim() || Number.NaN);
  if (!Number.isInteger(everyMs) || everyMs < MIN_REPEAT_MS || everyMs > MAX_REPEAT_MS) return 'everyMs';
  const digits = fields.repeatTimes.trim();
  if (digits === '') return { everyMs };
  const times = Number(digits);
  return Number.isInteger(times) && times >= 1 && times <= maxTimes ? { everyMs, times } : 'times';
}

const maxTimes = 1_000_000_000;
const usualEveryMs = 1000;

/** What a form that nobody has touched says. */
function isUsual({ everyMs, times }: RepeatDraft): boolean {
  return everyMs === usualEveryMs && times === undefined;
}

const maxExpirySeconds = 4_294_967_295;

/** Undefined when the field is empty; `'invalid'` for what is no four-byte integer. Section 3.3.2.3.3 of MQTT 5.0. */
export function readExpirySeconds(text: string): number | 'invalid' | undefined {
  const digits = text.trim();
  if (digits === '') return undefined;
  return /^\d{1,10}$/.test(digits) && Number(digits) <= maxExpirySeconds ? Number(digits) : 'invalid';
}

/** MQTT 5.0 made them: a connection of an earlier version has no place for any. */
export function canCarryProperties({ protocolVersion }: PublishTarget): boolean {
  return protocolVersion === 5;
}

export function canPublishTo({ state, isReadOnly }: PublishTarget): boolean {
  return (state === 'ready' || state === 'queues') && !isReadOnly;
}

/** Of the text as it is; undefined while nobody has said. */
export function encodedOf({ encoded, fields }: FormState): EncodedPayload['result'] | undefined {
  const isOfText = encoded?.format === fields.format && encoded.payloadText === fields.payloadText;
  return isOfText ? encoded.result : undefined;
}

/** How many properties are set, a user property each. */
export function propertyCount(fields: FormFields): number {
  const { userProperties, ...others } = draftOf(fields).properties;
  return Object.keys(others).length + (userProperties?.length ?? 0);
}

function received(state: FormState, message: ExtensionToPublishForm): FormState {
  switch (message.kind) {
    case 'init': {
      const fields = withTarget(fieldsOf(message.draft, state.nextKey), message.target);
      const { lists, repeats, request, isRepeatOpen } = state;
      return {
        ...initialState,
        ...{ lists, repeats, request, isRepeatOpen },
        isReady: true,
        fields,
        target: message.target,
        arePropertiesOpen: propertyCount(fields) > 0,
        nextKey: state.nextKey + fields.userProperties.length,
        generation: state.generation + 1,
      };
    }
    case 'topics':
      return { ...state, suggestions: { text: message.text, values: message.topics } };
    case 'target': {
      const { target } = message;
      const isOther = target.connectionName !== state.fields.connectionName;
      return {
        ...state,
        target,
        ...(isOther && { fields: withTarget(state.fields, target), outcome: undefined }),
        // A broker that is gone acknowledges nothing any more.
        isPublishing: !isOther && canPublishTo(target) && state.isPublishing,
      };
    }
    case 'encoded':
      return { ...state, encoded: message.encoded };
    case 'lists':
      return { ...state, lists: message.lists };
    case 'repeats':
      return { ...state, repeats: message.repeats };
    case 'requestState':
      return {
        ...state,
        request: message.state,
        // It is on its way: the form is free for the next one while the answer is waited for.
        ...(message.state.kind === 'waiting' && { isPublishing: false, outcome: undefined }),
      };
    case 'responseTopic':
      return { ...state, fields: { ...state.fields, responseTopic: message.responseTopic } };
    case 'payload':
      return {
        ...state,
        fields: { ...state.fields, format: message.format, payloadText: message.payloadText },
      };
    case 'outcome':
      return { ...state, isPublishing: false, outcome: { ok: message.ok, message: message.message } };
  }
}

function withTarget(fields: FormFields, { connectionName }: PublishTarget): FormFields {
  return { ...fields, connectionName };
}

function fieldsOf(draft: PublishDraft, firstKey: number): FormFields {
  const { properties, connectionName = '', repeat, isVerbatim = false, ...rest } = draft;
  return {
    ...rest,
    connectionName,
    isVerbatim,
    repeatEveryMs: String(repeat?.everyMs ?? usualEveryMs),
    repeatTimes: repeat?.times?.toString() ?? '',
    contentType: properties.contentType ?? '',
    responseTopic: properties.responseTopic ?? '',
    correlationDataHex: properties.correlationDataHex ?? '',
    messageExpirySeconds: properties.messageExpiryInterval?.toString() ?? '',
    payloadFormatIndicator:
      properties.payloadFormatIndicator === undefined
        ? 'unset'
        : properties.payloadFormatIndicator === 1
          ? '1'
          : '0',
    userProperties: (properties.userProperties ?? []).map(([name, value], i) => ({
      key: firstKey + i,
      name,
      value,
    })),
  };
}

function withUserProperties(state: FormState, userProperties: readonly UserPropertyField[]): FormState {
  return { ...state, fields: { ...state.fields, userProperties } };
}
