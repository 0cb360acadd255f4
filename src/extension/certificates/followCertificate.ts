/** The certificate of the running broker is renewed in time, and the log says so. */
import { l10n } from 'vscode';
import { systemClock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import type { Services } from '../services.ts';
import { explainSecretsUnavailable } from '../words/tlsWords.ts';
import { isSecretsUnavailable } from './developmentCa.ts';
import { renewCertificate } from './renewCertificate.ts';

export function followCertificate({ developmentCa, broker, log }: Services): Disposable {
  return renewCertificate({
    ca: developmentCa,
    broker,
    clock: systemClock,
    onRenewed: ({ renewed, newNames }) =>
      log.info(
        renewed === 'names'
          ? l10n.t(
              "The broker's certificate was renewed: this computer has the new names {0}.",
              newNames.join(', '),
            )
          : l10n.t("The broker's certificate was renewed."),
      ),
    onFailed: (error) => {
      if (isSecretsUnavailable(error)) log.warn(explainSecretsUnavailable(error));
      else log.error(error instanceof Error ? error : String(error));
    },
  });
}
