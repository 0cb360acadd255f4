import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ExtensionToPacketsPage, everyPacket } from '../../../../src/contracts/packetsPage.ts';
import type {
  PacketDetail,
  PacketField,
  PacketSummary,
  PacketsView,
} from '../../../../src/contracts/trace.ts';
import { fieldRowsOf, rowOfByte } from '../../../../src/webview/packets/fieldRows.ts';
import { requestsOf } from '../../../../src/webview/packets/requests.ts';
import {
  initialState,
  isFiltered,
  isGone,
  isLeftOut,
  isUsable,
  type PageAction,
  type PageState,
  reduce,
} from '../../../../src/webview/packets/state.ts';

const flag = (name: string, mask: number): PacketField => ({
  name,
  value: '0',
  start: 0,
  end: 1,
  bit: { mask },
});
const fields: readonly PacketField[] = [
  flag('Packet type', 0xf0),
  flag('DUP', 0x08),
  { name: 'Remaining Length', value: '6', start: 1, end: 2 },
  {
    ...{ name: 'Topic Name', value: 'ab', start: 2, end: 6 },
    children: [
      { name: 'Length', value: '2', start: 2, end: 4 },
      { name: 'Text', value: 'ab', start: 4, end: 6 },
    ],
  },
  {
    ...{ name: 'Options', value: '1', start: 6, end: 7 },
    children: [{ name: 'QoS', value: '1', start: 6, end: 7, bit: { mask: 3 } }],
  },
];

const trace = { isOn: true, heldPackets: 3, droppedPackets: 0, usedBytes: 0, budgetBytes: 1 };
const view: PacketsView = { viewId: 1, generation: 0, first: 0, end: 3, progress: 1, trace };

function summary(id: number): PacketSummary {
  return {
    ...{ id, receivedAtMs: id, direction: 'in', kind: 'publish', protocolVersion: 5 },
    ...{ remoteAddress: 'a', transportKind: 'mqtt', summary: '', bytes: 8 },
  };
}

function detail(id: number, more: Partial<PacketDetail> = {}): PacketDetail {
  const content = new Uint8Array(8);
  return { ...summary(id), content, hidden: [], fields, doubts: [], exchange: [], ...more };
}

function after(state: PageState, ...actions: readonly PageAction[]): PageState {
  return actions.reduce(reduce, state);
}

const received = (message: ExtensionToPacketsPage): PageAction => ({ kind: 'received', message });

/** Follows a view of three packets, of which the last is asked for. */
function following(): PageState {
  return after(
    initialState(),
    received({ kind: 'filter', filter: everyPacket, revision: 0 }),
    received({ kind: 'view', view }),
    received({
      ...{ kind: 'rows', viewId: 1, generation: 0, asked: 0 },
      rows: { from: 0, rows: [summary(1), summary(2), summary(3)] },
    }),
    { kind: 'packetRequested', id: 3 },
  );
}

function opened(more: Partial<PacketDetail> = {}): PageState {
  return after(following(), received({ kind: 'packet', packet: detail(3, more) }));
}

test('fields are rows, each before its parts, and know what they are a part of', () => {
  const rows = fieldRowsOf(fields);
  assert.deepEqual(
    rows.map(({ field, level, parent }) => `${level} ${field.name} ${parent}`),
    [
      ...['1 Packet type -1', '1 DUP -1', '1 Remaining Length -1'],
      ...['1 Topic Name -1', '2 Length 3', '2 Text 3', '1 Options -1', '2 QoS 6'],
    ],
  );
  assert.deepEqual([rows[5]?.position, rows[5]?.siblings], [2, 2]);
});

test('a byte belongs to the smallest field around it; of flags, to what they are parts of, or to the first of them', () => {
  const rows = fieldRowsOf(fields);
  const names = Array.from({ length: 8 }, (_, at) => rows[rowOfByte(rows, at)]?.field.name);
  assert.deepEqual(names, [
    ...['Packet type', 'Remaining Length', 'Length', 'Length', 'Text', 'Text', 'Options', undefined],
  ]);
});

test('bits of a byte belong to the flag that they are in, and else to what the byte belongs to', () => {
  const rows = fieldRowsOf(fields);
  const nameOf = (at: number, mask: number): string | undefined =>
    rows[rowOfByte(rows, at, mask)]?.field.name;
  assert.deepEqual(
    [nameOf(0, 0xf0), nameOf(0, 0x0f), nameOf(0, 0x01)],
    ['Packet type', 'DUP', 'Packet type'],
  );
  assert.deepEqual([nameOf(6, 1), nameOf(6, 0x80)], ['QoS', 'Options']);
  assert.equal(nameOf(1, 0xff), 'Remaining Length');
});

