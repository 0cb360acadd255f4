/** The engine's methods by name, as the RPC server looks them up: the compiler tells when one is missing. */
import type { EngineMethods } from '../contracts/engine.ts';
import type { Engine } from './engine.ts';
import type { Handlers } from './rpcServer.ts';

export function handlersOf(engine: Engine): Handlers<EngineMethods> {
  const { topics, messages, recordings, files, retained, traffic } = engine;
  return {
    startBroker: (params) => engine.startBroker(params),
    stopBroker: (params) => engine.stopBroker(params),
    setLimits: (params) => engine.setLimits(params),
    publish: (params) => engine.publish(params),
    subscribe: (params) => engine.subscribe(params),
    unsubscribe: (params) => engine.unsubscribe(params),
    listSubscriptions: () => engine.listSubscriptions(),
    listClients: () => engine.listClients(),
    topicChildren: (params) => topics.topicChildren(params),
    topicPath: (params) => topics.topicPath(params),
    topicPlace: (params) => topics.topicPlace(params),
    topicNodes: (params) => topics.topicNodes(params),
    setTopicFilter: (params) => topics.setTopicFilter(params),
    removeTopic: (params) => topics.removeTopic(params),
    findTopics: (params) => topics.findTopics(params),
    watchTopics: (params) => topics.watchTopics(params),
    clearTopics: () => topics.clearTopics(),
    openMessages: (params) => messages.openMessages(params),
    closeMessages: (params) => messages.closeMessages(params),
    messageRows: (params) => messages.messageRows(params),
    messagePlace: (params) => messages.messagePlace(params),
    message: (params) => messages.message(params),
    openRecording: (params) => recordings.openRecording(params),
    closeRecording: (params) => recordings.closeRecording(params),
    openRecordings: () => recordings.openRecordings(),
    startRecording: (params) => files.startRecording(params),
    stopRecording: () => files.stopRecording(),
    recording: () => files.recording(),
    exportMessages: (params) => files.exportMessages(params),
    cancelExport: (params) => files.cancelExport(params),
    startReplay: (params) => files.startReplay(params),
    replayControl: (params) => files.replayControl(params),
    replay: () => files.replay(),
    closeFiles: () => files.closeFiles(),
    payloadPart: (params) => messages.payloadPart(params),
    previousMessage: (params) => messages.previousMessage(params),
    listRetained: (params) => retained.listRetained(params),
    countRetained: (params) => retained.countRetained(params),
    watchRetained: (params) => retained.watchRetained(params),
    clearRetained: (params) => retained.clearRetained(params),
    undoClearRetained: () => retained.undoClearRetained(),
    cancelRetained: () => retained.cancelRetained(),
    busiestTopics: (params) => traffic.busiestTopics(params),
  };
}
