import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressText, parseEndpoint } from '../../../../src/trace/capture/ipAddress.ts';

function roundTrip(text: string): string | undefined {
  const endpoint = parseEndpoint(text);
  return endpoint && `${addressText(endpoint.address)} ${endpoint.port}`;
}

test('addresses as sockets write them come out as RFC 5952 does', () => {
  const texts: Record<string, string> = {
    '192.0.2.7:1883': '192.0.2.7 1883',
    '[::1]:1': '::1 1',
    '[::]:65535': ':: 65535',
    '[2001:DB8:0:0:1:0:0:7]:80': '2001:db8::1:0:0:7 80',
    '[2001:db8:0:1:1:1:1:1]:80': '2001:db8:0:1:1:1:1:1 80',
    '[1:2:3:4:5:6:7:8]:80': '1:2:3:4:5:6:7:8 80',
    '[fe80::1%eth0]:80': 'fe80::1 80',
    '[::ffff:192.0.2.7]:80': '192.0.2.7 80',
    '[::ffff:c000:207]:80': '192.0.2.7 80',
    '[64:ff9b::192.0.2.7]:80': '64:ff9b::c000:207 80',
    '[1::]:80': '1:: 80',
  };
  for (const [text, expected] of Object.entries(texts)) assert.equal(roundTrip(text), expected, text);
});

test('what is no address is none', () => {
  const texts = [
    ...[
      '/run/mqtt.sock',
      'unknown',
      '',
      'localhost:1883',
      '192.0.2.7',
      '192.0.2.7:70000',
      '192.0.2.256:1',
      '1.2.3:4',
    ],
    ...[
      '[::1:1',
      '[1::2::3]:1',
      '[1:2:3:4:5:6:7]:1',
      '[1:2:3:4:5:6:7:8:9]:1',
      '[12345::]:1',
      '[::1.2.3.400]:1',
    ],
  ];
  for (const text of texts) assert.equal(parseEndpoint(text), undefined, text);
});
