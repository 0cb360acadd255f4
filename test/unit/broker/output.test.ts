/** What is written to clients while input is handled: in order, once, and with bytes that nobody writes to any more. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OpenOutputs } from '../../../src/broker/openOutputs.ts';
import { Output } from '../../../src/broker/output.ts';
import type { Transport } from '../../../src/broker/transport.ts';
import { SeededRandom } from '../../support/random.ts';

/** Keeps what was written, and what it said at that time. */
class WrittenTransport implements Partial<Transport> {
  readonly pieces: Uint8Array[] = [];
  readonly #then: Buffer[] = [];
  bytes = 0;

  write(bytes: Uint8Array): void {
    this.pieces.push(bytes);
    this.#then.push(Buffer.from(bytes));
    this.bytes += bytes.length;
  }

  /** All that was written, which has not changed since. */
  taken(): Buffer {
    const now = Buffer.concat(this.pieces);
    assert.ok(now.equals(Buffer.concat(this.#then)), 'what the transport was handed has changed');
    return now;
  }
}

function newOutput(outputs = new OpenOutputs()) {
  const transport = new WrittenTransport();
  // `write` is all that an output calls.
  return { outputs, transport, output: new Output(transport as unknown as Transport, outputs) };
}

/** Different bytes each time, so that a piece in the wrong place shows. */
function numbered(length: number, from = 0): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, i) => (from + i) % 251).buffer);
}

/** One output, and what its client is to get. */
class Client {
  readonly transport = new WrittenTransport();
  readonly output: Output;
  /** Where in the chunk the run that it was forwarded ends. */
  #runEnd = 0;
  #expected: Uint8Array[] = [];
  #expectedBytes = 0;

  constructor(outputs: OpenOutputs) {
    this.output = new Output(this.transport as unknown as Transport, outputs);
  }

  get expected(): Buffer {
    return Buffer.concat(this.#expected);
  }

  newInput(): void {
    this.#runEnd = 0;
  }

  forward(chunk: Uint8Array, random: SeededRandom): void {
    const isAdjacent = random.integer(0, 3) !== 0;
    const start = isAdjacent ? this.#runEnd : random.integer(0, chunk.length - 1);
    const length = random.pick([2, 10, 100, 511, 512, 513, 2000]);
    if (start + length > chunk.length) return;
    this.#runEnd = start + length;
    this.output.forward(chunk, start, start + length, false);
    this.#expect(chunk.subarray(start, start + length));
  }

  forwardOwn(random: SeededRandom): void {
    const own = random.bytes(random.pick([10, 600, 5000]));
    const start = random.pick([0, 0, 3]);
    this.output.forward(own, start, own.length, true);
    this.#expect(own.subarray(start));
  }

  copy(chunk: Uint8Array, random: SeededRandom): void {
    const start = random.integer(0, 100);
    const end = start + random.pick([4, 32, 33, 700, 1024, 1025, 20_000]);
    const at = this.output.copy(chunk, start, end);
    this.output.page[at] = 0xaa;
    this.#expect(Buffer.from([0xaa, ...chunk.subarray(start + 1, end)]));
  }

  room(random: SeededRandom): void {
    const bytes = random.bytes(random.pick([1, 4, 300, 3000, 70_000]));
    const at = this.output.room(bytes.length);
    this.output.page.set(bytes, at);
    this.#expect(bytes);
  }

  write(random: SeededRandom): void {
    const bytes = random.bytes(random.pick([2, 60, 512, 513, 4000]));
    this.output.write(bytes);
    this.#expect(bytes);
  }

  discard(): void {
    this.output.discard();
    this.#expected = [this.expected.subarray(0, this.transport.bytes)];
    this.#expectedBytes = this.transport.bytes;
  }

  /** What is not with the transport yet is open. */
  check(): void {
    assert.equal(this.output.openBytes, this.#expectedBytes - this.transport.bytes);
  }

  #expect(bytes: Uint8Array): void {
    this.#expected.push(Buffer.from(bytes));
    this.#expectedBytes += bytes.length;
  }
}

/** One thing that is written to a client, by any of the ways there are. */
function step(client: Client, chunk: Uint8Array, random: SeededRandom): void {
  switch (random.integer(0, 30)) {
    case 0:
      client.forwardOwn(random);
      break;
    case 1:
    case 2:
    case 3:
    case 4:
      client.copy(chunk, random);
      break;
    case 5:
    case 6:
    case 7:
    case 8:
      client.room(random);
      break;
    case 9:
    case 10:
    case 11:
    case 12:
      client.write(random);
      break;
    case 13:
      // As a connection does that ends while input of another is handled.
      if (random.boolean()) client.output.close();
      else client.discard();
      break;
    default:
      client.forward(chunk, random);
  }
}

test('whatever is written to many outputs comes out in its order, and what was borrowed may be overwritten after', () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = new SeededRandom(seed);
    const outputs = new OpenOutputs();
    const clients = random.array(random.integer(1, 4), () => new Client(outputs));
    // As a transport that reads into the same memory each time.
    const chunk = new Uint8Array(random.pick([25_000, 65_536]));
    for (let input = 0; input < 4; input++) {
      chunk.set(random.bytes(chunk.length));
      for (const client of clients) client.newInput();
      outputs.begin();
      for (let i = 0; i < 80; i++) {
        const client = random.pick(clients);
        step(client, chunk, random);
        client.check();
      }
      outputs.close();
      chunk.fill(0xee);
      for (const { transport, output, expected } of clients) {
        assert.equal(output.openBytes, 0);
        assert.ok(transport.taken().equals(expected), `seed ${seed}, input ${input}`);
      }
    }
  }
});

