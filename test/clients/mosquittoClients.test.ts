/** mosquitto_pub and mosquitto_sub, as a board's author has them, against the broker as they would start it. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { brokerOfSuite, CliBroker } from '../support/cliBroker.ts';
import { Program, type ProgramEnd, run } from '../support/program.ts';
import { tlsArgs, tlsFixture } from '../support/tlsFixtures.ts';
import { skipUnless, toolPath } from '../support/tools.ts';

const skip = skipUnless('mosquitto_pub', 'mosquitto_sub');
const folder = mkdtempSync(join(tmpdir(), 'mqtt-clients-'));
after(() => rmSync(folder, { recursive: true }));

/** One broker for several tests, and the two programs pointed at it. */
class Bench {
  readonly broker: CliBroker;
  readonly #address: readonly string[];

  constructor(
    broker: CliBroker,
    version: string,
    more: readonly string[] = [],
    kind: 'mqtt' | 'mqtts' = 'mqtt',
  ) {
    this.broker = broker;
    this.#address = ['-h', '127.0.0.1', '-p', String(broker.port(kind)), '-V', version, ...more];
  }

  publish(t: TestContext, ...args: string[]): Promise<ProgramEnd> {
    return run(t, toolPath('mosquitto_pub'), [...this.#address, ...args]);
  }

  /** Resolves when the broker has granted the last of the filters. */
  async subscribe(t: TestContext, clientId: string, filters: string[], ...args: string[]): Promise<Program> {
    const program = this.start(t, clientId, filters, ...args);
    const last = filters.at(-1)?.replace(/[+$]/g, '\\$&');
    await this.broker.waitForLog(new RegExp(`Client "${clientId}" subscribed to "${last}"`));
    return program;
  }

  start(t: TestContext, clientId: string, filters: string[], ...args: string[]): Program {
    const topics = filters.flatMap((filter) => ['-t', filter]);
    return Program.start(t, toolPath('mosquitto_sub'), [
      ...this.#address,
      '-i',
      clientId,
      ...topics,
      ...args,
    ]);
  }
}

async function linesOf(program: Program): Promise<string[]> {
  const { stdout, stderr, exitCode } = await program.ended;
  assert.equal(exitCode, 0, stderr);
  return stdout.trimEnd().split('\n');
}

for (const version of ['mqttv31', 'mqttv311', 'mqttv5']) {
  describe(`mosquitto_pub and mosquitto_sub, ${version}`, { skip }, () => {
    const broker = brokerOfSuite();
    let bench: Bench;
    before(() => {
      bench = new Bench(broker(), version);
    });

    for (const qos of ['0', '1', '2']) {
      test(`a message of QoS ${qos} arrives once, with its QoS`, async (t) => {
        const subscriber = await bench.subscribe(
          t,
          `qos${qos}`,
          [`qos/${qos}`],
          '-q',
          '2',
          '-C',
          '2',
          '-F',
          '%t|%q|%r|%p',
        );
        assert.equal((await bench.publish(t, '-t', `qos/${qos}`, '-m', 'käse', '-q', qos)).exitCode, 0);
        assert.equal((await bench.publish(t, '-t', `qos/${qos}`, '-m', 'last', '-q', qos)).exitCode, 0);
        assert.deepEqual(await linesOf(subscriber), [`qos/${qos}|${qos}|0|käse`, `qos/${qos}|${qos}|0|last`]);
      });
    }

    test('500 messages of QoS 2 arrive complete and in order', async (t) => {
      const count = 500;
      const subscriber = await bench.subscribe(t, 'many', ['many'], '-q', '2', '-C', String(count));
      const lines = Array.from({ length: count }, (_, i) => `message ${i}`);
      const file = join(folder, `many-${version}`);
      writeFileSync(file, `${lines.join('\n')}\n`);
      const publisher = Program.start(t, toolPath('mosquitto_pub'), [
        ...['-h', '127.0.0.1', '-p', String(bench.broker.port('mqtt')), '-V', version],
        ...['-t', 'many', '-q', '2', '-l'],
      ]);
      publisher.feed(readFileSync(file, 'utf8'));
      assert.equal((await publisher.ended).exitCode, 0);
      assert.deepEqual(await linesOf(subscriber), lines);
    });

    test('wildcards match, and no more than they should', async (t) => {
      const filters = ['w/+/temp', 'w/all/#'];
      const subscriber = await bench.subscribe(t, 'wildcards', filters, '-C', '4', '-F', '%t');
      for (const topic of ['w/a/temp', 'w/a/b/temp', 'w/all', 'w/all/x/y', 'w/b/humidity', 'w/b/temp'])
        await bench.publish(t, '-t', topic, '-m', 'x');
      assert.deepEqual(await linesOf(subscriber), ['w/a/temp', 'w/all', 'w/all/x/y', 'w/b/temp']);
    });

    test('a retained message waits for who subscribes later, until it is cleared', async (t) => {
      await bench.publish(t, '-t', 'kept/1', '-m', 'old', '-r');
      await bench.publish(t, '-t', 'kept/1', '-m', 'new', '-r', '-q', '1');
      await bench.publish(t, '-t', 'kept/2', '-m', 'two', '-r', '-q', '1');
      const first = bench.start(t, 'late1', ['kept/#'], '-C', '2', '-F', '%t|%r|%p', '-q', '1');
      assert.deepEqual((await linesOf(first)).sort(), ['kept/1|1|new', 'kept/2|1|two']);
      await bench.publish(t, '-t', 'kept/1', '-n', '-r', '-q', '1');
      const second = bench.start(t, 'late2', ['kept/1', 'kept/2'], '-C', '1', '-F', '%t|%r|%p', '-q', '1');
      assert.deepEqual(await linesOf(second), ['kept/2|1|two']);
    });

    test('a will goes out when its client is killed, and not when it disconnects', async (t) => {
      const watcher = await bench.subscribe(t, 'watcher', ['wills/#'], '-C', '2', '-F', '%t|%p', '-q', '1');
      const will = (name: string): string[] => [
        '--will-topic',
        `wills/${name}`,
        '--will-payload',
        'gone',
        '--will-qos',
        '1',
      ];
      // Ended by its count: on a signal, mosquitto_sub asks for its will by reason code 0x04.
      const polite = await bench.subscribe(t, 'polite', ['finish'], '-C', '1', ...will('polite'));
      await bench.publish(t, '-t', 'finish', '-m', 'x');
      assert.equal((await polite.ended).exitCode, 0);
      const victim = await bench.subscribe(t, 'victim', ['idle'], ...will('victim'));
      await victim.end('SIGKILL');
      await watcher.waitFor('stdout', /victim/);
      await bench.publish(t, '-t', 'wills/end', '-m', 'end', '-q', '1');
      assert.deepEqual(await linesOf(watcher), ['wills/victim|gone', 'wills/end|end']);
    });

    test('a persistent session keeps messages of QoS 1 and 2 for its client', async (t) => {
      const session = version === 'mqttv5' ? ['-c', '-x', '3600'] : ['-c'];
      const subscribe = (...args: string[]): Program =>
        bench.start(t, 'sleeper', ['mail'], '-q', '2', ...session, ...args);
      assert.equal((await subscribe('-E').ended).exitCode, 0);
      for (const qos of ['1', '2']) await bench.publish(t, '-t', 'mail', '-m', `with ${qos}`, '-q', qos);
      assert.deepEqual(await linesOf(subscribe('-C', '2')), ['with 1', 'with 2']);
    });

    test('a payload of 1 MB arrives unchanged', async (t) => {
      const payload = randomBytes(1_000_000);
      const file = join(folder, `large-${version}`);
      writeFileSync(file, payload);
      const subscriber = await bench.subscribe(t, 'large', ['large'], '-q', '1', '-C', '1', '-F', '%x');
      assert.equal((await bench.publish(t, '-t', 'large', '-q', '1', '-f', file)).exitCode, 0);
      assert.deepEqual(await linesOf(subscriber), [payload.toString('hex')]);
    });
  });
}

test('5.0: the properties of a message arrive as they were sent', { skip }, async (t) => {
  const bench = new Bench(await CliBroker.start(t), 'mqttv5');
  const subscriber = await bench.subscribe(t, 'p', ['p'], '-C', '1', '-F', '%C|%D|%E|%F|%R|%P|%p');
  const { exitCode } = await bench.publish(
    t,
    ...[
      '-t',
      'p',
      '-m',
      'x',
      '-D',
      'publish',
      'content-type',
      'text/plain',
      '-D',
      'publish',
      'correlation-data',
      'id-7',
    ],
    ...['-D', 'publish', 'message-expiry-interval', '3600', '-D', 'publish', 'payload-format-indicator', '1'],
    ...['-D', 'publish', 'response-topic', 'answers', '-D', 'publish', 'user-property', 'z', '1'],
    ...['-D', 'publish', 'user-property', 'a', '2', '-D', 'publish', 'user-property', 'z', '3'],
  );
  assert.equal(exitCode, 0);
  const [line = ''] = await linesOf(subscriber);
  // The Message Expiry Interval is what is left of it. [MQTT-3.3.2-6]
  assert.match(line, /^text\/plain\|id-7\|3(600|599)\|1\|answers\|z:1 a:2 z:3\|x$/);
});

test('5.0: the expiry interval of a message that waits is counted down, and it is dropped at the end [MQTT-3.3.2-6]', {
  skip,
}, async (t) => {
  const bench = new Bench(await CliBroker.start(t), 'mqttv5');
  const subscribe = (...args: string[]): Program =>
    bench.start(t, 'sleeper', ['mail'], '-q', '1', '-c', '-x', '3600', ...args);
  assert.equal((await subscribe('-E').ended).exitCode, 0);
  for (const seconds of ['1', '3600'])
    await bench.publish(
      t,
      ...['-t', 'mail', '-m', `for ${seconds} s`, '-q', '1'],
      ...['-D', 'publish', 'message-expiry-interval', seconds],
    );

  // The broker itself says that two seconds have passed: it holds back this will for so long.
  const watcher = await bench.subscribe(t, 'watcher', ['clock'], '-C', '1');
  const delayedWill = [
    '--will-topic',
    'clock',
    '--will-payload',
    'x',
    '-D',
    'will',
    'will-delay-interval',
    '2',
  ];
  const victim = await bench.subscribe(t, 'victim', ['idle'], '-c', '-x', '3600', ...delayedWill);
  await victim.end('SIGKILL');
  await linesOf(watcher);

  const [line = ''] = await linesOf(subscribe('-C', '1', '-F', '%p|%E'));
  const [payload, secondsLeft] = line.split('|');
  assert.equal(payload, 'for 3600 s');
  assert.ok(Number(secondsLeft) <= 3598, `${secondsLeft} s left`);
});

test('5.0: a message names the subscription that it came for', { skip }, async (t) => {
  const bench = new Bench(await CliBroker.start(t), 'mqttv5');
  const identifier = ['-D', 'subscribe', 'subscription-identifier', '4711'];
  const subscriber = await bench.subscribe(t, 'named', ['rooms/#'], '-C', '1', '-F', '%t|%S', ...identifier);
  await bench.publish(t, '-t', 'rooms/1', '-m', 'x');
  assert.deepEqual(await linesOf(subscriber), ['rooms/1|4711']);
});

for (const version of ['mqttv311', 'mqttv5']) {
  test(`members of a shared subscription take turns, ${version}`, { skip }, async (t) => {
    const bench = new Bench(await CliBroker.start(t), version);
    const members: Program[] = [];
    for (const name of ['member1', 'member2'])
      members.push(await bench.subscribe(t, name, ['$share/workers/jobs'], '-q', '1', '-C', '3'));
    for (let n = 1; n <= 6; n++) await bench.publish(t, '-t', 'jobs', '-m', `job ${n}`, '-q', '1');
    const taken = await Promise.all(members.map(linesOf));
    // Who begins is drawn.
    assert.deepEqual(taken.sort(), [
      ['job 1', 'job 3', 'job 5'],
      ['job 2', 'job 4', 'job 6'],
    ]);
  });
}

test('5.0: a publisher learns that nobody subscribes', { skip }, async (t) => {
  const bench = new Bench(await CliBroker.start(t), 'mqttv5');
  const { stdout, stderr } = await bench.publish(t, '-t', 'nobody', '-m', 'x', '-q', '1', '-d');
  assert.match(stdout + stderr, /PUBACK \(Mid: 1, RC:16\)/);
});

describe('a users file of mosquitto_passwd', { skip: skip || skipUnless('mosquitto') }, () => {
  const users = join(folder, 'users');
  before(async () => {
    const passwd = 'mosquitto_passwd';
    const noOwner = { after: () => undefined };
    await run(noOwner, passwd, ['-c', '-b', users, 'board', 'pässword']);
    await run(noOwner, passwd, ['-H', 'sha512', '-b', users, 'old', 'secret']);
  });

  test('lets its users in, with either kind of hash, and tells the others no', async (t) => {
    const bench = new Bench(await CliBroker.start(t, ['--users', users]), 'mqttv311');
    const publish = (...credentials: string[]): Promise<ProgramEnd> =>
      bench.publish(t, '-t', 'a', '-m', 'x', '-i', 'c', ...credentials);
    assert.equal((await publish('-u', 'board', '-P', 'pässword')).exitCode, 0);
    assert.equal((await publish('-u', 'old', '-P', 'secret')).exitCode, 0);
    const wrong = await publish('-u', 'board', '-P', 'password');
    assert.match(wrong.stderr, /bad user name or password/i);
    await bench.broker.waitForLog(
      /Client "c" at 127\.0\.0\.1:\d+ is refused, as user "board": the user name or the password is wrong \(0x86 Bad User Name or Password\)/,
    );
    const nobody = await publish();
    assert.match(nobody.stderr, /not authori[sz]ed/i);
  });

  test('with an access file holds each user to its topics', async (t) => {
    const rules = join(folder, 'acl');
    writeFileSync(rules, 'user board\ntopic write up/#\ntopic read down/#\nuser old\ntopic #\n');
    const broker = await CliBroker.start(t, ['--users', users, '--acl', rules]);
    const board = new Bench(broker, 'mqttv5', ['-u', 'board', '-P', 'pässword']);
    const other = new Bench(broker, 'mqttv5', ['-u', 'old', '-P', 'secret']);
    const onBoard = await board.subscribe(t, 'board', ['#'], '-C', '1', '-F', '%t');
    const onOther = await other.subscribe(t, 'other', ['#'], '-C', '2', '-F', '%t');
    await other.publish(t, '-t', 'secret', '-m', 'x');
    const denied = await board.publish(t, '-t', 'down/x', '-m', 'x', '-q', '1', '-d', '-i', 'pub');
    assert.match(denied.stdout + denied.stderr, /RC:135/);
    await broker.waitForLog(/Client "pub" may not publish to "down\/x"/);
    await other.publish(t, '-t', 'down/y', '-m', 'x');
    assert.deepEqual(await linesOf(onBoard), ['down/y']);
    assert.deepEqual(await linesOf(onOther), ['secret', 'down/y']);
  });
});

describe('TLS', { skip }, () => {
  const trust = ['--cafile', tlsFixture('ca.crt')];
  const device = ['--cert', tlsFixture('client.crt'), '--key', tlsFixture('client.key')];

  test('messages travel, and the log tells of TLS', async (t) => {
    const broker = await CliBroker.start(t, tlsArgs);
    const bench = new Bench(broker, 'mqttv311', trust, 'mqtts');
    const subscriber = await bench.subscribe(t, 'tls', ['a'], '-C', '1');
    assert.equal((await bench.publish(t, '-t', 'a', '-m', 'over TLS', '-q', '2')).exitCode, 0);
    assert.deepEqual(await linesOf(subscriber), ['over TLS']);
    await broker.waitForLog(/Client "tls" connected from .*: MQTT 3\.1\.1 over TLS/);
  });

  test('a client that does not trust the certificate gives up, and the log says why', async (t) => {
    const broker = await CliBroker.start(t, tlsArgs);
    const bench = new Bench(broker, 'mqttv311', ['--cafile', tlsFixture('stranger.crt')], 'mqtts');
    assert.notEqual((await bench.publish(t, '-t', 'a', '-m', 'x')).exitCode, 0);
    await broker.waitForLog(/TLS handshake failed: the client does not trust the broker's certificate/);
  });

  test('where a client certificate is required, a client with one gets in, and one without does not', async (t) => {
    const broker = await CliBroker.start(t, [
      ...tlsArgs,
      '--ca',
      tlsFixture('ca.crt'),
      '--require-client-cert',
    ]);
    const known = new Bench(broker, 'mqttv5', [...trust, ...device], 'mqtts');
    assert.equal((await known.publish(t, '-t', 'a', '-m', 'x', '-q', '1')).exitCode, 0);
    const unknown = new Bench(broker, 'mqttv5', trust, 'mqtts');
    assert.notEqual((await unknown.publish(t, '-t', 'a', '-m', 'x', '-q', '1')).exitCode, 0);
    await broker.waitForLog(/TLS handshake failed: the client sent no certificate of its own/);
  });
});
