/**
 * What an injected fault did is not held against the board: a healthy one, that comes back each time, is warned of nothing,
 * and its last disconnect tells the fault. What it says itself, and what happens to others, stays what it is.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import type { FaultBehaviour, FaultRule } from '../../../src/faults/faultRule.ts';
import { Faults } from '../../../src/faults/faults.ts';
import type { ConnectionEnd } from '../../../src/model/clients.ts';
import type { ConnectPacket } from '../../../src/mqtt/packets.ts';
import type { RawClient } from '../../support/rawClient.ts';
import { WarningsUnderTest } from '../../unit/observation/warnings/warningsUnderTest.ts';

const who = { kind: 'clientId', clientId: 'board' } as const;
const will = { topic: 'status', payload: Buffer.from('offline'), qos: 1, retain: true } as const;
const healthy = { keepAliveSeconds: 60, will } as const;
/** More than any rule needs. */
const ROUNDS = 8;

class Desk {
  readonly warned: WarningsUnderTest;
  readonly faults: Faults;

  constructor(t: TestContext) {
    t.after(() => this.faults.dispose());
    this.warned = new WarningsUnderTest(t);
    const { broker, clock } = this.warned.under;
    this.faults = new Faults({
      ...{ broker, clock, random: () => 0.5, log: () => {}, isExempt: () => false },
      ports: { close: async () => {}, reopen: async () => {} },
    });
  }

  on(behaviour: FaultBehaviour, more: Omit<FaultRule, 'who' | 'behaviour'> = {}): number {
    const result = this.faults.start([{ who, behaviour, ...more }]);
    if (result.kind !== 'started') assert.fail(result.message);
    return result.injection.id;
  }

  board(settings: Partial<ConnectPacket> = healthy): Promise<RawClient> {
    return this.warned.under.connect(5, 'board', settings);
  }

  /** It says that it is back, as it should, unless the fault keeps that from the broker. */
  async greet(board: RawClient): Promise<void> {
    await board.publish('status', 'online', { retain: true, qos: 1 });
  }

  get end(): ConnectionEnd | undefined {
    return this.warned.model.clients.lastOf('board')?.end;
  }

  assertNotBlamed(kind: ConnectionEnd['kind'], name: string, did: 'touched' | 'silenced' | 'ended'): void {
    assert.deepEqual(this.warned.kinds('board'), []);
    assert.deepEqual([this.end?.kind, this.end?.fault], [kind, { name, did }]);
  }
}

for (const [behaviour, packets] of [
  [{ kind: 'close', at: 'connack' }, undefined],
  [{ kind: 'closeAfter', count: 1 }, ['connack']],
  [{ kind: 'cut', percent: 100 }, ['connack']],
] as const)
  test(`a board whose connections the fault ${behaviour.kind} ends is in no loop`, async (t) => {
    const desk = new Desk(t);
    desk.on(behaviour, { ...(packets && { packets }) });
    for (let round = 0; round < ROUNDS; round++) {
      const board = desk.warned.under.open(5);
      board.sendConnect({ clientId: 'board', ...healthy });
      await board.closed();
      desk.warned.advanceSeconds(5);
    }
    desk.assertNotBlamed('networkClosed', behaviour.kind, 'ended');
  });

test('nor is one whose broker goes again and again', async (t) => {
  const desk = new Desk(t);
  for (let round = 0; round < ROUNDS; round++) {
    const board = await desk.board();
    const result = desk.faults.start(
      [
        {
          who: { kind: 'everyone' },
          behaviour: { kind: 'brokerStops', seconds: 10, losesSessions: true },
        },
      ],
      { name: 'brokerRestart' },
    );
    assert.equal(result.kind, 'started');
    await board.closed();
    desk.warned.advanceSeconds(10);
    await desk.faults.settled();
  }
  desk.assertNotBlamed('networkClosed', 'brokerRestart', 'ended');
});

test('nor is one that is refused, whose reason says so already', async (t) => {
  const desk = new Desk(t);
  desk.on({ kind: 'refuse', reasonCode: 0x88 });
  for (let round = 0; round < ROUNDS; round++) {
    const board = desk.warned.under.open(5);
    board.sendConnect({ clientId: 'board', ...healthy });
    await board.closed();
    desk.warned.advanceSeconds(5);
  }
  assert.deepEqual([desk.warned.kinds('board'), desk.end?.kind], [[], 'refused']);
});

test('one whose connections go dead was not silent: the fault held it back', async (t) => {
  const desk = new Desk(t);
  for (let round = 0; round < ROUNDS; round++) {
    const board = await desk.board();
    const id = desk.on({ kind: 'halfOpen' });
    board.send({ kind: 'pingreq' });
    desk.warned.advanceSeconds(91);
    desk.assertNotBlamed('keepAliveTimeout', 'halfOpen', 'silenced');
    desk.faults.stop(id);
    await board.closed();
  }
});

