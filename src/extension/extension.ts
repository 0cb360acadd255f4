/** Activation: builds what the extension is made of, in the order in which one needs the other. Does nothing itself. */
import { randomBytes } from 'node:crypto';
import { userInfo } from 'node:os';
import path from 'node:path';
import { type ExtensionContext, ExtensionKind, ExtensionMode, env, window } from 'vscode';
import { systemClock } from '../base/clock.ts';
import { createInBackground } from './background.ts';
import { DevelopmentCa } from './certificates/developmentCa.ts';
import { followCertificate } from './certificates/followCertificate.ts';
import { prepareTls } from './certificates/prepareTls.ts';
import { TlsNotesPage } from './certificates/tlsNotesPage.ts';
import { askAndAdd } from './commands/addToPlot.ts';
import { connectProfile } from './commands/connect.ts';
import { registerCommands } from './commands/index.ts';
import { startBroker } from './commands/startBroker.ts';
import { ConnectionSettings } from './connections/connectionSettings.ts';
import { Connections } from './connections/connections.ts';
import { followConnections } from './connections/followConnections.ts';
import { ProfileSecrets } from './connections/profileSecrets.ts';
import { ContextKeys } from './contextKeys.ts';
import { CurrentSettings } from './currentSettings.ts';
import { MessageEditors } from './editors/messageEditors.ts';
import { registerMessageFileSystem } from './editors/messageFileSystem.ts';
import { MessageReader } from './editors/messageReader.ts';
import { EngineClient, type EngineThread } from './engineClient.ts';
import { startEngineThread } from './engineThread.ts';
import { ExposureCredentials } from './exposureCredentials.ts';
import { ActiveFaults } from './faults/activeFaults.ts';
import { faultStatus } from './faults/faultStatus.ts';
import { followEngine } from './followEngine.ts';
import { followSettings } from './followSettings.ts';
import { followWarnings } from './followWarnings.ts';
import { LocalBroker } from './localBroker.ts';
import { Memory } from './memory.ts';
import type { ConnectionForms } from './panels/connectionForms.ts';
import { DecoderChoices } from './panels/decoderChoices.ts';
import { Inspector } from './panels/inspector.ts';
import { MessageRequests } from './panels/messageRequests.ts';
import { PlotPanels } from './panels/plotPanels.ts';
import { PublishForm } from './panels/publishForm.ts';
import { Payloads } from './payload/payloads.ts';
import { ActiveRepeats } from './publishing/activeRepeats.ts';
import { watchProfiles } from './publishing/profileWatch.ts';
import { PublishHistory } from './publishing/publishHistory.ts';
import { repeatStatus } from './publishing/repeatStatus.ts';
import { createVscodeQuestions } from './questions/vscodeQuestions.ts';
import { followRecordings } from './recording/followRecordings.ts';
import { recordingStatus, replayStatus } from './recording/recordingStatus.ts';
import { Recordings } from './recording/recordings.ts';
import { isOtherMachine } from './remoteSide.ts';
import type { Services } from './services.ts';
import { StatusBar } from './statusBar.ts';
import type { TestApi } from './testApi.ts';
import { traceStatus } from './trace/traceStatus.ts';
import { TraceSwitch } from './trace/traceSwitch.ts';
import { BrokerView } from './views/brokerView.ts';
import { BusiestView } from './views/busiestView.ts';
import { ClientsView } from './views/clientsView.ts';
import { ConnectionsView } from './views/connectionsView.ts';
import { MessagesViewHost } from './views/messagesView.ts';
import { PacketsViewHost } from './views/packetsView.ts';
import { RetainedView } from './views/retainedView.ts';
import { TopicsView } from './views/topicsView.ts';

/** What `deactivate` ends: VS Code waits for that one, and for no disposable. */
let running: { engine: EngineClient; broker: LocalBroker } | undefined;

