/**
 * The host side of the form of one connection: what it was opened with, what was changed since, a test of it, and the way
 * into the settings.
 *
 * The page checks nothing: each change is read here as the setting would be. Secrets go from the page to VS Code's secret
 * storage, and none goes back; what was typed and is not saved is held here, as the page is gone while it is hidden.
 */
import { l10n, type Uri } from 'vscode';
import type { Clock } from '../../base/clock.ts';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { Emitter, type Event } from '../../base/event.ts';
import { messageOf } from '../../base/messageOf.ts';
import {
  type ChangedForm,
  type ConnectionDraft,
  type ConnectionFormInit,
  type ConnectionFormToExtension,
  type ExtensionToConnectionForm,
  type FieldNote,
  type FormFile,
  formFiles,
  formSecrets,
  type SecretState,
  type TestView,
  type TypedSecrets,
  tlsFileOf,
} from '../../contracts/connectionForm.ts';
import type { TestProgressInfo } from '../../contracts/connectionTests.ts';
import { panelIds } from '../../contracts/manifest.ts';
import type { ServerCertificateInfo } from '../../contracts/remoteBrokers.ts';
import { isKeptContent, keptContent, type TlsContents } from '../../contracts/tlsFiles.ts';
import type { InBackground } from '../background.ts';
import { askForTlsContent, tlsFileOptions } from '../connections/askForTlsContent.ts';
import { certificateFileHints } from '../connections/certificateFileHints.ts';
import type { ConnectionSettings, SettingsEntry } from '../connections/connectionSettings.ts';
import type { Connections } from '../connections/connections.ts';
import { draftOf, type Entry, entryOf, newEntry } from '../connections/profileDraft.ts';
import { type ProfileSecrets, type Secrets, secretsFor } from '../connections/profileSecrets.ts';
import { type ConnectionProfile, readEntry, type SecretOwner, secretKeyOf } from '../connections/profiles.ts';
import { settingsPath } from '../connections/settingsPath.ts';
import { testedProfile } from '../connections/testedProfile.ts';
import type { EngineClient } from '../engineClient.ts';
import type { UserQuestions } from '../questions/userQuestions.ts';
import { fileNotesOf, noteOf } from '../words/connectionFormWords.ts';
import { describeTest, type TestedConnection } from '../words/connectionTestWords.ts';
import { formatName } from '../words/formats.ts';
import { tlsFileTitle } from '../words/tlsFileWords.ts';
import { PanelHost } from './panelHost.ts';

export interface ConnectionFormOptions {
  extensionUri: Uri;
  engine: EngineClient;
  clock: Clock;
  connections: Connections;
  connectionSettings: ConnectionSettings;
  profileSecrets: ProfileSecrets;
  questions: UserQuestions;
  inBackground: InBackground;
  /** As the command does, with its messages. */
  connect(profile: ConnectionProfile): Promise<void>;
  /** Asks the person. */
  mayTrust(certificate: ServerCertificateInfo): Promise<boolean>;
  /** Of no other test. */
  nextTestId(): number;
}

/** What a form holds, saved or not. */
export interface FormContent {
  /** Undefined for one that is in no settings yet. */
  place: SettingsEntry | undefined;
  opened: Entry;
  draft: ConnectionDraft;
  typed: TypedSecrets;
  /** Of files that were picked to be kept. */
  files: TlsContents;
}

type Host = PanelHost<ConnectionFormToExtension, ExtensionToConnectionForm>;

export function contentOf(place: SettingsEntry | undefined): FormContent {
  const opened = place?.entry ?? newEntry;
  return { place, opened, draft: draftOf(opened, place?.scope ?? 'user'), typed: {}, files: {} };
}

export class ConnectionForm implements Disposable {
  readonly #options: ConnectionFormOptions;
  readonly #host: Host;
  readonly #store = new DisposableStore();
  readonly #closed = new Emitter<void>();
  #content: FormContent;
  #test: TestView | undefined;
  /** Of the test that is under way. */
  #testId: number | undefined;
  /** The certificate that the last test was shown, where it is not trusted. */
  #shown: ServerCertificateInfo | undefined;

  readonly onClose: Event<void> = this.#closed.event;

