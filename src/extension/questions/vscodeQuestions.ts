/**
 * UserQuestions by VS Code's quick inputs, notifications and file dialog.
 *
 * Owns how a question looks and how Back, Escape and a click elsewhere become answers. Labels of quick picks and texts
 * of notifications are markup to VS Code: what a device may have named is escaped here, at the last moment.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Disposable,
  type InputBox,
  l10n,
  ProgressLocation,
  type QuickInputButton,
  QuickInputButtons,
  type QuickPick,
  type QuickPickItem,
  window,
} from 'vscode';
import { Emitter } from '../../base/event.ts';
import type { InBackground } from '../background.ts';
import { formatCount, formatName } from '../words/formats.ts';
import { escapeIcons, escapeLinks } from './escapeMarkup.ts';
import type {
  Answer,
  Choice,
  PickManyQuestion,
  PickQuestion,
  Severity,
  StepPosition,
  SuggestQuestion,
  TextQuestion,
  UserQuestions,
} from './userQuestions.ts';

const CONFIRMATION_MS = 4_000;
/** Of one who types: of keys that come in one burst, the last counts. An answer that is overtaken is called off. */
const TYPING_PAUSE_MS = 15;
/** What ends sooner shows no progress: a notification that flashes, beside the one that tells the end, says nothing. */
const QUICK_WORK_MS = 500;
/** Of a topic in a list: one may have 65,535, and the list fifty such. */
const MAX_LABEL_CHARACTERS = 300;

interface ValueItem<T> extends QuickPickItem {
  /** Absent: a line that says something, and can't be taken. */
  value?: T;
  /** The row that repeats what stands in the box. */
  isTyped?: true;
}

/** @param inBackground takes what is asked for while a person types: an engine that fails leaves the question as it is. */
export function createVscodeQuestions(inBackground: InBackground): UserQuestions {
  return {
    async pick<T>(question: PickQuestion<T>): Promise<Answer<T>> {
      const items = question.choices.map(itemOf);
      const input = window.createQuickPick<ValueItem<T>>();
      setHeader(input, question.title, question.position);
      input.placeholder = question.placeholder;
      input.matchOnDescription = true;
      input.matchOnDetail = true;
      input.items = items;
      const preferred = items.filter((item) => item.value === question.preferred);
      // An empty list would leave no item for Enter; without one the first is active.
      if (preferred.length > 0) input.activeItems = preferred;
      return answerOf(input, () => input.selectedItems[0] ?? input.activeItems[0]);
    },

    async pickMany<T>(question: PickManyQuestion<T>): Promise<Answer<readonly T[]>> {
      const input = window.createQuickPick<ValueItem<T>>();
      setHeader(input, question.title, question.position);
      input.placeholder = question.placeholder;
      input.canSelectMany = true;
      input.items = question.choices.map(itemOf);
      input.selectedItems = input.items;
      return answerOf<readonly T[]>(input, () => {
        const picked = input.items.filter((item) => input.selectedItems.includes(item));
        return picked.length === 0 ? undefined : { value: picked.map((item) => item.value as T) }; // made with one
      });
    },

    async text(question: TextQuestion): Promise<Answer<string>> {
      const input = window.createInputBox();
      setHeader(input, question.title, question.position);
      input.prompt = question.prompt;
      input.placeholder = question.placeholder;
      input.value = question.value;
      input.password = question.isPassword === true;
      const validate = (): void => {
        input.validationMessage = question.problemWith?.(input.value);
      };
      input.onDidChangeValue(validate);
      const { whileTyping } = question;
      const typing = whileTyping && followTyping(input, whileTyping, inBackground);
      const answer = await answerOf(input, () => {
        validate();
        return input.validationMessage ? undefined : { value: input.value };
      });
      typing?.dispose();
      return answer;
    },

    async suggest(question: SuggestQuestion): Promise<Answer<string>> {
      const input = window.createQuickPick<ValueItem<string>>();
      setHeader(input, question.title, question.position);
      input.placeholder = question.placeholder;
      input.value = question.value;
      let suggested: readonly string[] = [];
      const offer = async (): Promise<void> => {
        const text = input.value;
        // Until the answer is here, what fits of the last one stays: a list that empties at each key is hard to read.
        const sought = text.toLowerCase();
        const stillFit = suggested.filter((suggestion) => suggestion.toLowerCase().includes(sought));
        showSuggestions(input, question, stillFit);
        const suggestions = await question.suggest(text);
        // An answer to what was typed before is late: another one is on its way.
        if (input.value !== text) return;
        suggested = suggestions;
        showSuggestions(input, question, suggestions);
        if (input.items.length === 0 && question.nothingToOffer !== undefined) {
          input.items = [{ label: question.nothingToOffer, alwaysShow: true }];
        }
      };
      input.onDidChangeValue(() => inBackground(offer()));
      const answer = answerOf(input, () => {
        const picked = input.selectedItems[0] ?? input.activeItems[0];
        if (!question.takesAnyText || (picked !== undefined && !picked.isTyped)) return picked;
        // Enter can be quicker than the list: what stands in the box counts, not a row made of an older text.
        return question.problemWith(input.value) === undefined ? { value: input.value } : undefined;
      });
      inBackground(offer());
      return answer;
    },

    async file(title, button, options) {
      const [uri] =
        (await window.showOpenDialog({
          ...{ title, openLabel: button },
          ...(options && { filters: options.filters }),
          ...(options?.folder && { defaultUri: options.folder }),
        })) ?? [];
      return uri;
    },

    async folder(title, button) {
      const onlyFolders = { canSelectFiles: false, canSelectFolders: true };
      const [uri] = (await window.showOpenDialog({ title, openLabel: button, ...onlyFolders })) ?? [];
      return uri;
    },

    async saveAs(title, suggested, { button, filters } = {}) {
      return window.showSaveDialog({
        title,
        ...(suggested && { defaultUri: suggested }),
        ...(button && { saveLabel: button }),
        ...(filters && { filters }),
      });
    },

    async say(severity: Severity, message: string, ...buttons: string[]): Promise<string | undefined> {
      const text = escapeLinks(message);
      if (severity === 'error') return window.showErrorMessage(text, ...buttons);
      if (severity === 'warning') return window.showWarningMessage(text, ...buttons);
      return window.showInformationMessage(text, ...buttons);
    },

    async mayLose({ message, detail, button }): Promise<boolean> {
      return (await window.showWarningMessage(message, { modal: true, detail }, button)) === button;
    },

    async whileWorking(title, work) {
      const calledOff = new AbortController();
      const reports = new Emitter<{ done: number; total: number | undefined }>();
      let last = { done: 0, total: undefined as number | undefined };
      reports.event((report) => {
        last = report;
      });
      const working = work({
        report: (done, total) => reports.fire({ done, total }),
        signal: calledOff.signal,
      });
      const ended = working.then(
        () => true,
        () => true,
      );
      const isLong = sleep(QUICK_WORK_MS).then(() => false);
      if (await Promise.race([ended, isLong])) return working;
      const options = {
        location: ProgressLocation.Notification,
        title: escapeLinks(title),
        cancellable: true,
      };
      return window.withProgress(options, (progress, cancellation) => {
        cancellation.onCancellationRequested(() => calledOff.abort());
        let shownPercent = 0;
        const show = ({ done, total }: typeof last): void => {
          const increment = (100 * done) / (total ?? 1) - shownPercent;
          shownPercent += increment;
          const words = total && { message: l10n.t('{0} of {1}', formatCount(done), formatCount(total)) };
          progress.report({ increment, ...words });
        };
        show(last);
        reports.event(show);
        return working;
      });
    },

    confirm(message) {
      window.setStatusBarMessage(`$(check) ${escapeIcons(message)}`, CONFIRMATION_MS);
    },
  };
}

