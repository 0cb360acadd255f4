import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WarningsUnderTest } from './warningsUnderTest.ts';

for (const topic of ['home/lamp/set', 'cmnd/lamp/POWER', 'board/1/Reboot', 'command/board']) {
  test(`a retained message on ${topic} is warned of, with who published it`, async (t) => {
    const warned = new WarningsUnderTest(t);
    const panel = await warned.under.connect(4, 'panel', { keepAliveSeconds: 60 });
    await panel.publish(topic, 'on', { retain: true, qos: 1 });
    assert.deepEqual(warned.facts('panel', 'retainedCommand'), { kind: 'retainedCommand', topic });
  });
}

test('a retained state, a command that is not retained, and one that is cleared are not', async (t) => {
  const warned = new WarningsUnderTest(t);
  const panel = await warned.under.connect(4, 'panel', { keepAliveSeconds: 60 });
  await panel.publish('home/lamp/state', 'on', { retain: true, qos: 1 });
  await panel.publish('home/settings', 'on', { retain: true, qos: 1 });
  await panel.publish('home/lamp/set', 'on', { qos: 1 });
  await panel.publish('home/lamp/set', '', { retain: true, qos: 1 });
  assert.deepEqual(warned.kinds('panel'), []);
});

test('the names that are looked for are within the lengths that are looked at', async (t) => {
  const warned = new WarningsUnderTest(t);
  for (const [n, name] of ['set', 'commands'].entries()) {
    const panel = await warned.under.connect(4, `panel-${n}`, { keepAliveSeconds: 60 });
    await panel.publish(`a/${name}`, 'on', { retain: true, qos: 1 });
    assert.deepEqual(warned.kinds(`panel-${n}`), ['retainedCommand']);
  }
});
