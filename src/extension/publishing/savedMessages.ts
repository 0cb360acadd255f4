/**
 * Messages with names in a JSON file of the workspace, which a team shares: read with what is wrong with it, and written so that
 * a change of one message is a change of its lines alone. Pure.
 *
 * A file of the workspace is somebody else's: each field is looked at. What may be a secret is not written.
 */
import type { MessagePropertiesInfo, QoS, UserProperty } from '../../contracts/messages.ts';
import type { PublishDraft } from '../../contracts/publishForm.ts';
import type { PayloadFormat } from '../../contracts/publishing.ts';

export interface SavedMessage {
  /** Unique in its place. */
  name: string;
  draft: PublishDraft;
}

export interface ReadSaved {
  messages: readonly SavedMessage[];
  /** What was left out, and why. */
  faults: readonly SavedFault[];
}

/** `message`: its name or its place (`#2`); empty for the file itself. */
export interface SavedFault {
  message: string;
  field: string;
}

export const MAX_FILE_BYTES = 1_048_576;
export const MAX_SAVED = 500;
const MAX_NAME_CHARACTERS = 200;
const formats: readonly PayloadFormat[] = [
  ...(['text', 'json', 'hex', 'base64', 'cbor', 'messagePack', 'protobuf'] as const),
];
const secretName = /pass(word|phrase|wd)|token|secret|authorization|api[-_]?key|credential/i;

type Entry = Readonly<Record<string, unknown>>;

export function readSavedFile(text: string): ReadSaved {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return { messages: [], faults: [{ message: '', field: '' }] };
  }
  const list = isEntry(content) ? content.messages : undefined;
  if (!Array.isArray(list)) return { messages: [], faults: [{ message: '', field: 'messages' }] };
  const messages: SavedMessage[] = [];
  const faults: SavedFault[] = [];
  for (const [i, entry] of list.slice(0, MAX_SAVED).entries()) {
    const read = readEntry(entry);
    const name = isEntry(entry) && typeof entry.name === 'string' ? entry.name : `#${i + 1}`;
    if (typeof read === 'string') faults.push({ message: name, field: read });
    else if (messages.some((each) => each.name === read.name)) faults.push({ message: name, field: 'name' });
    else messages.push(read);
  }
  return { messages, faults };
}

/** Of the file as it was: entries that can't be read stay as they are. Undefined where it is no list of messages at all. */
export function withSaved(fileText: string | undefined, saved: SavedMessage): string | undefined {
  return changedFile(fileText, (entries) => [
    ...entries.filter((entry) => !isNamed(entry, saved.name)),
    entryOf(saved),
  ]);
}

export function withoutSaved(fileText: string, name: string): string | undefined {
  return changedFile(fileText, (entries) => entries.filter((entry) => !isNamed(entry, name)));
}

/** Names of user properties that are not written to a file. */
export function secretsOf({ properties }: PublishDraft): readonly string[] {
  return (properties.userProperties ?? []).map(([name]) => name).filter((name) => secretName.test(name));
}

function changedFile(
  fileText: string | undefined,
  change: (entries: readonly unknown[]) => readonly unknown[],
): string | undefined {
  let content: unknown = { messages: [] };
  try {
    if (fileText !== undefined && fileText.trim() !== '') content = JSON.parse(fileText);
  } catch {
    return undefined;
  }
  if (!isEntry(content) || !Array.isArray(content.messages)) return undefined;
  return `${JSON.stringify({ ...content, messages: change(content.messages) }, undefined, 2)}\n`;
}

function isNamed(entry: unknown, name: string): boolean {
  return isEntry(entry) && entry.name === name;
}

function entryOf({ name, draft }: SavedMessage): Entry {
  const { connectionName, topic, qos, retain, format, payloadText, isVerbatim, properties } = draft;
  const { userProperties, ...others } = properties;
  const harmless = userProperties?.filter(([property]) => !secretName.test(property)) ?? [];
  const written = { ...others, ...(harmless.length > 0 && { userProperties: harmless }) };
  return {
    name,
    ...(connectionName && { connection: connectionName }),
    topic,
    ...(qos > 0 && { qos }),
    ...(retain && { retain }),
    format,
    // Line by line: that is how changes of it are looked at.
    payload: payloadText.includes('\n') ? payloadText.split('\n') : payloadText,
    ...(isVerbatim && { placeholders: false }),
    ...(Object.keys(written).length > 0 && { properties: written }),
  };
}

/** Or the name of the field that is wrong. */
function readEntry(entry: unknown): SavedMessage | string {
  if (!isEntry(entry)) return '';
  const { name, connection, topic, qos = 0, retain = false, format = 'text', payload = '' } = entry;
  const { placeholders = true, properties = {} } = entry;
  if (typeof name !== 'string' || name === '' || name.length > MAX_NAME_CHARACTERS) return 'name';
  if (connection !== undefined && typeof connection !== 'string') return 'connection';
  if (typeof topic !== 'string') return 'topic';
  if (qos !== 0 && qos !== 1 && qos !== 2) return 'qos';
  if (typeof retain !== 'boolean') return 'retain';
  if (!formats.includes(format as PayloadFormat)) return 'format';
  const payloadText = textOf(payload);
  if (payloadText === undefined) return 'payload';
  if (typeof placeholders !== 'boolean') return 'placeholders';
  const read = readProperties(properties);
  if (typeof read === 'string') return read;
  return {
    name,
    draft: {
      ...(connection !== undefined && connection !== '' && { connectionName: connection }),
      ...{ topic, qos: qos as QoS, retain, format: format as PayloadFormat, payloadText, properties: read },
      ...(!placeholders && { isVerbatim: true }),
    },
  };
}

function textOf(payload: unknown): string | undefined {
  if (typeof payload === 'string') return payload;
  return Array.isArray(payload) && payload.every((line) => typeof line === 'string')
    ? payload.join('\n')
    : undefined;
}

function readProperties(properties: unknown): PublishDraft['properties'] | string {
  if (!isEntry(properties)) return 'properties';
  const { contentType, responseTopic, correlationDataHex, userProperties } = properties;
  const { messageExpiryInterval, payloadFormatIndicator } = properties;
  for (const name of ['contentType', 'responseTopic', 'correlationDataHex'] as const)
    if (properties[name] !== undefined && typeof properties[name] !== 'string') return `properties.${name}`;
  if (messageExpiryInterval !== undefined && !isUint32(messageExpiryInterval))
    return 'properties.messageExpiryInterval';
  if (payloadFormatIndicator !== undefined && payloadFormatIndicator !== 0 && payloadFormatIndicator !== 1)
    return 'properties.payloadFormatIndicator';
  if (userProperties !== undefined && !areUserProperties(userProperties)) return 'properties.userProperties';
  return {
    ...(contentType !== undefined && { contentType: contentType as string }),
    ...(responseTopic !== undefined && { responseTopic: responseTopic as string }),
    ...(correlationDataHex !== undefined && { correlationDataHex: correlationDataHex as string }),
    ...(messageExpiryInterval !== undefined && { messageExpiryInterval: messageExpiryInterval as number }),
    ...(payloadFormatIndicator !== undefined && {
      payloadFormatIndicator: payloadFormatIndicator as NonNullable<
        MessagePropertiesInfo['payloadFormatIndicator']
      >,
    }),
    ...(userProperties !== undefined && { userProperties: userProperties as readonly UserProperty[] }),
  };
}

function isUint32(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff;
}

function areUserProperties(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.every(
      (pair) => Array.isArray(pair) && pair.length === 2 && pair.every((each) => typeof each === 'string'),
    )
  );
}

function isEntry(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
