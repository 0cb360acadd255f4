/**
 * The names of messages in the file system `mqtt:`, and back. Pure.
 *
 *     mqtt://history/17/plant/line-1/temperature.json?at=1795694584123&form=asItCame
 *
 * What a name is about is its first level, the message's id, and its query; the topic is for people, and its ending for
 * VS Code, which chooses an editor by it. Ids start again with each engine: when the message came tells two of them apart,
 * so that an editor that outlived its engine shows no other message.
 */
import type { MessageId } from '../../contracts/messages.ts';
import type { PayloadKind } from './payloadKind.ts';

export const MESSAGE_SCHEME = 'mqtt';
const AUTHORITY = 'history';

/** Which message, for as long as the extension lives. */
export interface MessageRef {
  id: MessageId;
  receivedAtMs: number;
}

/**
 * `asItCame`: the payload, byte for byte. The others are made of it: JSON laid out for reading, bytes as lines of hex.
 */
export type MessageForm = 'asItCame' | 'prettyJson' | 'hexDump';

/** Of a `Uri`. */
export interface UriParts {
  readonly scheme: string;
  readonly authority: string;
  readonly path: string;
  readonly query: string;
}

const ENDINGS: Record<PayloadKind, string> = {
  json: '.json',
  text: '.txt',
  binary: '.bin',
  png: '.png',
  jpeg: '.jpg',
  gif: '.gif',
  webp: '.webp',
};

const MAX_LEVELS = 8;
const MAX_LEVEL_CHARACTERS = 60;
/** What Windows or a URI has other uses for, what can't be seen or turns the direction, half characters. */
const UNSAFE = /[<>:"/\\|?*\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
/** Windows keeps these for itself, with any ending. */
const DEVICE_NAME = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

export function messageUri(
  { id, receivedAtMs, topic }: MessageRef & { topic: string },
  kind: PayloadKind,
  form: MessageForm,
): UriParts {
  const levels = topicLevels(topic).slice(0, -1).map(safeName);
  const path = ['', id, ...levels, messageFileName(topic, kind, form)].join('/');
  return { scheme: MESSAGE_SCHEME, authority: AUTHORITY, path, query: `at=${receivedAtMs}&form=${form}` };
}

/** The last level of the topic with an ending: safe as the name of a file, too. */
export function messageFileName(topic: string, kind: PayloadKind, form: MessageForm): string {
  return `${safeName(topicLevels(topic).at(-1) ?? '')}${endingOf(kind, form)}`;
}

/** Undefined for what `messageUri` did not make. */
export function parseMessageUri({
  scheme,
  authority,
  path,
  query,
}: UriParts): (MessageRef & { form: MessageForm }) | undefined {
  if (scheme !== MESSAGE_SCHEME || authority !== AUTHORITY) return undefined;
  const [, id] = /^\/(\d{1,16})\//.exec(path) ?? [];
  const [, at, form] = /^at=(-?\d{1,16}(?:\.\d+)?)&form=(\w+)$/.exec(query) ?? [];
  if (id === undefined || at === undefined || !isForm(form)) return undefined;
  return { id: Number(id), receivedAtMs: Number(at), form };
}

function endingOf(kind: PayloadKind, form: MessageForm): string {
  switch (form) {
    case 'asItCame':
      return ENDINGS[kind];
    case 'prettyJson':
      return '.pretty.json';
    case 'hexDump':
      return '.hex.txt';
  }
}

function isForm(form: string | undefined): form is MessageForm {
  return form === 'asItCame' || form === 'prettyJson' || form === 'hexDump';
}

/** Of a deep topic the first and the last ones. */
function topicLevels(topic: string): string[] {
  const levels = topic.split('/');
  if (levels.length <= MAX_LEVELS) return levels;
  const half = MAX_LEVELS / 2;
  return [...levels.slice(0, half), '…', ...levels.slice(1 - half)];
}

function safeName(level: string): string {
  // By code points, of no more than the start: a level may have 65,535 bytes.
  const characters = Array.from(level.slice(0, 2 * MAX_LEVEL_CHARACTERS).replace(UNSAFE, '_'));
  const isCut = level.length > 2 * MAX_LEVEL_CHARACTERS || characters.length > MAX_LEVEL_CHARACTERS;
  const name = characters.slice(0, MAX_LEVEL_CHARACTERS).join('');
  if (name === '' || name === '.' || name === '..') return '_';
  return `${DEVICE_NAME.test(name) ? '_' : ''}${name}${isCut ? '…' : ''}`;
}
