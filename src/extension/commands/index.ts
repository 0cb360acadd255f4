/**
 * Every command: its id, and the one function that does it.
 *
 * Also the boundary for bugs: what a command throws is logged with its cause and told in one sentence, and nothing
 * else ends.
 */

import { commands, type Disposable, l10n } from 'vscode';
import { messageOf } from '../../base/messageOf.ts';
import { type CommandId, commandIds } from '../../contracts/manifest.ts';
import { EngineDiedError } from '../engineClient.ts';
import type { CommandHandler, Services } from '../services.ts';
import { clearRetained } from './clearRetained.ts';
import { clearTopics } from './clearTopics.ts';
import { closeRecording } from './closeRecording.ts';
import { copyBrokerAddress } from './copyBrokerAddress.ts';
import { copyPayload } from './copyPayload.ts';
import { copyTopic } from './copyTopic.ts';
import { exportMessages } from './exportMessages.ts';
import { exposeBroker } from './exposeBroker.ts';
import { openMessages } from './openMessages.ts';
import { openPublishForm } from './openPublishForm.ts';
import { openRecording } from './openRecording.ts';
import { publish } from './publish.ts';
import { publishSelectionOrFile } from './publishSelectionOrFile.ts';
import { replayRecording } from './replayRecording.ts';
import { restartBroker } from './restartBroker.ts';
import { showActions } from './showActions.ts';
import { showLog } from './showLog.ts';
import { showMoreTopics } from './showMoreTopics.ts';
import { showRecordingActions } from './showRecordingActions.ts';
import { showReplayActions } from './showReplayActions.ts';
import { startBroker } from './startBroker.ts';
import { startRecording } from './startRecording.ts';
import { stopBroker } from './stopBroker.ts';
import { stopExposing } from './stopExposing.ts';
import { stopRecording } from './stopRecording.ts';
import { subscribe } from './subscribe.ts';
import { unsubscribe } from './unsubscribe.ts';

const commandTable: Record<CommandId, CommandHandler> = {
  [commandIds.startBroker]: startBroker,
  [commandIds.stopBroker]: stopBroker,
  [commandIds.restartBroker]: restartBroker,
  [commandIds.publish]: publish,
  [commandIds.publishSelectionOrFile]: publishSelectionOrFile,
  [commandIds.openPublishForm]: openPublishForm,
  [commandIds.subscribe]: subscribe,
  [commandIds.unsubscribe]: unsubscribe,
  [commandIds.openMessages]: openMessages,
  [commandIds.copyBrokerAddress]: copyBrokerAddress,
  [commandIds.exposeBroker]: exposeBroker,
  [commandIds.stopExposing]: stopExposing,
  [commandIds.clearRetained]: clearRetained,
  [commandIds.copyTopic]: copyTopic,
  [commandIds.copyPayload]: copyPayload,
  [commandIds.clearTopics]: clearTopics,
  [commandIds.startRecording]: startRecording,
  [commandIds.stopRecording]: stopRecording,
  [commandIds.showRecordingActions]: showRecordingActions,
  [commandIds.exportMessages]: exportMessages,
  [commandIds.openRecording]: openRecording,
  [commandIds.closeRecording]: closeRecording,
  [commandIds.replayRecording]: replayRecording,
  [commandIds.showReplayActions]: showReplayActions,
  [commandIds.showActions]: showActions,
  [commandIds.showLog]: showLog,
  [commandIds.showMoreTopics]: showMoreTopics,
};

export function registerCommands(services: Services): Disposable[] {
  return Object.entries(commandTable).map(([id, handler]) =>
    commands.registerCommand(id, async (argument: unknown) => {
      try {
        await handler(services, argument);
      } catch (error) {
        services.log.error(id, error);
        // Told already, with Restart: by followEngine.ts.
        if (error instanceof EngineDiedError) return;
        const showLogButton = l10n.t('Show Log');
        const message = messageOf(error);
        const button = await services.questions.say(
          'error',
          l10n.t('The command failed: {0}', message),
          showLogButton,
        );
        if (button === showLogButton) services.log.show();
      }
    }),
  );
}
