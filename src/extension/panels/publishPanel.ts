/**
 * The host side of the publish form: one panel, its draft, where it publishes to, its lists, and what became of a publish.
 *
 * The page checks what is typed; bytes are made of it in the engine, which checks it once more. What is published goes to the
 * connection that the page showed when the button was pressed. Draft, request and lists outlive the panel.
 */

import { commands, l10n, RelativePattern, type TextEditor, type Uri, window, workspace } from 'vscode';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { messageOf } from '../../base/messageOf.ts';
import { LOCAL_BROKER } from '../../contracts/connections.ts';
import { commandIds, panelIds } from '../../contracts/manifest.ts';
import type { MessageId } from '../../contracts/messages.ts';
import type {
  ExtensionToPublishForm,
  PublishDraft,
  PublishFormToExtension,
  PublishTarget,
  RepeatDraft,
  RepeatItem,
  SavedPlace,
} from '../../contracts/publishForm.ts';
import type { PayloadFormat, RepeatEnd } from '../../contracts/publishing.ts';
import type { InBackground } from '../background.ts';
import type { Connections } from '../connections/connections.ts';
import type { EngineClient } from '../engineClient.ts';
import type { LocalBroker } from '../localBroker.ts';
import type { Memory } from '../memory.ts';
import type { ActiveRepeats } from '../publishing/activeRepeats.ts';
import { askForPublishTarget } from '../publishing/askForTarget.ts';
import { composedOf, DraftSender } from '../publishing/draftSender.ts';
import type { PublishHistory } from '../publishing/publishHistory.ts';
import { historyItemOf, savedItemOf } from '../publishing/publishLists.ts';
import { connectionNameOf, targetOf } from '../publishing/publishTarget.ts';
import { newResponseTopic, Requests } from '../publishing/requests.ts';
import { saveDraft } from '../publishing/savedCommands.ts';
import { SAVED_FILE, SavedStore } from '../publishing/savedStore.ts';
import type { UserQuestions } from '../questions/userQuestions.ts';
import { formatBytes, formatName } from '../words/formats.ts';
import { explainUnreadable } from '../words/messageWords.ts';
import type { Outcome } from '../words/publishWords.ts';
import { describePace, explainRepeatEnd } from '../words/repeatWords.ts';
import { PanelHost } from './panelHost.ts';
import { draftOf, payloadDraftOf } from './publishDraft.ts';

export interface PublishPanelOptions {
  extensionUri: Uri;
  engine: EngineClient;
  broker: LocalBroker;
  connections: Connections;
  memory: Memory;
  questions: UserQuestions;
  repeats: ActiveRepeats;
  publishHistory: PublishHistory;
  inBackground: InBackground;
  /** As the command does, with its messages. */
  startBroker: () => Promise<void>;
}

type Host = PanelHost<PublishFormToExtension, ExtensionToPublishForm>;

const MAX_SUGGESTIONS = 50;
const documentFormats: readonly PayloadFormat[] = ['cbor', 'messagePack', 'protobuf'];
/** A text field holds no more without stalling. */
const MAX_FORM_PAYLOAD_BYTES = 1_048_576;

export class PublishPanel implements Disposable {
  readonly #options: PublishPanelOptions;
  readonly #store = new DisposableStore();
  readonly #sender: DraftSender;
  readonly #requests: Requests;
  readonly #saved: SavedStore;
  #host: Host | undefined;
  #draft: PublishDraft;
  /** As the page was told last. */
  #toldTarget = '';
  /** The last one with the focus: while the form has it, there is none. */
  #editor: TextEditor | undefined = window.activeTextEditor;

  constructor(options: PublishPanelOptions) {
    const { engine, memory, broker, connections, repeats, publishHistory } = options;
    this.#options = options;
    this.#draft = memory.draft;
    this.#sender = new DraftSender({ ...options, history: publishHistory });
    this.#requests = new Requests({ engine, sender: this.#sender, history: publishHistory });
    this.#saved = new SavedStore(options);
    this.#store.add(broker.onDidChangeState(() => this.#tellTarget()));
    this.#store.add(connections.onDidChange(() => this.#tellTarget()));
    this.#store.add(repeats.onDidChange(() => this.#sendRepeats()));
    this.#store.add(repeats.onDidEnd((end) => this.#sendRepeatEnd(end)));
    this.#store.add(publishHistory.onDidChange(() => this.#refreshLists()));
    this.#store.add(this.#requests.onDidChange((state) => this.#host?.post({ kind: 'requestState', state })));
    this.#store.add(window.onDidChangeActiveTextEditor((editor) => this.#follow(editor)));
    const [folder] = workspace.workspaceFolders ?? [];
    if (folder !== undefined) {
      const pattern = new RelativePattern(folder, SAVED_FILE);
      const watcher = this.#store.add(workspace.createFileSystemWatcher(pattern));
      for (const event of [watcher.onDidChange, watcher.onDidCreate, watcher.onDidDelete])
        this.#store.add(event(() => this.#refreshLists()));
    }
  }

