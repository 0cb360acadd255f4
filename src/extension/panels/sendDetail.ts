/**
 * Answers a page that asks for a message in full, or for a part of its payload.
 *
 * A page has one request of a kind under way and waits for its answer: it gets one also when the engine fails, and the
 * failure goes on to the log. Knows nothing of VS Code.
 */
import type { ExtensionToMessagePage, MessagePageToExtension } from '../../contracts/messagePages.ts';
import type { EngineClient } from '../engineClient.ts';

type Post = (message: ExtensionToMessagePage) => void;

/** As much as MQTT lets a packet carry. */
const WHOLE_PAYLOAD_BYTES = 268_435_455;
/** What the page gets of a payload at once: a screenful many times over, and quick to lay out. */
const PART_BYTES = 262_144;

export async function sendDetail(
  engine: Pick<EngineClient, 'callIfRunning'>,
  { id, whole, use }: Extract<MessagePageToExtension, { kind: 'requestDetail' }>,
  post: Post,
): Promise<void> {
  const maxPayloadBytes = whole ? WHOLE_PAYLOAD_BYTES : PART_BYTES;
  const asked = engine.callIfRunning('message', { id, maxPayloadBytes });
  const detail = await orElse(asked, () => post({ kind: 'detailGone', id }));
  if (detail === undefined) return post({ kind: 'detailGone', id });
  const ownUse = use?.topic === detail.topic ? { use: use.decoder } : {};
  const decoding = engine.callIfRunning('decodeMessage', { id, ...ownUse });
  const decoded = await orElse(decoding, () => post({ kind: 'detail', detail }));
  post({ kind: 'detail', detail, ...(decoded && { decoded }) });
}

export async function sendPart(
  engine: Pick<EngineClient, 'callIfRunning'>,
  { id, offset }: Extract<MessagePageToExtension, { kind: 'requestPart' }>,
  post: Post,
): Promise<void> {
  const asked = engine.callIfRunning('payloadPart', { id, offset, length: PART_BYTES });
  const bytes = await orElse(asked, () => post({ kind: 'detailGone', id }));
  post(bytes ? { kind: 'payloadPart', id, offset, bytes } : { kind: 'detailGone', id });
}

/** @param answerAnyway before what was thrown goes on. */
async function orElse<T>(work: Promise<T>, answerAnyway: () => void): Promise<T> {
  try {
    return await work;
  } catch (error) {
    answerAnyway();
    throw error;
  }
}
