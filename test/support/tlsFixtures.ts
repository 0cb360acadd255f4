import { inRepository } from './repository.ts';

/** The path of a certificate or key: `ca.crt`, `server.key`. What each is for: test/fixtures/tls/README.md. */
export const tlsFixture = (name: string): string => inRepository('test/fixtures/tls', name);

/** For `broker` on the command line: TLS on a free port. */
export const tlsArgs: readonly string[] = [
  ...['--tls-port', '0', '--cert', tlsFixture('server.crt'), '--key', tlsFixture('server.key')],
];
