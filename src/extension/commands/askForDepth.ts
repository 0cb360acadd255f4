/** How deep a branch of the Topics view is to be seen. Not a command itself. */
import { l10n } from 'vscode';
import type { UserQuestions } from '../questions/userQuestions.ts';
import { depthArgument } from './arguments.ts';

const depths = [1, 2, 3, 4, 5, 6];

/** The one of the argument, or one that is asked for. */
export async function depthOf(
  questions: UserQuestions,
  argument: unknown,
  title: string,
): Promise<number | undefined> {
  const given = depthArgument(argument);
  if (given !== undefined) return given;
  const answer = await questions.pick({
    title,
    placeholder: l10n.t('How many levels are to be seen?'),
    choices: depths.map((depth) => ({
      value: depth,
      label: depth === 1 ? l10n.t('1 level') : l10n.t('{0} levels', depth),
    })),
  });
  return answer.kind === 'answered' ? answer.value : undefined;
}
