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
import { addConnection } from './addConnection.ts';
import { addConnectionByAddress } from './addConnectionByAddress.ts';
import { addToPlot } from './addToPlot.ts';
import { clearRetained } from './clearRetained.ts';
import { clearRetainedBranch } from './clearRetainedBranch.ts';
import { clearTopicFilter } from './clearTopicFilter.ts';
import { clearTopics } from './clearTopics.ts';
import { clearTrace } from './clearTrace.ts';
import { closeRecording } from './closeRecording.ts';
import { collapseTopics } from './collapseTopics.ts';
import { compareMessages, compareWithSelectedMessage, selectMessageForCompare } from './compareMessages.ts';
import { connect } from './connect.ts';
import { copyBrokerAddress } from './copyBrokerAddress.ts';
import { copyClientId } from './copyClientId.ts';
import { copyMessageAs } from './copyMessageAs.ts';
import { copyPayload } from './copyPayload.ts';
import { copyTopic } from './copyTopic.ts';
import { cutClient } from './cutClient.ts';
import { diffWithPrevious } from './diffWithPrevious.ts';
import { disconnect } from './disconnect.ts';
import { disconnectClient } from './disconnectClient.ts';
import { editConnection } from './editConnection.ts';
import { editConnectionInSettings } from './editConnectionInSettings.ts';
import { endClientSession } from './endClientSession.ts';
import { expandTopics } from './expandTopics.ts';
import { explainDisconnect } from './explainDisconnect.ts';
import { explainWarning } from './explainWarning.ts';
import { exposeBroker } from './exposeBroker.ts';
import { filterClients } from './filterClients.ts';
import { filterRetained } from './filterRetained.ts';
import { filterTopics } from './filterTopics.ts';
import { injectFault } from './injectFault.ts';
import { openMessage } from './openMessage.ts';
import { openMessageAs } from './openMessageAs.ts';
import { openMessageCopy } from './openMessageCopy.ts';
import { openMessages } from './openMessages.ts';
import { openPublishForm } from './openPublishForm.ts';
import { openRecording } from './openRecording.ts';
import { pauseTopics } from './pauseTopics.ts';
import { pinTopic } from './pinTopic.ts';
import { plot } from './plot.ts';
import { publish } from './publish.ts';
import { removeConnection } from './removeConnection.ts';
import { removeTopic } from './removeTopic.ts';
import { restartBroker } from './restartBroker.ts';
import { resumeTopics } from './resumeTopics.ts';
import { revealTopic } from './revealTopic.ts';
import { savePayload } from './savePayload.ts';
import { showActions } from './showActions.ts';
import { showFaults } from './showFaults.ts';
import { showLog } from './showLog.ts';
import { showMoreClients } from './showMoreClients.ts';
import { showMoreRetained } from './showMoreRetained.ts';
import { showMoreTopics } from './showMoreTopics.ts';
import { showPackets } from './showPackets.ts';
import { showRecordingActions } from './showRecordingActions.ts';
import { showReplayActions } from './showReplayActions.ts';
import { sortBusiestByBytes, sortBusiestByMessages } from './sortBusiest.ts';
import { sortRetained } from './sortRetained.ts';
import { sortTopics } from './sortTopics.ts';
import { startBroker } from './startBroker.ts';
import { startRecording } from './startRecording.ts';
import { startTrace } from './startTrace.ts';
import { stopAllFaults } from './stopAllFaults.ts';
import { stopBroker } from './stopBroker.ts';
import { stopExposing } from './stopExposing.ts';
import { stopRecording } from './stopRecording.ts';
import { stopTrace } from './stopTrace.ts';
import { subscribe } from './subscribe.ts';
import { testConnection } from './testConnection.ts';
import { undoClearRetained } from './undoClearRetained.ts';
import { unpinTopic } from './unpinTopic.ts';

const certificates = () => import('./certificateActions.ts');
const connectionFiles = () => import('./connectionFiles.ts');
const files = () => import('./fileActions.ts');
const subscriptions = () => import('./subscriptionActions.ts');
const publishTools = () => import('../publishing/publishTools.ts');

