/**
 * Answers a page that asks for a message in full, or for a part of its payload.
 *
 * A page has one request of a kind under way and waits for its answer: it gets one also when the engine fails, and the
 * failure goes on to the log. A decoder that takes its time, as for a schema on a disk that does not answer, holds no
 * message back. Knows nothing of VS Code.
 */
import type { Clock } from '../../base/clock.ts';
import type { ExtensionToMessagePage, MessagePageToExtension } from '../../contracts/messagePages.ts';
import type { EngineClient } from '../engineClient.ts';

interface Options {
  engine: Pick<EngineClient, 'callIfRunning'>;
  clock: Clock;
}

type Post = (message: ExtensionToMessagePage) => void;

/** As much as MQTT lets a packet carry. */
const WHOLE_PAYLOAD_BYTES = 268_435_455;
/** What the page gets of a payload at once: a screenful many times over, and quick to lay out. */
const PART_BYTES = 262_144;
/** A page that changed twice in less would flicker. */
const DECODER_PATIENCE_MS = 300;

export async function sendDetail(
  { engine, clock }: Options,
  { request, id, whole, use }: Extract<MessagePageToExtension, { kind: 'requestDetail' }>,
  post: Post,
): Promise<void> {
  const maxPayloadBytes = whole ? WHOLE_PAYLOAD_BYTES : PART_BYTES;
  const asked = engine.callIfRunning('message', { id, maxPayloadBytes });
  const detail = await orElse(asked, () => post({ kind: 'detailGone', id }));
  if (detail === undefined) return post({ kind: 'detailGone', id });
  const ownUse = use?.topic === detail.topic ? { use: use.decoder } : {};
  const decoding = engine.callIfRunning('decodeMessage', { id, ...ownUse });
  const impatience = clock.setTimeout(
    () => post({ kind: 'detail', request, detail, isDecoding: true }),
    DECODER_PATIENCE_MS,
  );
  try {
    const decoded = await orElse(decoding, () => post({ kind: 'detail', request, detail }));
    post({ kind: 'detail', request, detail, ...(decoded && { decoded }) });
  } finally {
    impatience.dispose();
  }
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
