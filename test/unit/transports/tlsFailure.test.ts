/** OpenSSL's and Node's failures in words. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeTlsFailure } from '../../../src/transports/tlsFailure.ts';

const failure = (details: { code?: string; reason?: string }): Error =>
  Object.assign(new Error('raw'), details);

test('a client that does not trust the broker is told of with what it lacks', () => {
  const message = describeTlsFailure(
    failure({ code: 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', reason: 'tlsv1 alert unknown ca' }),
    '1.2',
  );
  assert.match(message, /^TLS handshake failed: the client does not trust the broker's certificate/);
});

test('a certificate that Node refused is the reason, not the connection that Node then closed', () => {
  assert.match(
    describeTlsFailure(failure({ code: 'ECONNRESET' }), '1.2', 'CERT_HAS_EXPIRED'),
    /the client's certificate has expired$/,
  );
  assert.match(
    describeTlsFailure(failure({ code: 'ECONNRESET' }), '1.2', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'),
    /not signed by the CA of this listener$/,
  );
});

test("any other failure is told in OpenSSL's words, or else in Node's", () => {
  assert.equal(
    describeTlsFailure(failure({ code: 'ERR_SSL_X', reason: 'bad x' }), '1.2'),
    'TLS handshake failed: bad x',
  );
  assert.equal(describeTlsFailure(failure({}), '1.2'), 'TLS handshake failed: raw');
});
