/** What a command may use: built once in extension.ts, handed to each command. */
import type { LogOutputChannel, Uri } from 'vscode';
import type { InBackground } from './background.ts';
import type { DevelopmentCa } from './certificates/developmentCa.ts';
import type { TlsNotesPage } from './certificates/tlsNotesPage.ts';
import type { ConnectionSettings } from './connections/connectionSettings.ts';
import type { Connections } from './connections/connections.ts';
import type { ProfileSecrets } from './connections/profileSecrets.ts';
import type { CurrentSettings } from './currentSettings.ts';
import type { MessageEditors } from './editors/messageEditors.ts';
import type { MessageReader } from './editors/messageReader.ts';
import type { EngineClient } from './engineClient.ts';
import type { ExposureCredentials } from './exposureCredentials.ts';
import type { ActiveFaults } from './faults/activeFaults.ts';
import type { LocalBroker } from './localBroker.ts';
import type { Memory } from './memory.ts';
import type { ConnectionForms } from './panels/connectionForms.ts';
import type { DecoderChoices } from './panels/decoderChoices.ts';
import type { Inspector } from './panels/inspector.ts';
import type { PlotPanels } from './panels/plotPanels.ts';
import type { PublishForm } from './panels/publishForm.ts';
import type { Payloads } from './payload/payloads.ts';
import type { ActiveRepeats } from './publishing/activeRepeats.ts';
import type { PublishHistory } from './publishing/publishHistory.ts';
import type { UserQuestions } from './questions/userQuestions.ts';
import type { Recordings } from './recording/recordings.ts';
import type { TraceSwitch } from './trace/traceSwitch.ts';
import type { BusiestView } from './views/busiestView.ts';
import type { ClientsView } from './views/clientsView.ts';
import type { MessagesViewHost } from './views/messagesView.ts';
import type { PacketsViewHost } from './views/packetsView.ts';
import type { RetainedView } from './views/retainedView.ts';
import type { TopicsView } from './views/topicsView.ts';

export interface Services {
  /** Where the extension is installed. */
  extensionUri: Uri;
  engine: EngineClient;
  broker: LocalBroker;
  settings: CurrentSettings;
  recordings: Recordings;
  faults: ActiveFaults;
  connections: Connections;
  connectionSettings: ConnectionSettings;
  profileSecrets: ProfileSecrets;
  /** Loaded when they are first needed. */
  connectionForms: () => Promise<ConnectionForms>;
  questions: UserQuestions;
  memory: Memory;
  exposureCredentials: ExposureCredentials;
  developmentCa: DevelopmentCa;
  tlsNotesPage: TlsNotesPage;
  payloads: Payloads;
  messagesView: MessagesViewHost;
  packetsView: PacketsViewHost;
  traceSwitch: TraceSwitch;
  inspector: Inspector;
  decoderChoices: DecoderChoices;
  messageReader: MessageReader;
  messageEditors: MessageEditors;
  plotPanels: PlotPanels;
  publishForm: PublishForm;
  publishHistory: PublishHistory;
  repeats: ActiveRepeats;
  topicsView: TopicsView;
  busiestView: BusiestView;
  retainedView: RetainedView;
  clientsView: ClientsView;
  log: LogOutputChannel;
  inBackground: InBackground;
  /** Of no other export. */
  nextExportId: () => number;
}

/** `argument`: whatever a tree row, a keybinding or another command hands in. */
export type CommandHandler = (services: Services, argument: unknown) => Promise<void>;
