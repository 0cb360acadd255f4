/** What is wrong with a setting, and what is used in its place, in words. */
import { l10n } from 'vscode';
import type { SettingProblem } from '../settings.ts';
import { formatName } from './formats.ts';

export function explainSettingProblem(problem: SettingProblem): string {
  const name = `mqttWorkbench.${problem.key}`;
  const value = formatName(JSON.stringify(problem.value) ?? 'undefined');
  switch (problem.kind) {
    case 'notAText':
      return l10n.t('The setting {0} is {1}, which is no path. It is not used.', name, value);
    case 'noFolder':
      return l10n.t(
        'The setting {0} is {1}, a path from the workspace folder, and no folder is open. It is not used.',
        name,
        value,
      );
    case 'notAHost':
      return l10n.t(
        'The setting {0} is {1}, which is not an IP address or host name. {2} is used.',
        name,
        value,
        problem.used,
      );
    case 'notOneOf':
      return l10n.t(
        'The setting {0} is {1}, which is none of {2}. {3} is used.',
        name,
        value,
        problem.choices.join(', '),
        problem.used,
      );
    case 'notABoolean':
      return l10n.t(
        'The setting {0} is {1}, which is neither true nor false. {2} is used.',
        name,
        value,
        problem.used,
      );
    case 'notInRange':
      return l10n.t(
        'The setting {0} is {1}, which is not a whole number from {2} to {3}. {4} is used.',
        name,
        value,
        problem.min,
        problem.max,
        problem.used,
      );
  }
}
