import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FoundIds } from '../../../src/model/foundIds.ts';
import { heldMemory } from '../../support/heldMemory.ts';

/** More than two blocks of 4,096. */
const MANY = 10_000;

function idsOf(found: FoundIds): (number | undefined)[] {
  return Array.from({ length: found.end - found.first }, (_, i) => found.idAt(found.first + i));
}

test('ids are found by their place, with and without gaps between them', () => {
  const wanted: Record<string, (i: number) => number> = {
    'no gap': (i) => i + 7,
    'a gap at once': (i) => 2 * i,
    'a gap at the end of a block': (i) => (i < 4095 ? i : i + 100),
    'a gap between two blocks': (i) => (i < 4096 ? i : i + 100),
    'a gap within the second': (i) => (i < 5000 ? i : i + 2 ** 40),
  };
  for (const [name, idOf] of Object.entries(wanted)) {
    const found = new FoundIds();
    const ids = Array.from({ length: MANY }, (_, i) => idOf(i));
    for (const id of ids) found.push(id);
    assert.deepEqual(idsOf(found), ids, name);
    assert.equal(found.placeOf(ids[6000]!), 6000, name);
    found.dropBefore(ids[4500]!);
    assert.equal(found.first, 4500, name);
    assert.deepEqual(idsOf(found), ids.slice(4500), name);
    assert.equal(found.idAt(4499), undefined, name);
    assert.equal(found.idAt(MANY), undefined, name);
  }
});

test('ids without a gap cost next to nothing', async () => {
  const bytesOf = async (step: number): Promise<number> => {
    const before = await heldMemory();
    const found = new FoundIds();
    for (let id = 0; id < 1_000_000; id++) found.push(step * id);
    const bytes = (await heldMemory()) - before;
    assert.equal(found.end, 1_000_000);
    return bytes;
  };
  assert.ok((await bytesOf(1)) < 500_000);
  assert.ok((await bytesOf(2)) > 7_000_000);
});
