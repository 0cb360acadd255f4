/**
 * What the payload of a message says: the decoders of src/decoders, with a person's choices, over the log.
 *
 * A payload is decoded when somebody looks at it. Nothing is done for messages as they come, not even for Sparkplug,
 * whose DATA says little without the birth before it: the births are looked up in the log.
 */
import type { DecodedMessage, DecoderChoice, DecoderTrial, DecodingMethods } from '../contracts/decoding.ts';
import type { DocumentFormat } from '../contracts/publishing.ts';
import type { DecoderChoice as CheckedChoice } from '../decoders/choice.ts';
import type { DecodeOutcome, DecoderInput } from '../decoders/decoder.ts';
import type { EncoderFor } from '../decoders/encoders.ts';
import { type Candidate, createDecoders, type Decoders } from '../decoders/registry.ts';
import type { ReadFile } from '../decoders/schemaFiles.ts';
import { parseSparkplugTopic } from '../decoders/sparkplugTopic.ts';
import type { LoggedMessage } from '../model/loggedMessage.ts';
import type { Model } from '../model/model.ts';
import { topicMatches } from '../mqtt/topics.ts';
import type { ValueDecoder } from './decodedNumbers.ts';
import type { Models } from './models.ts';
import type { Handlers } from './rpcServer.ts';

/** The decoders forget births too: what was read long ago is read again. */
const MAX_READ_BIRTHS = 500;
const MAX_KNOWN_CHOICES = 1000;

/** What plots may unpack of a message, and there may be thousands of messages. */
const MAX_PLOTTED_UNWRAPPED_BYTES = 1024 * 1024;

/** Of the messages of one model. */
interface NamesOfModel {
  /** With their own Sparkplug names. */
  decoders: Decoders;
  /** Births that were read, by their topics: the id of the message. */
  readBirths: Map<string, number>;
}

export class DecodingService implements Handlers<DecodingMethods>, ValueDecoder {
  readonly #models: Models;
  readonly #decoders: Decoders;
  #choices: readonly CheckedChoice[] = [];
  /** By topic: plots ask for every message. */
  readonly #choiceOf = new Map<string, CheckedChoice | undefined>();
  /** A recording's births must not name the metrics of a device that is here now. */
  readonly #namesOf = new WeakMap<Model, NamesOfModel>();

  /** @param readFile of schemas. */
  constructor(models: Models, readFile: ReadFile) {
    this.#models = models;
    this.#decoders = createDecoders({ matches: topicMatches, readFile });
  }

  setDecoders({ choices }: { choices: readonly DecoderChoice[] }): void {
    // An unknown decoder is told of where it is used: as a failure, in its words.
    this.#choices = choices as readonly CheckedChoice[];
    this.#choiceOf.clear();
    // Who changes the setting may have changed the schema too.
    this.#decoders.invalidate();
  }

