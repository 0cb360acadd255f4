/**
 * Every id that package.json and the code must agree on, declared once. test/architecture holds both against it.
 */

export const commandIds = {
  startBroker: 'mqttWorkbench.startBroker',
  stopBroker: 'mqttWorkbench.stopBroker',
  restartBroker: 'mqttWorkbench.restartBroker',
  publish: 'mqttWorkbench.publish',
  publishSelectionOrFile: 'mqttWorkbench.publishSelectionOrFile',
  openPublishForm: 'mqttWorkbench.openPublishForm',
  publishSaved: 'mqttWorkbench.publishSaved',
  stopRepeats: 'mqttWorkbench.stopRepeats',
  subscribe: 'mqttWorkbench.subscribe',
  unsubscribe: 'mqttWorkbench.unsubscribe',
  subscribeAgain: 'mqttWorkbench.subscribeAgain',
  muteSubscription: 'mqttWorkbench.muteSubscription',
  unmuteSubscription: 'mqttWorkbench.unmuteSubscription',
  saveSubscription: 'mqttWorkbench.saveSubscription',
  openMessages: 'mqttWorkbench.openMessages',
  plot: 'mqttWorkbench.plot',
  addToPlot: 'mqttWorkbench.addToPlot',
  copyBrokerAddress: 'mqttWorkbench.copyBrokerAddress',
  copyConnectionCode: 'mqttWorkbench.copyConnectionCode',
  exposeBroker: 'mqttWorkbench.exposeBroker',
  stopExposing: 'mqttWorkbench.stopExposing',
  setUpTls: 'mqttWorkbench.setUpTls',
  turnOffTls: 'mqttWorkbench.turnOffTls',
  showTlsNotes: 'mqttWorkbench.showTlsNotes',
  exportCaCertificate: 'mqttWorkbench.exportCaCertificate',
  newClientCertificate: 'mqttWorkbench.newClientCertificate',
  deleteDevelopmentCa: 'mqttWorkbench.deleteDevelopmentCa',
  clearRetained: 'mqttWorkbench.clearRetained',
  clearRetainedBranch: 'mqttWorkbench.clearRetainedBranch',
  undoClearRetained: 'mqttWorkbench.undoClearRetained',
  filterRetained: 'mqttWorkbench.filterRetained',
  sortRetained: 'mqttWorkbench.sortRetained',
  sortBusiestByMessages: 'mqttWorkbench.sortBusiestByMessages',
  sortBusiestByBytes: 'mqttWorkbench.sortBusiestByBytes',
  copyTopic: 'mqttWorkbench.copyTopic',
  copyPayload: 'mqttWorkbench.copyPayload',
  openMessage: 'mqttWorkbench.openMessage',
  openMessageAs: 'mqttWorkbench.openMessageAs',
  openMessageCopy: 'mqttWorkbench.openMessageCopy',
  diffWithPrevious: 'mqttWorkbench.diffWithPrevious',
  /** Of two that are given: for lists alone. */
  compareMessages: 'mqttWorkbench.compareMessages',
  selectMessageForCompare: 'mqttWorkbench.selectMessageForCompare',
  compareWithSelectedMessage: 'mqttWorkbench.compareWithSelectedMessage',
  copyMessageAs: 'mqttWorkbench.copyMessageAs',
  savePayload: 'mqttWorkbench.savePayload',
  clearTopics: 'mqttWorkbench.clearTopics',
  sortTopics: 'mqttWorkbench.sortTopics',
  filterTopics: 'mqttWorkbench.filterTopics',
  clearTopicFilter: 'mqttWorkbench.clearTopicFilter',
  pauseTopics: 'mqttWorkbench.pauseTopics',
  resumeTopics: 'mqttWorkbench.resumeTopics',
  revealTopic: 'mqttWorkbench.revealTopic',
  pinTopic: 'mqttWorkbench.pinTopic',
  unpinTopic: 'mqttWorkbench.unpinTopic',
  expandTopics: 'mqttWorkbench.expandTopics',
  collapseTopics: 'mqttWorkbench.collapseTopics',
  removeTopic: 'mqttWorkbench.removeTopic',
  startRecording: 'mqttWorkbench.startRecording',
  stopRecording: 'mqttWorkbench.stopRecording',
  showRecordingActions: 'mqttWorkbench.showRecordingActions',
  exportMessages: 'mqttWorkbench.exportMessages',
  /** Of the Messages view. */
  exportShownMessages: 'mqttWorkbench.exportShownMessages',
  openRecording: 'mqttWorkbench.openRecording',
  closeRecording: 'mqttWorkbench.closeRecording',
  replayRecording: 'mqttWorkbench.replayRecording',
  showReplayActions: 'mqttWorkbench.showReplayActions',
  startTrace: 'mqttWorkbench.startTrace',
  stopTrace: 'mqttWorkbench.stopTrace',
  clearTrace: 'mqttWorkbench.clearTrace',
  /** Of a client's row, or as they were. */
  showPackets: 'mqttWorkbench.showPackets',
  disconnectClient: 'mqttWorkbench.disconnectClient',
  cutClient: 'mqttWorkbench.cutClient',
  endClientSession: 'mqttWorkbench.endClientSession',
  copyClientId: 'mqttWorkbench.copyClientId',
  filterClients: 'mqttWorkbench.filterClients',
  explainDisconnect: 'mqttWorkbench.explainDisconnect',
  explainWarning: 'mqttWorkbench.explainWarning',
  exportPackets: 'mqttWorkbench.exportPackets',
  openCapture: 'mqttWorkbench.openCapture',
  injectFault: 'mqttWorkbench.injectFault',
  stopAllFaults: 'mqttWorkbench.stopAllFaults',
  showFaults: 'mqttWorkbench.showFaults',
  addConnection: 'mqttWorkbench.addConnection',
  addConnectionByAddress: 'mqttWorkbench.addConnectionByAddress',
  testConnection: 'mqttWorkbench.testConnection',
  connect: 'mqttWorkbench.connect',
  disconnect: 'mqttWorkbench.disconnect',
  editConnection: 'mqttWorkbench.editConnection',
  editConnectionInSettings: 'mqttWorkbench.editConnectionInSettings',
  removeConnection: 'mqttWorkbench.removeConnection',
  importConnections: 'mqttWorkbench.importConnections',
  exportConnections: 'mqttWorkbench.exportConnections',
  showActions: 'mqttWorkbench.showActions',
  showLog: 'mqttWorkbench.showLog',
  /** The last row of a long branch: for the tree alone. */
  showMoreTopics: 'mqttWorkbench.showMoreTopics',
  /** The last row of a long list: for the tree alone. */
  showMoreRetained: 'mqttWorkbench.showMoreRetained',
  /** The last row of a long list: for the tree alone. */
  showMoreClients: 'mqttWorkbench.showMoreClients',
} as const;

