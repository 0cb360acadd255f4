/**
 * Bytes that no peer should send, through framing and decoder, in both directions and all three versions.
 *
 * A case is one stream: random bytes, or one to four packets, most of them broken, in arbitrary pieces, read as one of
 * the versions. Every packet that comes out of the framing is decoded; what decodes is encoded and decoded again.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode } from '../../src/mqtt/decode.ts';
import { encode } from '../../src/mqtt/encode.ts';
import { FrameReader } from '../../src/mqtt/frameReader.ts';
import type { Packet, ProtocolVersion } from '../../src/mqtt/packets.ts';
import { TopicNameCache } from '../../src/mqtt/topicNameCache.ts';
import { arbitraryPacket, protocolVersions } from '../support/arbitraryPackets.ts';
import { checkFault } from '../support/faultRules.ts';
import { SeededRandom } from '../support/random.ts';
import { caseFailure, fuzzPlan, randomOfCase, shrink } from './fuzzPlan.ts';
import { mutated } from './mutations.ts';

/** Of the million: the rest are whole connections (connections.test.ts), which take a hundred times as long. */
const SHARE = 0.9;
const PACKETS_A_VERSION = 2000;
const MAX_PACKET_BYTES = 4096;
/** What stands around a packet in memory, where the decoder must not look. */
const MARGIN_BYTES = 8;
const MAX_HEADER_BYTES = 5;
/** Below, a run need not have met every fault. */
const ENOUGH_TO_GO_DEEP = 500_000;

interface Case {
  readonly protocolVersion: ProtocolVersion;
  readonly stream: Uint8Array;
  /** Where the pieces end: in order. */
  readonly splits: readonly number[];
}

/** What comes to a port that was taken for another. */
const otherProtocols = [
  'GET /mqtt HTTP/1.1\r\n\r\n',
  'PRI * HTTP/2.0\r\n',
  '\u0016\u0003\u0001\u0002\u0000\u0001',
  'SSH-2.0-x\r\n',
];

const plan = fuzzPlan(SHARE);

test('no bytes make framing and decoder throw anything but a fault that says what, where and why', async () => {
  const corpus = makeCorpus(plan.seed);
  const topicNames = new TopicNameCache();
  const faults = new Set<string>();
  let packets = 0;
  for (let n = plan.first; n < plan.end; n++) {
    const it = makeCase(randomOfCase(plan.seed, n), corpus);
    try {
      for (const outcome of checkCase(it, topicNames)) {
        if (outcome.kind === 'packet') packets++;
        else faults.add(outcome.code);
      }
    } catch (error) {
      throw await failureOf(it, n, error);
    }
  }
  const cases = plan.end - plan.first;
  console.log(`${cases} cases of seed ${plan.seed}: ${packets} packets, ${faults.size} kinds of fault`);
  if (cases < ENOUGH_TO_GO_DEEP) return;
  assert.ok(packets > cases / 5, `only ${packets} packets were decoded`);
  assert.ok(faults.size > 45, `only these faults were met: ${[...faults].sort().join(', ')}`);
});

function makeCorpus(seed: number): ReadonlyMap<ProtocolVersion, readonly Uint8Array[]> {
  const random = new SeededRandom(seed);
  return new Map(
    protocolVersions.map((version) => [
      version,
      random.array(PACKETS_A_VERSION, () => encode(arbitraryPacket(random, version), version)),
    ]),
  );
}

function makeCase(random: SeededRandom, corpus: ReadonlyMap<ProtocolVersion, readonly Uint8Array[]>): Case {
  const protocolVersion = random.pick(protocolVersions);
  // At times the packets of another version, as a client that mixes them up.
  const packets = corpus.get(random.integer(0, 7) === 0 ? random.pick(protocolVersions) : protocolVersion)!; // all three are there
  const kind = random.integer(0, 49);
  const stream =
    kind === 0
      ? Buffer.from(random.pick(otherProtocols))
      : kind < 5
        ? random.bytes(random.integer(1, 60))
        : Buffer.concat(
            random.array(random.pick([1, 1, 1, 2, 4]), () => {
              const packet = random.pick(packets);
              return random.integer(0, 9) === 0 ? packet : mutated(random, packet, random.pick(packets));
            }),
          );
  const splits = random
    .array(random.pick([0, 0, 1, 3, 20]), () => random.integer(0, stream.length))
    .sort((a, b) => a - b);
  return { protocolVersion, stream, splits };
}

