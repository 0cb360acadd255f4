/** What keeps a connection from standing, against mosquitto: each failure with how far it came, by which it is put in words. */
import assert from 'node:assert/strict';
import { before, describe, type TestContext, test } from 'node:test';
import type { ConnectBrokerResult, RemoteBrokerParams } from '../../src/contracts/remoteBrokers.ts';
import { ownedBySuite } from '../support/ownedBySuite.ts';
import { freePort } from '../support/ports.ts';
import { skipUnless } from '../support/tools.ts';
import { House, startWithAllWays, tlsFile } from './house.ts';

const skip = skipUnless('mosquitto', 'mosquitto_passwd');
const ca = { caFile: tlsFile('ca.crt') };

describe('a connection that does not come about', { skip }, () => {
  const owner = ownedBySuite();
  const ports = { mqtt: 0, mqtts: 0, strict: 0, ws: 0, nobody: 0 };

  before(async () => {
    for (const name of Object.keys(ports) as (keyof typeof ports)[]) ports[name] = await freePort();
    await startWithAllWays(owner, ports);
  });

  async function tried(
    t: TestContext,
    url: string,
    others: Partial<RemoteBrokerParams> = {},
  ): Promise<ConnectBrokerResult> {
    const house = new House(t);
    const user = { username: 'dev', password: 'secret' };
    return house.remotes.connectBroker(house.params(url, { ...user, ...others }));
  }

  async function fault(
    t: TestContext,
    url: string,
    others: Partial<RemoteBrokerParams> = {},
  ): Promise<[string | undefined, string | undefined]> {
    const result = await tried(t, url, others);
    assert.ok(result.kind === 'failed', JSON.stringify(result));
    return [result.fault?.stage, result.fault?.code];
  }

  test('the right password is taken, a wrong one and none are refused', async (t) => {
    const url = `mqtt://127.0.0.1:${ports.mqtt}`;
    assert.equal((await tried(t, url)).kind, 'connected');
    for (const protocolVersion of [4, 5] as const) {
      const wrong = await tried(t, url, { password: 'wrong', protocolVersion });
      assert.equal(wrong.kind === 'refused' && wrong.reasonCode, 0x87);
    }
  });

  test('nobody listens', async (t) => {
    assert.deepEqual(await fault(t, `mqtt://127.0.0.1:${ports.nobody}`), ['network', 'ECONNREFUSED']);
  });

  test('the authority is not known, with the certificate to look at', async (t) => {
    const result = await tried(t, `mqtts://127.0.0.1:${ports.mqtts}`);
    assert.ok(result.kind === 'failed');
    assert.equal(result.fault?.code, 'SELF_SIGNED_CERT_IN_CHAIN');
    assert.equal(result.fault.certificate?.issuer, 'MQTT Workbench test CA');
    const trustedFingerprint = result.fault.certificate.fingerprint;
    const trusted = await tried(t, `mqtts://127.0.0.1:${ports.mqtts}`, { tls: { trustedFingerprint } });
    assert.equal(trusted.kind, 'connected');
  });

  test('the certificate is for another name', async (t) => {
    const tls = { ...ca, serverName: 'broker.example' };
    assert.deepEqual(await fault(t, `mqtts://127.0.0.1:${ports.mqtts}`, { tls }), [
      'tls',
      'ERR_TLS_CERT_ALTNAME_INVALID',
    ]);
  });

  test('another certificate is trusted', async (t) => {
    const tls = { ...ca, trustedFingerprint: '00'.repeat(32) };
    assert.deepEqual(await fault(t, `mqtts://127.0.0.1:${ports.mqtts}`, { tls }), [
      'tls',
      'FINGERPRINT_MISMATCH',
    ]);
  });

  test('a client certificate is wanted, and this one is not known', async (t) => {
    const url = `mqtts://127.0.0.1:${ports.strict}`;
    const [, without] = await fault(t, url, { tls: ca });
    assert.match(without ?? '', /ALERT_CERTIFICATE_REQUIRED|ALERT_HANDSHAKE_FAILURE/);
    const stranger = { ...ca, certFile: tlsFile('stranger.crt'), keyFile: tlsFile('stranger.key') };
    const [, unknown] = await fault(t, url, { tls: stranger });
    assert.match(unknown ?? '', /ALERT_(UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_UNKNOWN|DECRYPT_ERROR)/);
  });

  test('TLS is spoken to a port without it, and none to a port that wants it', async (t) => {
    // mosquitto takes the ClientHello for a broken packet, and closes.
    const [stage] = await fault(t, `mqtts://127.0.0.1:${ports.mqtt}`, { tls: ca });
    assert.equal(stage, 'tls');
    const [silent] = await fault(t, `mqtt://127.0.0.1:${ports.mqtts}`);
    assert.equal(silent, 'mqtt');
  });

  test('a WebSocket is asked of a port that has none', async (t) => {
    const [stage] = await fault(t, `ws://127.0.0.1:${ports.mqtt}/mqtt`);
    assert.equal(stage, 'webSocket');
  });
});
