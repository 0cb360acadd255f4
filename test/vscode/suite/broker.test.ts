import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after, afterEach, before, describe, it } from 'mocha';
import mqtt, { type MqttClient } from 'mqtt';
import { env } from 'vscode';
import { commandIds, settingKeys } from '../../../src/contracts/manifest.ts';
import type { UserQuestions } from '../../../src/extension/questions/userQuestions.ts';
import type { TestApi } from '../../../src/extension/testApi.ts';
import { activate, connectTo, hostOf, Listener, portOf, run, set, startBroker } from './workbench.ts';

/** To be called before what makes it come. */
function nextMessage(client: MqttClient): Promise<{ topic: string; payload: string; retain: boolean }> {
  return new Promise((resolve) => {
    client.once('message', (topic, payload, { retain }) =>
      resolve({ topic, payload: payload.toString(), retain }),
    );
  });
}

describe('the local broker', () => {
  let api: TestApi;

  before(async () => {
    api = await activate();
    await set(settingKeys.port, 0);
  });
  afterEach(() => run(commandIds.stopBroker));
  after(() => set(settingKeys.port, undefined));

  it('listens after Start Local Broker, and no more after Stop Local Broker', async () => {
    new Listener(api);
    const port = await startBroker(api);
    await connectTo(port);
    await run(commandIds.stopBroker);
    assert.equal(api.services.broker.state.kind, 'stopped');
    await assert.rejects(connectTo(port), { code: 'ECONNREFUSED' });
  });

  it('tells its address, and copies it', async () => {
    const listener = new Listener(api);
    const port = await startBroker(api);
    const { message } = await listener.said('running at');
    assert.equal(message, `The local broker is running at mqtt://127.0.0.1:${port}.`);
    await run(commandIds.copyBrokerAddress);
    assert.equal(await env.clipboard.readText(), `mqtt://127.0.0.1:${port}`);
  });

  it('copies the code that connects a device, with its address, and remembers what was answered', async () => {
    const asked: string[] = [];
    const answers: Partial<UserQuestions> = {
      pick: async ({ placeholder, choices }) => {
        asked.push(placeholder);
        const choice = choices.find(({ label }) => label === 'ESP-IDF') ?? choices.at(-1);
        assert.ok(choice);
        return { kind: 'answered', value: choice.value };
      },
      text: async ({ prompt, problemWith }) => {
        asked.push(prompt);
        assert.match(problemWith?.('board/#') ?? '', /wildcard/);
        assert.match(problemWith?.('ü'.repeat(65)) ?? '', /At most 128 bytes/);
        assert.equal(problemWith?.('küche'), undefined);
        return { kind: 'answered', value: 'küche' };
      },
    };
    new Listener(api, {}, answers);
    const port = await startBroker(api);
    await run(commandIds.copyConnectionCode);
    // ESP-IDF is a board's: it is asked whether to expose, and the last answer is not to.
    assert.deepEqual(asked, [
      'What is the device written in?',
      'To a board, 127.0.0.1 is the board itself: it can’t reach this broker yet.',
      'Client id of the device. Its topics begin with it.',
    ]);
    const code = await env.clipboard.readText();
    assert.match(code, new RegExp(`#define BROKER_URI "mqtt://127\\.0\\.0\\.1:${port}"`));
    assert.match(code, /CHANGE THIS: to a device, this address is the device itself/);
    assert.match(code, /#define TOPIC_STATUS "k\\xc3\\xbc" "che\/status"/);
    assert.deepEqual(api.services.memory.connectionCode, { clientId: 'küche', target: 'espIdf' });
  });

  it('delivers what the workbench publishes to a client', async () => {
    new Listener(api);
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${await startBroker(api)}`);
    try {
      await client.subscribeAsync('board/led/set', { qos: 1 });
      const received = nextMessage(client);
      await run(commandIds.publish, { topic: 'board/led/set', payload: '{"on":true}', qos: 1 });
      const { topic, payload } = await received;
      assert.equal(topic, 'board/led/set');
      assert.equal(payload, '{"on":true}');
    } finally {
      await client.endAsync();
    }
  });

  it('takes a text for the topic to publish to, also where a connection is called the same', async () => {
    const asked: string[] = [];
    new Listener(
      api,
      {},
      {
        pick: async ({ placeholder }) => {
          asked.push(placeholder);
          return { kind: 'cancelled' };
        },
      },
    );
    const port = await startBroker(api);
    await set(settingKeys.connections, [{ name: 'board/led', url: `mqtt://127.0.0.1:${port}` }]);
    try {
      await run(commandIds.connect, 'board/led');
      assert.equal(api.services.connections.named('board/led')?.state.kind, 'connected');
      await run(commandIds.publish, 'board/led');
      assert.deepEqual(asked, ['Broker to publish to']);
    } finally {
      await api.services.connections.forget('board/led');
      await set(settingKeys.connections, undefined);
    }
  });

  it('publishes by quick picks: a topic, a payload, a QoS, and remembers them', async () => {
    const asked: string[] = [];
    new Listener(
      api,
      {},
      {
        suggest: async ({ placeholder, problemWith }) => {
          asked.push(placeholder);
          assert.match(problemWith('board/#') ?? '', /wildcard/);
          assert.equal(problemWith('board/led'), undefined);
          return { kind: 'answered', value: 'board/led' };
        },
        text: async ({ prompt }) => {
          asked.push(prompt);
          return { kind: 'answered', value: 'on' };
        },
        pick: async ({ placeholder, choices }) => {
          asked.push(placeholder);
          const choice = choices.find(({ label }) => label === 'QoS 1, retained');
          assert.ok(choice);
          return { kind: 'answered', value: choice.value };
        },
      },
    );
    const port = await startBroker(api);
    await run(commandIds.publish);
    assert.equal(asked.length, 3);
    assert.deepEqual(api.services.memory.publish, {
      topic: 'board/led',
      payloadText: 'on',
      qos: 1,
      retain: true,
    });
    // Retained: a client that subscribes later gets it.
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`);
    try {
      const received = nextMessage(client);
      await client.subscribeAsync('board/#');
      const { topic, payload, retain } = await received;
      assert.deepEqual([topic, payload, retain], ['board/led', 'on', true]);
    } finally {
      await client.endAsync();
    }
  });

  it('clears a retained message', async () => {
    new Listener(api);
    const port = await startBroker(api);
    // QoS 1: what is cleared is at the broker by then.
    await run(commandIds.publish, { topic: 'board/status', payload: 'online', qos: 1, retain: true });
    await run(commandIds.publish, { topic: 'board/last', payload: 'kept', qos: 1, retain: true });
    await run(commandIds.clearRetained, { topic: 'board/status' });
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`);
    try {
      const received = nextMessage(client);
      await client.subscribeAsync('board/+');
      const { topic } = await received;
      assert.equal(topic, 'board/last');
    } finally {
      await client.endAsync();
    }
  });

  it('names the port that is in use, and starts on another one', async () => {
    const listener = new Listener(api, { 'in use': 'Use Another Port' });
    const occupant = createServer().listen(0, '127.0.0.1');
    await once(occupant, 'listening');
    const address = occupant.address();
    assert.ok(typeof address === 'object' && address !== null);
    await set(settingKeys.port, address.port);
    try {
      await run(commandIds.startBroker);
      const { message, buttons } = await listener.said('in use');
      assert.match(message, new RegExp(`^Port ${address.port} is in use by `));
      assert.deepEqual(buttons, ['Use Another Port', 'Settings']);
      const port = portOf(api.services.broker.state);
      assert.notEqual(port, address.port);
      await connectTo(port);
    } finally {
      occupant.close();
      await set(settingKeys.port, 0);
    }
  });

  it('asks before it is exposed; then a client needs the password, until Stop Exposing', async () => {
    let password = '';
    new Listener(
      api,
      {},
      {
        pick: async ({ choices }) => {
          const [first] = choices;
          assert.ok(first);
          return { kind: 'answered', value: first.value };
        },
        text: async ({ prompt, value }) => {
          if (prompt.startsWith('Password')) password = value;
          return { kind: 'answered', value };
        },
      },
    );
    await startBroker(api);
    await run(commandIds.exposeBroker);
    const { state } = api.services.broker;
    assert.ok(state.kind === 'running');
    assert.deepEqual([hostOf(state), state.broker.requiresCredentials], ['0.0.0.0', true]);
    const url = `mqtt://127.0.0.1:${portOf(state)}`;
    await assert.rejects(mqtt.connectAsync(url, { reconnectPeriod: 0 }), /Not authorized|Bad User/i);
    const client = await mqtt.connectAsync(url, { username: 'board', password });
    await client.endAsync();

    await run(commandIds.stopExposing);
    const after = api.services.broker.state;
    assert.ok(after.kind === 'running');
    assert.deepEqual([hostOf(after), after.broker.requiresCredentials], ['127.0.0.1', false]);
  });

  it('keeps retained messages when it is exposed and when that ends; a restart forgets them', async () => {
    new Listener(
      api,
      {},
      {
        pick: async ({ choices }) => {
          const last = choices.at(-1);
          assert.ok(last);
          return { kind: 'answered', value: last.value };
        },
      },
    );
    await startBroker(api);
    const { broker, engine } = api.services;
    const retained = () => engine.call('findTopics', { text: 'kept/', limit: 10, retainedOnly: true });
    const payload = new TextEncoder().encode('on');
    await broker.publish({ topic: 'kept/status', payload, qos: 1, retain: true });
    await run(commandIds.exposeBroker);
    const { state } = broker;
    assert.ok(state.kind === 'running' && hostOf(state) === '0.0.0.0');
    assert.deepEqual(await retained(), ['kept/status']);

    await run(commandIds.stopExposing);
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${portOf(broker.state)}`);
    const message = nextMessage(client);
    await client.subscribeAsync('kept/#');
    assert.deepEqual(await message, { topic: 'kept/status', payload: 'on', retain: true });
    await client.endAsync();

    await run(commandIds.restartBroker);
    assert.deepEqual(await retained(), []);
  });

  it('stays on this computer when the question is not answered', async () => {
    new Listener(api, {}, { pick: async () => ({ kind: 'cancelled' }) });
    await startBroker(api);
    await run(commandIds.exposeBroker);
    const { state } = api.services.broker;
    assert.equal(state.kind === 'running' && hostOf(state), '127.0.0.1');
  });
});
