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
import type { ComposedMessage, PayloadProblem } from '../contracts/publishing.ts';
import { jsonFault } from '../decoders/jsonSyntax.ts';

/** Makes the message for one time. Bytes are its own. */
export type FillMessage = (values: PlaceholderValues) => PublishParams;

export type ReadMessage = { kind: 'ready'; fill: FillMessage } | PayloadProblem;

export function readMessage(message: ComposedMessage): ReadMessage {
  const { connection, topic, qos, retain, properties, fillsPlaceholders, payloadText } = message;
  const payload = readPayload(message);
  if (payload.kind === 'payloadProblem') return payload;
  const fillsTopic = fillsPlaceholders && hasPlaceholders(topic);
  const others = {
    ...{ qos, retain },
    ...(properties !== undefined && { properties }),
    ...(connection !== undefined && { connection }),
  };
  const fill = (values: PlaceholderValues): PublishParams => ({
    ...others,
    topic: fillsTopic ? fillPlaceholders(topic, values) : topic,
    payload:
      payload.kind === 'bytes'
        ? payload.bytes.slice()
        : new TextEncoder().encode(fillPlaceholders(payloadText, values)),
  });
  return { kind: 'ready', fill };
}

/** `template`: it is another one each time. */
function readPayload(
  message: ComposedMessage,
): { kind: 'bytes'; bytes: Uint8Array } | { kind: 'template' } | PayloadProblem {
  const { format, payloadText, fillsPlaceholders } = message;
  switch (format) {
    case 'hex':
    case 'base64': {
      const reading = format === 'hex' ? readHex(payloadText) : readBase64(payloadText);
      if (reading.kind === 'bytes') return reading;
      const { line, column, found } = reading.problem;
      const message = found === '' ? 'it ends too early' : `“${found.slice(0, 20)}” does not belong there`;
      return { kind: 'payloadProblem', message, line, column };
    }
    case 'text':
    case 'json': {
      const isTemplate = fillsPlaceholders && hasPlaceholders(payloadText);
      const checked = isTemplate ? withStandIns(payloadText) : payloadText;
      const fault = format === 'json' && checked.trim() !== '' ? jsonFault(checked) : undefined;
      if (fault !== undefined) {
        const { line, column } = textPosition(payloadText, fault.at);
        return { kind: 'payloadProblem', message: fault.message.replace(/\.$/, ''), line, column };
      }
      return isTemplate
        ? { kind: 'template' }
        : { kind: 'bytes', bytes: new TextEncoder().encode(payloadText) };
    }
  }
}
