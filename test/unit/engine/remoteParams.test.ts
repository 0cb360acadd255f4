/** What a connection is asked for, as the client takes it and as the broker gets it. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { WorkbenchClient } from '../../../src/client/workbenchClient.ts';
import type { RemoteBrokerParams } from '../../../src/contracts/remoteBrokers.ts';
import { connectParamsOf } from '../../../src/engine/remoteParams.ts';
import { ScriptedBroker } from '../client/scriptedBroker.ts';

const params: RemoteBrokerParams = {
  ...{ profileId: 'one', name: 'One', url: 'mqtt://127.0.0.1', clientId: 'me', protocolVersion: 5 },
  ...{ cleanStart: true, keepAliveSeconds: 30, subscriptions: [], readOnly: false, whileOffline: 'refuse' },
};

test('every property of a CONNECT, and of its will, reaches the broker', async (t) => {
  const broker = await ScriptedBroker.start();
  t.after(() => broker.stop());
  const connectParams = await connectParamsOf(
    {
      ...params,
      url: broker.url,
      sessionExpiryIntervalSeconds: 7,
      connectProperties: {
        receiveMaximum: 20,
        maximumPacketSize: 1_000,
        topicAliasMaximum: 3,
        requestResponseInformation: true,
        requestProblemInformation: false,
        userProperties: [
          ['b', '1'],
          ['a', '2'],
          ['b', ''],
        ],
      },
      will: {
        ...{ topic: 'gone', payload: '{}', qos: 1, retain: true, delayIntervalSeconds: 5 },
        ...{ payloadFormatIndicator: 1, messageExpiryIntervalSeconds: 60, contentType: 'application/json' },
        ...{ responseTopic: 'why', correlationData: 'é', userProperties: [['c', 'd']] },
      },
    },
    readFile,
  );
  assert.ok(!('kind' in connectParams));
  const connecting = WorkbenchClient.connect(connectParams);
  const connection = await broker.connection();
  const { properties, will } = await connection.next('connect');
  assert.deepEqual(properties, {
    sessionExpiryInterval: 7,
    receiveMaximum: 20,
    maximumPacketSize: 1_000,
    topicAliasMaximum: 3,
    requestResponseInformation: 1,
    requestProblemInformation: 0,
    userProperties: [
      ['b', '1'],
      ['a', '2'],
      ['b', ''],
    ],
  });
  assert.deepEqual(will?.properties, {
    willDelayInterval: 5,
    payloadFormatIndicator: 1,
    messageExpiryInterval: 60,
    contentType: 'application/json',
    responseTopic: 'why',
    correlationData: Buffer.from('é'),
    userProperties: [['c', 'd']],
  });
  connection.close();
  await connecting;
});

test('before 5.0 there are no properties, and what asks for some is left out', async (t) => {
  const broker = await ScriptedBroker.start();
  t.after(() => broker.stop());
  const connectParams = await connectParamsOf(
    {
      ...{ ...params, url: broker.url, protocolVersion: 4, sessionExpiryIntervalSeconds: 7 },
      connectProperties: { receiveMaximum: 20 },
      will: { topic: 'gone', payload: '', qos: 0, retain: false, contentType: 'text/plain' },
    },
    readFile,
  );
  assert.ok(!('kind' in connectParams));
  const connecting = WorkbenchClient.connect(connectParams);
  const connection = await broker.connection();
  const packet = await connection.next('connect');
  assert.equal(packet.protocolVersion, 4);
  assert.deepEqual([packet.properties, packet.will?.properties], [undefined, undefined]);
  connection.close();
  await connecting;
});

test('a file that can’t be read is told by its name, and nothing is connected', async () => {
  const result = await connectParamsOf({ ...params, tls: { caFile: '/nowhere/ca.pem' } }, readFile);
  assert.ok('kind' in result);
  assert.match(result.message, /^\/nowhere\/ca\.pem can't be read: /);
  assert.deepEqual(result.fault, { stage: 'tls', code: 'FILE' });
});

test('contents are taken as they are, PKCS#12 from Base64; one that is missing is told by its field', async () => {
  const contents = { ca: 'CA', certificate: 'CERT', key: 'KEY', pkcs12: 'AQID' };
  const result = await connectParamsOf({ ...params, tls: { contents, passphrase: 'x' } }, readFile);
  assert.ok(!('kind' in result));
  assert.deepEqual(result.tls, {
    ...{ ca: 'CA', cert: 'CERT', key: 'KEY', pkcs12: Buffer.from([1, 2, 3]) },
    passphrase: 'x',
  });
  const missing = await connectParamsOf({ ...params, tls: { contents: { key: '' } } }, readFile);
  assert.ok('kind' in missing);
  assert.match(missing.message, /^the content of tls\.key is not kept in VS Code/);
  assert.deepEqual(missing.fault, { stage: 'tls', code: 'FILE' });
});
