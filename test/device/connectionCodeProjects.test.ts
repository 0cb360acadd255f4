/**
 * The project files of the code for devices: read by parsers that are not ours, and held against what the tools that take them
 * document. Names are as in the sources and manuals that each table gives; who raises a version looks there again.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import type {
  ConnectionSettings,
  SourceFile,
} from '../../src/extension/connectionCode/connectionSettings.ts';
import { platformIo } from '../../src/extension/connectionCode/platformIo.ts';
import { rust } from '../../src/extension/connectionCode/rust.ts';
import { wokwi } from '../../src/extension/connectionCode/wokwi.ts';
import { zephyr } from '../../src/extension/connectionCode/zephyr.ts';
import { run } from '../support/program.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { skipUnless, toolPath } from '../support/tools.ts';
import { samples, writeAll } from './connectionSamples.ts';

type Table = Record<string, unknown>;

const parsers = {
  toml: 'json.dump(tomllib.load(open(sys.argv[1], "rb")), sys.stdout)',
  // As PlatformIO itself reads its file.
  ini: `parser = configparser.ConfigParser(inline_comment_prefixes=("#", ";"), interpolation=None)
parser.read_file(open(sys.argv[1]))
json.dump({name: dict(parser[name]) for name in parser.sections()}, sys.stdout)`,
};

/** What Python's parser makes of one of these files. */
async function parse(t: TestContext, files: readonly SourceFile[], name: string): Promise<Table> {
  const folder = temporaryFolder(t);
  writeAll(folder, files);
  const parser = name.endsWith('.ini') ? parsers.ini : parsers.toml;
  const { exitCode, stdout, stderr } = await run(t, toolPath('python3'), [
    ...['-c', `import configparser, json, sys, tomllib\n${parser}`, join(folder, name)],
  ]);
  assert.equal(exitCode, 0, stderr);
  return JSON.parse(stdout) as Table; // each parser gives an object
}

function textOf(files: readonly SourceFile[], name: string): string {
  const file = files.find((each) => each.name === name);
  assert.ok(file !== undefined, name);
  return file.text;
}

const python = { skip: skipUnless('python3') };

describe('Cargo.toml', python, () => {
  /** Of rumqttc 0.25.1, `[features]` of its Cargo.toml on crates.io; which of them bring `Transport::tls`. */
  const features: Readonly<Record<string, { hasTls: boolean }>> = {
    'use-rustls': { hasTls: true },
    'use-rustls-no-provider': { hasTls: true },
    'use-native-tls': { hasTls: true },
    websocket: { hasTls: false },
    proxy: { hasTls: false },
  };
  const unlessTold = ['use-rustls'];

  for (const [name, settings] of Object.entries(samples))
    test(`${name}: cargo reads a package whose rumqttc has the features that its code uses`, async (t) => {
      const files = rust(settings);
      const { package: crate, dependencies, ...others } = await parse(t, files, 'Cargo.toml');
      assert.deepEqual(others, {});
      assert.deepEqual(crate, { name: 'board', version: '0.1.0', edition: '2021' });
      const { rumqttc, ...more } = dependencies as Table;
      assert.deepEqual(more, {}, 'the code uses no other crate');
      // A version alone, or a table.
      const wanted: Table = typeof rumqttc === 'string' ? { version: rumqttc } : (rumqttc as Table);
      const { version, features: named = [], 'default-features': hasDefault = true, ...options } = wanted;
      assert.deepEqual(options, {});
      assert.equal(version, '0.25');
      const chosen = [...(hasDefault === true ? unlessTold : []), ...(named as string[])];
      for (const feature of chosen) assert.ok(feature in features, feature);
      const hasTls = chosen.some((feature) => features[feature]?.hasTls);
      assert.equal(/Transport::tls/.test(textOf(files, 'src/main.rs')), hasTls);
      assert.equal(hasTls, settings.tls !== undefined);
    });
});

