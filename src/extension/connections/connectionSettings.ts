/**
 * The profiles as the settings have them now, read again when these change or the workspace becomes trusted; and the way
 * to change one.
 *
 * A profile that can't be used is told once, with its field. Writes entries as they are: fields that this version does not
 * know stay.
 */
import { homedir } from 'node:os';
import { ConfigurationTarget, commands, l10n, workspace } from 'vscode';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { Emitter, type Event } from '../../base/event.ts';
import { commandIds, settingKeys } from '../../contracts/manifest.ts';
import type { InBackground } from '../background.ts';
import type { UserQuestions } from '../questions/userQuestions.ts';
import type { Entry } from './profileDraft.ts';
import {
  type ConnectionProfile,
  type ProfileFault,
  type ProfileSurroundings,
  type RawConnections,
  readProfiles,
} from './profiles.ts';

const SECTION = 'mqttWorkbench';

/** An entry as it is in the settings, whether it can be used or not. */
export interface SettingsEntry {
  scope: ConnectionProfile['scope'];
  /** In the list of that scope. */
  index: number;
  /** Undefined where it has none. */
  name: string | undefined;
  entry: Entry;
}

export class ConnectionSettings implements Disposable {
  readonly #questions: UserQuestions;
  readonly #inBackground: InBackground;
  readonly #store = new DisposableStore();
  readonly #changed = new Emitter<void>();
  #profiles: readonly ConnectionProfile[];
  #told = new Set<string>();
  /** One is moved between the scopes: what is read meanwhile is half of it. */
  #isMoving = false;

  readonly onDidChange: Event<void> = this.#changed.event;

