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
import {
  type DecoderChange,
  type DecoderLists,
  type DecoderProblem,
  type DecoderScope,
  type DecoderSetting,
  isChosenFor,
  readDecoderSetting,
  withChoice,
  withoutFilter,
} from './decoderSetting.ts';

export interface DecoderChoicesOptions {
  engine: EngineClient;
  questions: UserQuestions;
  inBackground: InBackground;
}

const SECTION = 'mqttWorkbench';
const SETTING = `${SECTION}.${settingKeys.decoders}`;
const targets: Readonly<Record<DecoderScope, ConfigurationTarget>> = {
  workspace: ConfigurationTarget.Workspace,
  user: ConfigurationTarget.Global,
};

export class DecoderChoices implements Disposable {
  readonly #options: DecoderChoicesOptions;
  readonly #store = new DisposableStore();
  readonly #changed = new Emitter<void>();
  #setting: DecoderSetting;
  /** What is wrong with it is told once, not at each save of a schema. */
  #told: ReadonlySet<string> = new Set();

  /** The engine decodes otherwise from here on. */
  readonly onDidChange: Event<void> = this.#changed.event;

  constructor(options: DecoderChoicesOptions) {
    const { engine, inBackground } = options;
    this.#options = options;
    this.#setting = this.#read();
    this.#tellProblems();
    this.#store.add(
      engine.onStarted(() => {
        if (this.#setting.choices.length > 0) inBackground(this.#send());
      }),
    );
    this.#store.add(
      workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration(SETTING)) inBackground(this.#update());
      }),
    );
    // Both change where schema files are looked for, trust also whose list holds.
    this.#store.add(workspace.onDidGrantWorkspaceTrust(() => inBackground(this.#update())));
    this.#store.add(workspace.onDidChangeWorkspaceFolders(() => inBackground(this.#update())));
    this.#store.add(
      workspace.onDidSaveTextDocument(({ uri }) => {
        // A schema may be imported by another: any of them may be meant.
        const hasSchemas = this.#setting.choices.some(({ schemaFile }) => schemaFile !== undefined);
        if (hasSchemas && /\.(proto|avsc|json)$/.test(uri.path)) inBackground(this.#update());
      }),
    );
  }

  /**
   * Asks for which topics, and writes the setting. Escape leaves it as it is.
   *
   * @param chosenFor the filter of the choice that holds for the topic so far.
   */
  async choose(topic: string, use: DecoderUse, chosenFor?: string): Promise<void> {
    const { questions } = this.#options;
    const title = l10n.t('Decoder');
    const answer = await questions.pick<'topic' | 'filter' | 'once'>({
      title,
      placeholder: l10n.t('Always decode which topics this way?'),
      choices: [
        { value: 'topic', label: l10n.t('This Topic'), description: formatName(topic) },
        { value: 'filter', label: l10n.t('A Topic Filter…') },
        { value: 'once', label: l10n.t('Only Now') },
      ],
    });
    if (answer.kind !== 'answered' || answer.value === 'once') return;
    const topicFilter = answer.value === 'topic' ? topic : await this.#askForFilter(title, topic);
    if (topicFilter === undefined) return;
    // A choice of one topic belongs to the project, where there is one whose word holds.
    const hasHome = workspace.isTrusted && workspace.workspaceFolders !== undefined;
    const home = hasHome ? 'workspace' : 'user';
    const change = () => withChoice(listsNow(), workspace.isTrusted, home, { topicFilter, use, chosenFor });
    await this.#write(topicFilter, change, l10n.t('Replace'));
  }

  /** The choice for the filter is no more. */
  async takeBack(topicFilter: string): Promise<void> {
    const change = () => withoutFilter(listsNow(), workspace.isTrusted, topicFilter);
    if (!(await this.#write(topicFilter, change, l10n.t('Forget')))) return;
    const words = isChosenFor(this.#read(), topicFilter)
      ? l10n.t('{0} is decoded by another choice now.', formatName(topicFilter))
      : l10n.t('{0} is decoded automatically again.', formatName(topicFilter));
    this.#options.questions.confirm(words);
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

  /** Whether it was written: a schema file is not dropped unasked. Read anew after the question. */
  async #write(
    topicFilter: string,
    change: () => DecoderChange | undefined,
    button: string,
  ): Promise<boolean> {
    const lost = change()?.lostSchemaFile;
    if (lost !== undefined && !(await this.#mayLose(topicFilter, lost, button))) return false;
    const { scope, entries } = change() ?? {};
    if (scope === undefined) return false;
    const value = entries?.length === 0 ? undefined : entries;
    await workspace.getConfiguration(SECTION).update(settingKeys.decoders, value, targets[scope]);
    return true;
  }

  async #mayLose(topicFilter: string, schemaFile: string, button: string): Promise<boolean> {
    const message = l10n.t(
      'The choice for {0} names the schema file {1}, and would be lost from the settings with all it says.',
      formatName(topicFilter),
      formatName(schemaFile),
    );
    return (await this.#options.questions.say('warning', message, button)) === button;
  }

  async #update(): Promise<void> {
    this.#setting = this.#read();
    this.#tellProblems();
    await this.#send();
    this.#changed.fire();
  }

  async #send(): Promise<void> {
    await this.#options.engine.callIfRunning('setDecoders', { choices: this.#setting.choices });
  }

  #read(): DecoderSetting {
    const folder = workspace.workspaceFolders?.[0]?.uri;
    return readDecoderSetting(
      listsNow(),
      workspace.isTrusted,
      folder?.scheme === 'file' ? folder.fsPath : undefined,
    );
  }

  #tellProblems(): void {
    const messages = this.#setting.problems.map(explain);
    for (const message of messages)
      if (!this.#told.has(message)) this.#options.inBackground(this.#tell(message));
    this.#told = new Set(messages);
  }

  async #tell(message: string): Promise<void> {
    const openSettings = l10n.t('Settings');
    const button = await this.#options.questions.say('warning', message, openSettings);
    if (button === openSettings) await showSettings();
  }
}

function listsNow(): DecoderLists {
  const values = workspace.getConfiguration(SECTION).inspect<unknown>(settingKeys.decoders);
  return { workspace: values?.workspaceValue, user: values?.globalValue };
}

function explain(problem: DecoderProblem): string {
  if (problem.kind === 'noFolder')
    return l10n.t(
      'The schema file {0} in the setting {1} is a path from the workspace folder, and no folder is open. The entry for {2} is not used.',
      formatName(problem.schemaFile),
      SETTING,
      formatName(problem.topicFilter),
    );
  const positions = problem.positions.join(', ');
  return problem.scope === 'workspace'
    ? l10n.t(
        'Entries of the setting {0} in the workspace are not used: {1}. Each needs a topicFilter and a decoder.',
        SETTING,
        positions,
      )
    : l10n.t(
        'Entries of the setting {0} are not used: {1}. Each needs a topicFilter and a decoder.',
        SETTING,
        positions,
      );
}
