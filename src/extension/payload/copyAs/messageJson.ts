/** A message with all that is known of it as JSON, for a bug report or a test. Pure. */
import type { MessageDetail } from '../../../contracts/messages.ts';
import { classifyPayload } from '../payloadText.ts';

/**
 * The payload is `payload` where it is text, byte for byte, else `payloadBase64`.
 *
 * @param message with its whole payload.
 */
export function messageJson(message: MessageDetail): string {
  const { topic, receivedAtMs, qos, retain, publisher, isWill, hasWaited } = message;
  const { packet, topicAlias, properties, payload } = message;
  const content = classifyPayload(payload);
  const fields = {
    topic,
    receivedAt: new Date(receivedAtMs).toISOString(),
    qos,
    retain,
    ...packet,
    topicAlias,
    publisher,
    isWill: isWill || undefined,
    hasWaited,
    properties: properties && propertyFields(properties),
    payloadBytes: payload.length,
    ...(content.kind === 'binary' ? { payloadBase64: base64(payload) } : { payload: content.text }),
  };
  return `${JSON.stringify(fields, undefined, 2)}\n`;
}

export function base64(bytes: Uint8Array): string {
  // A view: Buffer.from(bytes) would copy.
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

function propertyFields({
  correlationData,
  ...properties
}: NonNullable<MessageDetail['properties']>): object {
  return { ...properties, ...(correlationData && { correlationDataBase64: base64(correlationData) }) };
}
