/** Collapse to Depth…: closes what is deeper in a branch of the Topics view, or in all of it. */
import { l10n } from 'vscode';
import type { Services } from '../services.ts';
import { branchArgument } from './arguments.ts';
import { depthOf } from './askForDepth.ts';

export async function collapseTopics({ questions, topicsView }: Services, argument: unknown): Promise<void> {
  const depth = await depthOf(questions, argument, l10n.t('Collapse Topics to Depth'));
  if (depth !== undefined) topicsView.collapseTo(branchArgument(argument), depth);
}
