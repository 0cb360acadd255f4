/**
 * What Copy Message As… puts into the clipboard does what it says: a shell runs the mosquitto_pub lines against the broker,
 * a C compiler takes the C, and what comes out is the message, byte for byte.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { connectAsync, type IPublishPacket, type MqttClient } from 'mqtt';
import { cArray } from '../../src/extension/payload/copyAs/cArray.ts';
import { cString } from '../../src/extension/payload/copyAs/cString.ts';
import { mosquittoPub } from '../../src/extension/payload/copyAs/mosquittoPub.ts';
import { brokerOfSuite } from '../support/cliBroker.ts';
import { run } from '../support/program.ts';
import { findProgram, skipUnless, toolPath } from '../support/tools.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

const payloads: Record<string, Uint8Array> = {
  'nothing at all': new Uint8Array(),
  'a number': bytesOf('21.5'),
  'one that begins with a hyphen': bytesOf('-n'),
  JSON: bytesOf('{"name": "küche", "path": "C:\\\\temp"}'),
  'quotes and what a shell expands': bytesOf(`it's "$HOME" \`id\` $(id) !! \\ %s %% * ~ ; | & # <>`),
  'nothing but quotes': bytesOf(`'''"'"''`),
  'lines, with some at the end': bytesOf('one\ntwo\n\n'),
  'nothing but line feeds': bytesOf('\n\n'),
  'tabs and carriage returns': bytesOf('a\tb\r\n'),
  'the escapes of a coloured log': bytesOf('\u001b[31mred\u001b[0m\u001b[201~'),
  'a C string with its NUL': bytesOf('online\0'),
  'escapes that a hex digit follows': bytesOf('\u001bcafe\u00e9e1 \u007fF'),
  trigraphs: bytesOf('what??! ??/ ??= ??? ????'),
  'emoji and what turns the direction': bytesOf('\ufeff🌡\u202e👩‍🔧'),
  'every byte': Uint8Array.from({ length: 256 }, (_, i) => i),
  'every byte, backwards': Uint8Array.from({ length: 256 }, (_, i) => 255 - i),
  'digits after bytes that are none': Uint8Array.of(0xff, 0x31, 0x00, 0x37, 0x0a, 0x38),
  '100 kB of text': bytesOf("it's long ".repeat(10_000)),
};

describe('mosquitto_pub lines, run by a shell', { skip: skipUnless('mosquitto_pub') }, () => {
  let client: MqttClient;
  // Before the broker ends, which is what its own hook does.
  after(() => client.endAsync());
  const broker = brokerOfSuite();

  before(async () => {
    client = await connectAsync(`mqtt://127.0.0.1:${broker().port('mqtt')}`, {
      protocolVersion: 5,
      reconnectPeriod: 0,
    });
    await client.subscribeAsync('#', { qos: 2, rap: true });
  });

  // Debian's sh is dash; what a person has at a prompt is more often bash.
  const shells = ['sh', 'bash'].map((name) => findProgram([name])).filter((shell) => shell !== undefined);

  const END = 'the end of what a line published';

  /** What arrives when the line is run. */
  async function published(
    t: TestContext,
    shell: string,
    message: Parameters<typeof mosquittoPub>[0],
  ): Promise<IPublishPacket> {
    const port = broker().port('mqtt');
    const target = { kind: 'tcp', host: '127.0.0.1', port, requiresCredentials: true } as const;
    const arrived: IPublishPacket[] = [];
    const all = new Promise<void>((resolve) => {
      const take = (topic: string, _payload: Buffer, packet: IPublishPacket): void => {
        if (topic !== END) {
          arrived.push(packet);
          return;
        }
        client.off('message', take);
        resolve();
      };
      client.on('message', take);
    });
    const script = join(folder, 'publish.sh');
    writeFileSync(
      script,
      `PATH="${join(toolPath('mosquitto_pub'), '..')}:$PATH"\n${mosquittoPub(message, target)}`,
    );
    const { exitCode, stderr } = await run(t, shell, [script]);
    // Comes after whatever the line published, or shows that it published nothing.
    await client.publishAsync(END, '');
    await all;
    assert.equal(exitCode, 0, stderr);
    assert.equal(arrived.length, 1, stderr);
    return arrived[0]!; // there is one
  }

  for (const shell of shells) {
    for (const [name, payload] of Object.entries(payloads)) {
      test(`${shell}: a payload of ${name}`, async (t) => {
        const packet = await published(t, shell, { topic: 'copied', qos: 1, retain: false, payload });
        assert.deepEqual(new Uint8Array(Buffer.from(packet.payload)), payload);
      });
    }

    test(`${shell}: topics with what a shell would take for its own`, async (t) => {
      const topics = ['a b/$x/`y`', "it's/'quoted'", '-t', '/', 'küche/🌡', '~/!!/\\'];
      for (const topic of topics) {
        const packet = await published(t, shell, { topic, qos: 0, retain: false, payload: bytesOf('x') });
        assert.equal(packet.topic, topic);
      }
    });

    test(`${shell}: QoS, retain and all properties`, async (t) => {
      const properties = {
        payloadFormatIndicator: 1,
        messageExpiryInterval: 60,
        contentType: "text/it's; charset=utf-8",
        responseTopic: 'answer/to me',
        correlationData: Uint8Array.of(0xff, 0x27, 0x0a),
        userProperties: [
          ['unit', '°C'],
          ['unit', ''],
          ['-D', 'a\tb'],
        ],
      } as const;
      const payload = bytesOf('21.5');
      const packet = await published(t, shell, { topic: 'all', qos: 2, retain: true, properties, payload });
      assert.deepEqual([packet.qos, packet.retain], [2, true]);
      const { correlationData, messageExpiryInterval, userProperties, ...others } = packet.properties ?? {};
      assert.deepEqual(new Uint8Array(correlationData ?? []), properties.correlationData);
      assert.ok(messageExpiryInterval !== undefined && messageExpiryInterval <= 60);
      assert.deepEqual({ ...userProperties }, { unit: ['°C', ''], '-D': 'a\tb' });
      assert.deepEqual(others, {
        payloadFormatIndicator: true,
        contentType: properties.contentType,
        responseTopic: properties.responseTopic,
      });
    });
  }
});

