/**
 * What the development CA signs, before judges that are not ours: OpenSSL verifies it, and mosquitto, OpenSSL and mbedTLS
 * (a board's library) connect with it to the broker as the editor starts it. Who can't is told why.
 *
 * A client in 1970 has a clock that says so: faketime stands between it and the system. mbedTLS is Debian's 2.28, built
 * to check dates, which ESP-IDF leaves out unless told.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import {
  createAuthority,
  issueClientCertificate,
  issueServerCertificate,
} from '../../src/certificates/authority.ts';
import type { Credential } from '../../src/certificates/credential.ts';
import { exportFiles, exportText } from '../../src/certificates/exportFormats.ts';
import type { LogEntry, ServerTls } from '../../src/contracts/engine.ts';
import { Engine } from '../../src/engine/engine.ts';
import * as hellos from '../support/clientHellos.ts';
import { ownedBySuite } from '../support/ownedBySuite.ts';
import { type ProgramEnd, run } from '../support/program.ts';
import { inRepository } from '../support/repository.ts';
import { skipUnless, toolPath } from '../support/tools.ts';

const skip = skipUnless('openssl', 'mosquitto_pub', 'python3');
const limits = { maxPacketBytes: 1_048_576, maxConnections: 100, historyBytes: 1_048_576 };
const names = ['studio.local', 'localhost', '127.0.0.1', '::1'];
const folder = mkdtempSync(join(tmpdir(), 'mqtt-certificates-'));
after(() => rmSync(folder, { recursive: true }));

function file(name: string, contents: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, contents);
  return path;
}

/** A CA, what it signed, and the files that clients take. */
class Signed {
  readonly ca: Credential;
  readonly server: Credential;
  readonly client: Credential;
  readonly caFile: string;
  readonly serverFile: string;
  readonly clientFile: string;
  readonly clientKeyFile: string;

  static async make(keyKind: 'ec' | 'rsa', label: string = keyKind): Promise<Signed> {
    const options = { keyKind, nowMs: Date.now(), lifetimeDays: 30 };
    const ca = await createAuthority({ ...options, commonName: `CA ${label}`, lifetimeDays: 3650 });
    const server = await issueServerCertificate(ca, names, { ...options, commonName: 'studio' });
    const client = await issueClientCertificate(ca, { ...options, commonName: 'board-1' });
    return new Signed(label, ca, server, client);
  }

  private constructor(label: string, ca: Credential, server: Credential, client: Credential) {
    this.ca = ca;
    this.server = server;
    this.client = client;
    this.caFile = file(`${label}-ca.pem`, ca.certificate);
    this.serverFile = file(`${label}-server.pem`, server.certificate);
    this.clientFile = file(`${label}-client.pem`, client.certificate);
    this.clientKeyFile = file(`${label}-client.key`, client.key);
  }

  tls(more: Partial<ServerTls> = {}): ServerTls {
    return {
      port: 0,
      certificate: this.server.certificate,
      key: this.server.key,
      authority: this.ca.certificate,
      clientCertificate: 'optional',
      ...more,
    };
  }
}

/** The broker as the editor has it, and what its log says. */
class Broker {
  readonly port: number;
  readonly #lines: string[] = [];
  #wake: () => void = () => undefined;

  static async start(t: TestContext, tls: ServerTls, host = '127.0.0.1'): Promise<Broker> {
    const engine = new Engine({ version: '1.2.3', limits });
    t.after(() => engine.dispose());
    const result = await engine.startBroker({ host, port: 0, limits, tls });
    assert.ok(result.kind === 'started', result.kind);
    assert.ok(result.broker.ownTlsPort !== undefined);
    return new Broker(engine, result.broker.ownTlsPort);
  }

  private constructor(engine: Engine, port: number) {
    this.port = port;
    engine.onEvent(({ event, payload }) => {
      if (event !== 'log') return;
      this.#lines.push(...payload.map(({ message }: LogEntry) => message));
      this.#wake();
    });
  }