  constructor(questions: UserQuestions, inBackground: InBackground) {
    this.#questions = questions;
    this.#inBackground = inBackground;
    this.#profiles = this.#read();
    this.#store.add(
      workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration(`${SECTION}.${settingKeys.connections}`)) this.#update();
      }),
    );
    this.#store.add(workspace.onDidGrantWorkspaceTrust(() => this.#update()));
    this.#store.add(workspace.onDidChangeWorkspaceFolders(() => this.#update()));
  }

  get profiles(): readonly ConnectionProfile[] {
    return this.#profiles;
  }

  get entries(): readonly SettingsEntry[] {
    const raw = rawConnections();
    const scopes = workspace.isTrusted ? (['user', 'workspace'] as const) : (['user'] as const);
    return scopes.flatMap((scope) =>
      entriesOf(raw[scope]).flatMap((entry, index) => {
        if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return [];
        const { name } = entry as Entry;
        return [{ scope, index, name: typeof name === 'string' ? name : undefined, entry: entry as Entry }];
      }),
    );
  }

  /** It has settings that can be written. */
  get hasWorkspace(): boolean {
    return workspace.isTrusted && workspace.workspaceFolders !== undefined;
  }

  get surroundings(): ProfileSurroundings {
    const folder = workspace.workspaceFolders?.[0]?.uri;
    return {
      isTrusted: workspace.isTrusted,
      folder: folder?.scheme === 'file' ? folder.fsPath : undefined,
      home: homedir(),
    };
  }

  dispose(): void {
    this.#store.dispose();
  }

  /** In the place of one that is there, also in the other scope; at the end of the list where it is new. */
  async put(
    entry: Entry,
    scope: ConnectionProfile['scope'],
    before: Pick<SettingsEntry, 'scope' | 'index'> | undefined,
  ): Promise<void> {
    const entries = [...entriesOf(rawConnections()[scope])];
    if (before?.scope === scope) entries.splice(before.index, 1, entry);
    else entries.push(entry);
    if (before === undefined || before.scope === scope) return this.#write(scope, entries);
    // For a moment both scopes have it: that is nobody's mistake, and is not told.
    this.#isMoving = true;
    try {
      await this.#write(scope, entries);
      const others = entriesOf(rawConnections()[before.scope]);
      await this.#write(before.scope, others.toSpliced(before.index, 1));
    } finally {
      this.#isMoving = false;
      this.#update();
    }
  }

  /** To the person's own settings. */
  async add(entry: Entry): Promise<void> {
    await this.#write('user', [...entriesOf(rawConnections().user), entry]);
  }

  /** To the person's own settings, all at once. */
  async addAll(entries: readonly Entry[]): Promise<void> {
    await this.#write('user', [...entriesOf(rawConnections().user), ...entries]);
  }

  /** As its settings have it. */
  entryOf({ name, scope }: ConnectionProfile): Entry | undefined {
    const entry = entriesOf(rawConnections()[scope]).find((each) => isNamed(each, name));
    return entry as Entry | undefined; // what has a name is an object
  }

  /** Nothing happens where there is no such profile. */
  async change({ name, scope }: ConnectionProfile, change: (entry: Entry) => Entry): Promise<void> {
    const entries = entriesOf(rawConnections()[scope]);
    await this.#write(
      scope,
      entries.map((entry) => (isNamed(entry, name) ? change(entry as Entry) : entry)),
    );
  }

  async remove({ name, scope }: ConnectionProfile): Promise<void> {
    const entries = entriesOf(rawConnections()[scope]);
    await this.#write(
      scope,
      entries.filter((entry) => !isNamed(entry, name)),
    );
  }

  /** The file that the profile is in; the person's own where there is none. */
  async show(profile: ConnectionProfile | undefined): Promise<void> {
    const command =
      profile?.scope === 'workspace'
        ? 'workbench.action.openWorkspaceSettingsFile'
        : 'workbench.action.openSettingsJson';
    const key = `${SECTION}.${settingKeys.connections}`;
    await commands.executeCommand(command, { revealSetting: { key, edit: profile === undefined } });
  }

  async #write(scope: ConnectionProfile['scope'], entries: readonly unknown[]): Promise<void> {
    const target = scope === 'user' ? ConfigurationTarget.Global : ConfigurationTarget.Workspace;
    await workspace.getConfiguration(SECTION).update(settingKeys.connections, entries, target);
    // VS Code's event may come later than the answer.
    this.#update();
  }

  #update(): void {
    if (this.#isMoving) return;
    const before = JSON.stringify(this.#profiles);
    this.#profiles = this.#read();
    if (JSON.stringify(this.#profiles) !== before) this.#changed.fire();
  }

  #read(): readonly ConnectionProfile[] {
    const { profiles, faults } = readProfiles(rawConnections(), this.surroundings);
    const told = new Set<string>();
    for (const profile of new Set(faults.map((fault) => fault.profile))) {
      const own = faults.filter((fault) => fault.profile === profile);
      told.add(JSON.stringify(own));
      if (!this.#told.has(JSON.stringify(own))) this.#inBackground(this.#tell(own));
    }
    this.#told = told;
    return profiles;
  }

  /** @param faults of one profile; its name is empty where the whole setting is wrong. */
  async #tell(faults: readonly ProfileFault[]): Promise<void> {
    // A bundle of its own: see esbuild.js.
    const { explainProfileFaults } = await import('../words/profileWords.ts');
    const openSettings = l10n.t('Settings');
    const edit = l10n.t('Edit Connection…');
    const profile = faults[0]?.profile ?? '';
    const buttons = profile === '' ? [openSettings] : [edit, openSettings];
    const button = await this.#questions.say('warning', explainProfileFaults(faults), ...buttons);
    if (button === openSettings) await this.show(undefined);
    if (button === edit) await commands.executeCommand(commandIds.editConnection, profile);
  }
}

function rawConnections(): RawConnections {
  const values = workspace.getConfiguration(SECTION).inspect<unknown>(settingKeys.connections);
  return { user: values?.globalValue, workspace: values?.workspaceValue };
}

function entriesOf(list: unknown): readonly unknown[] {
  return Array.isArray(list) ? list : [];
}

function isNamed(entry: unknown, name: string): boolean {
  return typeof entry === 'object' && entry !== null && 'name' in entry && entry.name === name;
}