  /** With the draft as it was, and `seed` over it. An empty connection name is the local broker. */
  async open(seed: Partial<PublishDraft> = {}): Promise<void> {
    await this.#keep({ ...this.#draft, ...seed });
    if (this.#host === undefined) this.#host = this.#createHost();
    else this.#host.reveal();
    await this.#sendInit();
  }

  /** With a message as it came, to be changed and sent again. */
  async openWith(topic: string, id: MessageId | undefined): Promise<void> {
    if (id === undefined) return this.open({ topic });
    const { engine, questions } = this.#options;
    const connectionName = connectionNameOf(id, this.#options);
    const target = connectionName === undefined ? {} : { connectionName };
    const detail = await engine.callIfRunning('message', { id, maxPayloadBytes: MAX_FORM_PAYLOAD_BYTES });
    if (detail === undefined) {
      const reason = { kind: engine.isRunning ? 'notHeld' : 'engineStopped' } as const;
      await questions.say('information', explainUnreadable(reason));
      return;
    }
    if (detail.truncated) {
      await this.open({ ...target, topic });
      await this.#sayTooLong(detail.payloadBytes);
      return;
    }
    await this.open({ ...target, ...draftOf(detail) });
  }

  dispose(): void {
    this.#host?.dispose();
    this.#store.dispose();
  }

  #createHost(): Host {
    const host: Host = new PanelHost({
      extensionUri: this.#options.extensionUri,
      viewType: panelIds.publish,
      title: l10n.t('Publish'),
      bundle: 'publish',
    });
    host.onMessage((message) => this.#options.inBackground(this.#receive(message)));
    host.onDispose(() => {
      this.#host = undefined;
    });
    return host;
  }

  async #receive(message: PublishFormToExtension): Promise<void> {
    switch (message.kind) {
      case 'ready':
        return this.#sendInit();
      case 'draftChanged':
        await this.#keepTyped(message.draft);
        return this.#checkPayload();
      case 'findTopics':
        return this.#sendTopics(message.text);
      case 'chooseTarget':
        return this.#chooseTarget();
      case 'openTarget':
        return this.#openTarget();
      case 'publish':
        await this.#keepTyped(message.draft);
        return this.#tellOutcome(() => this.#sender.publish(message.draft));
      case 'startRepeat':
        await this.#keepTyped(message.draft);
        return this.#tellOutcome(() => this.#startRepeat(message.draft, message.repeat));
      case 'request':
        return this.#request(message.draft);
      case 'stopRepeat':
        await this.#options.engine.callIfRunning('stopRepeat', { repeatId: message.repeatId });
        return;
      case 'cancelRequest':
        return this.#requests.cancel();
      case 'loadPayload':
        return message.from === 'file' ? this.#loadFile() : this.#loadEditor();
      case 'publishFromHistory':
      case 'takeFromHistory': {
        const entry = this.#options.publishHistory.with(message.id);
        if (entry === undefined) return;
        if (message.kind === 'takeFromHistory') return this.#take(entry.draft);
        if (!entry.isCut) await this.#tellOutcome(() => this.#sender.publish(entry.draft));
        return;
      }
      case 'publishSaved':
      case 'takeSaved': {
        const found = await this.#saved.find(message.name, message.place);
        if (found === undefined) return this.#sendLists();
        if (message.kind === 'takeSaved') return this.#take(found.draft);
        return this.#tellOutcome(() => this.#sender.publish(found.draft));
      }
      case 'removeSaved':
        return this.#removeSaved(message.name, message.place);
      case 'save':
        await this.#keepTyped(message.draft);
        if (await saveDraft(this.#options.questions, this.#saved, message.draft)) await this.#sendLists();
        return;
      case 'clearHistory':
        return this.#clearHistory();
    }
  }

  /**
   * The page waits for an outcome, whatever it is; but for a request that another one took the place of. The log has the
   * cause, from whoever runs this.
   */
  async #tellOutcome(run: () => Promise<Outcome | undefined>): Promise<void> {
    try {
      const outcome = await run();
      if (outcome !== undefined) this.#host?.post({ kind: 'outcome', ...outcome });
    } catch (error) {
      const message = messageOf(error);
      this.#host?.post({ kind: 'outcome', ok: false, message: l10n.t('The command failed: {0}', message) });
      throw error;
    }
  }

  async #startRepeat(draft: PublishDraft, repeat: RepeatDraft): Promise<Outcome> {
    const prepared = await this.#sender.prepare(draft);
    if (prepared.kind === 'not') return prepared.outcome;
    const { message } = prepared;
    const result = await this.#options.engine.call('startRepeat', { message, ...repeat });
    const name = formatName(draft.topic);
    switch (result.kind) {
      case 'started': {
        await this.#options.publishHistory.add(draft);
        const started = l10n.t(
          'Publishing to {0} {1}, also while this form is closed.',
          name,
          describePace(result.repeat.everyMs),
        );
        return { ok: true, message: started };
      }
      case 'tooMany':
        return { ok: false, message: l10n.t('Not repeated: too many are repeated already. Stop one first.') };
      case 'notPublished': {
        const { ok, message: why } = prepared.explain(result.result);
        // It waits for its connection: the first one is as good as published, and no other follows.
        return { ok: false, message: ok ? l10n.t('Not repeated. {0}', why) : why };
      }
    }
  }

  async #request(asked: PublishDraft): Promise<void> {
    let draft = asked;
    if ((draft.properties.responseTopic ?? '') === '') {
      const responseTopic = newResponseTopic();
      draft = { ...draft, properties: { ...draft.properties, responseTopic } };
      this.#host?.post({ kind: 'responseTopic', responseTopic });
    }
    await this.#keepTyped(draft);
    await this.#tellOutcome(() => this.#requests.ask(draft));
  }

