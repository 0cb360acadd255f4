/** The engine's log in the output channel, and a message with a way out when the engine dies. */
import { l10n } from 'vscode';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import { launch } from './commands/launch.ts';
import type { Services } from './services.ts';

export function followEngine(services: Services): Disposable {
  const { engine, log, inBackground } = services;
  const store = new DisposableStore();
  store.add(
    engine.on('log', (entries) => {
      for (const { level, message } of entries) log[level](message);
    }),
  );
  store.add(
    engine.onDied((cause) => {
      log.error('The MQTT engine stopped unexpectedly.', cause?.stack ?? '');
      inBackground(offerRestart(services));
    }),
  );
  return store;
}

async function offerRestart(services: Services): Promise<void> {
  const { broker, log, questions } = services;
  const restart = l10n.t('Restart');
  const showLog = l10n.t('Show Log');
  const message = broker.isLost
    ? l10n.t('The MQTT engine stopped unexpectedly, and the local broker with it.')
    : l10n.t('The MQTT engine stopped unexpectedly. It starts again with the next command.');
  const buttons = broker.isLost ? [restart, showLog] : [showLog];
  const button = await questions.say('error', message, ...buttons);
  if (button === showLog) log.show();
  if (button === restart) await launch(services, (answers) => broker.recover(answers));
}
