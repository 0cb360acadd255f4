/** When the broker commits to its store: before the acknowledgements of that work leave. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryPersistence } from '../../../src/persistence/memoryPersistence.ts';
import { BrokerUnderTest } from '../../support/brokerUnderTest.ts';
import { concat, frame, hex, uint16, utf8 } from '../../support/bytes.ts';

class WatchedPersistence extends MemoryPersistence {
  /** Called at each commit. */
  onCommit: () => void = () => {};

  override commit(): void {
    this.onCommit();
  }
}

test('nothing has left for the network when a commit is made, also when DISCONNECT follows in the same chunk', async (t) => {
  const persistence = new WatchedPersistence();
  const under = new BrokerUnderTest(t, { persistence });
  for (const behind of [new Uint8Array(0), hex('E0 00')]) {
    const client = await under.connect(4, 'a', { cleanStart: false });
    const transport = client.transport ?? assert.fail();
    const buffered: number[] = [];
    persistence.onCommit = () => buffered.push(transport.bufferedBytes);
    client.sendBytes(concat(frame(0x32, utf8('t'), uint16(1)), behind));
    assert.equal(buffered[0], 4, 'the PUBACK waits');
    await client.expect('puback');
    persistence.onCommit = () => {};
    await client.breakOff();
  }
});

test('a store that fails ends the connection, and its acknowledgements are not sent', async (t) => {
  const persistence = new WatchedPersistence();
  const under = new BrokerUnderTest(t, { persistence });
  under.expectedBugs = 1;
  const bystander = await under.connect(5, 'bystander');
  const client = await under.connect(5, 'a');
  persistence.onCommit = () => {
    persistence.onCommit = () => {};
    throw new Error('the disk is full');
  };
  client.sendPublish('t', 'm', { qos: 1 });
  await client.expectClosed();
  await bystander.ping();
});