/** The text as typed comes first, with what is wrong with it; then what was seen. */
function showSuggestions(
  input: QuickPick<ValueItem<string>>,
  question: SuggestQuestion,
  suggestions: readonly string[],
): void {
  const text = input.value;
  const items: ValueItem<string>[] = [];
  const problem = question.problemWith(text);
  if (question.takesAnyText && text !== '') {
    items.push(
      problem === undefined
        ? {
            label: escapeIcons(formatName(text, MAX_LABEL_CHARACTERS)),
            value: text,
            isTyped: true,
            alwaysShow: true,
          }
        : {
            label: `$(error) ${escapeIcons(formatName(text, MAX_LABEL_CHARACTERS))}`,
            detail: problem,
            isTyped: true,
            alwaysShow: true,
          },
    );
  }
  for (const suggestion of suggestions) {
    if (suggestion === text && question.takesAnyText) continue;
    const label = escapeIcons(formatName(suggestion, MAX_LABEL_CHARACTERS));
    items.push({ label, value: suggestion, alwaysShow: true });
  }
  input.items = items;
}

function itemOf<T>(choice: Choice<T>): ValueItem<T> {
  return {
    label: `${choice.icon ? `$(${choice.icon}) ` : ''}${escapeIcons(choice.label)}`,
    ...(choice.description !== undefined && { description: escapeIcons(choice.description) }),
    ...(choice.detail !== undefined && { detail: escapeIcons(choice.detail) }),
    value: choice.value,
  };
}

function setHeader(
  input: QuickPick<QuickPickItem> | InputBox,
  title: string,
  position: StepPosition | undefined,
): void {
  input.title = title;
  // What was typed outlives a look at the board's documentation.
  input.ignoreFocusOut = true;
  if (position === undefined || position.totalSteps === 1) return;
  input.step = position.step;
  input.totalSteps = position.totalSteps;
  if (position.step > 1) input.buttons = [QuickInputButtons.Back];
}

/** Shows the input until it is answered. `taken` says what is accepted, and undefined what is not. */
function answerOf<T>(
  input: QuickPick<QuickPickItem> | InputBox,
  taken: () => { value?: T } | undefined,
): Promise<Answer<T>> {
  return new Promise((resolve) => {
    const listeners: Disposable[] = [];
    const finish = (answer: Answer<T>): void => {
      resolve(answer);
      for (const listener of listeners) listener.dispose();
      input.dispose();
    };
    listeners.push(
      input.onDidAccept(() => {
        const value = taken()?.value;
        if (value !== undefined) finish({ kind: 'answered', value });
      }),
      input.onDidTriggerButton((button: QuickInputButton) => {
        if (button === QuickInputButtons.Back) finish({ kind: 'back' });
      }),
      input.onDidHide(() => finish({ kind: 'cancelled' })),
    );
    input.show();
  });
}

/** Nothing is asked any more when it is disposed of, whatever was typed last. */
function followTyping(
  input: InputBox,
  whileTyping: (text: string) => Promise<string>,
  inBackground: InBackground,
): { dispose(): void } {
  let timer: NodeJS.Timeout | undefined;
  const follow = async (text: string): Promise<void> => {
    const effect = await whileTyping(text);
    if (input.value === text) input.prompt = effect;
  };
  const listener = input.onDidChangeValue((text) => {
    clearTimeout(timer);
    timer = setTimeout(() => inBackground(follow(text)), TYPING_PAUSE_MS);
  });
  return {
    dispose() {
      clearTimeout(timer);
      listener.dispose();
    },
  };
}