  async #removeSaved(name: string, place: SavedPlace): Promise<void> {
    const removed = await this.#saved.find(name, place);
    await this.#saved.remove(name, place);
    await this.#sendLists();
    if (removed === undefined) return;
    const undo = l10n.t('Undo');
    const message = l10n.t('Removed {0} from the saved messages.', formatName(name));
    if ((await this.#options.questions.say('information', message, undo)) !== undo) return;
    await this.#saved.save({ name, draft: removed.draft }, place);
    await this.#sendLists();
  }

  async #clearHistory(): Promise<void> {
    const { questions, publishHistory } = this.#options;
    const mayClear = await questions.mayLose({
      message: l10n.t('Forget what was published?'),
      detail: l10n.t('The list of this workspace is emptied. Saved messages stay.'),
      button: l10n.t('Forget'),
    });
    if (mayClear) await publishHistory.clear();
  }

  async #chooseTarget(): Promise<void> {
    const { questions } = this.#options;
    const answer = await askForPublishTarget(questions, this.#options, this.#target.connectionName);
    if (answer.kind !== 'answered') return;
    await this.#keep({ ...this.#draft, connectionName: answer.value });
    this.#tellTarget();
  }

  async #openTarget(): Promise<void> {
    const { connectionName } = this.#target;
    if (connectionName === '') await this.#options.startBroker();
    else await commands.executeCommand(commandIds.connect, { connectionName });
  }

  get #target(): PublishTarget {
    return targetOf(this.#draft.connectionName ?? '', this.#options);
  }

  // ── Into the form ──

  async #take({ connectionName = '', ...draft }: PublishDraft): Promise<void> {
    const { repeat } = this.#draft;
    await this.#keep({ ...draft, connectionName, ...(repeat !== undefined && { repeat }) });
    await this.#sendInit();
  }

  async #loadFile(): Promise<void> {
    const uri = await this.#options.questions.file(
      l10n.t('Choose a file to publish'),
      l10n.t('Into the Form'),
    );
    if (uri === undefined) return;
    const { size } = await workspace.fs.stat(uri);
    if (size > MAX_FORM_PAYLOAD_BYTES) return this.#sayTooLong(size);
    const payload = await workspace.fs.readFile(uri);
    this.#host?.post({ kind: 'payload', ...payloadDraftOf(payload) });
  }

  /** What is selected, or else all of the document. */
  async #loadEditor(): Promise<void> {
    const editor = this.#editor;
    if (editor === undefined || editor.document.isClosed) {
      await this.#options.questions.say('information', l10n.t('No text is open in an editor.'));
      return;
    }
    const selected = editor.selections.map((selection) => editor.document.getText(selection)).join('\n');
    const text = selected.trim() === '' ? editor.document.getText() : selected;
    const payload = new TextEncoder().encode(text.replaceAll('\r\n', '\n'));
    if (payload.length > MAX_FORM_PAYLOAD_BYTES) return this.#sayTooLong(payload.length);
    this.#host?.post({ kind: 'payload', ...payloadDraftOf(payload) });
  }

  async #sayTooLong(payloadBytes: number): Promise<void> {
    await this.#options.questions.say(
      'information',
      l10n.t(
        'The payload of {0} is too long for the form. Open it in an editor and publish it from there.',
        formatBytes(payloadBytes),
      ),
    );
  }

  #follow(editor: TextEditor | undefined): void {
    if (editor !== undefined) this.#editor = editor;
  }

  /** Where it goes to is chosen here: the page may not have heard of the last choice. */
  async #keepTyped({ connectionName: _shown, ...typed }: PublishDraft): Promise<void> {
    const { connectionName } = this.#draft;
    await this.#keep({ ...typed, ...(connectionName !== undefined && { connectionName }) });
  }

  async #keep(draft: PublishDraft): Promise<void> {
    this.#draft = draft;
    await this.#options.memory.rememberDraft(draft);
  }

  // ── Onto the page ──

  async #sendTopics(text: string): Promise<void> {
    const { engine, connections } = this.#options;
    const { connectionName } = this.#target;
    const connection =
      connectionName === '' ? LOCAL_BROKER : connections.named(connectionName)?.broker?.connection;
    // One that was never connected has no topics.
    const topics =
      connection === undefined
        ? []
        : await engine.callIfRunning('findTopics', { text, limit: MAX_SUGGESTIONS, connection });
    this.#host?.post({ kind: 'topics', text, topics: topics ?? [] });
  }

  async #sendInit(): Promise<void> {
    const target = this.#target;
    this.#toldTarget = JSON.stringify(target);
    this.#showTarget(target);
    this.#host?.post({ kind: 'init', draft: this.#draft, target });
    this.#host?.post({ kind: 'requestState', state: this.#requests.state });
    this.#sendRepeats();
    await this.#sendLists();
    await this.#checkPayload();
  }

  /** A document is encoded where the schemas are known. */
  async #checkPayload(): Promise<void> {
    const { format, payloadText } = this.#draft;
    if (!documentFormats.includes(format) || payloadText.trim() === '') return;
    const message = composedOf(this.#draft);
    const answer = await this.#options.engine.callIfRunning('encodePayload', { message });
    if (answer === undefined) return;
    const result = answer.kind === 'encoded' ? answer : { kind: 'problem' as const, message: answer.message };
    this.#host?.post({ kind: 'encoded', encoded: { format, payloadText, result } });
  }

  /** Connections change with each count of messages: the page is told what it shows, when that changes. */
  #tellTarget(): void {
    const target = this.#target;
    const told = JSON.stringify(target);
    if (told === this.#toldTarget) return;
    this.#toldTarget = told;
    this.#showTarget(target);
    this.#host?.post({ kind: 'target', target });
  }

  #showTarget({ connectionName }: PublishTarget): void {
    if (this.#host === undefined) return;
    this.#host.title =
      connectionName === '' ? l10n.t('Publish') : l10n.t('Publish to {0}', formatName(connectionName));
  }

  #sendRepeats(): void {
    const { repeats, connections } = this.#options;
    const items = repeats.all.map(({ connection, ...repeat }): RepeatItem => {
      const name = connection === LOCAL_BROKER ? '' : (connections.with(connection)?.name ?? '');
      return { ...repeat, connectionName: name };
    });
    this.#host?.post({ kind: 'repeats', repeats: items });
  }

  /** In place of what was said when it began. */
  #sendRepeatEnd(end: RepeatEnd): void {
    const ok = end.reason !== 'notPublished' && end.reason !== 'profileGone';
    this.#host?.post({ kind: 'outcome', ok, message: explainRepeatEnd(end) });
  }

  #refreshLists(): void {
    if (this.#host !== undefined) this.#options.inBackground(this.#sendLists());
  }

  async #sendLists(): Promise<void> {
    const saved = (await this.#saved.all()).map(savedItemOf);
    const history = this.#options.publishHistory.entries.map(historyItemOf);
    this.#host?.post({ kind: 'lists', lists: { history, saved } });
  }
}
