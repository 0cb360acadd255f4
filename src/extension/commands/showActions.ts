/**
 * Show Broker Actions: what the status bar item opens. What fits the local broker's state and the connections to others, the
 * likeliest first.
 */
import { commands, l10n } from 'vscode';
import { type CommandId, commandIds } from '../../contracts/manifest.ts';
import { isExposed } from '../brokerAddress.ts';
import type { Choice } from '../questions/userQuestions.ts';
import type { Services } from '../services.ts';
import { describeStatus } from '../words/statusWords.ts';

export async function showActions({ broker, connections, questions, settings }: Services): Promise<void> {
  const { state } = broker;
  const tls: Choice<CommandId> = settings.current.tls.isOn
    ? {
        value: commandIds.showTlsNotes,
        label: l10n.t('Show What a Board Needs for TLS'),
        icon: 'shield',
      }
    : { value: commandIds.setUpTls, label: l10n.t('Set Up TLS…'), icon: 'shield' };
  const talk: Choice<CommandId>[] = [
    { value: commandIds.publish, label: l10n.t('Publish…'), icon: 'send' },
    { value: commandIds.subscribe, label: l10n.t('Subscribe…'), icon: 'eye' },
  ];
  const running: Choice<CommandId>[] = [
    ...talk,
    { value: commandIds.copyBrokerAddress, label: l10n.t('Copy Broker Address'), icon: 'copy' },
    { value: commandIds.copyConnectionCode, label: l10n.t('Copy Connection Code…'), icon: 'code' },
    isExposed(state)
      ? { value: commandIds.stopExposing, label: l10n.t('Stop Exposing Broker'), icon: 'lock' }
      : {
          value: commandIds.exposeBroker,
          label: l10n.t('Expose Broker on the Local Network…'),
          icon: 'globe',
        },
    tls,
    { value: commandIds.restartBroker, label: l10n.t('Restart Local Broker'), icon: 'debug-restart' },
    { value: commandIds.stopBroker, label: l10n.t('Stop Local Broker'), icon: 'debug-stop' },
  ];
  const stopped: Choice<CommandId>[] = [
    ...(connections.connected.length > 0 ? talk : []),
    { value: commandIds.startBroker, label: l10n.t('Start Local Broker'), icon: 'play' },
    {
      value: commandIds.exposeBroker,
      label: l10n.t('Expose Broker on the Local Network…'),
      icon: 'globe',
    },
  ];
  const answer = await questions.pick<CommandId>({
    title: l10n.t('MQTT Workbench'),
    placeholder: describeStatus(state, connections.all).lines.join(' · '),
    choices: [
      ...(state.kind === 'running' ? running : stopped),
      { value: commandIds.addConnection, label: l10n.t('Add Connection…'), icon: 'add' },
      { value: commandIds.showLog, label: l10n.t('Show Log'), icon: 'output' },
    ],
  });
  if (answer.kind === 'answered') await commands.executeCommand(answer.value);
}