describe('platformio.ini and wokwi.toml', python, () => {
  /** docs.platformio.org/en/stable/projectconf/sections/env/options, PlatformIO Core 6.1. */
  const options = ['platform', 'board', 'framework', 'monitor_speed', 'lib_deps'];
  /** docs.wokwi.com/vscode/project-config. */
  const wokwiKeys = ['version', 'firmware', 'elf', 'gdbServerPort', 'rfc2217ServerPort'];

  async function environmentOf(t: TestContext, files: readonly SourceFile[]): Promise<string> {
    const sections = Object.entries(await parse(t, files, 'platformio.ini'));
    assert.equal(sections.length, 1);
    const [[section, entries] = ['', {}]] = sections;
    const [, environment] = /^env:([a-z\d_-]+)$/.exec(section) ?? [];
    assert.ok(environment !== undefined, section);
    const { lib_deps: libraries, ...others } = entries as Record<string, string>;
    assert.deepEqual([...Object.keys(others), 'lib_deps'], options);
    assert.deepEqual(others, {
      ...{ platform: 'espressif32', board: 'esp32dev', framework: 'arduino', monitor_speed: '115200' },
    });
    // One a line, as OWNER/NAME@VERSION. Its own header is asked for by the code.
    assert.equal(libraries?.trim(), 'knolleary/PubSubClient@^2.8');
    const code = textOf(files, 'src/main.cpp');
    assert.match(code, /^#include <PubSubClient\.h>$/m);
    assert.match(code, /Serial\.begin\(115200\);/, 'the speed of the monitor');
    return environment;
  }

  test('PlatformIO reads one environment, with options that it has, and the library of the code', async (t) => {
    for (const name of ['without a password', 'over TLS']) await environmentOf(t, platformIo(samples[name]!)); // they are there
  });

  test('Wokwi reads keys that it has, and finds what PlatformIO builds', async (t) => {
    const files = wokwi(samples['without a password']!); // it is there
    const names = files.map(({ name }) => name);
    assert.deepEqual(names, ['wokwi.toml', 'diagram.json', 'platformio.ini', 'src/main.cpp']);
    const environment = await environmentOf(t, files);
    const { wokwi: section, ...others } = await parse(t, files, 'wokwi.toml');
    assert.deepEqual(others, {});
    const unknown = Object.keys(section as Table).filter((key) => !wokwiKeys.includes(key));
    assert.deepEqual(unknown, []);
    assert.deepEqual(section, {
      version: 1,
      firmware: `.pio/build/${environment}/firmware.bin`,
      elf: `.pio/build/${environment}/firmware.elf`,
    });
  });
});

describe('diagram.json', () => {
  /** docs.wokwi.com/diagram-format: what each part and connection must have. */
  interface Diagram {
    version: number;
    author: string;
    editor: string;
    parts: { type: string; id: string }[];
    connections: [string, string, string, unknown[]][];
  }

  const diagram = JSON.parse(textOf(wokwi(samples['without a password']!), 'diagram.json')) as Diagram; // it is there

  test('Wokwi reads a board of the kind that PlatformIO builds for', () => {
    const { version, author, editor, parts } = diagram;
    assert.equal(version, 1);
    assert.equal(editor, 'wokwi');
    assert.equal(author, 'MQTT Workbench');
    // With an ESP32 and 4 MB of flash, as PlatformIO's esp32dev.
    assert.deepEqual(
      parts.map(({ type, id }) => ({ type, id })),
      [{ type: 'board-esp32-devkit-c-v4', id: 'esp' }],
    );
  });

  test('what the board prints is seen: both its pins of the serial port lead to the monitor', () => {
    const ids = diagram.parts.map(({ id }) => id);
    const pairs = diagram.connections.map(([from, to]) => [from, to].sort());
    assert.deepEqual(pairs.sort(), [
      ['$serialMonitor:RX', 'esp:TX'],
      ['$serialMonitor:TX', 'esp:RX'],
    ]);
    for (const end of pairs.flat()) {
      const [part = ''] = end.split(':');
      assert.ok(part === '$serialMonitor' || ids.includes(part), end);
    }
  });
});

describe('prj.conf', () => {
  interface KconfigSymbol {
    readonly type: 'bool' | 'int';
    /** In Zephyr's repository. */
    readonly source: string;
    /** What has to be on beside it, of what is not on by itself. */
    readonly needs?: readonly string[];
    /** The last version that had it: a comment may name it, no line set it. */
    readonly until?: string;
  }

  const bool = (source: string, ...needs: string[]): KconfigSymbol => ({ type: 'bool', source, needs });
  const int = (source: string, ...needs: string[]): KconfigSymbol => ({ type: 'int', source, needs });
  const gone = (until: string, source: string): KconfigSymbol => ({ type: 'bool', source, until });
  const mbedTls = 'modules/mbedtls';
  const suites = `${mbedTls}/Kconfig.ciphersuites`;

  /**
   * Zephyr 4.4. What became of the names of Mbed TLS: doc/releases/migration-guide-4.4.rst and release-notes-4.4.rst
   * ("Mbed TLS"); the others: the Kconfig files.
   */
  const symbols: Readonly<Record<string, KconfigSymbol>> = {
    NETWORKING: bool('subsys/net/Kconfig'),
    NET_IPV4: bool('subsys/net/ip/Kconfig.ipv4', 'NETWORKING'),
    NET_IPV6: bool('subsys/net/ip/Kconfig.ipv6', 'NETWORKING'),
    NET_TCP: bool('subsys/net/ip/Kconfig.tcp', 'NETWORKING'),
    NET_DHCPV4: bool('subsys/net/lib/dhcpv4/Kconfig', 'NET_IPV4'),
    NET_SOCKETS: bool('subsys/net/lib/sockets/Kconfig', 'NETWORKING'),
    NET_SOCKETS_SOCKOPT_TLS: bool('subsys/net/lib/sockets/Kconfig', 'NET_SOCKETS', 'TLS_CREDENTIALS'),
    TLS_CREDENTIALS: bool('subsys/net/lib/tls_credentials/Kconfig'),
    DNS_RESOLVER: bool('subsys/net/lib/dns/Kconfig', 'NETWORKING'),
    NET_CONFIG_SETTINGS: bool('subsys/net/lib/config/Kconfig', 'NETWORKING'),
    NET_CONFIG_NEED_IPV4: bool('subsys/net/lib/config/Kconfig', 'NET_CONFIG_SETTINGS', 'NET_IPV4'),
    NET_CONFIG_NEED_IPV6: bool('subsys/net/lib/config/Kconfig', 'NET_CONFIG_SETTINGS', 'NET_IPV6'),
    MQTT_LIB: bool('subsys/net/lib/mqtt/Kconfig', 'NET_SOCKETS', 'NET_TCP'),
    MQTT_KEEPALIVE: int('subsys/net/lib/mqtt/Kconfig', 'MQTT_LIB'),
    MQTT_LIB_TLS: bool('subsys/net/lib/mqtt/Kconfig', 'MQTT_LIB', 'NET_SOCKETS_SOCKOPT_TLS', 'MBEDTLS'),
    LOG: bool('subsys/logging/Kconfig'),
    MAIN_STACK_SIZE: int('kernel/Kconfig'),
    WIFI: bool('drivers/wifi/Kconfig'),
    MBEDTLS: bool(`${mbedTls}/Kconfig`),
    MBEDTLS_ENABLE_HEAP: bool(`${mbedTls}/Kconfig`, 'MBEDTLS'),
    MBEDTLS_HEAP_SIZE: int(`${mbedTls}/Kconfig`, 'MBEDTLS_ENABLE_HEAP'),
    MBEDTLS_PEM_PARSE_C: bool(`${mbedTls}/Kconfig.mbedtls`, 'MBEDTLS'),
    MBEDTLS_SSL_SERVER_NAME_INDICATION: bool(`${mbedTls}/Kconfig.mbedtls`, 'MBEDTLS'),
    MBEDTLS_SSL_IN_CONTENT_LEN: int(`${mbedTls}/Kconfig.mbedtls`, 'MBEDTLS'),
    MBEDTLS_CIPHERSUITE_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: bool(suites, 'MBEDTLS'),
    MBEDTLS_CIPHERSUITE_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: bool(suites, 'MBEDTLS'),
    MBEDTLS_PEM_CERTIFICATE_FORMAT: gone('4.3', `${mbedTls}/Kconfig.mbedtls`),
    MBEDTLS_SERVER_NAME_INDICATION: gone('4.3', `${mbedTls}/Kconfig.mbedtls`),
    MBEDTLS_SSL_MAX_CONTENT_LEN: gone('4.3', `${mbedTls}/Kconfig.mbedtls`),
    'MBEDTLS_KEY_EXCHANGE_*': gone('4.3', `${mbedTls}/Kconfig.mbedtls`),
  };

  /** Symbol to value; a line that is neither a setting nor a comment is a mistake. */
  function settingsIn(text: string): Map<string, string> {
    const found = new Map<string, string>();
    for (const line of text.split('\n')) {
      if (line === '' || line.startsWith('# ')) continue;
      const [, name = '', value = ''] = /^CONFIG_([A-Z\d_]+)=(y|\d+)$/.exec(line) ?? assert.fail(line);
      assert.ok(!found.has(name), `${name} is set twice`);
      found.set(name, value);
    }
    return found;
  }

  const confOf = (settings: ConnectionSettings): string => textOf(zephyr(settings), 'prj.conf');

  for (const [name, settings] of Object.entries(samples))
    test(`${name}: each symbol is one of Zephyr 4.4, of its type, with what it needs`, () => {
      const text = confOf(settings);
      const found = settingsIn(text);
      for (const [symbol, value] of found) {
        const known = symbols[symbol];
        assert.ok(known !== undefined && known.until === undefined, `${symbol} is none of Zephyr 4.4`);
        assert.match(value, known.type === 'bool' ? /^y$/ : /^[1-9]\d*$/, symbol);
        for (const need of known.needs ?? []) assert.ok(found.has(need), `${symbol} needs ${need}`);
      }
      for (const [, symbol = ''] of text.matchAll(/CONFIG_([A-Z\d_]+\*?)/g))
        assert.ok(symbol in symbols, `${symbol}, in a comment`);
    });

  test('TLS, a name and IPv6 are asked for where the address has them, and not elsewhere', () => {
    const has = (sample: string, ...wanted: string[]): boolean[] => {
      const found = settingsIn(confOf(samples[sample]!)); // it is there
      return wanted.map((symbol) => found.has(symbol));
    };
    const asked = ['MQTT_LIB_TLS', 'DNS_RESOLVER', 'NET_CONFIG_NEED_IPV4', 'NET_CONFIG_NEED_IPV6'];
    assert.deepEqual(has('without a password', ...asked), [false, false, true, false]);
    assert.deepEqual(has('over TLS', ...asked), [true, false, true, false]);
    assert.deepEqual(has('over IPv6', ...asked), [false, false, false, true]);
    assert.deepEqual(has('with names that would end a string', ...asked), [true, true, true, false]);
  });
});