export type CommandId = (typeof commandIds)[keyof typeof commandIds];

export const viewContainerId = 'mqttWorkbench';

/** In the panel area. */
export const panelContainerId = 'mqttWorkbenchPanel';
/** Beside it: a view that needs the whole width. */
export const packetsContainerId = 'mqttWorkbenchPackets';

export const viewIds = {
  broker: 'mqttWorkbench.broker',
  connections: 'mqttWorkbench.connectionsView',
  topics: 'mqttWorkbench.topics',
  clients: 'mqttWorkbench.clients',
  busiest: 'mqttWorkbench.busiest',
  retained: 'mqttWorkbench.retained',
  messages: 'mqttWorkbench.messagesView',
  packets: 'mqttWorkbench.packetsView',
} as const;

export type ViewId = (typeof viewIds)[keyof typeof viewIds];

export const statusBarId = 'mqttWorkbench.status';
/** Shown while a recording runs. */
export const recordingStatusId = 'mqttWorkbench.recordingStatus';
/** Shown while a fault is on. */
export const faultStatusId = 'mqttWorkbench.faultStatus';
/** Shown while the packet trace is on. */
export const traceStatusId = 'mqttWorkbench.traceStatus';
/** Shown while a recording is played. */
export const replayStatusId = 'mqttWorkbench.replayStatus';

/** Shown while a message is repeated. */
export const repeatStatusId = 'mqttWorkbench.repeatStatus';

export const panelIds = {
  inspector: 'mqttWorkbench.inspector',
  publish: 'mqttWorkbench.publishForm',
  connection: 'mqttWorkbench.connectionForm',
  plot: 'mqttWorkbench.plotPanel',
} as const;

/** Without the prefix `mqttWorkbench.`: as `getConfiguration('mqttWorkbench').get(…)` takes them. */
export const settingKeys = {
  host: 'broker.host',
  port: 'broker.port',
  autoStart: 'broker.autoStart',
  configFile: 'broker.configFile',
  tls: 'broker.tls',
  tlsPort: 'broker.tlsPort',
  tlsClientCertificate: 'broker.tlsClientCertificate',
  announce: 'broker.announce',
  maxPacketBytes: 'broker.maxPacketBytes',
  maxConnections: 'broker.maxConnections',
  historyMegabytes: 'history.megabytes',
  connections: 'connections',
  decoders: 'decoders',
  dimTopicsAfterSeconds: 'topics.dimAfterSeconds',
  recordingMaxFileMegabytes: 'recording.maxFileMegabytes',
  traceMegabytes: 'trace.megabytes',
} as const;

