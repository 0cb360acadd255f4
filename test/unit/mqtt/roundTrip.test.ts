import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode } from '../../../src/mqtt/decode.ts';
import { encode } from '../../../src/mqtt/encode.ts';
import { FrameReader } from '../../../src/mqtt/frameReader.ts';
import type { Packet, ProtocolVersion } from '../../../src/mqtt/packets.ts';
import { type PropertyPlace, propertyTable } from '../../../src/mqtt/properties.ts';
import { isReasonCodeOf } from '../../../src/mqtt/reasonCodes.ts';
import { arbitraryPacket, packetKindsOf, protocolVersions } from '../../support/arbitraryPackets.ts';
import { SeededRandom } from '../../support/random.ts';

const SEED = 20_190_307;
const PACKETS_A_KIND = 60;
const versionNames = { 3: '3.1', 4: '3.1.1', 5: '5.0' };

for (const protocolVersion of protocolVersions) {
  for (const kind of packetKindsOf(protocolVersion)) {
    test(`every ${kind} of MQTT ${versionNames[protocolVersion]} decodes to what was encoded`, () => {
      const random = new SeededRandom(SEED);
      for (let i = 0; i < PACKETS_A_KIND; i++) {
        const packet = arbitraryPacket(random, protocolVersion, kind);
        const bytes = encode(packet, protocolVersion);
        assert.deepEqual(withPlainBytes(decode(bytes, protocolVersion)), withPlainBytes(packet));
      }
    });

    test(`every ${kind} of MQTT ${versionNames[protocolVersion]} comes whole out of any two pieces`, () => {
      const random = new SeededRandom(SEED + 1);
      const stream = Buffer.concat([
        encode(arbitraryPacket(random, protocolVersion, kind), protocolVersion),
        encode(arbitraryPacket(random, protocolVersion, kind), protocolVersion),
      ]);
      const whole = framesOf([stream]);
      assert.equal(whole.length, 2);
      for (let split = 1; split < stream.length; split++) {
        const frames = framesOf([stream.subarray(0, split), stream.subarray(split)]);
        assert.deepEqual(frames, whole, `split after ${split} bytes`);
      }
    });
  }
}

test('a stream of all packets comes whole out of single bytes', () => {
  const random = new SeededRandom(SEED + 2);
  for (const protocolVersion of protocolVersions) {
    const packets = packetKindsOf(protocolVersion).map((kind) =>
      arbitraryPacket(random, protocolVersion, kind),
    );
    const stream = Buffer.concat(packets.map((packet) => encode(packet, protocolVersion)));
    const frames = framesOf(Array.from(stream, (byte) => Buffer.of(byte)));
    assert.deepEqual(
      frames.map((frame) => decodeHex(frame, protocolVersion)),
      packets.map(withPlainBytes),
    );
  }
});

test('arbitrary packets leave out no property and no reason code of MQTT 5.0', () => {
  const random = new SeededRandom(SEED + 3);
  for (const kind of packetKindsOf(5)) {
    const properties = new Set<string>();
    const willProperties = new Set<string>();
    const reasonCodes = new Set<number>();
    for (let i = 0; i < 600; i++) {
      const packet = arbitraryPacket(random, 5, kind);
      if ('properties' in packet)
        for (const name of Object.keys(packet.properties ?? {})) properties.add(name);
      if ('reasonCode' in packet) reasonCodes.add(packet.reasonCode);
      if ('reasonCodes' in packet) for (const code of packet.reasonCodes) reasonCodes.add(code);
      if (packet.kind !== 'connect') continue;
      for (const name of Object.keys(packet.will?.properties ?? {})) willProperties.add(name);
    }
    assert.deepEqual([...properties].sort(), propertiesOf(kind), `properties of ${kind}`);
    if (kind === 'connect') assert.deepEqual([...willProperties].sort(), propertiesOf('will'));
    const known = Array.from({ length: 256 }, (_, code) => code).filter((code) => isReasonCodeOf(kind, code));
    assert.deepEqual(
      [...reasonCodes].sort((a, b) => a - b),
      known,
      `reason codes of ${kind}`,
    );
  }
});

test('packets on both sides of every length of the Remaining Length come whole out of any pieces', () => {
  const random = new SeededRandom(SEED + 4);
  for (const remainingLength of [127, 128, 16_383, 16_384, 2_097_151, 2_097_152]) {
    const payload = new Uint8Array(remainingLength - 3).fill(7);
    const packet = { kind: 'publish', topic: 't', payload, qos: 0, retain: false, dup: false } as const;
    const bytes = encode(packet, 4);
    const pieces = random.array(5, () => random.integer(0, bytes.length)).sort((a, b) => a - b);
    const chunks = [0, ...pieces].map((start, i) => bytes.subarray(start, pieces[i] ?? bytes.length));
    const frames: Packet[] = [];
    const reader = new FrameReader({ maxPacketBytes: 3_000_000 });
    for (const chunk of chunks) reader.push(chunk, (frame) => frames.push(decode(Buffer.from(frame), 4)));
    assert.equal(frames.length, 1);
    const [decoded] = frames;
    assert.ok(decoded?.kind === 'publish' && Buffer.compare(decoded.payload, payload) === 0);
  }
});

function propertiesOf(place: PropertyPlace): string[] {
  return propertyTable
    .filter(({ places }) => places.includes(place))
    .map(({ name }) => name)
    .sort();
}

function framesOf(chunks: readonly Uint8Array[]): string[] {
  const frames: string[] = [];
  const reader = new FrameReader({ maxPacketBytes: 1_000_000 });
  for (const chunk of chunks) reader.push(chunk, (frame) => frames.push(Buffer.from(frame).toString('hex')));
  assert.equal(reader.bufferedBytes, 0);
  return frames;
}

function decodeHex(frame: string, protocolVersion: ProtocolVersion): unknown {
  return withPlainBytes(decode(Buffer.from(frame, 'hex'), protocolVersion));
}

/** Bytes as hex, so that it does not matter which kind of byte array holds them. */
function withPlainBytes(packet: Packet): unknown {
  return JSON.parse(
    JSON.stringify(packet, (_, value: unknown) => {
      if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
      return isSerializedBuffer(value) ? Buffer.from(value.data).toString('hex') : value;
    }),
  );
}

/** What Buffer.prototype.toJSON makes, before a replacer sees it. */
function isSerializedBuffer(value: unknown): value is { type: 'Buffer'; data: number[] } {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer';
}
