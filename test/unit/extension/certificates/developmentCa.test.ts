/** The development CA in a secret storage that a test stands in for, and the broker's certificate on the move. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import type { NetworkInterfaceInfo } from 'node:os';
import { test } from 'node:test';
import { Emitter } from '../../../../src/base/event.ts';
import { DAY_MS } from '../../../../src/certificates/validity.ts';
import type { BrokerState } from '../../../../src/contracts/engine.ts';
import {
  DevelopmentCa,
  isSecretsUnavailable,
  type Secrets,
  SecretsUnavailableError,
} from '../../../../src/extension/certificates/developmentCa.ts';
import { renewCertificate } from '../../../../src/extension/certificates/renewCertificate.ts';
import { FakeClock } from '../../../support/fakeClock.ts';

class MemorySecrets implements Secrets {
  readonly stored = new Map<string, string>();

  async get(key: string): Promise<string | undefined> {
    return this.stored.get(key);
  }

  async store(key: string, value: string): Promise<void> {
    this.stored.set(key, value);
  }

  async delete(key: string): Promise<void> {
    this.stored.delete(key);
  }
}

function setUp(secrets: Secrets = new MemorySecrets()) {
  const clock = new FakeClock(Date.UTC(2026, 10, 26, 12));
  const addresses = ['192.0.2.7'];
  const interfaces = (): NetworkInterfaceInfo[] =>
    addresses.map((address) => ({ address, internal: false }) as NetworkInterfaceInfo); // the rest is not read
  const machine = () => ({ interfaces: { eth0: interfaces() }, hostName: 'studio' });
  return { clock, addresses, secrets, ca: new DevelopmentCa({ secrets, clock, machine }) };
}

test('there is no CA until one is made, and then it is the same for every window', async () => {
  const { ca, secrets } = setUp();
  assert.equal(await ca.authority(), undefined);
  assert.equal(await ca.server(), undefined);
  assert.equal(await ca.issueClient('board', 'ec', 1), undefined);
  const [made, again] = await Promise.all([ca.create('ec', 3650), ca.create('rsa', 1)]);
  assert.deepEqual(again, made);
  const { ca: otherWindow } = setUp(secrets);
  assert.deepEqual(await otherWindow.authority(), made);
});

test('a CA says whose it is and since when, and ends when it was told to', async () => {
  const { ca } = setUp();
  const { certificate } = await ca.create('ec', 730);
  const parsed = new X509Certificate(certificate);
  assert.equal(parsed.toLegacyObject().subject.CN, 'MQTT Workbench CA studio 2026-11-26 12:00:00');
  assert.equal(parsed.validToDate.getTime(), Date.UTC(2026, 10, 26, 12) + 730 * DAY_MS);
});

test('no private key but that of the broker’s and a device’s certificate ever leaves', async () => {
  const { ca, secrets } = setUp();
  const authority = await ca.create('ec', 3650);
  const caKey = /-----BEGIN PRIVATE KEY[^"]+/.exec(
    JSON.stringify([...(secrets as MemorySecrets).stored]),
  )?.[0];
  assert.ok(caKey);
  const handedOut = JSON.stringify([authority, await ca.server(), await ca.issueClient('board', 'ec', 1)]);
  assert.ok(!handedOut.includes(caKey.slice(30, 120)));
});

test('the broker’s certificate stays the same until this computer has another address', async () => {
  const { ca, addresses } = setUp();
  await ca.create('ec', 3650);
  const first = await ca.server();
  assert.equal(first?.renewed, 'none yet');
  assert.deepEqual((await ca.server())?.credential, first?.credential);
  addresses.push('192.0.2.99');
  const second = await ca.server();
  assert.deepEqual([second?.renewed, second?.newNames], ['names', ['192.0.2.99']]);
  assert.notDeepEqual(second?.credential, first?.credential);
  // An address that is gone is no reason: who comes back finds it.
  addresses.length = 0;
  assert.equal((await ca.server())?.renewed, undefined);
});

test('the broker’s certificate is renewed a month before its end', async () => {
  const { ca, clock } = setUp();
  await ca.create('ec', 3650);
  await ca.server();
  clock.advance(366 * DAY_MS);
  assert.equal((await ca.server())?.renewed, undefined);
  clock.advance(2 * DAY_MS);
  assert.equal((await ca.server())?.renewed, 'expires soon');
});

test('a CA that is deleted takes the broker’s certificate with it', async () => {
  const { ca, secrets } = setUp();
  await ca.create('ec', 3650);
  const before = await ca.server();
  await ca.delete();
  assert.equal((secrets as MemorySecrets).stored.size, 0);
  await ca.create('rsa', 3650);
  const after = await ca.server();
  assert.equal(after?.renewed, 'none yet');
  assert.notDeepEqual(after?.authority, before?.authority);
});

test('a secret storage that fails, or forgets at once, is told of as such', async () => {
  const locked = new Error('the keyring is locked');
  const failing: Secrets = {
    get: () => Promise.reject(locked),
    store: () => Promise.reject(locked),
    delete: () => Promise.reject(locked),
  };
  await assert.rejects(setUp(failing).ca.authority(), (error) => {
    assert.ok(isSecretsUnavailable(error));
    assert.equal(error.message, 'the keyring is locked');
    return true;
  });
  const forgetful: Secrets = {
    get: async () => undefined,
    store: async () => undefined,
    delete: async () => undefined,
  };
  await assert.rejects(setUp(forgetful).ca.create('ec', 1), isSecretsUnavailable);
});

test('a command of another bundle knows that error too, and takes no other for it', () => {
  class OfAnotherBundle extends Error {
    override name = new SecretsUnavailableError('locked').name;
  }
  assert.ok(isSecretsUnavailable(new OfAnotherBundle('locked')));
  assert.ok(!isSecretsUnavailable(new Error('locked')));
});

// ── The certificate of a broker that runs ──

const running = (ownTlsPort?: number): BrokerState => ({
  kind: 'running',
  broker: {
    listeners: [],
    configuredPort: 0,
    startedAtMs: 0,
    requiresCredentials: false,
    ...(ownTlsPort !== undefined && { ownTlsPort }),
  },
});

class FakeBroker {
  readonly #changed = new Emitter<BrokerState>();
  readonly onDidChangeState = this.#changed.event;
  readonly shown: string[] = [];
  state: BrokerState = { kind: 'stopped' };
  tlsCertificate: string | undefined;
  /** Called when another certificate is shown. */
  wake: () => void = () => undefined;

  become(state: BrokerState): void {
    this.state = state;
    this.#changed.fire(state);
  }

  async setTlsCertificate({ certificate }: { certificate: string }): Promise<void> {
    this.tlsCertificate = certificate;
    this.shown.push(certificate);
    this.wake();
  }
}

