import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode } from '../../../src/mqtt/decode.ts';
import { encode } from '../../../src/mqtt/encode.ts';
import { FrameReader } from '../../../src/mqtt/frameReader.ts';
import type { Packet, ProtocolVersion } from '../../../src/mqtt/packets.ts';
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