const commandTable: Record<CommandId, CommandHandler> = {
  [commandIds.startBroker]: startBroker,
  [commandIds.stopBroker]: stopBroker,
  [commandIds.restartBroker]: restartBroker,
  [commandIds.publish]: publish,
  [commandIds.publishSelectionOrFile]: apart(publishTools, 'publishSelectionOrFile'),
  [commandIds.openPublishForm]: openPublishForm,
  [commandIds.publishSaved]: apart(publishTools, 'publishSaved'),
  [commandIds.stopRepeats]: apart(publishTools, 'stopRepeats'),
  [commandIds.subscribe]: subscribe,
  [commandIds.unsubscribe]: apart(subscriptions, 'unsubscribe'),
  [commandIds.subscribeAgain]: apart(subscriptions, 'subscribeAgain'),
  [commandIds.muteSubscription]: apart(subscriptions, 'muteSubscription'),
  [commandIds.unmuteSubscription]: apart(subscriptions, 'unmuteSubscription'),
  [commandIds.saveSubscription]: apart(subscriptions, 'saveSubscription'),
  [commandIds.openMessages]: openMessages,
  [commandIds.plot]: plot,
  [commandIds.addToPlot]: addToPlot,
  [commandIds.copyBrokerAddress]: copyBrokerAddress,
  [commandIds.copyConnectionCode]: apart(files, 'copyConnectionCode'),
  [commandIds.exposeBroker]: exposeBroker,
  [commandIds.stopExposing]: stopExposing,
  [commandIds.setUpTls]: apart(certificates, 'setUpTls'),
  [commandIds.turnOffTls]: apart(certificates, 'turnOffTls'),
  [commandIds.showTlsNotes]: apart(certificates, 'showTlsNotes'),
  [commandIds.exportCaCertificate]: apart(certificates, 'exportCaCertificate'),
  [commandIds.newClientCertificate]: apart(certificates, 'newClientCertificate'),
  [commandIds.deleteDevelopmentCa]: apart(certificates, 'deleteDevelopmentCa'),
  [commandIds.clearRetained]: clearRetained,
  [commandIds.clearRetainedBranch]: clearRetainedBranch,
  [commandIds.undoClearRetained]: undoClearRetained,
  [commandIds.filterRetained]: filterRetained,
  [commandIds.sortRetained]: sortRetained,
  [commandIds.sortBusiestByMessages]: sortBusiestByMessages,
  [commandIds.sortBusiestByBytes]: sortBusiestByBytes,
  [commandIds.copyTopic]: copyTopic,
  [commandIds.copyPayload]: copyPayload,
  [commandIds.openMessage]: openMessage,
  [commandIds.openMessageAs]: openMessageAs,
  [commandIds.openMessageCopy]: openMessageCopy,
  [commandIds.diffWithPrevious]: diffWithPrevious,
  [commandIds.compareMessages]: compareMessages,
  [commandIds.selectMessageForCompare]: selectMessageForCompare,
  [commandIds.compareWithSelectedMessage]: compareWithSelectedMessage,
  [commandIds.copyMessageAs]: copyMessageAs,
  [commandIds.savePayload]: savePayload,
  [commandIds.clearTopics]: clearTopics,
  [commandIds.sortTopics]: sortTopics,
  [commandIds.filterTopics]: filterTopics,
  [commandIds.clearTopicFilter]: clearTopicFilter,
  [commandIds.pauseTopics]: pauseTopics,
  [commandIds.resumeTopics]: resumeTopics,
  [commandIds.revealTopic]: revealTopic,
  [commandIds.pinTopic]: pinTopic,
  [commandIds.unpinTopic]: unpinTopic,
  [commandIds.expandTopics]: expandTopics,
  [commandIds.collapseTopics]: collapseTopics,
  [commandIds.removeTopic]: removeTopic,
  [commandIds.startRecording]: startRecording,
  [commandIds.stopRecording]: stopRecording,
  [commandIds.showRecordingActions]: showRecordingActions,
  [commandIds.exportMessages]: apart(files, 'exportMessages'),
  [commandIds.exportShownMessages]: apart(files, 'exportShownMessages'),
  [commandIds.openRecording]: openRecording,
  [commandIds.closeRecording]: closeRecording,
  [commandIds.replayRecording]: apart(() => import('./replayRecording.ts'), 'replayRecording'),
  [commandIds.showReplayActions]: showReplayActions,
  [commandIds.startTrace]: startTrace,
  [commandIds.stopTrace]: stopTrace,
  [commandIds.clearTrace]: clearTrace,
  [commandIds.showPackets]: showPackets,
  [commandIds.disconnectClient]: disconnectClient,
  [commandIds.cutClient]: cutClient,
  [commandIds.endClientSession]: endClientSession,
  [commandIds.copyClientId]: copyClientId,
  [commandIds.filterClients]: filterClients,
  [commandIds.explainDisconnect]: explainDisconnect,
  [commandIds.explainWarning]: explainWarning,
  [commandIds.exportPackets]: apart(files, 'exportPackets'),
  [commandIds.openCapture]: apart(files, 'openCapture'),
  [commandIds.injectFault]: injectFault,
  [commandIds.stopAllFaults]: stopAllFaults,
  [commandIds.showFaults]: showFaults,
  [commandIds.addConnection]: addConnection,
  [commandIds.addConnectionByAddress]: addConnectionByAddress,
  [commandIds.testConnection]: testConnection,
  [commandIds.connect]: connect,
  [commandIds.disconnect]: disconnect,
  [commandIds.editConnection]: editConnection,
  [commandIds.editConnectionInSettings]: editConnectionInSettings,
  [commandIds.removeConnection]: removeConnection,
  [commandIds.importConnections]: apart(connectionFiles, 'importConnections'),
  [commandIds.exportConnections]: apart(connectionFiles, 'exportConnections'),
  [commandIds.showActions]: showActions,
  [commandIds.showLog]: showLog,
  [commandIds.showMoreTopics]: showMoreTopics,
  [commandIds.showMoreRetained]: showMoreRetained,
  [commandIds.showMoreClients]: showMoreClients,
};

/** Of a bundle that is loaded when one of its commands runs. */
function apart<Name extends string>(
  load: () => Promise<Record<Name, CommandHandler>>,
  name: Name,
): CommandHandler {
  return async (services, argument) => {
    const bundle = await load();
    await bundle[name](services, argument);
  };
}

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
