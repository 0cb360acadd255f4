/** Failures of TLS and of names, as they really happen, with the sentence that a person reads and what it offers. */
import '../support/wordsOfExtension.ts';
import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import dns from 'node:dns';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { before, describe, type TestContext, test } from 'node:test';
import { createServer, type TlsOptions } from 'node:tls';
import { createAuthority } from '../../src/certificates/authority.ts';
import type { Credential } from '../../src/certificates/credential.ts';
import { generateKeys, privateKeyPem } from '../../src/certificates/keys.ts';
import { certificatePem, derOf } from '../../src/certificates/pem.ts';
import { buildCertificate, type CertificateParts } from '../../src/certificates/x509.ts';
import { MosquittoBroker } from '../support/mosquittoBroker.ts';
import { ownedBySuite } from '../support/ownedBySuite.ts';
import { freePort } from '../support/ports.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { skipUnless } from '../support/tools.ts';
import { tlsFile } from './house.ts';

const { fact, fixes, stages, tried } = await import('./triedConnection.ts');

const server = { kind: 'server', names: ['127.0.0.1'] } as const;
const client = { kind: 'client' } as const;
/** At noon: the same day wherever the test runs. */
const noon = (year: number): number => Date.UTC(year, 5, 15, 12);
const always = [noon(2020), noon(2110)] as const;

/** @param authority without: it signs itself. */
async function made(
  authority: Credential | undefined,
  purpose: CertificateParts['purpose'],
  [notBeforeMs, notAfterMs]: readonly [number, number],
): Promise<Credential> {
  const keys = await generateKeys('ec');
  const signer = authority && { privateKey: createPrivateKey(authority.key) };
  const der = buildCertificate({
    ...{ subject: 'made', publicKey: keys.publicKey, purpose, notBeforeMs, notAfterMs },
    ...(authority && { issuer: derOf(authority.certificate) }),
    signedBy: signer === undefined ? keys : { ...signer, publicKey: createPublicKey(signer.privateKey) },
  });
  return { certificate: certificatePem(der), key: privateKeyPem(keys.privateKey) };
}

describe('certificates at mosquitto', { skip: skipUnless('mosquitto') }, () => {
  const owner = ownedBySuite();
  const ports = { expired: 0, future: 0, selfSigned: 0, strict: 0, plain: 0 };
  let folder = '';
  const file = (name: string): string => join(folder, name);
  const at = (name: keyof typeof ports): string => `mqtts://127.0.0.1:${ports[name]}`;
  const save = (name: string, { certificate, key }: Credential): void => {
    writeFileSync(file(`${name}.crt`), certificate);
    writeFileSync(file(`${name}.key`), key);
  };

  before(async () => {
    folder = temporaryFolder(owner);
    for (const name of Object.keys(ports) as (keyof typeof ports)[]) ports[name] = await freePort();
    const lifetimeDays = 365 * 90;
    const authority = await createAuthority({
      ...{ commonName: 'The authority', keyKind: 'ec', lifetimeDays, nowMs: noon(2020) },
    });
    save('ca', authority);
    save('expired', await made(authority, server, [noon(2020), noon(2021)]));
    save('future', await made(authority, server, [noon(2100), noon(2101)]));
    save('selfSigned', await made(undefined, server, always));
    save('strict', await made(authority, server, always));
    save('client', await made(authority, client, always));
    save('expiredClient', await made(authority, client, [noon(2020), noon(2021)]));
    save('stranger', await made(undefined, client, always));
    const pkcs8 = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'right' } as const;
    writeFileSync(file('encrypted.key'), createPrivateKey(readFileSync(file('client.key'))).export(pkcs8));
    const secure = (name: string, port: number): string[] => [
      ...[`listener ${port} 127.0.0.1`, `certfile ${file(`${name}.crt`)}`, `keyfile ${file(`${name}.key`)}`],
    ];
    await MosquittoBroker.start(owner, {
      configuration: [
        ...['expired', 'future', 'selfSigned'].flatMap((each) => secure(each, ports[each as 'expired'])),
        ...[...secure('strict', ports.strict), `cafile ${file('ca.crt')}`, 'require_certificate true'],
        `listener ${ports.plain} 127.0.0.1`,
      ],
    });
  });

  test('the certificate of the broker has expired: the day is told, and it can be trusted all the same', async (t) => {
    const result = await tried(t, { url: at('expired'), tls: { ca: file('ca.crt') } });
    assert.deepEqual(stages(result), ['network passed', 'tls passed', 'trust failed']);
    assert.deepEqual(result.failed?.details, ['The certificate of 127.0.0.1 has expired, on 6/15/2021.']);
    assert.deepEqual(fixes(result.failed), ['Trust Certificate…']);
    const fingerprint = fact(result.step('trust'), 'SHA-256');
    const trusted = await tried(t, { url: at('expired'), tls: { fingerprint } });
    assert.equal(trusted.hasPassed, true);
  });

  test('it is not valid yet: the clock is asked about, and nothing is to be trusted', async (t) => {
    const { failed } = await tried(t, { url: at('future'), tls: { ca: file('ca.crt') } });
    assert.equal(failed?.stage, 'trust');
    assert.deepEqual(failed.details, [
      'The certificate of 127.0.0.1 is not valid before 6/15/2100: does the clock of this computer go right?',
    ]);
    assert.deepEqual(fixes(failed), []);
  });

  test('it is signed by itself: it can be the authority, or be trusted', async (t) => {
    const { failed } = await tried(t, { url: at('selfSigned'), tls: { ca: file('ca.crt') } });
    assert.equal(failed?.stage, 'trust');
    assert.deepEqual(failed.details, [
      'The certificate of 127.0.0.1 is signed by itself, and by no authority. Name its file in “Certificate of the authority (CA)”, or trust this one certificate.',
    ]);
    assert.deepEqual(fixes(failed), ['tls.ca', 'Trust Certificate…']);
    const named = await tried(t, { url: at('selfSigned'), tls: { ca: file('selfSigned.crt') } });
    assert.equal(named.hasPassed, true);
  });

  const own = (name: string, key = name) => ({
    url: at('strict'),
    tls: { ca: file('ca.crt'), certificate: file(`${name}.crt`), key: file(`${key}.key`) },
  });

  test('the client certificate is not known to the broker', async (t) => {
    const { failed } = await tried(t, own('stranger'));
    assert.deepEqual(failed?.details, [
      '127.0.0.1 does not take the client certificate: it wants one that an authority has signed which it knows.',
    ]);
    assert.deepEqual(fixes(failed), ['tls.certificate']);
  });

  test('the client certificate has expired, which is seen before, and said by the broker', async (t) => {
    const result = await tried(t, own('expiredClient'));
    assert.equal(result.step('tls').state, 'warned');
    assert.deepEqual(result.failed?.details, ['127.0.0.1 says that the client certificate has expired.']);
    assert.deepEqual(fixes(result.failed), ['tls.certificate']);
  });

  test('the key is encrypted: without its passphrase and with a wrong one it stays shut', async (t) => {
    for (const passphrase of [undefined, 'wrong']) {
      const secrets = passphrase === undefined ? {} : { tls: { passphrase } };
      const result = await tried(t, own('client', 'encrypted'), secrets);
      assert.deepEqual(stages(result), ['tls failed'], 'before anything is sent');
      assert.deepEqual(result.failed?.details, [
        'The key of the client certificate is encrypted, and does not open: is its passphrase right?',
      ]);
      assert.deepEqual(fixes(result.failed), ['passphrase']);
    }
    const right = await tried(t, own('client', 'encrypted'), { tls: { passphrase: 'right' } });
    assert.equal(right.hasPassed, true);
  });

  test('the port does not speak TLS', async (t) => {
    const { failed } = await tried(t, { url: at('plain') });
    assert.equal(failed?.stage, 'tls');
    assert.deepEqual(failed.details, [
      '127.0.0.1 ended the TLS handshake. Is this its port for TLS, often 8883? If it is, it wants a client certificate, or another version of TLS.',
    ]);
    assert.deepEqual(fixes(failed), ['Connect without TLS', 'port', 'tls.certificate']);
  });
});

