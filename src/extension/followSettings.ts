/** What a change of the settings does: limits hold at once, host and port after a restart, which is offered. */
import { l10n } from 'vscode';
import type { Disposable } from '../base/disposable.ts';
import { launch } from './commands/launch.ts';
import type { CurrentSettings, SettingsChange } from './currentSettings.ts';
import type { Services } from './services.ts';

/** Also starts the broker when the settings say so, now or from a moment on in which the workspace is trusted. */
export function followSettings(services: Services, settings: CurrentSettings): Disposable {
  if (settings.current.autoStart) services.inBackground(autoStart(services));
  return settings.onDidChange((change) => services.inBackground(follow(services, change)));
}

async function follow(services: Services, { before, after }: SettingsChange): Promise<void> {
  const { broker } = services;
  if (JSON.stringify(before.limits) !== JSON.stringify(after.limits)) await broker.applyLimits();
  if (after.autoStart && !before.autoStart) await autoStart(services);
  else if (before.host !== after.host || before.port !== after.port) await offerRestart(services);
}

async function autoStart(services: Services): Promise<void> {
  if (services.broker.state.kind === 'stopped') await launch(services, (port) => services.broker.start(port));
}

async function offerRestart(services: Services): Promise<void> {
  if (services.broker.state.kind !== 'running') return;
  const restart = l10n.t('Restart Broker');
  const message = l10n.t('The local broker listens on another address after a restart.');
  const button = await services.questions.say('information', message, restart);
  if (button === restart) await launch(services, (port) => services.broker.restart(port));
}
