/**
 * Starts a broker for a command: what went wrong is told in one sentence, with the button that helps.
 *
 * Not a command itself. Every kind of StartBrokerResult has its words here.
 */
import { l10n } from 'vscode';
import type { RunningBroker, StartBrokerResult } from '../../contracts/engine.ts';
import type { Services } from '../services.ts';
import { showSettings } from '../showSettings.ts';

export interface Launched {
  kind: 'started' | 'alreadyRunning';
  broker: RunningBroker;
}

/**
 * Undefined when no broker runs in the end.
 *
 * @param start called again with another port, where the first is in use and the person says so.
 */
export async function launch(
  services: Services,
  start: (port?: number) => Promise<StartBrokerResult>,
  port?: number,
): Promise<Launched | undefined> {
  const result = await start(port);
  switch (result.kind) {
    case 'started':
    case 'alreadyRunning':
      return result;
    case 'portInUse': {
      const useAnother = l10n.t('Use Another Port');
      const problem = result.owner
        ? l10n.t('Port {0} is in use by {1} (process {2}).', result.port, result.owner.name, result.owner.pid)
        : l10n.t('Port {0} is in use by another program.', result.port);
      const message = `${problem} ${l10n.t('Port {0} is free.', result.freePort)}`;
      const button = await offerSettings(services, message, useAnother);
      if (button !== useAnother) return undefined;
      return launch(services, start, result.freePort);
    }
    case 'notPermitted':
      await offerSettings(
        services,
        l10n.t(
          'This system does not let the editor listen on port {0}. Ports from 1024 on are open to every program.',
          result.port,
        ),
      );
      return undefined;
    case 'addressNotAvailable':
      await offerSettings(
        services,
        l10n.t('{0} is not an address of this computer, so no broker can listen on it.', result.host),
      );
      return undefined;
    case 'failed': {
      const showLog = l10n.t('Show Log');
      const message = l10n.t('The local broker did not start: {0}', result.message);
      if ((await services.questions.say('error', message, showLog)) === showLog) services.log.show();
      return undefined;
    }
  }
}

/** For commands that need a broker: offers to start one, and goes on when it runs. */
export async function ensureRunning(services: Services, title: string): Promise<boolean> {
  if (services.broker.state.kind === 'running') return true;
  const answer = await services.questions.pick({
    title,
    placeholder: l10n.t('The local broker is not running.'),
    choices: [{ value: true, label: l10n.t('Start Local Broker'), icon: 'play' }],
  });
  if (answer.kind !== 'answered') return false;
  return (await launch(services, (port) => services.broker.start(port))) !== undefined;
}

async function offerSettings(
  services: Services,
  message: string,
  ...buttons: string[]
): Promise<string | undefined> {
  const settings = l10n.t('Settings');
  const button = await services.questions.say('error', message, ...buttons, settings);
  if (button !== settings) return button;
  await showSettings();
  return undefined;
}