test('of a packet whose flags are wrong, the flags are marked, and not the type in the same byte', () => {
  const fault = { clause: '', code: '', message: '', rule: '', causes: [], advice: '', offset: 0 };
  const markedOf = (more: { mask?: number }): string | undefined => {
    const state = after(
      following(),
      received({ kind: 'packet', packet: detail(3, { fault: { ...fault, ...more } }) }),
    );
    return state.opened?.rows[state.opened.mark.row]?.field.name;
  };
  assert.equal(markedOf({ mask: 0x0f }), 'DUP');
  assert.equal(markedOf({}), 'Packet type');
});

test('the selected packet is asked for, once, and shown when it comes', () => {
  const other = after(opened(), { kind: 'list', action: { kind: 'selected', place: 1 } });
  const { messages, actions } = requestsOf(opened(), other);
  assert.deepEqual(messages, [{ kind: 'requestPacket', id: 2 }]);
  const asked = after(other, ...actions);
  assert.deepEqual(requestsOf(other, asked).messages, []);
  // What was not asked for is no answer.
  assert.equal(after(asked, received({ kind: 'packet', packet: detail(1) })).opened?.detail.id, 3);
  assert.equal(after(asked, received({ kind: 'packet', packet: detail(2) })).opened?.detail.id, 2);
});

test('one request is under way: its packet is shown even late, and the next is for what is selected by then', () => {
  const asked = following();
  const flooded = after(
    asked,
    { kind: 'list', action: { kind: 'selected', place: 1 } },
    { kind: 'list', action: { kind: 'selected', place: 0 } },
  );
  assert.deepEqual(requestsOf(asked, flooded).messages, []);
  const late = after(flooded, received({ kind: 'packet', packet: detail(3) }));
  assert.equal(late.opened?.detail.id, 3);
  assert.deepEqual(requestsOf(flooded, late).messages, [{ kind: 'requestPacket', id: 1 }]);
});

test('a late packet does not take the place of the selected one that is opened', () => {
  const back = after(
    opened(),
    { kind: 'list', action: { kind: 'selected', place: 1 } },
    { kind: 'packetRequested', id: 2 },
    { kind: 'list', action: { kind: 'selected', place: 2 } },
    received({ kind: 'packet', packet: detail(2) }),
  );
  assert.equal(back.opened?.detail.id, 3);
  const again = after(back, { kind: 'list', action: { kind: 'selected', place: 1 } });
  assert.deepEqual(requestsOf(back, again).messages, [{ kind: 'requestPacket', id: 2 }]);
});

test('an opened packet marks its first field, a faulty one the byte that broke it', () => {
  assert.deepEqual(opened().opened?.mark, { at: 0, start: 0, end: 1, row: 0 });
  const words = { clause: '1', code: 'c', message: '', rule: '', causes: [], advice: '' };
  assert.deepEqual(opened({ fault: { ...words, offset: 4 } }).opened?.mark, {
    at: 4,
    start: 4,
    end: 6,
    row: 5,
  });
  // Wrong at its time: no byte broke it.
  assert.equal(opened({ fault: words }).opened?.mark.at, 0);
});

test('a field marks its bytes, and a byte its field', () => {
  const state = opened();
  assert.deepEqual(after(state, { kind: 'fieldMarked', row: 3 }).opened?.mark, {
    ...{ at: 2, start: 2, end: 6, row: 3 },
  });
  assert.deepEqual(after(state, { kind: 'byteMarked', at: 3 }).opened?.mark, {
    ...{ at: 3, start: 2, end: 4, row: 4 },
  });
  // Bytes that no field has; and beyond the ends.
  assert.deepEqual(after(state, { kind: 'byteMarked', at: 7 }).opened?.mark, {
    ...{ at: 7, start: 7, end: 8, row: -1 },
  });
  assert.equal(after(state, { kind: 'byteMarked', at: 99 }).opened?.mark.at, 7);
  assert.equal(after(state, { kind: 'byteMarked', at: -1 }).opened?.mark.at, 0);
  assert.equal(after(state, { kind: 'fieldMarked', row: 99 }).opened?.mark.row, 0);
});

test('a packet that is no longer held is told as such, and what was shown stays', () => {
  const state = opened();
  const other = after(
    state,
    { kind: 'list', action: { kind: 'selected', place: 0 } },
    { kind: 'packetRequested', id: 1 },
    received({ kind: 'packetGone', id: 1 }),
  );
  assert.equal(isGone(other), true);
  assert.deepEqual(requestsOf(state, other).messages, []);
  assert.equal(other.opened?.detail.id, 3);
  const back = after(other, { kind: 'list', action: { kind: 'selected', place: 2 } });
  assert.equal(isGone(back), false);
  // Gone it stays: it is told again, and not asked for.
  const again = after(back, { kind: 'list', action: { kind: 'selected', place: 0 } });
  assert.equal(isGone(again), true);
  assert.deepEqual(requestsOf(back, again).messages, []);
});

test('a packet that was gone when another was selected is no word of that one', () => {
  const state = after(
    following(),
    { kind: 'list', action: { kind: 'selected', place: 1 } },
    received({ kind: 'packetGone', id: 3 }),
  );
  assert.equal(isGone(state), false);
  assert.deepEqual(requestsOf(state, state).messages, [{ kind: 'requestPacket', id: 2 }]);
});

