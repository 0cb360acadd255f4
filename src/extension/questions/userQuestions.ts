/**
 * What a command may ask a person, and how the person answers: types only.
 *
 * Commands ask through this interface, so that a test inside VS Code can answer. vscodeQuestions.ts asks in quick
 * inputs and notifications.
 */
import type { Uri } from 'vscode';

/** `back`: to the question before. `cancelled`: Escape, or a click elsewhere. */
export type Answer<T> = { kind: 'answered'; value: T } | { kind: 'back' } | { kind: 'cancelled' };

/** Where a question stands among those of its command. From the second on it has a Back button. */
export interface StepPosition {
  /** From 1. */
  step: number;
  totalSteps: number;
}

interface Question {
  title: string;
  position?: StepPosition;
}

export interface Choice<T> {
  value: T;
  label: string;
  /** Name of a codicon. */
  icon?: string;
  description?: string;
  detail?: string;
}

export interface PickQuestion<T> extends Question {
  /** What is asked, shown in the empty input. */
  placeholder: string;
  choices: readonly Choice<T>[];
  /** The one that Enter takes. */
  preferred?: T;
}

export interface PickManyQuestion<T> extends Question {
  placeholder: string;
  /** Each is picked until the person says otherwise. */
  choices: readonly Choice<T>[];
}

export interface TextQuestion extends Question {
  /** What is asked, shown under the input. */
  prompt: string;
  value: string;
  placeholder?: string;
  /** Why a text can't be taken. Asked at each keystroke. */
  problemWith?: (text: string) => string | undefined;
  /** Nobody is to read it over a shoulder. */
  isPassword?: true;
  /** What a text does, shown in place of the prompt: for one that takes effect while it is typed. Asked at each pause. */
  whileTyping?: (text: string) => Promise<string>;
}

/** A text that is completed from what is known. The text as typed is the first choice. */
export interface SuggestQuestion extends Question {
  placeholder: string;
  /** Typed already, and selected. */
  value: string;
  problemWith: (text: string) => string | undefined;
  /** What to offer for the text so far. */
  suggest: (text: string) => Promise<readonly string[]>;
  /** False: one of what is offered must be taken. */
  takesAnyText: boolean;
  /** Shown when nothing can be offered and no text be taken. */
  nothingToOffer?: string;
}

/** Endings by what the dialog calls them: `{'Recordings': ['jsonl']}`. */
export type FileFilters = Record<string, string[]>;

export interface FileOptions {
  filters: FileFilters;
  /** Where the dialog begins. */
  folder?: Uri;
}

export interface SaveOptions {
  button?: string;
  filters?: FileFilters;
}

export type Severity = 'information' | 'warning' | 'error';

/** What would be lost, for a person to agree to. */
export interface LossQuestion {
  message: string;
  detail: string;
  /** Does it. */
  button: string;
}

/** Of work that a person waits for, and may end. */
export interface Progress {
  /** So many of so many things; without a total, a share of 0 to 1. */
  report(done: number, total?: number): void;
  /** Aborted when the person calls the work off. */
  signal: AbortSignal;
}

export interface UserQuestions {
  pick<T>(question: PickQuestion<T>): Promise<Answer<T>>;
  /** One at least, in the order of the choices. */
  pickMany<T>(question: PickManyQuestion<T>): Promise<Answer<readonly T[]>>;
  text(question: TextQuestion): Promise<Answer<string>>;
  suggest(question: SuggestQuestion): Promise<Answer<string>>;
  /** One file. Undefined when none was chosen. */
  file(title: string, button: string, options?: FileOptions): Promise<Uri | undefined>;
  /** One folder. Undefined when none was chosen. */
  folder(title: string, button: string): Promise<Uri | undefined>;
  /** Where to write a file; undefined when the person chose no place. The dialog asks before one that is there is replaced. */
  saveAs(title: string, suggested: Uri | undefined, options?: SaveOptions): Promise<Uri | undefined>;
  /** A notification. Resolves with the button that was pressed, or undefined once it is gone. */
  say(severity: Severity, message: string, ...buttons: string[]): Promise<string | undefined>;
  /** Modal: for the loss of many things, and for nothing else. */
  mayLose(question: LossQuestion): Promise<boolean>;
  /** A notification with a bar and a button to cancel, where the work lasts longer than a moment. */
  whileWorking<T>(title: string, work: (progress: Progress) => Promise<T>): Promise<T>;
  /** A line in the status bar that goes by itself: for what worked. */
  confirm(message: string): void;
}