/** Set with `setContext`, read by `when` clauses. */
export const contextKeys = {
  /** `stopped`, `starting`, `running` or `stopping`. */
  brokerState: 'mqttWorkbench.brokerState',
  brokerExposed: 'mqttWorkbench.brokerExposed',
  /** The port of the running broker; 0 while there is none. */
  brokerPort: 'mqttWorkbench.brokerPort',
  /** The settings ask for TLS with the development CA. */
  tlsOn: 'mqttWorkbench.tlsOn',
  /** True where the broker runs on another machine than the person's own. */
  isRemote: 'mqttWorkbench.isRemote',
  hasSubscriptions: 'mqttWorkbench.hasSubscriptions',
  topicsPaused: 'mqttWorkbench.topicsPaused',
  /** `none`, `matches` or `noMatch`. */
  topicFilter: 'mqttWorkbench.topicFilter',
  /** Only some clients are shown, or none. */
  clientsFiltered: 'mqttWorkbench.clientsFiltered',
  messageSelectedForCompare: 'mqttWorkbench.messageSelectedForCompare',
  isRecording: 'mqttWorkbench.isRecording',
  /** Recordings are open. */
  hasRecordings: 'mqttWorkbench.hasRecordings',
  isReplaying: 'mqttWorkbench.isReplaying',
  /** The packet trace is on. */
  isTracing: 'mqttWorkbench.isTracing',
  /** Another broker is connected, or being connected to. */
  hasConnections: 'mqttWorkbench.hasConnections',
  /** `messages` or `bytes`. */
  busiestOrder: 'mqttWorkbench.busiestOrder',
  canUndoClearRetained: 'mqttWorkbench.canUndoClearRetained',
  /** A fault is on. */
  hasFaults: 'mqttWorkbench.hasFaults',
  /** A plot is open. */
  hasPlots: 'mqttWorkbench.hasPlots',
} as const;

/** `TreeItem.contextValue`s, read by `when` clauses as `viewItem`. */
export const itemContexts = {
  address: 'mqttWorkbench.address',
  /** The heading of the addresses on the network. */
  exposure: 'mqttWorkbench.exposure',
  /** Connected; not connected, and its session kept; neither. */
  client: 'mqttWorkbench.client',
  clientStored: 'mqttWorkbench.clientStored',
  clientGone: 'mqttWorkbench.clientGone',
  clientWarning: 'mqttWorkbench.clientWarning',
  /** At the local broker. */
  subscription: 'mqttWorkbench.subscription',
  subscriptionMuted: 'mqttWorkbench.subscriptionMuted',
  /** At another broker. */
  remoteSubscription: 'mqttWorkbench.remoteSubscription',
  remoteSubscriptionMuted: 'mqttWorkbench.remoteSubscriptionMuted',
  remoteSubscriptionRefused: 'mqttWorkbench.remoteSubscriptionRefused',
  /** A level that no message came on. */
  topicBranch: 'mqttWorkbench.topicBranch',
  topic: 'mqttWorkbench.topic',
  topicRetained: 'mqttWorkbench.topicRetained',
  /** An open recording, a topic of one, and a level of one that no message came on. */
  recording: 'mqttWorkbench.recording',
  recordedTopic: 'mqttWorkbench.recordedTopic',
  recordedBranch: 'mqttWorkbench.recordedBranch',
  /** The row of a pinned topic, at the top. */
  topicPinned: 'mqttWorkbench.topicPinned',
  /** Another broker in the Topics view, a topic of one, and a level of one that no message came on. */
  remoteBroker: 'mqttWorkbench.remoteBroker',
  remoteTopic: 'mqttWorkbench.remoteTopic',
  remoteBranch: 'mqttWorkbench.remoteBranch',
  /** Rows of the Connections view. */
  localBrokerRunning: 'mqttWorkbench.localBrokerRunning',
  localBrokerStopped: 'mqttWorkbench.localBrokerStopped',
  connectionUp: 'mqttWorkbench.connectionUp',
  /** It is being made, or made again. */
  connectionTrying: 'mqttWorkbench.connectionTrying',
  connectionDown: 'mqttWorkbench.connectionDown',
  busyTopic: 'mqttWorkbench.busyTopic',
  retainedMessage: 'mqttWorkbench.retainedMessage',
} as const;