  constructor(options: ConnectionFormOptions, content: FormContent) {
    this.#options = options;
    this.#content = content;
    this.#host = new PanelHost({
      extensionUri: options.extensionUri,
      viewType: panelIds.connection,
      title: titleOf(content),
      bundle: 'connection',
    });
    this.#host.onMessage((message) => options.inBackground(this.#receive(message)));
    this.#host.onDispose(() => {
      this.#cancelTest();
      this.#store.dispose();
      this.#closed.fire();
    });
    this.#store.add(options.connectionSettings.onDidChange(() => this.#followSettings()));
  }

  get content(): FormContent {
    return this.#content;
  }

  /** Something was typed that is in no settings and no storage. */
  get isChanged(): boolean {
    const { place, opened, draft, typed } = this.#content;
    if (Object.keys(typed).length > 0 || filesOf(this.#content, {}) !== undefined) return true;
    if (place !== undefined && place.scope !== draft.scope) return true;
    return JSON.stringify(entryOf(draft, opened)) !== JSON.stringify(opened);
  }

  /** Whether it is the form of this entry, or, without one, of a connection that is in no settings yet. */
  isOf(place: Pick<SettingsEntry, 'scope' | 'index'> | undefined): boolean {
    if (place === undefined) return this.#content.place === undefined;
    const own = this.#placeNow();
    return own?.scope === place.scope && own.index === place.index;
  }

  reveal(): void {
    this.#host.reveal();
  }

  dispose(): void {
    this.#host.dispose();
  }

  /** As the form is now. Resolves when it is over. */
  async test(): Promise<void> {
    const { profile } = this.#read();
    if (profile === undefined) {
      this.#say(false, l10n.t('Not tested: the form has a mistake.'));
      return;
    }
    this.#cancelTest();
    const { engine, connections, clock, nextTestId } = this.#options;
    const testId = nextTestId();
    this.#testId = testId;
    this.#shown = undefined;
    let secrets: Secrets;
    try {
      secrets = secretsFor(profile, await this.#secretsOf());
    } catch (error) {
      this.#say(false, l10n.t('Not tested: {0}', messageOf(error)));
      throw error;
    }
    // Asked for again meanwhile: two with one client id would throw each other out.
    if (this.#testId !== testId) return;
    const { params, aside } = testedProfile(connections.paramsOf(profile, secrets), this.#clientIdsInUse());
    const tested: TestedConnection = { profile, aside, clientId: params.clientId };
    const show = (progress: TestProgressInfo): void =>
      this.#showTest(describeTest(tested, progress, undefined, clock.nowMs()));
    show({ steps: [], stage: undefined });
    const following = engine.on('connectionTestProgress', (progress) => {
      if (progress.testId === testId && this.#testId === testId) show(progress);
    });
    try {
      const report = await engine.call('testConnection', { testId, connection: params });
      if (this.#testId !== testId) return;
      this.#shown = report.end.kind === 'failed' ? report.end.fault?.certificate : undefined;
      this.#showTest(describeTest(tested, report, report.end, clock.nowMs()));
    } catch (error) {
      // The page waits for an end, whatever it is. The log has the cause, from whoever runs this.
      const end = { kind: 'failed', message: messageOf(error) } as const;
      this.#showTest(describeTest(tested, { steps: [], stage: undefined }, end, clock.nowMs()));
      throw error;
    } finally {
      following.dispose();
      if (this.#testId === testId) this.#testId = undefined;
    }
  }

  async #receive(message: ConnectionFormToExtension): Promise<void> {
    switch (message.kind) {
      case 'ready':
        this.#host.post({ kind: 'init', init: await this.#init() });
        return this.#check(0);
      case 'changed':
        this.#take(message.form);
        return this.#check(message.revision);
      case 'browse':
        return this.#browse(message.field);
      case 'keep':
        return this.#keep(message.field);
      case 'test':
        this.#take(message.form);
        return this.test();
      case 'cancelTest':
        return this.#cancelTest();
      case 'trust':
        return this.#trust();
      case 'save':
        this.#take(message.form);
        return this.#saveAndTell(message.connects);
    }
  }

  #take({ draft, secrets }: ChangedForm): void {
    // What was typed and is emptied again stays as it was.
    const typed = Object.entries({ ...this.#content.typed, ...secrets }).filter(([, text]) => text !== '');
    this.#content = { ...this.#content, draft, typed: Object.fromEntries(typed) };
    this.#showTitle();
  }

  #showTitle(): void {
    this.#host.title = `${this.isChanged ? '● ' : ''}${titleOf(this.#content)}`;
  }

  #read(): { entry: Entry; profile: ConnectionProfile | undefined; notes: FieldNote[] } {
    const { connectionSettings } = this.#options;
    const { draft, opened } = this.#content;
    const entry = entryOf(draft, opened);
    const taken = connectionSettings.entries
      .filter((each) => !this.isOf(each))
      .flatMap(({ name }) => (name === undefined ? [] : [name]));
    const { profile, faults } = readEntry(entry, draft.scope, taken, connectionSettings.surroundings);
    return { entry, profile, notes: faults.map((fault) => noteOf(fault, entry, draft)) };
  }

  /** Where the settings have it by now: others of the list come and go. Undefined where it is gone. */
  #placeNow(): SettingsEntry | undefined {
    const { place } = this.#content;
    if (place === undefined) return undefined;
    const { entries } = this.#options.connectionSettings;
    const same = entries.filter(({ scope, name }) => scope === place.scope && name === place.name);
    return same.find(({ index }) => index === place.index) ?? same[0];
  }

  async #check(revision: number): Promise<void> {
    const { notes } = this.#read();
    const { surroundings } = this.#options.connectionSettings;
    // What can't be read is told by `init`, and by whoever wants to use it.
    const { files = {}, passphrase } = await this.#secretsOf().catch((): Secrets => ({}));
    const hints = await certificateFileHints(this.#content.draft.texts, files, surroundings);
    const hasPassphrase = passphrase !== undefined;
    const all = [...notes, ...hints.flatMap((hint) => fileNotesOf(hint, hasPassphrase))];
    this.#host.post({ kind: 'checked', revision, notes: all });
  }

  async #browse(field: FormFile): Promise<void> {
    const { questions, connectionSettings } = this.#options;
    const { surroundings } = connectionSettings;
    const name = tlsFileOf(field);
    const options = tlsFileOptions(name, surroundings.folder);
    const chosen = await questions.file(tlsFileTitle(name), l10n.t('Choose'), options);
    if (chosen === undefined) return;
    await this.#fill(field, settingsPath(chosen.fsPath, this.#content.draft.scope, surroundings));
  }

  /** What is in a file, once it is saved: from then on the file is not needed. */
  async #keep(field: FormFile): Promise<void> {
    const { questions, connectionSettings } = this.#options;
    const name = tlsFileOf(field);
    const { folder } = connectionSettings.surroundings;
    const content = await askForTlsContent(questions, { name, title: tlsFileTitle(name), folder });
    if (content === undefined) return;
    this.#content = { ...this.#content, files: { ...this.#content.files, [name]: content } };
    await this.#fill(field, keptContent);
  }

  async #trust(): Promise<void> {
    // Another test may be shown another one while the person compares this.
    const shown = this.#shown;
    if (shown === undefined || !(await this.#options.mayTrust(shown))) return;
    await this.#fill('tls.fingerprint', shown.fingerprint);
    await this.test();
  }

  async #fill(field: FormFile | 'tls.fingerprint', text: string): Promise<void> {
    const { draft } = this.#content;
    this.#take({ draft: { ...draft, texts: { ...draft.texts, [field]: text } }, secrets: {} });
    this.#host.post({ kind: 'filled', field, text });
    // A page that is hidden meanwhile has it by `init`.
    await this.#check(0);
  }

  #cancelTest(): void {
    const testId = this.#testId;
    if (testId === undefined) return;
    const { engine, inBackground } = this.#options;
    inBackground(engine.callIfRunning('cancelTest', { testId }));
  }

  #showTest(test: TestView): void {
    this.#test = test;
    this.#host.post({ kind: 'test', test });
  }

  #clientIdsInUse(): string[] {
    const { connections } = this.#options;
    return connections.all.flatMap(({ profile, state }) => {
      const isLive = state.kind === 'connected' || state.kind === 'waiting' || state.kind === 'connecting';
      return isLive && profile !== undefined ? [connections.paramsOf(profile, {}).clientId] : [];
    });
  }

  /** The page waits until it is saved or not. The log has the cause, from whoever runs this. */
  async #saveAndTell(connects: boolean): Promise<void> {
    try {
      await this.#save(connects);
    } catch (error) {
      this.#say(false, l10n.t('Not saved: {0}', messageOf(error)));
      throw error;
    }
  }

  async #save(connects: boolean): Promise<void> {
    const { connectionSettings, connections, profileSecrets, inBackground, connect } = this.#options;
    const saving = this.#content;
    const { opened, draft } = saving;
    const { profile } = this.#read();
    if (profile === undefined) {
      this.#say(false, l10n.t('Not saved: the form has a mistake.'));
      return;
    }
    const secrets = secretsFor(profile, await this.#secretsOf());
    const before = await this.#openedOwner();
    const current = this.#placeNow();
    // Changed in the settings meanwhile: what was not changed in the form stays as it is there.
    const entry = entryOf(draft, opened, current?.entry);
    const oldName = current?.name;
    // A copy of another entry: what has its name is the other's, the connection as well as its secrets.
    const isCopy = connectionSettings.entries.filter(({ name }) => name === oldName).length > 1;
    const isRenamed = oldName !== undefined && oldName !== profile.name && !isCopy;
    const hasSecrets = Object.keys(secrets).length > 0;
    const write = async (): Promise<void> => {
      // First: one that is to be connected on start is so as soon as the settings have it.
      if (hasSecrets) await profileSecrets.store(profile, secrets);
      await connectionSettings.put(entry, draft.scope, current);
    };
    if (!isRenamed) await write();
    else if (!(await this.#rename(oldName, profile.name, write))) return;
    if (before !== undefined && !isCopy && secretKeyOf(before) !== secretKeyOf(profile))
      await profileSecrets.forget(before);
    if (!hasSecrets) await profileSecrets.forget(profile);
    const place = connectionSettings.entries.findLast(
      ({ scope, name }) => scope === draft.scope && name === profile.name,
    );
    const saved = contentOf(place);
    this.#content = this.#content === saving ? saved : withLater(saved, saving, this.#content);
    this.#showTitle();
    const isInForce = current !== undefined && takenAtConnect(entry) === takenAtConnect(current.entry);
    const isLive = connections.named(profile.name)?.state.kind === 'connected' && !connects;
    const message = savedMessage(draft.scope, isLive, isRenamed, isInForce);
    // As saved: the page has what was typed since.
    this.#host.post({ kind: 'saved', init: await this.#init(saved), message });
    await this.#check(0);
    if (connects) inBackground(connect(profile));
  }

  /** False where it can't be, which is said. */
  async #rename(name: string, to: string, write: () => Promise<void>): Promise<boolean> {
    switch (await this.#options.connections.rename(name, to, write)) {
      case 'renamed':
        return true;
      case 'connecting':
        this.#say(
          false,
          l10n.t('Not saved: {0} is just being connected. Rename it when that is over.', formatName(name)),
        );
        return false;
      case 'taken':
        this.#say(
          false,
          l10n.t(
            'Not saved: {0} is in Connections still, though not in the settings any more. Remove it there first, or take another name.',
            formatName(to),
          ),
        );
        return false;
    }
  }

  /** What is kept, with what was typed over it. */
  async #secretsOf(): Promise<Secrets> {
    // As it is now: more may be typed meanwhile.
    const content = this.#content;
    const { typed } = content;
    const before = await this.#openedOwner();
    const kept = before === undefined ? {} : await this.#options.profileSecrets.of(before);
    const { files: keptFiles = {}, ...keptTexts } = kept;
    const files = filesOf(content, keptFiles);
    const secrets: Secrets = { ...keptTexts, ...(files !== undefined && { files }) };
    for (const name of formSecrets) {
      const text = typed[name];
      if (text === null) delete secrets[name];
      else if (text !== undefined) secrets[name] = text;
    }
    return secrets;
  }

  /** Whose secrets are kept, as it was opened. */
  async #openedOwner(): Promise<SecretOwner | undefined> {
    const { place, opened } = this.#content;
    if (place === undefined) return undefined;
    return readEntry(opened, place.scope, [], this.#options.connectionSettings.surroundings).owner;
  }

  /** A form without them can be looked at, and says why. */
  async #keptToShow(): Promise<Secrets> {
    const before = await this.#openedOwner();
    try {
      return before === undefined ? {} : await this.#options.profileSecrets.of(before);
    } catch (error) {
      this.#say(false, l10n.t('What is kept secret of it can’t be read: {0}', messageOf(error)));
      return {};
    }
  }

  /** @param content what the page is to show. */
  async #init(content: FormContent = this.#content): Promise<ConnectionFormInit> {
    const { place, draft, typed } = content;
    const kept = await this.#keptToShow();
    const stateOf = (name: (typeof formSecrets)[number]): SecretState => {
      if (typeof typed[name] === 'string') return 'typed';
      return kept[name] === undefined || typed[name] === null ? 'none' : 'kept';
    };
    const secrets = {
      password: stateOf('password'),
      passphrase: stateOf('passphrase'),
      proxyPassword: stateOf('proxyPassword'),
      requestSecret: stateOf('requestSecret'),
    };
    const { hasWorkspace } = this.#options.connectionSettings;
    const test = this.#test;
    const picked = formFiles.filter((field) => this.#content.files[tlsFileOf(field)] !== undefined);
    return {
      ...{ draft, isNew: place === undefined, hasWorkspace, secrets, picked },
      ...(test !== undefined && { test }),
    };
  }

  /** One that nobody is changing shows what the settings hold now. */
  #followSettings(): void {
    const { place } = this.#content;
    if (place === undefined || this.isChanged) return;
    const now = this.#placeNow();
    if (now === undefined || JSON.stringify(now.entry) === JSON.stringify(place.entry)) return;
    this.#content = contentOf(now);
    this.#host.title = titleOf(this.#content);
    this.#options.inBackground(this.#receive({ kind: 'ready' }));
  }

  #say(ok: boolean, message: string): void {
    this.#host.post({ kind: 'outcome', ok, message });
  }
}