  async decodeMessage({
    id,
    use,
  }: Parameters<DecodingMethods['decodeMessage']>[0]): Promise<DecodedMessage | undefined> {
    const model = this.#models.withId(id);
    const message = model?.log.message(id);
    if (model === undefined || message === undefined) return undefined;
    // Borrowed: good until something is waited for.
    const borrowed = inputOf(message);
    const decoders = this.#decodersOf(model, borrowed.topic);
    const choice = decoders.choiceFor(this.#choices, borrowed.topic);
    const candidates = decoders.candidates(borrowed, choice);
    const offered = use === 'automatic' ? decoders.candidates(borrowed) : candidates;
    const used = offered.find((candidate) => isUsed(candidate, use)) ?? offered[0]!; // hex is always there
    const decoded = { id, candidates, used, ...(choice && { chosenFor: choice.topicFilter }) };
    const as = readByWhoShowsIt(borrowed.payload, used, choice);
    if (as !== undefined)
      return { ...decoded, outcome: { kind: 'decoded', view: { kind: 'asItCame', as }, notes: [] } };
    const input = { ...borrowed, payload: borrowed.payload.slice() };
    return { ...decoded, outcome: outcomeOf(await decode(decoders, input, used, choice)) };
  }

  /** For messages on this topic. */
  encoderFor(format: DocumentFormat, topic: string): Promise<EncoderFor> {
    return this.#decoders.encoder(format, this.#decoders.choiceFor(this.#choices, topic));
  }

  choiceFor(topic: string): CheckedChoice | undefined {
    if (this.#choices.length === 0) return undefined;
    if (!this.#choiceOf.has(topic)) {
      if (this.#choiceOf.size >= MAX_KNOWN_CHOICES) this.#choiceOf.clear();
      this.#choiceOf.set(topic, this.#decoders.choiceFor(this.#choices, topic));
    }
    return this.#choiceOf.get(topic);
  }

  async valueOf(model: Model, topic: string, payload: Uint8Array): Promise<unknown> {
    const decoders = this.#decodersOf(model, topic);
    const input = {
      ...{ topic, payload, isCut: false },
      ...{ maxUnwrappedBytes: MAX_PLOTTED_UNWRAPPED_BYTES, isForValue: true },
    };
    const choice = this.choiceFor(topic);
    const [best] = decoders.candidates(input, choice);
    const outcome = await decode(decoders, input, best!, choice); // hex is always there
    return outcome.kind === 'decoded' ? outcome.decoded.value : undefined;
  }

  /** For a message of the model. The newest births of its edge node and device are read, where the log has them whole. */
  #decodersOf(model: Model, topic: string): Decoders {
    const place = parseSparkplugTopic(topic);
    if (place === undefined) return this.#decoders;
    let names = this.#namesOf.get(model);
    if (names === undefined) {
      names = { decoders: this.#decoders.withOwnNames(), readBirths: new Map() };
      this.#namesOf.set(model, names);
    }
    const { groupId, edgeNodeId, deviceId } = place;
    readBirth(`spBv1.0/${groupId}/NBIRTH/${edgeNodeId}`, model, names);
    if (deviceId !== undefined)
      readBirth(`spBv1.0/${groupId}/DBIRTH/${edgeNodeId}/${deviceId}`, model, names);
    return names.decoders;
  }
}

function decode(
  decoders: Decoders,
  input: DecoderInput,
  used: Candidate,
  choice: CheckedChoice | undefined,
): Promise<DecodeOutcome> {
  if (used.isChosen && choice !== undefined) return decoders.decodeChosen(input, choice);
  if (used.failure !== undefined) return Promise.resolve({ kind: 'failed', message: used.failure });
  return decoders.decode(input, used.id as CheckedChoice['decoder'], { via: used.via });
}

function readBirth(topic: string, { log }: Model, { decoders, readBirths }: NamesOfModel): void {
  const logged = log.topics.find(topic);
  const newestId = logged && log.newestOf(logged)?.id;
  if (newestId === undefined || readBirths.get(topic) === newestId) return;
  const birth = log.message(newestId);
  if (birth === undefined || !birth.isWhole) return;
  if (readBirths.size >= MAX_READ_BIRTHS) readBirths.clear();
  readBirths.set(topic, newestId);
  decoders.sparkplugNames.observe(topic, birth.payload);
  // An edge node that is born anew has no devices until they are read again.
  const [, groupId = '', type, edgeNodeId = ''] = topic.split('/');
  if (type !== 'NBIRTH') return;
  const ofDevices = `spBv1.0/${groupId}/DBIRTH/${edgeNodeId}/`;
  for (const known of readBirths.keys()) if (known.startsWith(ofDevices)) readBirths.delete(known);
}

function inputOf({ topic, payload, isWhole, properties }: LoggedMessage): DecoderInput {
  const { contentType, payloadFormatIndicator } = properties ?? {};
  return {
    topic,
    payload,
    isCut: !isWhole,
    ...(contentType !== undefined && { contentType }),
    ...(payloadFormatIndicator !== undefined && { payloadFormatIndicator }),
  };
}

/** What a page lays out from the payload that it has anyway: 100 MB of text need not travel twice. */
function readByWhoShowsIt(
  payload: Uint8Array,
  { id, via, isChosen, failure }: Candidate,
  choice: CheckedChoice | undefined,
): 'text' | 'json' | 'hex' | undefined {
  if (via.length > 0 || failure !== undefined) return undefined;
  if (id === 'hex') return 'hex';
  if (id !== 'text' && id !== 'json') return undefined;
  const isOtherEncoding = isChosen && choice?.encoding !== undefined;
  return isOtherEncoding || hasUtf16Mark(payload) ? undefined : id;
}

function hasUtf16Mark([first, second]: Uint8Array): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

function isUsed(candidate: Candidate, use: DecoderTrial | undefined): boolean {
  if (use === undefined || use === 'automatic') return false;
  return candidate.id === use.id && String(candidate.via) === String(use.via);
}

/** In the contract's words: without the values that only plots need. */
function outcomeOf(outcome: DecodeOutcome): DecodedMessage['outcome'] {
  if (outcome.kind === 'failed') return outcome;
  const { view, notes } = outcome.decoded;
  return { kind: 'decoded', view, notes };
}
