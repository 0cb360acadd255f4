/** Expand to Depth…: opens a branch of the Topics view, or all of it, so that some levels are in sight. */
import { l10n } from 'vscode';
import type { Services } from '../services.ts';
import { MAX_EXPANDED_ROWS } from '../views/expandTopics.ts';
import { formatCount } from '../words/formats.ts';
import { branchArgument } from './arguments.ts';
import { depthOf } from './askForDepth.ts';

export async function expandTopics({ questions, topicsView }: Services, argument: unknown): Promise<void> {
  const depth = await depthOf(questions, argument, l10n.t('Expand Topics to Depth'));
  if (depth === undefined) return;
  const leftClosed = await topicsView.expandTo(branchArgument(argument), depth);
  if (leftClosed === 0) return;
  const limit = formatCount(MAX_EXPANDED_ROWS);
  await questions.say(
    'information',
    leftClosed === 1
      ? l10n.t('1 branch was left closed: at most {0} rows are opened at once.', limit)
      : l10n.t(
          '{0} branches were left closed: at most {1} rows are opened at once.',
          formatCount(leftClosed),
          limit,
        ),
  );
}
