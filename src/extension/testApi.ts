/** What the suite inside VS Code may reach: handed out by `activate` in test mode alone. */
import type { EngineThread } from './engineClient.ts';
import type { UserQuestions } from './questions/userQuestions.ts';
import type { Services } from './services.ts';

export interface TestApi {
  services: Services;
  /** Milliseconds that `activate` took. */
  activationMs: number;
  /** The running engine's thread, to end it as a crash would. */
  engineThread(): EngineThread | undefined;
  /** Who answers questions from here on. */
  answerWith(questions: Partial<UserQuestions>): void;
}
