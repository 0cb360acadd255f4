/**
 * A message as a person wrote it, made ready to be published: its payload read from its text, checked once, and filled in for
 * each time that it is published.
 *
 * Pure. What is wrong with a text is told with its place in it.
 */
import { readBase64, readHex } from '../base/bytesText.ts';
import {
  fillPlaceholders,
  hasPlaceholders,
  type PlaceholderValues,
  withStandIns,
} from '../base/placeholders.ts';
import { textPosition } from '../base/textPosition.ts';
import type { PublishParams } from '../contracts/engine.ts';
import type { ComposedMessage, DocumentFormat, PayloadProblem } from '../contracts/publishing.ts';
import type { EncoderFor } from '../decoders/encoders.ts';
import { jsonFault } from '../decoders/jsonSyntax.ts';

/** Makes the message for one time. Bytes are its own. What is filled in may make a document that can't be encoded. */
export type FillMessage = (values: PlaceholderValues) => PublishParams | PayloadProblem;

export type FindEncoder = (format: DocumentFormat, topic: string) => Promise<EncoderFor>;

export type ReadMessage = { kind: 'ready'; fill: FillMessage } | PayloadProblem;

export async function readMessage(message: ComposedMessage, findEncoder: FindEncoder): Promise<ReadMessage> {
  const { connection, topic, qos, retain, properties, fillsPlaceholders, payloadText } = message;
  const payload = await readPayload(message, findEncoder);
  if (payload.kind === 'payloadProblem') return payload;
  const fillsTopic = fillsPlaceholders && hasPlaceholders(topic);
  const others = {
    ...{ qos, retain },
    ...(properties !== undefined && { properties }),
    ...(connection !== undefined && { connection }),
  };
  const fill: FillMessage = (values) => {
    const made =
      payload.kind === 'bytes'
        ? { kind: 'bytes' as const, bytes: payload.bytes.slice() }
        : payload.encode(fillPlaceholders(payloadText, values));
    if (made.kind === 'payloadProblem') return made;
    return { ...others, topic: fillsTopic ? fillPlaceholders(topic, values) : topic, payload: made.bytes };
  };
  return { kind: 'ready', fill };
}

type Made = { kind: 'bytes'; bytes: Uint8Array } | PayloadProblem;

/** `template`: it is another one each time. */
async function readPayload(
  message: ComposedMessage,
  findEncoder: FindEncoder,
): Promise<Made | { kind: 'template'; encode(text: string): Made }> {
  const { format, payloadText, fillsPlaceholders } = message;
  if (format === 'hex' || format === 'base64') return readBytes(format, payloadText);
  const isTemplate = fillsPlaceholders && hasPlaceholders(payloadText);
  if (format !== 'text' && payloadText.trim() !== '') {
    const fault = jsonFault(isTemplate ? withStandIns(payloadText) : payloadText);
    if (fault !== undefined) {
      const { line, column } = textPosition(payloadText, fault.at);
      return { kind: 'payloadProblem', message: fault.message.replace(/\.$/, ''), line, column };
    }
  }
  // An empty text is an empty payload in every format.
  const encode =
    format === 'text' || format === 'json' || payloadText.trim() === ''
      ? encodeText
      : await documentEncoder(format, message, findEncoder);
  if (typeof encode !== 'function') return encode;
  return isTemplate ? { kind: 'template', encode } : encode(payloadText);
}

function encodeText(text: string): Made {
  return { kind: 'bytes', bytes: new TextEncoder().encode(text) };
}

async function documentEncoder(
  format: DocumentFormat,
  { topic, fillsPlaceholders }: ComposedMessage,
  findEncoder: FindEncoder,
): Promise<((text: string) => Made) | PayloadProblem> {
  const found = await findEncoder(format, fillsPlaceholders ? withStandIns(topic) : topic);
  if (found.kind === 'problem') return { kind: 'payloadProblem', message: found.message };
  return (text) => {
    const made = found.encode(text);
    return made.kind === 'bytes' ? made : { kind: 'payloadProblem', message: made.message };
  };
}

function readBytes(format: 'hex' | 'base64', payloadText: string): Made {
  const reading = format === 'hex' ? readHex(payloadText) : readBase64(payloadText);
  if (reading.kind === 'bytes') return reading;
  const { line, column, found } = reading.problem;
  const message = found === '' ? 'it ends too early' : `“${found.slice(0, 20)}” does not belong there`;
  return { kind: 'payloadProblem', message, line, column };
}
