/**
 * The message that a page shows in full, and how it changes. A pure reducer: no DOM, no words.
 *
 * A page wants a message; what it shows is the one before until the wanted one has come, so that nothing flashes empty
 * in between. One request is under way at a time: at a flood, the next one asks for whatever is wanted by then.
 */
import type { DecodedMessage, DecoderTrial } from '../../contracts/decoding.ts';
import type {
  ExtensionToMessagePage,
  MessagePageToExtension,
  TriedDecoder,
} from '../../contracts/messagePages.ts';
import type { MessageDetail, MessageId } from '../../contracts/messages.ts';
import type { PayloadPart } from './payload.ts';

export interface ShownMessage {
  wantedId: MessageId | undefined;
  detail: MessageDetail | undefined;
  /** What the engine's decoders make of `detail`. */
  decoded: DecodedMessage | undefined;
  /** Of `detail`'s payload, where another part than its beginning is looked at. */
  part: PayloadPart | undefined;
  /** The wanted message is no longer held: only its summary is left. */
  goneId: MessageId | undefined;
  /** What was asked for and has not come. */
  awaited: { id: MessageId; isWhole: boolean } | undefined;
  /** How many requests were posted: the number of the last. */
  requests: number;
  /** The request that `detail` answers: an answer to one before it is too late. */
  answered: number;
  /** The decoder of `detail` is still at work. */
  isDecoding: boolean;
  /** The whole payload of `detail` is wanted. */
  wantsWhole: boolean;
  /** Where the wanted part begins, until it has come. */
  awaitedOffset: number | undefined;
  /** Tried by the person for a topic, until they choose or look at another topic. */
  use: TriedDecoder | undefined;
  /** `detail` was decoded otherwise than is wanted now. */
  isStale: boolean;
}

export type ShownAction =
  | { kind: 'wanted'; id: MessageId | undefined }
  | { kind: 'wholeWanted' }
  | { kind: 'partWanted'; offset: number }
  | { kind: 'decoderTried'; decoder: DecoderTrial | undefined }
  /** `request` was posted. */
  | { kind: 'requested'; id: MessageId; isWhole: boolean };

export const nothingShown: ShownMessage = {
  wantedId: undefined,
  detail: undefined,
  decoded: undefined,
  part: undefined,
  goneId: undefined,
  awaited: undefined,
  requests: 0,
  answered: 0,
  isDecoding: false,
  wantsWhole: false,
  awaitedOffset: undefined,
  use: undefined,
  isStale: false,
};

export function reduceShown(shown: ShownMessage, action: ShownAction): ShownMessage {
  switch (action.kind) {
    case 'wanted':
      if (action.id === shown.wantedId) return shown;
      if (action.id === undefined) {
        const { use, awaited, requests, answered } = shown;
        return { ...nothingShown, use, awaited, requests, answered };
      }
      return {
        ...shown,
        wantedId: action.id,
        goneId: undefined,
        wantsWhole: false,
        awaitedOffset: undefined,
      };
    case 'wholeWanted':
      return { ...shown, wantsWhole: true };
    case 'partWanted':
      return { ...shown, awaitedOffset: action.offset };
    case 'decoderTried': {
      const { detail } = shown;
      if (detail === undefined) return shown;
      const use = action.decoder && { topic: detail.topic, decoder: action.decoder };
      return { ...shown, use, isStale: true };
    }
    case 'requested':
      return {
        ...shown,
        awaited: { id: action.id, isWhole: action.isWhole },
        requests: shown.requests + 1,
        isStale: false,
      };
  }
}

export function receiveShown(shown: ShownMessage, message: ExtensionToMessagePage): ShownMessage {
  switch (message.kind) {
    case 'detail':
      return detailReceived(shown, message);
    case 'detailGone': {
      const answered = isAwaited(shown, message.id) ? { ...shown, awaited: undefined } : shown;
      if (message.id !== shown.wantedId) return answered;
      return { ...answered, goneId: message.id, wantsWhole: false, awaitedOffset: undefined };
    }
    case 'payloadPart': {
      const { detail, awaitedOffset } = shown;
      if (detail?.id !== message.id || awaitedOffset !== message.offset) return shown;
      const { offset, bytes } = message;
      const isLast = offset + bytes.length >= detail.payloadBytes;
      return { ...shown, part: { offset, bytes, isLast }, awaitedOffset: undefined };
    }
    case 'decodersChanged':
      return { ...shown, use: undefined, isStale: shown.detail !== undefined };
    case 'brokerState':
      return shown;
  }
}

/** The engine ended: nothing that is awaited will come, and ids mean nothing after it. What is shown stays. */
export function loseEngine(shown: ShownMessage): ShownMessage {
  return {
    ...shown,
    awaited: undefined,
    isDecoding: false,
    wantsWhole: false,
    awaitedOffset: undefined,
    isStale: false,
    ...(shown.wantedId !== undefined && { goneId: shown.wantedId }),
  };
}

/** What must be asked for now, if anything. */
export function requestFor(
  shown: ShownMessage,
): Extract<MessagePageToExtension, { kind: 'requestDetail' }> | undefined {
  const { wantedId: id, detail, awaited, goneId, use } = shown;
  if (id === undefined || awaited !== undefined || goneId === id) return undefined;
  const isHere = detail?.id === id;
  const isWhole = shown.wantsWhole || (isHere && !detail.truncated && detail.payload.length > 0);
  if (isHere && !shown.isStale && !(shown.wantsWhole && detail.truncated)) return undefined;
  return { kind: 'requestDetail', request: shown.requests + 1, id, whole: isWhole, ...(use && { use }) };
}

export function isLoadingWhole(shown: ShownMessage): boolean {
  return shown.wantsWhole && shown.detail?.truncated === true;
}

function detailReceived(
  shown: ShownMessage,
  { request, detail, decoded, isDecoding }: Extract<ExtensionToMessagePage, { kind: 'detail' }>,
): ShownMessage {
  // Its decoder is done now, and something else is shown by now.
  if (request < shown.answered) return shown;
  const answered = { ...shown, awaited: request === shown.requests ? undefined : shown.awaited };
  // At a flood the newest is another one by the time its detail comes: showing a late one beats showing none.
  if (shown.wantedId === undefined) return answered;
  const isSame = detail.id === shown.detail?.id;
  const isOfUse = shown.use?.topic === detail.topic;
  return {
    ...answered,
    detail,
    decoded,
    answered: request,
    isDecoding: isDecoding === true,
    part: isSame && detail.truncated ? shown.part : undefined,
    use: isOfUse ? shown.use : undefined,
    goneId: detail.id === shown.wantedId ? undefined : shown.goneId,
    wantsWhole: isSame && detail.id === shown.wantedId && shown.wantsWhole && !shown.awaited?.isWhole,
  };
}

function isAwaited({ awaited }: ShownMessage, id: MessageId): boolean {
  return awaited?.id === id;
}
