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
import { settingKeys } from '../../contracts/manifest.ts';
import type { InBackground } from '../background.ts';
import type { UserQuestions } from '../questions/userQuestions.ts';
import { explainProfileFault } from '../words/profileWords.ts';
import { type ConnectionProfile, type RawConnections, readProfiles } from './profiles.ts';

const SECTION = 'mqttWorkbench';

type Entry = Readonly<Record<string, unknown>>;

export class ConnectionSettings implements Disposable {
  readonly #questions: UserQuestions;
  readonly #inBackground: InBackground;
  readonly #store = new DisposableStore();
  readonly #changed = new Emitter<void>();
  #profiles: readonly ConnectionProfile[];
  #told = new Set<string>();

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

  dispose(): void {
    this.#store.dispose();
  }

  /** To the person's own settings. */
  async add(entry: Entry): Promise<void> {
    await this.#write('user', [...entriesOf(rawConnections().user), entry]);
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
    const before = JSON.stringify(this.#profiles);
    this.#profiles = this.#read();
    if (JSON.stringify(this.#profiles) !== before) this.#changed.fire();
  }

  #read(): readonly ConnectionProfile[] {
    const folder = workspace.workspaceFolders?.[0]?.uri;
    const { profiles, faults } = readProfiles(rawConnections(), {
      isTrusted: workspace.isTrusted,
      folder: folder?.scheme === 'file' ? folder.fsPath : undefined,
      home: homedir(),
    });
    const messages = faults.map(explainProfileFault);
    for (const message of messages) if (!this.#told.has(message)) this.#inBackground(this.#tell(message));
    this.#told = new Set(messages);
    return profiles;
  }

  async #tell(message: string): Promise<void> {
    const openSettings = l10n.t('Settings');
    const button = await this.#questions.say('warning', message, openSettings);
    if (button === openSettings) await this.show(undefined);
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
