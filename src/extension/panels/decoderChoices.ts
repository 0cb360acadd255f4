/**
 * The decoders that a person has chosen for topics: the setting, told to each engine, and changed when a page asks for it.
 */
import { ConfigurationTarget, l10n, workspace } from 'vscode';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { Emitter, type Event } from '../../base/event.ts';
import { settingKeys } from '../../contracts/manifest.ts';
import type { DecoderUse } from '../../contracts/messagePages.ts';
import type { InBackground } from '../background.ts';
import type { EngineClient } from '../engineClient.ts';
import type { UserQuestions } from '../questions/userQuestions.ts';
import { showSettings } from '../showSettings.ts';
import { formatName } from '../words/formats.ts';
import { problemWithTopicFilter } from '../words/topicWords.ts';
import { type DecoderSetting, readDecoderSetting, withChoice, withoutFilter } from './decoderSetting.ts';

export interface DecoderChoicesOptions {
  engine: EngineClient;
  questions: UserQuestions;
  inBackground: InBackground;
}

const SECTION = 'mqttWorkbench';

export class DecoderChoices implements Disposable {
  readonly #options: DecoderChoicesOptions;
  readonly #store = new DisposableStore();
  readonly #changed = new Emitter<void>();
  #setting: DecoderSetting;

  /** The engine decodes otherwise from here on. */
  readonly onDidChange: Event<void> = this.#changed.event;

  constructor(options: DecoderChoicesOptions) {
    const { engine, inBackground } = options;
    this.#options = options;
    this.#setting = this.#read();
    this.#store.add(
      engine.onStarted(() => {
        if (this.#setting.choices.length > 0) inBackground(this.#send());
      }),
    );
    this.#store.add(
      workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration(`${SECTION}.${settingKeys.decoders}`)) inBackground(this.#update());
      }),
    );
    this.#store.add(
      workspace.onDidSaveTextDocument(({ uri }) => {
        // A schema may be imported by another: any of them may be meant.
        const hasSchemas = this.#setting.choices.some(({ schemaFile }) => schemaFile !== undefined);
        if (hasSchemas && /\.(proto|avsc|json)$/.test(uri.path)) inBackground(this.#update());
      }),
    );
  }

  /** Asks for which topics, and writes the setting. Escape leaves it as it is. */
  async choose(topic: string, use: DecoderUse): Promise<void> {
    const { questions } = this.#options;
    const title = l10n.t('Decoder');
    const answer = await questions.pick<'topic' | 'filter' | 'once'>({
      title,
      placeholder: l10n.t('Which topics always to read so'),
      choices: [
        { value: 'topic', label: l10n.t('This Topic'), description: formatName(topic) },
        { value: 'filter', label: l10n.t('A Topic Filter…') },
        { value: 'once', label: l10n.t('None: Just Look') },
      ],
    });
    if (answer.kind !== 'answered' || answer.value === 'once') return;
    const topicFilter = answer.value === 'topic' ? topic : await this.#askForFilter(title, topic);
    if (topicFilter === undefined) return;
    await this.#write((value) => withChoice(value, topicFilter, use));
  }

  /** The choice for the filter is no more. */
  async takeBack(topicFilter: string): Promise<void> {
    await this.#write((value) => withoutFilter(value, topicFilter));
    this.#options.questions.confirm(
      l10n.t('The decoder of {0} is found out again.', formatName(topicFilter)),
    );
  }

  dispose(): void {
    this.#store.dispose();
  }

  async #askForFilter(title: string, topic: string): Promise<string | undefined> {
    const answer = await this.#options.questions.text({
      title,
      prompt: l10n.t('Topic filter: + stands for one level, # for all that follow'),
      value: topic,
      problemWith: problemWithTopicFilter,
    });
    return answer.kind === 'answered' ? answer.value : undefined;
  }

  /** Where the topics are at home: in the workspace, if there is one. */
  async #write(change: (value: unknown) => unknown[]): Promise<void> {
    const configuration = workspace.getConfiguration(SECTION);
    const hasFolder = workspace.workspaceFolders !== undefined;
    const target = hasFolder ? ConfigurationTarget.Workspace : ConfigurationTarget.Global;
    const value: unknown = configuration.get(settingKeys.decoders);
    await configuration.update(settingKeys.decoders, change(value), target);
  }

  async #update(): Promise<void> {
    this.#setting = this.#read();
    await this.#send();
    this.#changed.fire();
  }

  async #send(): Promise<void> {
    await this.#options.engine.callIfRunning('setDecoders', { choices: this.#setting.choices });
  }

  #read(): DecoderSetting {
    const folder = workspace.workspaceFolders?.[0]?.uri;
    const setting = readDecoderSetting(
      workspace.getConfiguration(SECTION).get(settingKeys.decoders),
      folder?.scheme === 'file' ? folder.fsPath : undefined,
    );
    if (setting.unusable.length > 0) this.#options.inBackground(this.#tell(setting.unusable));
    return setting;
  }

  async #tell(unusable: readonly number[]): Promise<void> {
    const openSettings = l10n.t('Settings');
    const message = l10n.t(
      'Entries of the setting {0} are not used: {1}. Each needs a topicFilter and a decoder.',
      `${SECTION}.${settingKeys.decoders}`,
      unusable.join(', '),
    );
    const button = await this.#options.questions.say('warning', message, openSettings);
    if (button === openSettings) await showSettings();
  }
}