  /** Resolves with the first line that matches. */
  async line(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = this.#lines.find((line) => pattern.test(line));
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  publish(t: TestContext, ...args: string[]): Promise<ProgramEnd> {
    return run(t, toolPath('mosquitto_pub'), this.#publishArgs(args));
  }

  /** By a clock that begins five minutes after 1970 does. */
  publishIn1970(t: TestContext, ...args: string[]): Promise<ProgramEnd> {
    return run(t, toolPath('faketime'), [
      '1970-01-01 00:05:00 UTC',
      toolPath('mosquitto_pub'),
      ...this.#publishArgs(args),
    ]);
  }

  /** `openssl s_client`, which says nothing and leaves. */
  sClient(t: TestContext, ...args: string[]): Promise<ProgramEnd> {
    const program = ['s_client', '-connect', `127.0.0.1:${this.port}`, '-verify_return_error', ...args];
    return run(t, '/bin/sh', ['-c', '"$@" < /dev/null', 'sh', toolPath('openssl'), ...program]);
  }

  #publishArgs(args: readonly string[]): string[] {
    return ['-p', String(this.port), '-t', 'a', '-m', 'x', '-q', '1', ...args];
  }
}

for (const keyKind of ['ec', 'rsa'] as const) {
  describe(`certificates with ${keyKind === 'ec' ? 'EC P-256' : 'RSA 2048'} keys`, { skip }, () => {
    let signed: Signed;
    before(async () => {
      signed = await Signed.make(keyKind);
    });

    test('OpenSSL verifies all of them, by the letter of the standard', async (t) => {
      const verify = async (...args: string[]): Promise<void> => {
        const strict = ['verify', '-x509_strict', '-CAfile', signed.caFile];
        const { exitCode, stdout, stderr } = await run(t, toolPath('openssl'), [...strict, ...args]);
        assert.equal(exitCode, 0, stdout + stderr);
      };
      await verify(signed.caFile);
      await verify('-purpose', 'sslclient', signed.clientFile);
      for (const name of ['studio.local', 'localhost'])
        await verify('-purpose', 'sslserver', '-verify_hostname', name, signed.serverFile);
      for (const address of ['127.0.0.1', '::1'])
        await verify('-purpose', 'sslserver', '-verify_ip', address, signed.serverFile);
    });

    for (const version of ['-tls1_2', '-tls1_3'])
      test(`OpenSSL connects and verifies the name, ${version.slice(1)}`, async (t) => {
        const broker = await Broker.start(t, signed.tls());
        const { exitCode, stdout, stderr } = await broker.sClient(
          t,
          ...['-CAfile', signed.caFile, '-verify_hostname', 'studio.local', version],
        );
        assert.equal(exitCode, 0, stderr);
        assert.match(stdout, /Verification: OK\n[\s\S]*Verified peername: studio\.local/);
      });

    test('mosquitto connects by name and by address, and is known by its certificate', async (t) => {
      const broker = await Broker.start(t, signed.tls());
      for (const host of ['localhost', '127.0.0.1']) {
        const { exitCode, stderr } = await broker.publish(t, '-h', host, '--cafile', signed.caFile);
        assert.equal(exitCode, 0, stderr);
      }
      const own = ['--cert', signed.clientFile, '--key', signed.clientKeyFile];
      const { exitCode, stderr } = await broker.publish(
        t,
        ...['-h', 'localhost', '--cafile', signed.caFile, ...own, '-i', 'esp32'],
      );
      assert.equal(exitCode, 0, stderr);
      await broker.line(/^Client "esp32" connected from .* over TLS, .*user "board-1"$/);
    });

    for (const format of ['der', 'base64'] as const)
      test(`OpenSSL connects with the certificate and the key of a device, each in a file: ${format}`, async (t) => {
        const openssl = async (...args: string[]): Promise<string> => {
          const { exitCode, stdout, stderr } = await run(t, toolPath('openssl'), args);
          assert.equal(exitCode, 0, stderr);
          return stdout;
        };
        const { certificate, key } = signed.client;
        const items = [
          { name: 'client_cert', pem: certificate },
          { name: 'client_key', pem: key },
        ];
        const exported = exportFiles(format, items, { notes: [] });
        assert.equal(exported.length, 2);
        const derFiles: string[] = [];
        for (const [index, bytes] of exported.entries()) {
          const path = file(`${keyKind}-${index}.${format}`, bytes);
          const derFile = `${path}.der`;
          if (format === 'base64') await openssl('base64', '-d', '-A', '-in', path, '-out', derFile);
          derFiles.push(format === 'base64' ? derFile : path);
        }
        const [certFile = '', keyFile = ''] = derFiles;
        assert.equal(
          await openssl('x509', '-inform', 'DER', '-in', certFile, '-noout', '-pubkey'),
          await openssl('pkey', '-inform', 'DER', '-in', keyFile, '-pubout'),
        );
        const broker = await Broker.start(t, signed.tls({ clientCertificate: 'required' }));
        // Of TLS 1.3 the client is done before the broker has looked at its certificate.
        const { exitCode, stderr } = await broker.sClient(
          t,
          ...['-CAfile', signed.caFile, '-tls1_2'],
          ...['-cert', certFile, '-certform', 'DER', '-key', keyFile, '-keyform', 'DER'],
        );
        assert.equal(exitCode, 0, stderr);
      });
  });
}

const noCa =
  /the client does not trust the broker's certificate \(it sent the alert unknown_ca\): it has no CA, or another one\. Give it the certificate of the CA that signed the broker's, "CA [\w-]+"\. .*asked for "localhost" \(tls-unknown-ca\)$/;

/** Programs that trust nobody, not even whom the system does. */
const withoutCa: Readonly<Record<string, (t: TestContext, broker: Broker) => Promise<ProgramEnd>>> = {
  'mosquitto_pub, whose folder of CAs is empty': (t, broker) =>
    broker.publish(t, '-h', 'localhost', '--capath', mkdtempSync(join(folder, 'no-ca-'))),
  OpenSSL: (t, broker) =>
    broker.sClient(t, '-no-CAfile', '-no-CApath', '-no-CAstore', '-servername', 'localhost'),
  Python: (t, { port }) =>
    run(t, toolPath('python3'), [
      '-c',
      `import socket, ssl
board = socket.create_connection(('127.0.0.1', ${port}))
ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).wrap_socket(board, server_hostname='localhost')`,
    ]),
};

describe('who can’t connect is told why', { skip }, () => {
  let signed: Signed;
  let other: Signed;
  before(async () => {
    signed = await Signed.make('ec');
    other = await Signed.make('ec', 'other');
  });

  test('a client with another CA', async (t) => {
    const broker = await Broker.start(t, signed.tls());
    const { exitCode } = await broker.publish(t, '-h', 'localhost', '--cafile', other.caFile);
    assert.notEqual(exitCode, 0);
    await broker.line(
      /the client does not trust the broker's certificate \(it sent the alert unknown_ca\): .*"CA ec"\. It offered TLS 1\.3 .* asked for "localhost" \(tls-unknown-ca\)$/,
    );
  });

  for (const [client, connect] of Object.entries(withoutCa))
    test(`a client without any CA: ${client}`, async (t) => {
      const broker = await Broker.start(t, signed.tls());
      const { exitCode, stdout, stderr } = await connect(t, broker);
      assert.notEqual(exitCode, 0, stdout + stderr);
      await broker.line(noCa);
    });

  test('a client without any CA that closes without a word, as Node.js does', async (t) => {
    const broker = await Broker.start(t, signed.tls());
    const socket = connectTls({ port: broker.port, host: '127.0.0.1', servername: 'localhost', ca: [] });
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    assert.equal(error.code, 'SELF_SIGNED_CERT_IN_CHAIN');
    await broker.line(/without saying why.*: does it have the CA, is its clock set, .*\(tls-closed\)$/);
  });

  test('a client whose clock says 1970', { skip: skipUnless('faketime') }, async (t) => {
    const broker = await Broker.start(t, signed.tls());
    const { exitCode } = await broker.publishIn1970(t, '-h', 'localhost', '--cafile', signed.caFile);
    assert.notEqual(exitCode, 0);
    await broker.line(
      /\(it sent the alert bad_certificate, and the name "localhost" is in the certificate\), .* Is its clock set \(.* a board begins in 1970\)\? .*\(tls-certificate-refused\)$/,
    );
  });

  for (const [client, hello, alert, said] of [
    ['Go', hellos.go, 42, 'bad_certificate'],
    ['Java', hellos.java, 46, 'certificate_unknown'],
  ] as const)
    test(`a client without the CA whose alert is one for many things, as of ${client}, is not taken for one in 1970`, async (t) => {
      const broker = await Broker.start(t, signed.tls());
      const socket = createConnection(broker.port, '127.0.0.1');
      t.after(() => socket.destroy());
      socket.write(hello);
      const received: Buffer[] = [];
      // ServerHelloDone (14, of no bytes) ends the broker's turn. An alert is not encrypted by then, up to TLS 1.2.
      const isTurn = (): boolean =>
        Buffer.concat(received)
          .subarray(-4)
          .equals(Buffer.from([14, 0, 0, 0]));
      while (!isTurn()) received.push((await once(socket, 'data'))[0] as Buffer);
      // Alert, TLS 1.2, two bytes: fatal, and which.
      socket.write(Buffer.from([21, 3, 3, 0, 2, 2, alert]));
      const line = await broker.line(
        /Does it have the certificate of the CA that signed the broker's, "CA ec"\? .*\(tls-certificate-refused\)$/,
      );
      assert.ok(line.includes(`it sent the alert ${said}, and the name`), line);
      assert.match(line, /Is its clock set \(/);
    });

  test('a client that calls the broker by a name that is not its own', async (t) => {
    const broker = await Broker.start(t, signed.tls(), '127.0.0.2');
    const { exitCode } = await broker.publish(t, '-h', '127.0.0.2', '--cafile', signed.caFile);
    assert.notEqual(exitCode, 0);
    await broker.line(
      /the client asked for "127\.0\.0\.2", and the broker's certificate is for studio\.local, localhost, 127\.0\.0\.1 and ::1 .*\(tls-wrong-name\)$/,
    );
  });

  test('a client that knows no version of TLS from this decade', async (t) => {
    const broker = await Broker.start(t, signed.tls());
    await broker.sClient(t, '-tls1_1', '-cipher', 'ALL:@SECLEVEL=0');
    await broker.line(/only versions of TLS before 1\.2: TLS 1\.1 or older\. .*\(tls-version\)$/);
  });

  test('a client that can do nothing with an EC key', async (t) => {
    const broker = await Broker.start(t, signed.tls());
    await broker.sClient(t, '-tls1_2', '-cipher', 'ECDHE-RSA-AES128-GCM-SHA256:AES128-SHA');
    await broker.line(
      /it offers TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 and TLS_RSA_WITH_AES_128_CBC_SHA, which go with a certificate of an RSA key, .*\(tls-no-shared-cipher\)$/,
    );
    await broker.sClient(t, '-tls1_2', '-cipher', 'PSK', '-psk', 'aabb');
    await broker.line(/a key that both sides have \(PSK\), .*\(tls-no-shared-cipher\)$/);
    await broker.sClient(t, '-tls1_2', '-groups', 'brainpoolP256r1');
    await broker.line(/it offers the curves brainpoolP256r1, .* turn it on .*\(tls-no-shared-cipher\)$/);
  });

  test('a client without TLS', async (t) => {
    const broker = await Broker.start(t, signed.tls());
    assert.notEqual((await broker.publish(t, '-h', '127.0.0.1')).exitCode, 0);
    await broker.line(/the client spoke MQTT without TLS to the TLS port: .*\(tls-spoke-mqtt\)$/);
  });

  test('a client without a certificate, where one is required, and one with another CA’s', async (t) => {
    const broker = await Broker.start(t, signed.tls({ clientCertificate: 'required' }));
    const trust = ['-h', 'localhost', '--cafile', signed.caFile];
    await broker.publish(t, ...trust);
    await broker.line(/the client sent no certificate of its own, .*\(tls-no-client-certificate\)$/);
    await broker.publish(t, ...trust, '--cert', other.clientFile, '--key', other.clientKeyFile);
    await broker.line(/not signed by the CA of this listener \(tls-client-certificate-unknown\)$/);
    const own = ['--cert', signed.clientFile, '--key', signed.clientKeyFile];
    assert.equal((await broker.publish(t, ...trust, ...own)).exitCode, 0);
  });
});

describe('a board’s own library, mbedTLS 2.28', {
  skip: skip || skipUnless('c_compiler', 'c_headers', 'mbedtls', 'faketime'),
}, () => {
  const owner = ownedBySuite();
  const program = join(folder, 'mbedtls_client');
  let ec: Signed;
  let rsa: Signed;
  before(async () => {
    const source = inRepository('test/device/mbedtls_client.c');
    const libraries = ['-lmbedtls', '-lmbedx509', '-lmbedcrypto'];
    const { exitCode, stderr } = await run(owner, toolPath('c_compiler'), [
      ...['-Wall', '-Werror', '-o', program, source, ...libraries],
    ]);
    assert.equal(exitCode, 0, stderr);
    [ec, rsa] = await Promise.all([Signed.make('ec', 'mbed-ec'), Signed.make('rsa', 'mbed-rsa')]);
  });

  const board = (
    t: TestContext,
    { port }: Broker,
    name: string,
    caFile: string,
    ...own: string[]
  ): Promise<ProgramEnd> => run(t, program, ['127.0.0.1', String(port), name, caFile, ...own]);

  test('it is let in by name, and by address, which it looks for among the names alone', async (t) => {
    for (const signed of [ec, rsa]) {
      const broker = await Broker.start(t, signed.tls());
      for (const name of ['studio.local', '127.0.0.1', '']) {
        const { stdout, stderr } = await board(t, broker, name, signed.caFile);
        assert.match(stdout, /CONNACK 20 02 00 00/, stderr);
      }
    }
  });

  test('it shows a client certificate, whose key it reads as it is exported', async (t) => {
    for (const signed of [ec, rsa]) {
      const broker = await Broker.start(t, signed.tls({ clientCertificate: 'required' }));
      const own = [signed.clientFile, signed.clientKeyFile];
      const { stdout, stderr } = await board(t, broker, 'localhost', signed.caFile, ...own);
      assert.match(stdout, /CONNACK 20 02 00 00/, stderr);
      await broker.line(/^Client "board" connected from .*user "board-1"$/);
    }
  });

  test('with another CA, and with another name, it is told of with the alert that it sends', async (t) => {
    const broker = await Broker.start(t, ec.tls());
    const { exitCode, stderr } = await board(t, broker, 'localhost', rsa.caFile);
    assert.equal(exitCode, 2, stderr);
    await broker.line(/it sent the alert unknown_ca\): .*\(tls-unknown-ca\)$/);
    assert.equal((await board(t, broker, 'broker.lan', ec.caFile)).exitCode, 2);
    await broker.line(
      /the client asked for "broker\.lan", .* \(it sent the alert bad_certificate\): .*\(tls-wrong-name\)$/,
    );
  });

  test('without any CA it is told of with what it lacks', async (t) => {
    const broker = await Broker.start(t, ec.tls());
    const { exitCode, stderr } = await board(t, broker, 'localhost', '');
    assert.equal(exitCode, 2, stderr);
    await broker.line(noCa);
  });

  test('in 1970 it is told of with its clock, which it puts into its hello', async (t) => {
    const broker = await Broker.start(t, ec.tls());
    const { exitCode, stderr } = await run(t, toolPath('faketime'), [
      '1970-01-01 00:05:00 UTC',
      ...[program, '127.0.0.1', String(broker.port), 'localhost', ec.caFile],
    ]);
    assert.equal(exitCode, 2, stderr);
    assert.match(stderr, /validity starts in the future/);
    await broker.line(/its clock seems to say 1970-01-01 00:05\. Set it, .*\(tls-clock\)$/);
  });
});

test('exported as headers and as a string, a certificate is what it was, for a compiler of C and for one of C++', {
  skip: skipUnless('c_compiler', 'c_headers', 'compiler'),
}, async (t) => {
  const { ca } = await Signed.make('ec', 'header');
  const items = [{ name: 'ca_cert', pem: ca.certificate }];
  const notes = ['A note that ends no comment: */ int x = 1; /* and begins none.'];
  file('Arduino.h', '#define PROGMEM\n');
  const print = '#include <stdio.h>\nint main(void) { fputs(ca_cert, stdout); return 0; }\n';
  for (const [format, compiler, ending, use] of [
    ['cHeader', 'c_compiler', 'c', '#include "cHeader.h"'],
    ['arduinoHeader', 'compiler', 'cpp', '#include "arduinoHeader.h"'],
    // In the middle of a declaration, as it is pasted.
    ['cString', 'c_compiler', 'c', 'static const char ca_cert[] =\n#include "cString.h"\n;'],
  ] as const) {
    file(`${format}.h`, exportText(format, items, { notes }));
    const source = file(`${format}.${ending}`, `${use}\n${print}`);
    const program = join(folder, format);
    const compiled = await run(t, toolPath(compiler), [
      ...['-Wall', '-Werror', `-I${folder}`, '-o', program, source],
    ]);
    assert.equal(compiled.exitCode, 0, compiled.stderr);
    assert.equal((await run(t, program, [])).stdout, ca.certificate);
  }
});