/** Returns what came of it: packets, and the codes of faults. */
function checkCase({ protocolVersion, stream, splits }: Case, topicNames: TopicNameCache): Outcome[] {
  const whole = framesOf([stream]);
  if (splits.length > 0) checkSplits(stream, splits, whole);
  const outcomes = whole.frames.map((frame) => checkDecode(frame, protocolVersion, topicNames));
  if (whole.fault === undefined) return outcomes;
  // Of the packet at fault, the fixed header was read and no more.
  checkFault(whole.fault, MAX_HEADER_BYTES);
  const { code, byteOffset = 0 } = whole.fault;
  return [...outcomes, { kind: 'fault', code, byteOffset }];
}

function framesOf(chunks: readonly Uint8Array[]): { frames: Uint8Array[]; fault: unknown } {
  const frames: Uint8Array[] = [];
  const reader = new FrameReader({ maxPacketBytes: MAX_PACKET_BYTES });
  let announced = 0;
  try {
    for (const chunk of chunks) {
      reader.push(chunk, (frame) => frames.push(Buffer.from(frame)));
      announced += chunk.length;
      assert.ok(reader.bufferedBytes <= Math.min(announced, MAX_PACKET_BYTES), 'more is kept than came');
    }
  } catch (fault) {
    assert.equal(reader.bufferedBytes, 0, 'nothing is kept after a fault');
    return { frames, fault };
  }
  return { frames, fault: undefined };
}

/** In pieces the same packets come out, and a fault if there was one. */
function checkSplits(
  stream: Uint8Array,
  splits: readonly number[],
  whole: { frames: readonly Uint8Array[]; fault: unknown },
): void {
  const pieces: Uint8Array[] = [];
  let start = 0;
  for (const split of [...splits, stream.length]) {
    pieces.push(stream.subarray(start, split));
    start = split;
  }
  const split = framesOf(pieces);
  assert.equal(split.frames.length, whole.frames.length, `packets when split at ${splits}`);
  for (const [i, frame] of split.frames.entries())
    assert.ok(whole.frames[i] && Buffer.compare(frame, whole.frames[i]) === 0);
  assert.equal(split.fault === undefined, whole.fault === undefined, `the fault when split at ${splits}`);
}

/** Decodes amid two kinds of surroundings: what comes out depends on the packet alone. */
function checkDecode(
  frame: Uint8Array,
  protocolVersion: ProtocolVersion,
  topicNames: TopicNameCache,
): Outcome {
  const memory = Buffer.alloc(frame.length + 2 * MARGIN_BYTES, 0x61);
  memory.set(frame, MARGIN_BYTES);
  const view = memory.subarray(MARGIN_BYTES, MARGIN_BYTES + frame.length);
  const first = outcomeOf(view, protocolVersion, topicNames);
  memory.fill(0x00, 0, MARGIN_BYTES).fill(0xff, MARGIN_BYTES + frame.length);
  const second = outcomeOf(view, protocolVersion, undefined);
  if (first.kind === 'fault' || second.kind === 'fault') assert.deepEqual(second, first);
  else checkPacket(first.packet, second.packet, protocolVersion);
  return first;
}

type Outcome = { kind: 'packet'; packet: Packet } | { kind: 'fault'; code: string; byteOffset: number };

function outcomeOf(
  frame: Uint8Array,
  protocolVersion: ProtocolVersion,
  topicNames: TopicNameCache | undefined,
): Outcome {
  try {
    return { kind: 'packet', packet: decode(frame, protocolVersion, topicNames) };
  } catch (fault) {
    checkFault(fault, frame.length);
    return { kind: 'fault', code: fault.code, byteOffset: fault.byteOffset ?? 0 };
  }
}

/** What decodes can be encoded, and is the same again after a round. */
function checkPacket(packet: Packet, same: Packet, protocolVersion: ProtocolVersion): void {
  // A CONNECT says itself which version it is of.
  const version = packet.kind === 'connect' ? packet.protocolVersion : protocolVersion;
  const bytes = encode(packet, version);
  assert.ok(Buffer.compare(encode(same, version), bytes) === 0, 'the same amid other bytes');
  assert.ok(Buffer.compare(encode(decode(bytes, version), version), bytes) === 0, 'the same after a round');
}

/** The failure of a case, with as few bytes of its stream as fail the same way. */
async function failureOf(it: Case, caseNumber: number, cause: unknown): Promise<Error> {
  const stream = await shrink([...it.stream], (bytes) => failsAlike(it, bytes, cause));
  const input = `MQTT ${it.protocolVersion}, ${Buffer.from(stream).toString('hex')}, split at [${it.splits}]`;
  return caseFailure('test/fuzz/decoder.test.ts', plan.seed, caseNumber, input, cause);
}

function failsAlike(it: Case, bytes: readonly number[], cause: unknown): boolean {
  const splits = it.splits.map((split) => Math.min(split, bytes.length));
  try {
    checkCase({ ...it, stream: Buffer.from(bytes), splits }, new TopicNameCache());
    return false;
  } catch (error) {
    return nameOf(error) === nameOf(cause);
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : String(error);
}
