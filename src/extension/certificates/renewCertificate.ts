/**
 * Keeps the running broker's certificate right: this computer gets another address when it changes its network, and
 * every certificate ends one day. Looked at once a minute while the broker has TLS, and never else.
 *
 * Clients that are connected stay: the listener shows the new certificate to who connects from then on.
 */
import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import { ownTlsPort } from '../brokerAddress.ts';
import type { LocalBroker } from '../localBroker.ts';
import type { DevelopmentCa, ServerCertificate } from './developmentCa.ts';

const INTERVAL_MS = 60_000;

export interface RenewCertificateOptions {
  ca: DevelopmentCa;
  clock: Clock;
  broker: Pick<LocalBroker, 'state' | 'onDidChangeState' | 'tlsCertificate' | 'setTlsCertificate'>;
  /** For the log. */
  onRenewed(server: ServerCertificate): void;
  onFailed(error: unknown): void;
}

export function renewCertificate(options: RenewCertificateOptions): Disposable {
  const { ca, clock, broker, onRenewed, onFailed } = options;
  let timer: Disposable | undefined;
  let hasFailed = false;
  const hasTls = (): boolean => ownTlsPort(broker.state) !== undefined;
  const look = async (): Promise<void> => {
    try {
      const server = await ca.server();
      // Another window may have made it anew: what counts is what this broker shows.
      if (server !== undefined && hasTls() && server.credential.certificate !== broker.tlsCertificate) {
        await broker.setTlsCertificate(server.credential);
        onRenewed(server);
      }
      hasFailed = false;
    } catch (error) {
      // Once: a keyring that is locked stays so for hours.
      if (!hasFailed) onFailed(error);
      hasFailed = true;
    }
  };
  const follow = (): void => {
    if (!hasTls()) {
      timer?.dispose();
      timer = undefined;
      return;
    }
    if (timer !== undefined) return;
    const own = clock.setTimeout(() => {
      void look().finally(() => {
        // A broker that was restarted meanwhile has a timer of its own.
        if (timer !== own) return;
        timer = undefined;
        follow();
      });
    }, INTERVAL_MS);
    timer = own;
  };
  const subscription = broker.onDidChangeState(follow);
  follow();
  return {
    dispose() {
      subscription.dispose();
      timer?.dispose();
      timer = undefined;
    },
  };
}