export function activate(context: ExtensionContext): TestApi | undefined {
  const startedAtMs = performance.now();
  const { extensionUri, subscriptions } = context;
  const isRemote =
    context.extension.extensionKind === ExtensionKind.Workspace && isOtherMachine(env.remoteName);

  const log = window.createOutputChannel('MQTT Workbench', { log: true });
  const inBackground = createInBackground(log);
  // A test answers in its place.
  const questions = createVscodeQuestions(inBackground);
  const settings = new CurrentSettings(questions, inBackground);
  let thread: EngineThread | undefined;
  const engine = new EngineClient((handlers) => {
    const { version } = context.extension.packageJSON as { version: string }; // every manifest has one
    const options = { version, limits: settings.current.limits };
    thread = startEngineThread(path.join(context.extensionPath, 'dist', 'engine.js'), options, handlers);
    return thread;
  });
  const developmentCa = new DevelopmentCa({ secrets: context.secrets, clock: systemClock });
  const broker = new LocalBroker(
    engine,
    () => settings.current,
    () => prepareTls(developmentCa, settings.current.tls),
  );
  running = { engine, broker };
  const recordings = new Recordings(engine);
  const faults = new ActiveFaults(engine);
  const connectionSettings = new ConnectionSettings(questions, inBackground);
  const connections = new Connections({
    engine,
    profiles: () => connectionSettings.profiles,
    onDidChangeProfiles: connectionSettings.onDidChange,
    userName: userNameOf(userInfo),
    randomDigits: () => randomBytes(3).toString('hex'),
  });

  const memory = new Memory(context.workspaceState);
  const messageReader = new MessageReader(engine);
  const payloads = new Payloads(messageReader, questions);
  const shared = { extensionUri, engine, broker, payloads, questions, memory, inBackground };
  const ofPublishing = {
    ...{ connections, repeats: new ActiveRepeats(engine) },
    publishHistory: new PublishHistory(memory, systemClock),
  };
  const hasEntry = (wanted: string) => connectionSettings.entries.some(({ name }) => name === wanted);
  subscriptions.push(watchProfiles({ ...shared, ...ofPublishing, hasEntry }));
  const publishForm = new PublishForm({
    ...shared,
    ...ofPublishing,
    startBroker: () => startBroker(services),
  });
  const decoderChoices = new DecoderChoices(shared);
  const requests = new MessageRequests({
    ...shared,
    clock: systemClock,
    decoderChoices,
    publishAgain: (topic, id) => publishForm.openWith(topic, id),
    selectedMessage: () => messagesView.selectedId,
  });
  const ofMessages = { ...shared, decoderChoices, requests };
  const inspector = new Inspector(ofMessages);
  const messagesView: MessagesViewHost = new MessagesViewHost({
    ...ofMessages,
    recordings,
    connections,
    inspector,
    startBroker: () => startBroker(services),
  });
  const traceSwitch = new TraceSwitch(engine, () => settings.current.traceBytes);
  const packetsView = new PacketsViewHost({
    ...shared,
    traceSwitch,
    faults,
    startBroker: () => startBroker(services),
  });
  const plotPanels = new PlotPanels({
    ...shared,
    startBroker: () => startBroker(services),
    askAndAdd: (panel) => askAndAdd(services, panel),
  });
  const profileSecrets = new ProfileSecrets(context.secrets);
  let forms: Promise<ConnectionForms> | undefined;
  const connectionForms = (): Promise<ConnectionForms> => {
    // A bundle of its own: see esbuild.js.
    forms ??= import('./panels/connectionForms.ts').then(
      (bundle) =>
        new bundle.ConnectionForms({
          ...{ ...shared, clock: systemClock, connections, connectionSettings, profileSecrets },
          connect: (profile) => connectProfile(services, profile),
          mayTrust: async (certificate) =>
            (await import('./commands/connectFailure.ts')).mayTrust(services, certificate),
        }),
    );
    return forms;
  };
  const topicsView = new TopicsView({
    ...{ engine, clock: systemClock, memory, recordings, connections, inBackground },
    dimAfterMs: () => settings.current.dimTopicsAfterSeconds * 1000,
  });
  let lastExportId = 0;
  const busiestView = new BusiestView({ engine, broker, clock: systemClock, inBackground });
  const retainedView = new RetainedView({ engine, broker, clock: systemClock, inBackground });
  const clientsView = new ClientsView({ engine, broker, clock: systemClock, inBackground });
  const exposureCredentials = new ExposureCredentials(context.secrets);
  const tlsNotesPage = new TlsNotesPage({ ca: developmentCa, broker, settings: () => settings.current });
  const services: Services = {
    ...shared,
    ...ofPublishing,
    publishForm,
    messagesView,
    packetsView,
    traceSwitch,
    inspector,
    decoderChoices,
    plotPanels,
    topicsView,
    messageReader,
    messageEditors: new MessageEditors(messageReader, questions),
    busiestView,
    retainedView,
    clientsView,
    exposureCredentials,
    developmentCa,
    tlsNotesPage,
    settings,
    recordings,
    faults,
    connectionSettings,
    profileSecrets,
    connectionForms,
    log,
    nextExportId: () => ++lastExportId,
  };

  subscriptions.push(
    log,
    settings,
    publishForm,
    decoderChoices,
    inspector,
    messagesView,
    packetsView,
    plotPanels,
    topicsView,
    busiestView,
    retainedView,
    clientsView,
    connectionSettings,
    new ConnectionsView({ connections, broker, clock: systemClock }),
    new BrokerView({ engine, broker, faults, clock: systemClock, isRemote }),
    new StatusBar(broker, connections),
    tlsNotesPage,
    followCertificate(services),
    registerMessageFileSystem(messageReader),
    recordingStatus(recordings),
    replayStatus(recordings),
    faultStatus(faults),
    traceStatus(traceSwitch),
    repeatStatus(services),
    new ContextKeys({
      broker,
      engine,
      topicsView,
      plotPanels,
      recordings,
      faults,
      connections,
      busiestView,
      traceSwitch,
      settings,
      clientsView,
      isRemote,
      inBackground,
    }),
    ...registerCommands(services),
    followEngine(services),
    followWarnings(services),
    followRecordings(services),
    followConnections(services),
    followSettings(services, settings),
  );

  if (context.extensionMode !== ExtensionMode.Test) return undefined;
  return {
    services,
    activationMs: performance.now() - startedAtMs,
    engineThread: () => thread,
    answerWith: (answers) => Object.assign(questions, answers),
  };
}

/** Clients are told that the broker shuts down; what was recorded of that, too, is on the disk; then the engine ends. */
export async function deactivate(): Promise<void> {
  await running?.broker.stop();
  await running?.engine.callIfRunning('disconnectBrokers', {});
  await running?.engine.callIfRunning('closeFiles', {});
  await running?.engine.end();
  running = undefined;
}

/** Some accounts of a machine have no name. */
function userNameOf(read: typeof userInfo): string {
  try {
    return read().username;
  } catch {
    return 'user';
  }
}