for (const [who, behaviour, packets] of [
  ['whose network forgets it when it is idle', { kind: 'idleTimeout', seconds: 30 }, undefined],
  ['whose PINGREQs are lost', { kind: 'drop', percent: 100 }, ['pingreq']],
] as const)
  test(`nor was one ${who}`, async (t) => {
    const desk = new Desk(t);
    desk.on(behaviour, { ...(packets && { direction: 'toBroker', packets }) });
    for (let round = 0; round < ROUNDS; round++) {
      const board = await desk.board();
      await desk.greet(board);
      desk.warned.advanceSeconds(50);
      board.send({ kind: 'pingreq' });
      desk.warned.advanceSeconds(41);
      desk.assertNotBlamed('keepAliveTimeout', behaviour.kind, 'silenced');
    }
  });

test('one that is let go as the fault is stopped was closed by it', async (t) => {
  const desk = new Desk(t);
  for (let round = 0; round < ROUNDS; round++) {
    const board = await desk.board();
    const id = desk.on({ kind: 'halfOpen' });
    desk.faults.stop(id);
    await board.closed();
    desk.warned.advanceSeconds(5);
  }
  desk.assertNotBlamed('networkClosed', 'halfOpen', 'ended');
});

test('what held a board back is told, whatever else was done to it meanwhile', async (t) => {
  const desk = new Desk(t);
  const board = await desk.board();
  await board.subscribe('command');
  await desk.greet(board);
  desk.on({ kind: 'drop', percent: 100 }, { direction: 'toBroker', packets: ['pingreq'] });
  desk.on({ kind: 'duplicate', percent: 100 }, { direction: 'toClient', packets: ['publish'] });
  board.send({ kind: 'pingreq' });
  await turnOfTheLoop();
  const { broker } = desk.warned.under;
  broker.publish({ topic: 'command', payload: Buffer.from('x'), qos: 0, retain: false });
  for (let time = 0; time < 2; time++) await board.expectMessage();
  desk.warned.advanceSeconds(91);
  desk.assertNotBlamed('keepAliveTimeout', 'drop', 'silenced');
});

for (const behaviour of [
  { kind: 'close', at: 'open' },
  { kind: 'close', at: 'connect' },
  { kind: 'nonsense' },
] as const)
  test(`a connection that the fault ${behaviour.kind} ends before the broker knows whose it is says so${'at' in behaviour ? `: at ${behaviour.at}` : ''}`, async (t) => {
    const desk = new Desk(t);
    const who = { kind: 'everyone' } as const;
    assert.equal(desk.faults.start([{ who, behaviour }]).kind, 'started');
    const ends: unknown[] = [];
    desk.warned.under.broker.observer = {
      connectionClosed: ({ fault }, clientId, { kind }) =>
        ends.push([fault?.name, fault?.did, clientId, kind]),
    };
    const board = desk.warned.under.open(5);
    board.sendConnect({ clientId: 'board', ...healthy });
    await board.closed();
    assert.deepEqual(ends, [[behaviour.kind, 'ended', undefined, 'networkClosed']]);
  });

test('a board that falls silent by itself, long after a fault let it go, was silent', async (t) => {
  const desk = new Desk(t);
  const board = await desk.board();
  const id = desk.on({ kind: 'stall' });
  desk.warned.advanceSeconds(10);
  desk.faults.stop(id);
  await board.ping();
  desk.warned.advanceSeconds(91);
  desk.assertNotBlamed('keepAliveTimeout', 'stall', 'touched');
});

test('a connection that a fault made useless is left by the client: that is no fight, and no loop', async (t) => {
  for (const seconds of [1, 20]) {
    const desk = new Desk(t);
    for (let round = 0; round < ROUNDS; round++) {
      await desk.board();
      desk.on({ kind: 'halfOpen' });
      desk.warned.advanceSeconds(seconds);
    }
    await desk.board();
    desk.assertNotBlamed('takenOver', 'halfOpen', 'silenced');
  }
});

test('a client that gives up as an acknowledgement is lost is in no loop', async (t) => {
  const desk = new Desk(t);
  desk.on({ kind: 'drop', percent: 100 }, { direction: 'toClient', packets: ['puback'] });
  for (let round = 0; round < ROUNDS; round++) {
    const board = await desk.board();
    board.sendPublish('a', 'x', { qos: 1, packetId: 1 });
    await board.ping();
    await board.breakOff();
    desk.warned.advanceSeconds(5);
  }
  desk.assertNotBlamed('networkClosed', 'drop', 'touched');
});