test('packets that follow each other in the input go out as one piece', () => {
  const { outputs, transport, output } = newOutput();
  const chunk = numbered(3000);
  outputs.begin();
  for (let start = 0; start < 3000; start += 100) output.forward(chunk, start, start + 100, false);
  assert.equal(transport.pieces.length, 0);
  assert.equal(output.openBytes, 3000);
  outputs.close();
  assert.equal(transport.pieces.length, 1);
  assert.deepEqual(transport.taken(), chunk);
});

test('small ones that do not are put together into one piece, with what is written between them', () => {
  const { outputs, transport, output } = newOutput();
  const chunk = numbered(100);
  outputs.begin();
  output.forward(chunk, 0, 10, false);
  output.forward(chunk, 20, 30, false);
  output.write(numbered(5, 200));
  output.forward(chunk, 40, 50, false);
  outputs.close();
  assert.equal(transport.pieces.length, 1);
  const expected = [chunk.subarray(0, 10), chunk.subarray(20, 30), numbered(5, 200), chunk.subarray(40, 50)];
  assert.deepEqual(transport.taken(), Buffer.concat(expected));
});

test('outputs that are sent the same share one copy of it', () => {
  const outputs = new OpenOutputs();
  const all = Array.from({ length: 20 }, () => newOutput(outputs));
  const chunk = numbered(1000);
  outputs.begin();
  for (const start of [0, 300, 600])
    for (const { output } of all) output.forward(chunk, start, start + 300, false);
  outputs.close();
  const [first] = all[0]!.transport.pieces; // there are twenty
  for (const { transport } of all) {
    assert.equal(transport.pieces.length, 1);
    assert.equal(transport.pieces[0], first);
    assert.deepEqual(transport.taken(), chunk.subarray(0, 900));
  }
  assert.notEqual(first?.buffer, chunk.buffer, 'and none holds on to the input');
});

test("a large run is shared also where something of each output's own follows it", () => {
  const outputs = new OpenOutputs();
  const all = [newOutput(outputs), newOutput(outputs)];
  const chunk = numbered(1000);
  outputs.begin();
  for (const { output } of all) {
    output.forward(chunk, 0, 900, false);
    output.write(Buffer.from('own'));
  }
  outputs.close();
  assert.equal(all[0]?.transport.pieces[0], all[1]?.transport.pieces[0]);
  for (const { transport } of all)
    assert.deepEqual(transport.taken(), Buffer.concat([chunk.subarray(0, 900), Buffer.from('own')]));
});

test('runs that start or end elsewhere are copies of their own', () => {
  const outputs = new OpenOutputs();
  const chunk = numbered(3000);
  const bounds = [
    [0, 1000],
    [0, 2000],
    [1000, 2000],
    [0, 1000],
  ] as const;
  const all = bounds.map((bound) => ({ bound, ...newOutput(outputs) }));
  outputs.begin();
  for (const { bound, output } of all) output.forward(chunk, bound[0], bound[1], false);
  outputs.close();
  for (const { bound, transport } of all) assert.deepEqual(transport.taken(), chunk.subarray(...bound));
});

test('a copy is not taken for that of later input, which came into the same memory', () => {
  const { outputs, transport, output } = newOutput();
  const chunk = Buffer.alloc(1000);
  const expected: Buffer[] = [];
  for (let input = 0; input < 3; input++) {
    chunk.fill(input);
    expected.push(Buffer.from(chunk));
    outputs.begin();
    output.forward(chunk, 0, 1000, false);
    outputs.close();
  }
  assert.deepEqual(transport.taken(), Buffer.concat(expected));
});

test('a packet in bytes of its own goes out without a copy, and a part of them with one', () => {
  for (const [start, end, isCopied] of [
    [0, 1000, false],
    [1, 1000, true],
    [0, 999, true],
  ] as const) {
    const { outputs, transport, output } = newOutput();
    const own = numbered(1000);
    outputs.begin();
    output.forward(own, start, end, true);
    outputs.close();
    assert.equal(transport.pieces[0] === own, !isCopied);
    assert.deepEqual(transport.taken(), own.subarray(start, end));
  }
});

test('what is large goes to the transport at once, behind what was written before', () => {
  const { outputs, transport, output } = newOutput();
  const large = numbered(513);
  outputs.begin();
  output.write(numbered(3));
  output.write(large);
  assert.equal(transport.bytes, 516);
  assert.equal(transport.pieces.at(-1), large, 'not copied');
  output.forward(numbered(900), 100, 900, false);
  assert.equal(output.openBytes, 800);
  output.write(large);
  assert.equal(output.openBytes, 0);
  outputs.close();
  const expected = [numbered(3), large, numbered(900).subarray(100), large];
  assert.deepEqual(transport.taken(), Buffer.concat(expected));
});

test('what was dropped is not sent, and what follows is', () => {
  const { outputs, transport, output } = newOutput();
  outputs.begin();
  output.forward(numbered(2000), 0, 1000, false);
  output.discard();
  assert.equal(output.openBytes, 0);
  output.write(numbered(10));
  output.discard();
  output.write(Buffer.from('sent'));
  outputs.close();
  assert.equal(transport.taken().toString(), 'sent');
});