test('when the engine has ended nothing more is asked for, and what is shown stays', () => {
  const lost = after(opened(), received({ kind: 'viewLost' }), {
    kind: 'list',
    action: { kind: 'selected', place: 1 },
  });
  assert.deepEqual(requestsOf(opened(), lost).messages, []);
  assert.equal(lost.opened?.detail.id, 3);
});

test('a trace that was cleared leaves nothing opened', () => {
  const cleared = after(
    opened(),
    received({ kind: 'view', view: { ...view, generation: 1, first: 0, end: 0 } }),
  );
  assert.equal(cleared.opened, undefined);
});

test('pausing outlives the page; a filter that can not be one is known', () => {
  assert.equal(after(opened(), { kind: 'list', action: { kind: 'paused' } }).choices.paused, true);
  assert.equal(isUsable({ ...everyPacket, topicFilter: 'a/#/b' }), false);
  assert.equal(isUsable({ ...everyPacket, topicFilter: 'a/#' }), true);
  assert.equal(isFiltered(everyPacket), false);
  assert.equal(isFiltered({ ...everyPacket, errorsOnly: true }), true);
});

test('a conversation is kept while its packets are gone through; one that comes late, of another, is not taken', () => {
  const conversation = { hasPublisher: true, lanes: [], moreLanes: 0, steps: [], moreSteps: 0 };
  const late = after(opened(), received({ kind: 'steps', id: 2, steps: { exchange: [], conversation } }));
  assert.equal(late.conversation, undefined);
  const shown = after(opened(), received({ kind: 'steps', id: 3, steps: { exchange: [], conversation } }));
  assert.equal(shown.conversation, conversation);
  const next = after(
    shown,
    { kind: 'list', action: { kind: 'selected', place: 1 } },
    { kind: 'packetRequested', id: 2 },
    received({ kind: 'packet', packet: detail(2) }),
  );
  assert.equal(next.conversation, conversation);
  // The next engine counts from 1 again.
  assert.equal(after(next, received({ kind: 'viewLost' })).conversation, undefined);
});

test('a step that comes while its packet is opened is added, and what is marked stays', () => {
  const step = { receivedAtMs: 1, direction: 'in', kind: 'publish', isDuplicate: false } as const;
  const request = { ...step, id: 3 };
  const answer = { ...step, id: 9, direction: 'out', kind: 'puback' } as const;
  const marked = after(opened({ exchange: [request] }), { kind: 'fieldMarked', row: 3 });
  const more = after(marked, received({ kind: 'steps', id: 3, steps: { exchange: [request, answer] } }));
  assert.deepEqual(more.opened?.detail.exchange, [request, answer]);
  assert.deepEqual(more.opened?.mark, marked.opened?.mark);
});

test('a step that the filter leaves out is opened, and said to be left out; without the filter the list goes to it', () => {
  const filtered = after(opened(), { kind: 'filterEdited', filter: { client: 'oven' } });
  const went = after(filtered, { kind: 'wentToStep', id: 9 });
  assert.deepEqual(requestsOf(filtered, went).messages, [
    { kind: 'requestPacket', id: 9 },
    { kind: 'findPlace', request: went.list.goalRequest, viewId: 1, at: { id: 9 } },
  ]);
  const shown = after(
    went,
    { kind: 'packetRequested', id: 9 },
    received({ kind: 'packet', packet: detail(9) }),
    // The nearest that the list has.
    received({ kind: 'place', request: went.list.goalRequest, place: 2 }),
  );
  assert.equal(shown.opened?.detail.id, 9);
  assert.equal(isLeftOut(shown), true);
  assert.deepEqual(requestsOf(went, shown).messages, []);

  const selected = after(shown, { kind: 'list', action: { kind: 'selected', place: 1 } });
  assert.equal(isLeftOut(selected), false);
  assert.deepEqual(requestsOf(shown, selected).messages, [{ kind: 'requestPacket', id: 2 }]);

  const cleared = after(
    shown,
    { kind: 'filterEdited', filter: everyPacket },
    received({ kind: 'view', view: { ...view, viewId: 2, end: 9 } }),
  );
  const [place] = requestsOf(shown, cleared).messages.filter(({ kind }) => kind === 'findPlace');
  assert.deepEqual(place, {
    ...{ kind: 'findPlace', request: cleared.list.goalRequest, viewId: 2, at: { id: 9 } },
  });
  const found = after(
    cleared,
    received({ kind: 'place', request: cleared.list.goalRequest, place: 8 }),
    received({ kind: 'rows', viewId: 2, generation: 0, asked: 8, rows: { from: 8, rows: [summary(9)] } }),
  );
  assert.equal(found.list.selected?.row?.id, 9);
  assert.equal(found.stepId, undefined);
  assert.equal(found.opened?.detail.id, 9);
});
