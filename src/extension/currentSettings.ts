/**
 * The settings as they are now, read again when they change or the workspace becomes trusted.
 *
 * A value that can't be used is told once, with the value that is used in its place.
 */
import { ConfigurationTarget, l10n, workspace } from 'vscode';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import { Emitter, type Event } from '../base/event.ts';
import type { InBackground } from './background.ts';
import type { UserQuestions } from './questions/userQuestions.ts';
import { readSettings, type SettingKey, type Settings } from './settings.ts';
import { showSettings } from './showSettings.ts';
import { explainSettingProblem } from './words/settingWords.ts';

const SECTION = 'mqttWorkbench';

export interface SettingsChange {
  before: Settings;
  after: Settings;
  /** By a command of ours, which does what follows from it. */
  isOurs: boolean;
}

export class CurrentSettings implements Disposable {
  readonly #questions: UserQuestions;
  readonly #inBackground: InBackground;
  readonly #store = new DisposableStore();
  readonly #changed = new Emitter<SettingsChange>();
  #current: Settings;
  #isChangedByUs = false;
  #told = new Set<string>();

  readonly onDidChange: Event<SettingsChange> = this.#changed.event;

  constructor(questions: UserQuestions, inBackground: InBackground) {
    this.#questions = questions;
    this.#inBackground = inBackground;
    this.#current = this.#read();
    this.#store.add(
      workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration(SECTION)) this.#update();
      }),
    );
    this.#store.add(workspace.onDidGrantWorkspaceTrust(() => this.#update()));
    this.#store.add(workspace.onDidChangeWorkspaceFolders(() => this.#update()));
  }

  get current(): Settings {
    return this.#current;
  }

  /** The person's own setting, for all workspaces. */
  async change(key: SettingKey, value: unknown): Promise<void> {
    this.#isChangedByUs = true;
    try {
      await workspace.getConfiguration(SECTION).update(key, value, ConfigurationTarget.Global);
      // VS Code's event may come later than the answer, and would then be nobody's.
      this.#update();
    } finally {
      this.#isChangedByUs = false;
    }
  }

  dispose(): void {
    this.#store.dispose();
  }

  #update(): void {
    const before = this.#current;
    this.#current = this.#read();
    this.#changed.fire({ before, after: this.#current, isOurs: this.#isChangedByUs });
  }

  #read(): Settings {
    const folder = workspace.workspaceFolders?.[0]?.uri;
    const { settings, problems } = readSettings(
      workspace.getConfiguration(SECTION),
      workspace.isTrusted,
      folder?.scheme === 'file' ? folder.fsPath : undefined,
    );
    const messages = problems.map(explainSettingProblem);
    for (const message of messages) if (!this.#told.has(message)) this.#inBackground(this.#tell(message));
    this.#told = new Set(messages);
    return settings;
  }

  async #tell(message: string): Promise<void> {
    const openSettings = l10n.t('Settings');
    const button = await this.#questions.say('warning', message, openSettings);
    if (button === openSettings) await showSettings();
  }
}
