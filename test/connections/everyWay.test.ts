/**
 * Every way to a broker: TCP, TLS, WebSocket with and without TLS, and Unix socket, straight and through a proxy, in each
 * version of MQTT, to mosquitto and to our own. What is published is delivered, and is in the tree of that connection.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import type { RemoteBrokerParams } from '../../src/contracts/remoteBrokers.ts';
import { CliBroker } from '../support/cliBroker.ts';
import { MosquittoBroker } from '../support/mosquittoBroker.ts';
import { freePort } from '../support/ports.ts';
import { startHttpProxy, startSocksProxy } from '../support/proxies.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { skipUnless } from '../support/tools.ts';
import { House, message, tlsFile } from './house.ts';

interface Ports {
  mqtt: number;
  mqtts: number;
  ws: number;
  wss: number;
  socketPath: string;
}

async function startMosquitto(t: TestContext): Promise<Ports> {
  const ports = {
    mqtt: await freePort(),
    mqtts: await freePort(),
    ws: await freePort(),
    wss: await freePort(),
  };
  const socketPath = join(temporaryFolder(t), 'broker.sock');
  const certificates = [
    ...[`certfile ${tlsFile('server.crt')}`, `keyfile ${tlsFile('server.key')}`],
    ...[`cafile ${tlsFile('ca.crt')}`, 'require_certificate true'],
  ];
  await MosquittoBroker.start(t, {
    configuration: [
      `listener ${ports.mqtt} 127.0.0.1`,
      ...[`listener ${ports.mqtts} 127.0.0.1`, ...certificates],
      ...[`listener ${ports.ws} 127.0.0.1`, 'protocol websockets'],
      ...[`listener ${ports.wss} 127.0.0.1`, 'protocol websockets', ...certificates],
      `listener 0 ${socketPath}`,
    ],
  });
  return { ...ports, socketPath };
}

async function startOurs(t: TestContext): Promise<Ports> {
  const tls = ['--cert', tlsFile('server.crt'), '--key', tlsFile('server.key'), '--ca', tlsFile('ca.crt')];
  const socketPath = join(temporaryFolder(t), 'broker.sock');
  const broker = await CliBroker.start(t, [
    ...['--ws-port', '0', '--wss-port', '0', '--tls-port', '0', ...tls, '--require-client-cert'],
    ...['--unix', socketPath],
  ]);
  return {
    mqtt: broker.port('mqtt'),
    mqtts: broker.port('mqtts'),
    ws: broker.port('ws'),
    wss: broker.port('wss'),
    socketPath,
  };
}

const tls = { caFile: tlsFile('ca.crt'), certFile: tlsFile('client.crt'), keyFile: tlsFile('client.key') };

type Way = Pick<RemoteBrokerParams, 'url' | 'tls' | 'proxy'>;
const user = { username: 'me', password: 'secret' };
const text = (name: string): string => readFileSync(tlsFile(name), 'utf8');
const contents = { ca: text('ca.crt'), certificate: text('client.crt'), key: text('client.key') };
const pkcs12 = { pkcs12File: tlsFile('client.p12'), passphrase: 'workbench' };

const ways: Record<string, (ports: Ports, t: TestContext) => Way | Promise<Way>> = {
  TCP: ({ mqtt }) => ({ url: `mqtt://127.0.0.1:${mqtt}` }),
  'TLS with a client certificate': ({ mqtts }) => ({ url: `mqtts://localhost:${mqtts}`, tls }),
  'TLS with a client certificate in PKCS#12': ({ mqtts }) => ({
    url: `mqtts://localhost:${mqtts}`,
    tls: { caFile: tlsFile('ca.crt'), ...pkcs12 },
  }),
  'TLS with all certificates and the key as contents': ({ mqtts }) => ({
    url: `mqtts://localhost:${mqtts}`,
    tls: { contents },
  }),
  'TLS with the content of PKCS#12': ({ mqtts }) => ({
    url: `mqtts://localhost:${mqtts}`,
    tls: {
      contents: { ca: contents.ca, pkcs12: readFileSync(tlsFile('client.p12'), 'base64') },
      passphrase: 'workbench',
    },
  }),
  WebSocket: ({ ws }) => ({ url: `ws://127.0.0.1:${ws}/mqtt` }),
  'WebSocket over TLS with a client certificate': ({ wss }) => ({
    url: `wss://localhost:${wss}/mqtt`,
    tls,
  }),
  'a Unix socket': ({ socketPath }) => ({ url: `mqtt+unix://${socketPath}` }),
  'TCP through an HTTP proxy': async ({ mqtt }, t) => ({
    url: `mqtt://127.0.0.1:${mqtt}`,
    proxy: await proxyOf(startHttpProxy, t),
  }),
  'TLS with a client certificate through an HTTP proxy': async ({ mqtts }, t) => ({
    ...{ url: `mqtts://localhost:${mqtts}`, tls },
    proxy: await proxyOf(startHttpProxy, t),
  }),
  'TLS with a client certificate through a SOCKS5 proxy': async ({ mqtts }, t) => ({
    ...{ url: `mqtts://localhost:${mqtts}`, tls },
    proxy: await proxyOf(startSocksProxy, t),
  }),
  'WebSocket over TLS with a client certificate through an HTTP proxy': async ({ wss }, t) => ({
    ...{ url: `wss://localhost:${wss}/mqtt`, tls },
    proxy: await proxyOf(startHttpProxy, t),
  }),
  'WebSocket through a SOCKS5 proxy': async ({ ws }, t) => ({
    url: `ws://127.0.0.1:${ws}/mqtt`,
    proxy: await proxyOf(startSocksProxy, t),
  }),
};
async function proxyOf(
  start: typeof startHttpProxy | typeof startSocksProxy,
  t: TestContext,
): Promise<NonNullable<RemoteBrokerParams['proxy']>> {
  const { url } = await start(t, { user });
  return { url, ...user };
}

const versions = { '3.1': 3, '3.1.1': 4, '5.0': 5 } as const;
const brokers = { mosquitto: startMosquitto, 'our own': startOurs };

for (const [name, start] of Object.entries(brokers)) {
  describe(name, { skip: name === 'mosquitto' && skipUnless('mosquitto') }, () => {
    for (const [way, at] of Object.entries(ways)) {
      test(`${way}, in 3.1, 3.1.1 and 5.0`, async (t) => {
        const ports = await start(t);
        for (const [version, protocolVersion] of Object.entries(versions)) {
          // As its own client, of which none is left when it is forgotten.
          const house = new House(t);
          const { url, ...others } = await at(ports, t);
          const connection = await house.connect(house.params(url, { ...others, protocolVersion }));
          const topic = `way/${version}`;
          const published = await house.remotes.publish(connection, message(topic, way));
          assert.equal(published?.kind, 'published');
          await house.until(() => house.count(connection, topic) === 1);
          await house.remotes.forgetBroker({ profileId: 'one' });
        }
      });
    }

    test('overlapping subscriptions are once in the tree, and each is counted', async (t) => {
      const ports = await start(t);
      for (const protocolVersion of [4, 5] as const) {
        const house = new House(t);
        const subscriptions = ['a/#', 'a/b', '+/b'].map((topicFilter) => ({ topicFilter, qos: 1 }) as const);
        const url = `mqtt://127.0.0.1:${ports.mqtt}`;
        const connection = await house.connect(house.params(url, { protocolVersion, subscriptions }));
        await house.remotes.publish(connection, message('a/b', 'x'));
        await house.until(({ subscriptions }) =>
          subscriptions.every(({ messageCount }) => messageCount >= 1),
        );
        assert.equal(house.count(connection, 'a/b'), 1, `in version ${protocolVersion}`);
        await house.remotes.forgetBroker({ profileId: 'one' });
      }
    });
  });
}