/** What of an entry a live connection goes on without: the other fields hold at once. */
function takenAtConnect(entry: Entry): string {
  const { name, color, icon, readOnly, confirmPublish, connectOnStart, ...others } = entry;
  return JSON.stringify(others);
}

function savedMessage(
  scope: ConnectionDraft['scope'],
  isLive: boolean,
  isRenamed: boolean,
  isInForce: boolean,
): string {
  if (isLive && isRenamed && isInForce) return l10n.t('Saved. The connection goes on under the new name.');
  if (isLive && isRenamed)
    return l10n.t(
      'Saved. The connection goes on under the new name; the rest takes effect when it is connected the next time.',
    );
  if (isLive && !isInForce) return l10n.t('Saved. It takes effect when it is connected the next time.');
  return scope === 'user'
    ? l10n.t('Saved in your settings.')
    : l10n.t('Saved in the settings of this workspace.');
}

/** What was saved, with what was typed and picked while it was on its way. */
function withLater(saved: FormContent, saving: FormContent, now: FormContent): FormContent {
  const isTypedLater = JSON.stringify(now.draft) !== JSON.stringify(saving.draft);
  return {
    ...saved,
    draft: isTypedLater ? now.draft : saved.draft,
    typed: differing(now.typed, saving.typed),
    files: differing(now.files, saving.files),
  };
}

function differing<T extends object>(now: T, before: T): T {
  const values = new Map<string, unknown>(Object.entries(before));
  return Object.fromEntries(Object.entries(now).filter(([key, value]) => values.get(key) !== value)) as T; // some of it
}

/** Of the fields that say so, what is kept, with what was picked over it. Undefined for none, and without TLS. */
function filesOf({ draft, files }: FormContent, kept: TlsContents): TlsContents | undefined {
  const { texts } = draft;
  if (texts.transport !== 'mqtts' && texts.transport !== 'wss') return undefined;
  const all: TlsContents = { ...kept, ...files };
  const used = formFiles.flatMap((field) => {
    const content = isKeptContent(texts[field]) ? all[tlsFileOf(field)] : undefined;
    return content === undefined ? [] : [[tlsFileOf(field), content] as const];
  });
  return used.length === 0 ? undefined : Object.fromEntries(used);
}

function titleOf({ draft, place }: FormContent): string {
  const { name } = draft.texts;
  if (place === undefined) return l10n.t('New Connection');
  return l10n.t('Connection {0}', formatName(name || (place.name ?? '')));
}
