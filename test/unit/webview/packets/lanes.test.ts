import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  ConversationStep,
  ExchangeStep,
  PacketConversation,
  PacketDetail,
} from '../../../../src/contracts/trace.ts';
import {
  arrowOf,
  isOfMessage,
  type LanePicture,
  lanePictureOf,
} from '../../../../src/webview/packets/lanes.ts';

type Kind = ExchangeStep['kind'];

function step(id: number, direction: 'in' | 'out', kind: Kind): ExchangeStep {
  return { id, receivedAtMs: id, direction, kind, isDuplicate: false };
}

function on(lane: number, ...of: Parameters<typeof step>): ConversationStep {
  return { ...step(...of), lane };
}

function detail(
  id: number,
  exchange: readonly ExchangeStep[],
  more: Partial<PacketDetail> = {},
): PacketDetail {
  return {
    ...{ id, receivedAtMs: id, direction: 'in', kind: 'publish', protocolVersion: 5, clientId: 'board-1' },
    ...{ remoteAddress: '127.0.0.1:5', transportKind: 'tcp', summary: '', bytes: 8, hidden: [], fields: [] },
    ...{ content: new Uint8Array(8), doubts: [], exchange },
    ...more,
  };
}

const lane = (clientId: string) => ({ clientId, remoteAddress: '127.0.0.1:5' });

const delivered: PacketConversation = {
  hasPublisher: true,
  lanes: [lane('board-1'), lane('phone'), lane('screen')],
  moreLanes: 2,
  steps: [
    on(0, 1, 'in', 'publish'),
    on(1, 2, 'out', 'publish'),
    on(2, 3, 'out', 'publish'),
    on(0, 4, 'out', 'puback'),
    on(1, 6, 'in', 'puback'),
  ],
  moreSteps: 4,
};

function columnsOf({ columns }: LanePicture): readonly string[] {
  return columns.map((each) => (each === undefined ? 'broker' : (each.clientId ?? each.remoteAddress)));
}

/** Each packet with the columns that it goes from and to. */
function arrowsOf({ rows }: LanePicture): readonly string[] {
  return rows.map(({ step: { id, kind }, from, to }) => `${id} ${kind} ${from}>${to}`);
}

test('the broker stands between the publisher and those that got the message', () => {
  const picture = lanePictureOf(detail(1, [step(1, 'in', 'publish'), step(4, 'out', 'puback')]), delivered);
  assert.deepEqual(columnsOf(picture), ['board-1', 'broker', 'phone', 'screen']);
  assert.deepEqual(arrowsOf(picture), [
    ...['1 publish 0>1', '2 publish 1>2', '3 publish 1>3', '4 puback 1>0', '6 puback 2>1'],
  ]);
  assert.deepEqual([picture.moreLanes, picture.moreSteps, picture.nearestAlike], [2, 4, undefined]);
});

test('the head of an arrow is at who gets the packet: right of the publisher, left of the subscribers on the way back', () => {
  const { columns, rows } = lanePictureOf(detail(1, []), delivered);
  const nameOf = (column: number): string => columns[column]?.clientId ?? 'broker';
  const drawn = rows.map((row) => {
    const { start, span, head } = arrowOf(row);
    const ends = [nameOf(start), nameOf(start + span)];
    return head === 'right' ? ends.join(' -> ') : ends.join(' <- ');
  });
  assert.deepEqual(drawn, [
    ...['board-1 -> broker', 'broker -> phone', 'broker -> screen', 'board-1 <- broker', 'broker <- phone'],
  ]);
});

test('where nobody is known to have published it, the broker stands first', () => {
  const conversation = {
    ...{ hasPublisher: false, lanes: [lane('phone')], moreLanes: 0, moreSteps: 0 },
    steps: [on(0, 1, 'out', 'publish'), on(0, 2, 'in', 'puback')],
  };
  const picture = lanePictureOf(detail(1, []), conversation);
  assert.deepEqual(columnsOf(picture), ['broker', 'phone']);
  assert.deepEqual(arrowsOf(picture), ['1 publish 0>1', '2 puback 1>0']);
});

test('until its conversation has come, and not in that of another, a packet has its own exchange', () => {
  const exchange = [step(8, 'in', 'publish'), step(9, 'out', 'puback')];
  for (const conversation of [undefined, delivered]) {
    const picture = lanePictureOf(detail(9, exchange), conversation);
    assert.deepEqual(columnsOf(picture), ['board-1', 'broker']);
    assert.deepEqual(arrowsOf(picture), ['8 publish 0>1', '9 puback 1>0']);
    assert.deepEqual([picture.moreLanes, picture.moreSteps], [0, 0]);
  }
});

test('an answer that the conversation has not is put where its time is', () => {
  const exchange = [step(2, 'out', 'publish'), step(5, 'out', 'publish'), step(6, 'in', 'puback')];
  const picture = lanePictureOf(detail(6, exchange), delivered);
  assert.deepEqual(arrowsOf(picture).slice(3), ['4 puback 1>0', '5 publish 1>2', '6 puback 2>1']);
});

test('packets of messages have a way, requests and what is at fault have none', () => {
  assert.equal(isOfMessage(detail(1, [])), true);
  assert.equal(isOfMessage(detail(1, [], { kind: 'pubrel' })), true);
  assert.equal(isOfMessage(detail(1, [], { kind: 'subscribe' })), false);
  const fault = { clause: '', code: '', message: '', rule: '', causes: [], advice: '' };
  assert.equal(isOfMessage(detail(1, [], { fault })), false);
});

test('where not all of a message was looked at, the picture has how much was', () => {
  const picture = lanePictureOf(detail(1, []), { ...delivered, nearestAlike: 10_000 });
  assert.equal(picture.nearestAlike, 10_000);
});