/** Speaks TLS as it is told, and nothing else. */
async function startTls(t: TestContext, options: TlsOptions): Promise<string> {
  const listener = createServer({
    ...{ cert: readFileSync(tlsFile('server.crt')), key: readFileSync(tlsFile('server.key')) },
    ...options,
  });
  // That a handshake comes to nothing is what is tested.
  listener.on('tlsClientError', () => {});
  listener.listen(0, '127.0.0.1');
  t.after(() => listener.close());
  await once(listener, 'listening');
  return `mqtts://127.0.0.1:${(listener.address() as AddressInfo).port}`; // listening: it has one
}

test('the server has no version of TLS that is new enough, or none that this side still takes', async (t) => {
  const ca = tlsFile('ca.crt');
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' } as const;
  const failures = [
    await tried(t, {
      url: await startTls(t, { maxVersion: 'TLSv1.2' }),
      tls: { ca, minimumVersion: '1.3' },
    }),
    await tried(t, { url: await startTls(t, old), tls: { ca } }),
  ];
  for (const result of failures) {
    assert.deepEqual(stages(result), ['network passed', 'tls failed']);
    assert.deepEqual(result.failed?.details, [
      '127.0.0.1 and this connection have no version of TLS in common: see “Oldest version of TLS”, and what the broker is set to.',
    ]);
    assert.deepEqual(fixes(result.failed), ['tls.minimumVersion']);
  }
});

test('the server speaks none of the protocols that are asked for by ALPN', async (t) => {
  const url = await startTls(t, { ALPNProtocols: ['mqtt'] });
  const { failed } = await tried(t, { url, tls: { ca: tlsFile('ca.crt'), alpn: ['x-amzn-mqtt-ca'] } });
  assert.equal(failed?.stage, 'tls');
  assert.deepEqual(failed.details, [
    '127.0.0.1 speaks none of the protocols in “ALPN protocols”. Brokers often want none.',
  ]);
  assert.deepEqual(fixes(failed), ['tls.alpn']);
});

test('there is no host of that name', async (t) => {
  // As Node answers for a name that nobody has; no resolver is asked.
  const asked: string[] = [];
  t.mock.method(dns, 'lookup', (name: string, _options: object, callback: (error: Error) => void) => {
    asked.push(name);
    setImmediate(callback, Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' }));
  });
  const result = await tried(t, { url: 'mqtt://gateway.invalid' });
  assert.deepEqual(asked, ['gateway.invalid']);
  assert.deepEqual(stages(result), ['name failed']);
  assert.deepEqual(result.failed?.details, [
    'There is no gateway.invalid: check how it is spelled, and whether this computer is online.',
  ]);
  assert.deepEqual(fixes(result.failed), ['host']);
});