for (const behaviour of [
  { kind: 'split' },
  { kind: 'delay', delayMs: 500, jitterMs: 0 },
  { kind: 'bandwidth', bytesPerSecond: 100 },
] as const)
  test(`nor is one that gives up as its CONNACK comes with ${behaviour.kind}`, async (t) => {
    const desk = new Desk(t);
    desk.on(behaviour, { direction: 'toClient' });
    for (let round = 0; round < ROUNDS; round++) {
      const board = desk.warned.under.open(5);
      board.sendConnect({ clientId: 'board', ...healthy });
      let isThere = false;
      const connack = board.expect('connack').then(() => {
        isThere = true;
      });
      while (!isThere) {
        await turnOfTheLoop();
        desk.warned.advanceSeconds(0.1);
      }
      await connack;
      await board.breakOff();
      desk.warned.advanceSeconds(5);
    }
    desk.assertNotBlamed('networkClosed', behaviour.kind, 'touched');
  });

test('pings that were held back are not late', async (t) => {
  const desk = new Desk(t);
  const board = await desk.board();
  await desk.greet(board);
  for (let round = 0; round < 3; round++) {
    const id = desk.on({ kind: 'stall' }, { direction: 'toBroker' });
    board.send({ kind: 'pingreq' });
    desk.warned.advanceSeconds(80);
    desk.faults.stop(id);
    await board.expect('pingresp');
  }
  assert.deepEqual(desk.warned.kinds('board'), []);
});

test('a PUBREL that was lost is not one that never came', async (t) => {
  const desk = new Desk(t);
  const board = await desk.board({ ...healthy, keepAliveSeconds: 200 });
  await desk.greet(board);
  desk.on({ kind: 'drop', percent: 100 }, { packets: ['pubrel'] });
  board.sendPublish('a', 'x', { qos: 2, packetId: 7 });
  await board.expect('pubrec');
  board.send({ kind: 'pubrel', packetId: 7, reasonCode: 0 });
  await board.ping();
  desk.warned.advanceSeconds(60);
  assert.deepEqual(desk.warned.kinds('board'), []);
});

test('an "online" that was lost is not one that was never said', async (t) => {
  const desk = new Desk(t);
  await (await desk.board()).breakOff();
  desk.on({ kind: 'drop', percent: 100 }, { direction: 'toBroker', packets: ['publish'] });
  const board = await desk.board();
  board.sendPublish('status', 'online', { retain: true, qos: 1, packetId: 1 });
  await board.ping();
  desk.warned.advanceSeconds(40);
  assert.deepEqual(desk.warned.kinds('board'), []);
});

test('messages that were doubled are not the same again and again', async (t) => {
  const desk = new Desk(t);
  const { warned } = desk;
  const { clock } = warned.under;
  const board = await desk.board();
  await desk.greet(board);
  desk.on({ kind: 'duplicate', percent: 100 }, { direction: 'toBroker', packets: ['publish'] });
  for (let second = 0; second < 30; second++) {
    board.sendPublish('value', 'same', { qos: 0 });
    await board.ping();
    warned.advanceSeconds(1);
    warned.model.topics.updateRates(clock.monotonicMs(), () => false);
  }
  assert.equal(warned.model.log.nextId - warned.model.log.firstId > 50, true);
  assert.deepEqual(warned.kinds('board'), []);
});

test('a keep alive that a fault forces is not the board’s, and what it asked for is', async (t) => {
  const desk = new Desk(t);
  desk.on({ kind: 'serverKeepAlive', seconds: 3 });
  const board = await desk.board();
  assert.deepEqual(desk.warned.kinds('board'), []);
  await board.disconnect();
  await desk.board({ ...healthy, keepAliveSeconds: 3600 });
  assert.deepEqual(desk.warned.kinds('board'), ['keepAliveLong']);
});

test('what a board says itself stays a warning: that it has no will', async (t) => {
  const desk = new Desk(t);
  desk.on({ kind: 'close', at: 'connack' });
  for (let round = 0; round < 2; round++) {
    const board = await desk.board({ keepAliveSeconds: 60 });
    await board.closed();
  }
  assert.deepEqual(desk.warned.kinds('board'), ['willNeverSet']);
});

test('another board, and this one when the fault is off, are warned of as ever', async (t) => {
  const desk = new Desk(t);
  const id = desk.on({ kind: 'close', at: 'connack' });
  const loop = async (clientId: string): Promise<void> => {
    for (let round = 0; round < 5; round++) {
      await (await desk.warned.under.connect(5, clientId, healthy)).breakOff();
      desk.warned.advanceSeconds(5);
    }
  };
  await loop('other');
  assert.deepEqual(desk.warned.kinds('other'), ['reconnectLoop']);
  desk.faults.stop(id);
  await loop('board');
  assert.deepEqual(desk.warned.kinds('board'), ['reconnectLoop']);
  assert.equal(desk.end?.fault, undefined);
});
