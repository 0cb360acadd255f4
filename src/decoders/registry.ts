/**
 * The decoders, as the engine asks for them: which ones fit a payload, best first, and what one of them makes of it.
 *
 * A candidate costs little: it looks at the first 64 KiB and never throws. Whatever a decoder throws while decoding
 * becomes a failure that a view can show, so that a payload can't end anything. Wrappings (gzip and the like) are
 * taken off here: a decoder sees the bytes inside.
 */
import { messageOf } from '../base/messageOf.ts';
import { avroDecoder } from './avro.ts';
import { base64Decoder } from './base64.ts';
import { cborDecoder } from './cbor.ts';
import { choiceFor, type DecoderChoice, settingsOf, type TopicMatcher } from './choice.ts';
import { compressionNames, maxWrappings, peekInto, peekIntoRawDeflate, unwrap } from './compression.ts';
import { DecodeProblem, UnexpectedEnd } from './decodeProblem.ts';
import {
  type Compression,
  type DecodeOutcome,
  type Decoder,
  type DecoderId,
  type DecoderInput,
  type DecodeSettings,
  limitsOf,
  mebibyte,
} from './decoder.ts';
import { type BinaryFormat, type EncoderFor, encoderFor } from './encoders.ts';
import { hexDecoder } from './hex.ts';
import { imageDecoder } from './image.ts';
import { jsonDecoder } from './json.ts';
import { messagePackDecoder } from './messagePack.ts';
import { numbersDecoder } from './numbers.ts';
import { headBytes, traitsOf } from './payloadTraits.ts';
import { protobufDecoder } from './protobuf.ts';
import { type ReadFile, SchemaFiles } from './schemaFiles.ts';
import { sparkplugDecoder } from './sparkplug.ts';
import { SparkplugNames } from './sparkplugNames.ts';
import { textDecoder } from './text.ts';

export interface Candidate {
  id: DecoderId;
  label: string;
  /** 0 to 1. */
  confidence: number;
  /** What the payload is wrapped in, outermost first. Hand it back to `decode`. */
  via: readonly Compression[];
  /** The person's own choice for the topic. */
  isChosen: boolean;
  /** Why this can't be decoded, where that is known already: a damaged stream. */
  failure?: string;
}

export interface DecodersOptions {
  matches: TopicMatcher;
  /** Schema files. Rejects where there is none. */
  readFile: ReadFile;
  /** Folders in which a .proto file's imports are looked for, after its own. When they change: `invalidate()`. */
  includeFolders?: () => readonly string[];
}

export interface Decoders {
  /** For a menu: every decoder, hex last. */
  readonly all: readonly { id: DecoderId; label: string }[];
  /** Aliases of Sparkplug metrics: feed it the births of an edge node before its messages are decoded. */
  readonly sparkplugNames: SparkplugNames;
  /** These, with Sparkplug names of their own: of other messages, where other births count. Schema files are shared. */
  withOwnNames(): Decoders;
  /** The choice for a topic, of those that a person has made. */
  choiceFor(choices: readonly DecoderChoice[], topic: string): DecoderChoice | undefined;
  /** The chosen one first, then the most likely; hex is always there. */
  candidates(input: DecoderInput, choice?: DecoderChoice): Candidate[];
  /** Never rejects. */
  decode(input: DecoderInput, id: DecoderId, settings?: DecodeSettings): Promise<DecodeOutcome>;
  /** As the person has chosen. */
  decodeChosen(input: DecoderInput, choice: DecoderChoice): Promise<DecodeOutcome>;
  /** Writes documents in a binary format, by the choice of a topic where that needs a schema. */
  encoder(format: BinaryFormat, choice: DecoderChoice | undefined): Promise<EncoderFor>;
  /** A schema file has changed; without a path, all may have. */
  invalidate(path?: string): void;
}

/** Of what raw deflate may hold: what is surely of its format. Text is, where all of it is. */
const sureConfidence = 0.8;
/** Nothing marks raw deflate, but chance does not often end a stream with the last byte, and have text come out of it. */
const rawDeflateConfidence = { whole: 0.5, cut: 0.2 };

/** How often Base64 may stand in Base64 before its bytes are only bytes. */
const maxNested = 2;

export function createDecoders({ matches, readFile, includeFolders }: DecodersOptions): Decoders {
  return new DecoderRegistry({
    matches,
    schemaFiles: new SchemaFiles(readFile, includeFolders ?? (() => [])),
    sparkplugNames: new SparkplugNames(),
  });
}

/** What the decoders of nested bytes share with those around them. */
interface SharedParts {
  matches: TopicMatcher;
  schemaFiles: SchemaFiles;
  sparkplugNames: SparkplugNames;
}

