/**
 * A message as a command line of mosquitto_pub that publishes it again, for any POSIX shell. Pure.
 *
 * A payload that is text to be seen is an argument; any other goes through a pipe.
 */
import type { MessageDetail, MessagePropertiesInfo } from '../../../contracts/messages.ts';
import { classifyPayload } from '../payloadText.ts';
import { bytesWord, canBeQuoted, printfOf, shellWord } from './shellWord.ts';

export type MosquittoTarget = { requiresCredentials: boolean } & (
  | { kind: 'tcp'; host: string; port: number }
  | { kind: 'unix'; path: string }
);

type PublishedMessage = Pick<MessageDetail, 'topic' | 'qos' | 'retain' | 'properties' | 'payload'>;

/** Linux takes 128 KiB in one argument, Windows 32 KiB in all of them. */
const MAX_ARGUMENT_BYTES = 24_576;
const HAS_CONTROL = /\p{Cc}/u;

/** @param message with its whole payload. */
export function mosquittoPub(message: PublishedMessage, target: MosquittoTarget): string {
  const { topic, qos, retain, properties, payload } = message;
  const { words, left } = propertyWords(properties ?? {});
  const options = [
    ...(target.kind === 'tcp'
      ? ['-h', shellWord(target.host), '-p', String(target.port)]
      : ['--unix', shellWord(target.path)]),
    '-t',
    shellWord(topic),
    ...(qos > 0 ? ['-q', String(qos)] : []),
    ...(retain ? ['-r'] : []),
    ...(words.length > 0 ? ['-V', 'mqttv5', ...words] : []),
  ].join(' ');
  const notes = [
    ...(target.requiresCredentials ? ['The broker asks for a user name and a password: add -u and -P.'] : []),
    // The standard allows it; mosquitto does not.
    ...(HAS_CONTROL.test(topic) ? ['mosquitto_pub refuses this topic: it has a control character.'] : []),
    ...left.map((name) => `The ${name} holds a NUL, which no argument can: it is left out.`),
  ];
  const lines = [...notes.map(noteLine), withPayload(`mosquitto_pub ${options}`, payload)];
  return `${lines.join('\n')}\n`;
}

/** A command that does nothing: at its prompt, zsh takes no comment. */
function noteLine(note: string): string {
  return `: ${shellWord(note)}`;
}

function withPayload(command: string, payload: Uint8Array): string {
  if (payload.length === 0) return `${command} -n`;
  const content = classifyPayload(payload);
  const isArgument =
    content.kind !== 'binary' && payload.length <= MAX_ARGUMENT_BYTES && canBeQuoted(content.text);
  return isArgument ? `${command} -m ${shellWord(content.text)}` : `${printfOf(payload)} | ${command} -s`;
}

/** Subscription Identifiers are of the delivery: nobody can publish them. */
function propertyWords(properties: MessagePropertiesInfo): { words: string[]; left: string[] } {
  const words: string[] = [];
  const left: string[] = [];
  const add = (name: string, ...values: (string | number | Uint8Array)[]): void => {
    if (values.some((value) => value instanceof Uint8Array && value.includes(0))) left.push(name);
    else words.push('-D', 'publish', name, ...values.map(wordOf));
  };
  const { payloadFormatIndicator, messageExpiryInterval, contentType, responseTopic } = properties;
  if (payloadFormatIndicator !== undefined) add('payload-format-indicator', payloadFormatIndicator);
  if (messageExpiryInterval !== undefined) add('message-expiry-interval', messageExpiryInterval);
  if (contentType !== undefined) add('content-type', contentType);
  if (responseTopic !== undefined) add('response-topic', responseTopic);
  if (properties.correlationData !== undefined) add('correlation-data', properties.correlationData);
  for (const [name, value] of properties.userProperties ?? []) add('user-property', name, value);
  return { words, left };
}

function wordOf(value: string | number | Uint8Array): string {
  if (!(value instanceof Uint8Array)) return shellWord(String(value));
  const content = classifyPayload(value);
  return content.kind === 'binary' ? bytesWord(value) : shellWord(content.text);
}
