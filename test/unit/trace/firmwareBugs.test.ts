/** The files of test/firmware-bugs: each gives its own explanation, and a broker that gets its bytes says the same. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import type { BrokerObserver, DisconnectCause } from '../../../src/broker/observer.ts';
import { decode } from '../../../src/mqtt/decode.ts';
import { FrameReader } from '../../../src/mqtt/frameReader.ts';
import type { ProtocolVersion } from '../../../src/mqtt/packets.ts';
import { ProtocolError } from '../../../src/mqtt/protocolError.ts';
import { type ExplainedPacket, explainPacket } from '../../../src/trace/explainedPacket.ts';
import { explainFault, type PacketFault } from '../../../src/trace/packetFault.ts';
import { BrokerUnderTest } from '../../support/brokerUnderTest.ts';
import { hex } from '../../support/packetBytes.ts';
import { inRepository } from '../../support/repository.ts';

interface FirmwareBug {
  readonly name: string;
  /** A code of docs/errors.md, or `doubt`. */
  readonly expected: string;
  /** Of the packet at fault; undefined where its bytes alone are no fault. */
  readonly byteOffset: number | undefined;
  readonly says: string;
  readonly stream: Buffer;
}

const folder = inRepository('test/firmware-bugs');
const bugs = readdirSync(folder)
  .filter((name) => name.endsWith('.hex'))
  .map((name) => readBug(name));

function readBug(name: string): FirmwareBug {
  const text = readFileSync(`${folder}/${name}`, 'utf8');
  const head =
    /^# \S.*\.\n# Cause: \S.*\.\n# Expected: (\S+) (?:at (\d+)|in its state)\n# Says: (\S.*)\n\n/.exec(text);
  assert.ok(head !== null, `the head of ${name}`);
  const [, expected = '', byteOffset, says = ''] = head;
  return {
    name,
    expected,
    byteOffset: byteOffset === undefined ? undefined : Number(byteOffset),
    says,
    stream: hex(text),
  };
}

/** Each packet of the stream; the last is the one at fault, and may be what the framing stopped at. */
function packetsOf(stream: Uint8Array): [packets: Uint8Array[], version: ProtocolVersion] {
  const packets: Uint8Array[] = [];
  const reader = new FrameReader({ maxPacketBytes: 1_000_000 });
  let rest = stream.length;
  try {
    reader.push(stream, (frame) => {
      packets.push(Buffer.from(frame));
      rest -= frame.length;
    });
  } catch (error) {
    assert.ok(error instanceof ProtocolError);
    packets.push(stream.subarray(stream.length - rest));
  }
  return [packets, versionOf(packets[0])];
}

function versionOf(packet: Uint8Array | undefined): ProtocolVersion {
  try {
    const first = decode(packet ?? Buffer.alloc(0), 4);
    return first.kind === 'connect' ? first.protocolVersion : 4;
  } catch {
    return 4; // the fault is in the first packet, and is told in its own test
  }
}

/** The first packet that the decoder refuses, else the last. */
function explainStream({ stream }: FirmwareBug): ExplainedPacket {
  const [packets, version] = packetsOf(stream);
  const explained = packets.map((packet) => explainPacket(packet, version));
  return (
    explained.find(({ fault, doubts }) => fault !== undefined || doubts !== undefined) ?? explained.at(-1)!
  ); // one at least
}

/** What a broker ends the connection for. */
async function brokerFaultOf(t: TestContext, bug: FirmwareBug): Promise<PacketFault> {
  const cause = await new Promise<DisconnectCause>((resolve) => {
    const observer: BrokerObserver = { connectionClosed: (_, __, cause) => resolve(cause) };
    const under = new BrokerUnderTest(t, { observer });
    under.open(packetsOf(bug.stream)[1]).sendBytes(bug.stream);
  });
  assert.equal(cause.kind, 'protocolError', bug.name);
  return explainFault(cause.error);
}

for (const bug of bugs) {
  test(`${bug.name}: ${bug.expected}`, async (t) => {
    const { fault, doubts } = explainStream(bug);
    if (bug.expected === 'doubt') {
      assert.equal(fault, undefined);
      assert.equal(doubts?.[0]?.start, bug.byteOffset);
      assert.ok(doubts?.[0]?.message.includes(bug.says), doubts?.[0]?.message);
      return;
    }
    const brokerFault = await brokerFaultOf(t, bug);
    assert.equal(brokerFault.code, bug.expected);
    if (bug.byteOffset === undefined) assert.equal(fault, undefined, 'its bytes alone are right');
    else {
      assert.equal(fault?.code, bug.expected, fault?.message);
      assert.equal(fault?.offset, bug.byteOffset, fault?.message);
      assert.equal(fault?.message, brokerFault.message);
    }
    const { message, causes } = fault ?? brokerFault;
    assert.ok(
      [message, ...causes].some((text) => text.includes(bug.says)),
      [message, ...causes].join('\n'),
    );
  });
}

test('there are twenty and more, and no two have one explanation', () => {
  assert.ok(bugs.length >= 20);
  const explanations = bugs.map((bug) => {
    const { fault, doubts } = explainStream(bug);
    return fault?.message ?? doubts?.[0]?.message ?? bug.expected;
  });
  assert.equal(new Set(explanations).size, bugs.length);
});