class DecoderRegistry implements Decoders {
  readonly sparkplugNames: SparkplugNames;
  readonly #matches: TopicMatcher;
  readonly #schemaFiles: SchemaFiles;
  readonly #decoders: readonly Decoder[];

  /** @param nested How many Base64 texts are around the bytes. */
  constructor(parts: SharedParts, nested = 0) {
    this.sparkplugNames = parts.sparkplugNames;
    this.#matches = parts.matches;
    this.#schemaFiles = parts.schemaFiles;
    const inner = nested < maxNested ? new DecoderRegistry(parts, nested + 1) : undefined;
    this.#decoders = [
      textDecoder,
      jsonDecoder,
      cborDecoder,
      messagePackDecoder,
      protobufDecoder(this.#schemaFiles),
      sparkplugDecoder(this.sparkplugNames),
      avroDecoder(this.#schemaFiles),
      imageDecoder,
      numbersDecoder,
      ...(inner ? [nestingBase64(inner)] : []),
      hexDecoder,
    ];
  }

  get all(): readonly { id: DecoderId; label: string }[] {
    return this.#decoders.map(({ id, label }) => ({ id, label }));
  }

  withOwnNames(): Decoders {
    return new DecoderRegistry({
      matches: this.#matches,
      schemaFiles: this.#schemaFiles,
      sparkplugNames: new SparkplugNames(),
    });
  }

  choiceFor(choices: readonly DecoderChoice[], topic: string): DecoderChoice | undefined {
    return choiceFor(choices, topic, this.#matches);
  }

  candidates(input: DecoderInput, choice?: DecoderChoice): Candidate[] {
    const { head, via, damage } = this.#peek(input);
    const inside = head ?? input;
    const found = this.#offers(inside, via);
    if (via.length === 0) found.push(...this.#offersOfRawDeflate(input, found));
    else {
      // What was wrapped, as it came: the person may want to see just that.
      found.push({ id: 'hex', label: hexDecoder.label, confidence: 0.01, via: [], isChosen: false });
    }
    if (damage) found.push(damage);
    found.sort((a, b) => b.confidence - a.confidence);
    if (!choice) return found;
    const settings = settingsOf(choice);
    const chosenVia = settings.via ?? (choice.decoder === 'hex' ? [] : via);
    const isChosen = (candidate: Candidate): boolean =>
      candidate.id === choice.decoder && String(candidate.via) === String(chosenVia) && !candidate.failure;
    const offered = found.find(isChosen);
    const label = this.#decoders.find(({ id }) => id === choice.decoder)?.label ?? choice.decoder;
    const chosen: Candidate = {
      id: choice.decoder,
      label,
      confidence: offered?.confidence ?? 0,
      via: chosenVia,
      isChosen: true,
    };
    return [chosen, ...found.filter((candidate) => !isChosen(candidate))];
  }

  async decode(input: DecoderInput, id: DecoderId, settings: DecodeSettings = {}): Promise<DecodeOutcome> {
    try {
      const decoder = this.#decoders.find((candidate) => candidate.id === id);
      if (!decoder) return { kind: 'failed', message: `There is no decoder “${id}” for this payload.` };
      const via = settings.via ?? (id === 'hex' ? [] : this.#peek(input).via);
      const unwrapped = await unwrapAll(input, via);
      if (decoder.maxBytes !== undefined && unwrapped.payload.length > decoder.maxBytes)
        return {
          kind: 'failed',
          message: `${decoder.label} is decoded up to ${decoder.maxBytes / mebibyte} MiB, and this is longer. Look at it as hex.`,
        };
      const outcome = await decoder.decode(unwrapped, settings);
      return via.length === 0 || outcome.kind === 'failed'
        ? outcome
        : noteWrapping(outcome, via, unwrapped.payload);
    } catch (error) {
      if (error instanceof DecodeProblem) {
        const isEndElsewhere = input.isCut && error instanceof UnexpectedEnd;
        const message = isEndElsewhere
          ? `${error.message} Only the first bytes of the payload are here.`
          : error.message;
        return { kind: 'failed', message, ...error.place };
      }
      // A fault of a decoder, not of the payload: shown all the same, since hex still works.
      return { kind: 'failed', message: `The decoder failed: ${messageOf(error)}` };
    }
  }

  decodeChosen(input: DecoderInput, choice: DecoderChoice): Promise<DecodeOutcome> {
    return this.decode(input, choice.decoder, settingsOf(choice));
  }

  encoder(format: BinaryFormat, choice: DecoderChoice | undefined): Promise<EncoderFor> {
    return encoderFor(format, choice, this.#schemaFiles);
  }

  invalidate(path?: string): void {
    this.#schemaFiles.invalidate(path);
  }

  #offers(input: DecoderInput, via: readonly Compression[]): Candidate[] {
    const traits = traitsOf(input);
    const found: Candidate[] = [];
    for (const { id, label, offer } of this.#decoders) {
      const confidence = offerOf(() => offer(input, traits));
      if (confidence !== undefined) found.push({ id, label, confidence, via, isChosen: false });
    }
    return found;
  }

  /** For bytes of which nobody else is sure. */
  #offersOfRawDeflate(input: DecoderInput, found: readonly Candidate[]): Candidate[] {
    if (found.some(({ confidence }) => confidence >= sureConfidence)) return [];
    const peek = peekIntoRawDeflate(input.payload, input.isCut);
    if (peek?.head === undefined || peek.head.length === 0) return [];
    const payload = peek.head.subarray(0, headBytes);
    const isCut = !peek.isWhole || payload.length < peek.head.length;
    const confidence = peek.isWhole ? rawDeflateConfidence.whole : rawDeflateConfidence.cut;
    return this.#offers({ topic: input.topic, payload, isCut }, [peek.compression])
      .filter((inside) => inside.confidence >= sureConfidence)
      .map((inside) => ({ ...inside, confidence: confidence * inside.confidence }));
  }

  /** What stands in the payload's wrappings, if it has any: its first bytes. */
  #peek(input: DecoderInput): { head?: DecoderInput; via: Compression[]; damage?: Candidate } {
    const via: Compression[] = [];
    let head: DecoderInput | undefined;
    for (;;) {
      const bytes = head?.payload ?? input.payload;
      const isCut = head?.isCut ?? input.isCut;
      const { isText } = traitsOf({ topic: input.topic, payload: bytes.subarray(0, 512), isCut: true });
      const peek = via.length < maxWrappings ? peekInto(bytes, { isText, isCut }) : undefined;
      if (peek === undefined) return { ...(head && { head }), via };
      if (peek.head === undefined || (peek.head.length === 0 && !peek.isWhole)) {
        if (peek.problem === undefined) return { ...(head && { head }), via };
        const damage: Candidate = {
          id: 'hex',
          label: `${compressionNames[peek.compression]} (damaged)`,
          // Gzip has three bytes of its own; two of zlib come by chance.
          confidence: peek.compression === 'gzip' ? 0.9 : 0.01,
          via: [...via, peek.compression],
          isChosen: false,
          failure: peek.problem,
        };
        return { ...(head && { head }), via, damage };
      }
      via.push(peek.compression);
      // What is known of the payload is true of its wrapping, not of what is inside.
      head = {
        topic: input.topic,
        payload: peek.head.subarray(0, headBytes),
        isCut: !peek.isWhole || peek.head.length > headBytes,
      };
    }
  }
}

/** An offer that throws is none: the payload is not what that decoder took it for. */
function offerOf(offer: () => number | undefined): number | undefined {
  try {
    return offer();
  } catch {
    return undefined;
  }
}

function nestingBase64(inner: DecoderRegistry): Decoder {
  return base64Decoder({
    bestOf: (input) => {
      const [best] = inner.candidates(input);
      return { confidence: best?.confidence ?? 0, isBinary: best?.id !== 'text' && best?.id !== 'json' };
    },
    decodeBest: async (input) => {
      const best = inner.candidates(input).find((candidate) => candidate.failure === undefined);
      if (!best) throw new Error('hex is always a candidate');
      return { outcome: await inner.decode(input, best.id, { via: best.via }), label: best.label };
    },
  });
}

async function unwrapAll(input: DecoderInput, via: readonly Compression[]): Promise<DecoderInput> {
  if (via.length > maxWrappings)
    throw new DecodeProblem(
      `No more than ${maxWrappings} wrappings are taken off, and ${via.length} were asked for.`,
    );
  let unwrapped = input;
  for (const compression of via) {
    const payload = await unwrap(unwrapped.payload, compression, {
      isCut: input.isCut,
      ...(input.maxUnwrappedBytes !== undefined && { maxBytes: input.maxUnwrappedBytes }),
    });
    unwrapped = { ...limitsOf(input), topic: input.topic, payload, isCut: input.isCut };
  }
  return unwrapped;
}

function noteWrapping(
  outcome: Extract<DecodeOutcome, { kind: 'decoded' }>,
  via: readonly Compression[],
  payload: Uint8Array,
): DecodeOutcome {
  const { view, notes } = outcome.decoded;
  const wrapping = via.map((compression) => compressionNames[compression]).join(' in ');
  return {
    kind: 'decoded',
    decoded: {
      ...outcome.decoded,
      view: view.kind === 'hex' ? { kind: 'hex', bytes: view.bytes ?? payload } : view,
      notes: [`Unpacked from ${wrapping}: ${payload.length} bytes.`, ...notes],
    },
  };
}
