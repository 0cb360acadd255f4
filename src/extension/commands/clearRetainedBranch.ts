/** Clear Retained Messages…: those of a branch, of a topic filter, or of what the Retained Messages view shows. */
import { l10n } from 'vscode';
import type { ClearRetainedResult, RetainedCount, RetainedFilter } from '../../contracts/retained.ts';
import type { Choice } from '../questions/userQuestions.ts';
import type { Services } from '../services.ts';
import { branchFiltersOf } from '../views/retainedRows.ts';
import { formatCount, formatName } from '../words/formats.ts';
import { explainCleared, explainLoss, formatRetained, formatRetainedFilter } from '../words/retainedWords.ts';
import { problemWithTopicFilter } from '../words/topicWords.ts';
import { kindArgument, topicArgument, topicFilterArgument } from './arguments.ts';
import { ensureRunning } from './launch.ts';
import { refuseOther } from './refuseOther.ts';
import { undoClearRetained } from './undoClearRetained.ts';
import { withRetainedProgress } from './withRetainedProgress.ts';

/** @param argument a row of either view, or `{topicFilter}`. */
export async function clearRetainedBranch(services: Services, argument: unknown): Promise<void> {
  if (await refuseOther(services, argument)) return;
  const title = titleOf();
  if (!(await ensureRunning(services, title))) return;
  const filter = filterArgument(argument) ?? (await askForFilter(services, argument));
  if (filter === undefined) return;
  const { engine, questions } = services;
  const [count] = await engine.call('countRetained', { filters: [filter] });
  if (count === undefined || count.count === 0) {
    await questions.say(
      'information',
      l10n.t('The broker holds no retained message {0}.', formatRetainedFilter(filter)),
    );
    return;
  }
  if (count.count > 1 && !(await mayLose(services, filter, count))) return;
  const result = await withRetainedProgress(services, title, () => engine.call('clearRetained', filter));
  await tell(services, result, filter, count.count);
}

function titleOf(): string {
  return l10n.t('Clear Retained Messages');
}

/** A row of the Topics view stands for its branch; one of Retained Messages for a topic in several. */
function filterArgument(argument: unknown): RetainedFilter | undefined {
  const topicFilter = topicFilterArgument(argument);
  if (topicFilter !== undefined) return { topicFilter };
  const topic = topicArgument(argument);
  if (topic === undefined || kindArgument(argument) === 'retained') return undefined;
  return { topicFilter: `${topic}/#` };
}

/** Among branches with their counts. */
async function askForFilter(services: Services, argument: unknown): Promise<RetainedFilter | undefined> {
  const { engine, questions, retainedView } = services;
  const topic = topicArgument(argument);
  const branches = topic === undefined ? [] : branchFiltersOf(topic);
  const filters: RetainedFilter[] = branches.map((topicFilter) => ({ topicFilter }));
  if (retainedView.typedFilter !== '') filters.push(retainedView.filter);
  filters.push({});
  const counts = await engine.call('countRetained', { filters });
  const choices = filters.map((filter, i): Choice<RetainedFilter | 'other'> => {
    const count = counts[i]?.count ?? 0;
    return { value: filter, label: labelOf(filter), icon: 'trash', description: formatRetained(count) };
  });
  choices.push({ value: 'other', label: l10n.t('Topic Filter…'), icon: 'filter' });
  const answer = await questions.pick({
    title: titleOf(),
    placeholder: l10n.t('Which retained messages of the local broker to clear'),
    choices,
  });
  if (answer.kind !== 'answered') return undefined;
  return answer.value === 'other' ? askForTopicFilter(services) : answer.value;
}

function labelOf({ topicFilter, text }: RetainedFilter): string {
  if (topicFilter !== undefined) return formatName(topicFilter);
  if (text !== undefined) return l10n.t('Topics with “{0}”', formatName(text));
  return l10n.t('All Topics');
}

async function askForTopicFilter({ questions }: Services): Promise<RetainedFilter | undefined> {
  const answer = await questions.text({
    title: titleOf(),
    prompt: l10n.t('Topic filter of the retained messages to clear, as in sensors/# or +/status'),
    value: '',
    problemWith: problemWithRetainedFilter,
  });
  return answer.kind === 'answered' ? { topicFilter: answer.value } : undefined;
}

function problemWithRetainedFilter(text: string): string | undefined {
  if (text.startsWith('$share/')) return l10n.t('A shared subscription has no retained messages.');
  return problemWithTopicFilter(text);
}

function mayLose({ questions }: Services, filter: RetainedFilter, count: RetainedCount): Promise<boolean> {
  return questions.mayLose({
    message: l10n.t('Clear {0} {1}?', formatRetained(count.count), formatRetainedFilter(filter)),
    detail: explainLoss(count),
    button: l10n.t('Clear {0}', formatCount(count.count)),
  });
}

async function tell(
  services: Services,
  result: ClearRetainedResult,
  filter: RetainedFilter,
  count: number,
): Promise<void> {
  const { ok, message } = explainCleared(result, filter, count);
  const undo = l10n.t('Undo');
  const canUndo = result.kind === 'cleared' && result.undoable > 0;
  const severity = ok ? 'information' : 'error';
  const button = await services.questions.say(severity, message, ...(canUndo ? [undo] : []));
  if (button === undo) await undoClearRetained(services);
}