test('while a broker has TLS its certificate is looked at once a minute, and never else', () => {
  const { ca, clock } = setUp();
  const broker = new FakeBroker();
  const nothing = (): void => undefined;
  const renewal = renewCertificate({ ca, clock, broker, onRenewed: nothing, onFailed: nothing });
  assert.equal(clock.pendingTimers, 0);
  broker.become(running());
  assert.equal(clock.pendingTimers, 0);
  broker.become(running(8883));
  assert.equal(clock.pendingTimers, 1);
  broker.become({ kind: 'stopping' });
  assert.equal(clock.pendingTimers, 0);
  broker.become(running(8883));
  renewal.dispose();
  assert.equal(clock.pendingTimers, 0);
});

test('a new address comes into the certificate that the running broker shows', async () => {
  const { ca, clock, addresses } = setUp();
  await ca.create('ec', 3650);
  const broker = new FakeBroker();
  broker.tlsCertificate = (await ca.server())?.credential.certificate;
  const renewed: string[] = [];
  const onRenewed = ({ newNames }: { newNames: readonly string[] }): void => void renewed.push(...newNames);
  const renewal = renewCertificate({ ca, clock, broker, onRenewed, onFailed: assert.ifError });
  broker.become(running(8883));
  const look = async (): Promise<void> => {
    while (clock.pendingTimers === 0) await new Promise(setImmediate);
    clock.advance(60_000);
  };
  await look();
  while (clock.pendingTimers === 0) await new Promise(setImmediate);
  assert.deepEqual(broker.shown, []);
  addresses.push('192.0.2.99');
  const shown = new Promise<void>((resolve) => {
    broker.wake = resolve;
  });
  await look();
  await shown;
  assert.ok(new X509Certificate(broker.shown[0] ?? '').checkIP('192.0.2.99'));
  while (renewed.length === 0) await new Promise(setImmediate);
  assert.deepEqual(renewed, ['192.0.2.99']);
  renewal.dispose();
});

test('a secret storage that fails is told of once, not every minute', async () => {
  const { clock } = setUp();
  let asked = 0;
  const failing: Secrets = {
    get: () => {
      asked++;
      return Promise.reject(new Error('locked'));
    },
    store: () => Promise.reject(new Error('locked')),
    delete: () => Promise.reject(new Error('locked')),
  };
  const broker = new FakeBroker();
  const failures: unknown[] = [];
  const renewal = renewCertificate({
    ca: new DevelopmentCa({ secrets: failing, clock }),
    clock,
    broker,
    onRenewed: () => assert.fail(),
    onFailed: (error) => failures.push(error),
  });
  broker.become(running(8883));
  for (let i = 0; i < 3; i++) {
    while (clock.pendingTimers === 0) await new Promise(setImmediate);
    clock.advance(60_000);
  }
  while (asked < 3) await new Promise(setImmediate);
  assert.equal(failures.length, 1);
  renewal.dispose();
});