describe('C, compiled and run', { skip: skipUnless('c_compiler') }, () => {
  /** A topic that would be code if it could leave its comment. */
  const topic = '*/ #error /* ??/';

  /** Prints the bytes of each as hex, a line each; warnings are errors. */
  async function bytesFromC(t: TestContext, declarations: readonly string[]): Promise<Uint8Array[]> {
    const source = join(folder, 'payloads.c');
    const program = join(folder, 'payloads');
    writeFileSync(
      source,
      [
        '#include <stddef.h>\n#include <stdint.h>\n#include <stdio.h>',
        'static void print(const void *bytes, size_t length) {',
        '  for (size_t i = 0; i < length; i++) printf("%02x", ((const unsigned char *)bytes)[i]);',
        '  puts("");',
        '}',
        'int main(void) {',
        ...declarations,
        '  return 0;',
        '}',
        '',
      ].join('\n'),
    );
    const compiler = toolPath('c_compiler');
    const strict = compiler.endsWith('tcc')
      ? ['-Wall', '-Werror']
      : ['-Wall', '-Wextra', '-Werror', '-trigraphs'];
    const compiled = await run(t, compiler, ['-std=c99', ...strict, '-o', program, source]);
    assert.equal(compiled.exitCode, 0, compiled.stderr);
    const { stdout } = await run(t, program, []);
    return stdout.split('\n').map((line) => new Uint8Array(Buffer.from(line, 'hex')));
  }

  test('a string literal is its payload, and the NUL that C adds', async (t) => {
    const declarations = Object.values(payloads).map(
      (payload) => `{ static const char text[] =\n${cString(topic, payload)}; print(text, sizeof text); }`,
    );
    const printed = await bytesFromC(t, declarations);
    for (const [i, [name, payload]] of Object.entries(payloads).entries())
      assert.deepEqual(printed[i], new Uint8Array([...payload, 0]), name);
  });

  test('an array is its payload', async (t) => {
    const declarations = Object.values(payloads).map(
      (payload) => `{\n${cArray(topic, payload)} print(payload, ${payload.length}); (void)sizeof payload; }`,
    );
    const printed = await bytesFromC(t, declarations);
    for (const [i, [name, payload]] of Object.entries(payloads).entries())
      assert.deepEqual(printed[i], payload, name);
  });
});

const folder = mkdtempSync(join(tmpdir(), 'mqtt-copy-as-'));
after(() => rmSync(folder, { recursive: true }));
