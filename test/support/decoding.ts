/** Decoders as the engine makes them, and what a test wants of an outcome. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type {
  Decoded,
  DecodeFailure,
  DecodeOutcome,
  DecoderId,
  DecoderInput,
  DecodeSettings,
} from '../../src/decoders/decoder.ts';
import { createDecoders, type Decoders, type DecodersOptions } from '../../src/decoders/registry.ts';
import { topicMatches } from '../../src/mqtt/topics.ts';

export function testDecoders(options: Partial<DecodersOptions> = {}): Decoders {
  return createDecoders({ matches: topicMatches, readFile: (path) => readFile(path), ...options });
}

export function inputOf(payload: Uint8Array | string, more: Partial<DecoderInput> = {}): DecoderInput {
  const bytes = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload;
  return { topic: 'plant/sensor', payload: bytes, isCut: false, ...more };
}

export function decodedOf(outcome: DecodeOutcome): Decoded {
  if (outcome.kind === 'failed') assert.fail(`failed: ${outcome.message}`);
  return outcome.decoded;
}

export function failureOf(outcome: DecodeOutcome): DecodeFailure {
  if (outcome.kind !== 'failed') assert.fail(`decoded: ${JSON.stringify(outcome.decoded.view)}`);
  return outcome;
}

/** The JSON of a view, parsed: numbers that a double can't hold must be looked at as text. */
export function jsonOf(outcome: DecodeOutcome): unknown {
  return JSON.parse(jsonTextOf(outcome));
}

export function jsonTextOf(outcome: DecodeOutcome): string {
  const { view } = decodedOf(outcome);
  if (view.kind !== 'json') assert.fail(`a ${view.kind} view`);
  return view.text;
}

/** Decodes by itself, with decoders of its own. */
export function decodeAs(
  id: DecoderId,
  payload: Uint8Array | string,
  settings?: DecodeSettings,
  more?: Partial<DecoderInput>,
): Promise<DecodeOutcome> {
  return testDecoders().decode(inputOf(payload, more), id, settings);
}

/** Ids of the candidates, best first. */
export function offered(payload: Uint8Array | string, more?: Partial<DecoderInput>): DecoderId[] {
  return testDecoders()
    .candidates(inputOf(payload, more))
    .map(({ id }) => id);
}
