/**
 * What a change of the settings does: limits hold at once, the rest after a restart, which is offered. So is it when
 * the configuration file is saved.
 */
import { l10n, workspace } from 'vscode';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import { isExposed } from './brokerAddress.ts';
import { launch } from './commands/launch.ts';
import type { CurrentSettings, SettingsChange } from './currentSettings.ts';
import type { Services } from './services.ts';

/** Also starts the broker when the settings say so, now or from a moment on in which the workspace is trusted. */
export function followSettings(services: Services, settings: CurrentSettings): Disposable {
  const store = new DisposableStore();
  if (settings.current.autoStart) services.inBackground(autoStart(services));
  store.add(settings.onDidChange((change) => services.inBackground(follow(services, change))));
  store.add(
    workspace.onDidSaveTextDocument(({ uri }) => {
      if (uri.scheme === 'file' && uri.fsPath === settings.current.configFile)
        services.inBackground(
          offerRestart(services, l10n.t('The local broker follows its configuration file after a restart.')),
        );
    }),
  );
  return store;
}

async function follow(services: Services, { before, after, isOurs }: SettingsChange): Promise<void> {
  const { broker, topicsView, traceSwitch } = services;
  if (before.dimTopicsAfterSeconds !== after.dimTopicsAfterSeconds) topicsView.dimAnew();
  if (JSON.stringify(before.limits) !== JSON.stringify(after.limits)) await broker.applyLimits();
  if (before.traceBytes !== after.traceBytes) await traceSwitch.applyBudget();
  if (after.autoStart && !before.autoStart) await autoStart(services);
  else if (before.host !== after.host || before.port !== after.port)
    await offerRestart(services, l10n.t('The local broker listens on another address after a restart.'));
  else if (before.configFile !== after.configFile)
    await offerRestart(services, l10n.t('The local broker follows its configuration file after a restart.'));
  else if (before.announce !== after.announce && isExposed(broker.state))
    await offerRestart(services, l10n.t('The local broker follows its setting for mDNS after a restart.'));
  else if (!isOurs && JSON.stringify(before.tls) !== JSON.stringify(after.tls))
    await offerRestart(services, l10n.t('The local broker follows its TLS settings after a restart.'));
}

async function autoStart(services: Services): Promise<void> {
  if (services.broker.state.kind === 'stopped')
    await launch(services, (answers) => services.broker.start(answers));
}

async function offerRestart(services: Services, message: string): Promise<void> {
  if (services.broker.state.kind !== 'running') return;
  const restart = l10n.t('Restart Broker');
  const button = await services.questions.say('information', message, restart);
  if (button === restart) await launch(services, (answers) => services.broker.restart(answers));
}
