/**
 * A message as the publish form takes it, to be changed and sent again. Pure.
 *
 * What the form's text area can't hold byte for byte comes as hex: it makes every line end a line feed.
 */
import type { MessageDetail } from '../../contracts/messages.ts';
import type { PublishDraft } from '../../contracts/publishForm.ts';
import { classifyPayload, toHex } from '../payload/payloadText.ts';

/** @param detail with its whole payload. */
export function draftOf(detail: MessageDetail): PublishDraft {
  const { correlationData, subscriptionIdentifiers: _ofDelivery, ...properties } = detail.properties ?? {};
  return {
    topic: detail.topic,
    qos: detail.qos,
    retain: detail.retain,
    ...payloadDraftOf(detail.payload),
    // It is published as it came, whatever is in double braces.
    isVerbatim: true,
    properties: {
      ...properties,
      ...(correlationData && { correlationDataHex: toHex(correlationData) }),
    },
  };
}

export function payloadDraftOf(payload: Uint8Array): Pick<PublishDraft, 'format' | 'payloadText'> {
  const content = classifyPayload(payload);
  const isHeld = content.kind !== 'binary' && !/[\r\0]/.test(content.text);
  return isHeld
    ? { format: content.kind, payloadText: content.text }
    : { format: 'hex', payloadText: toHex(payload, ' ') };
}
