/** Which numbers to plot: a topic from a tree row or from the person, and one of the numbers in its newest message. */
import { env, l10n } from 'vscode';
import type { SeriesSource } from '../../contracts/plots.ts';
import type { Services } from '../services.ts';
import { formatName } from '../words/formats.ts';
import { problemWithTopicFilter } from '../words/topicWords.ts';
import { seriesArgument } from './arguments.ts';
import { suggestTopics } from './publishSteps.ts';

/** Undefined when the person gave up. */
export async function seriesOf(
  services: Services,
  argument: unknown,
  title: string,
): Promise<SeriesSource | undefined> {
  const given = seriesArgument(argument);
  if (given?.path !== undefined) return { ...given, path: given.path };
  if (given !== undefined) return askForPath(services, given, title);
  const answer = await services.questions.suggest({
    title,
    placeholder: l10n.t('Topic with numbers, or a topic filter such as sensors/+/temperature'),
    value: '',
    takesAnyText: true,
    problemWith: problemWithTopicFilter,
    suggest: (text) => suggestTopics(services, text),
  });
  return answer.kind === 'answered' ? askForPath(services, { topic: answer.value }, title) : undefined;
}

/** Asks where there is more than one number. Where there is none yet, the payload itself may become one. */
async function askForPath(
  { engine, questions }: Services,
  source: Omit<SeriesSource, 'path'>,
  title: string,
): Promise<SeriesSource | undefined> {
  const paths = (await engine.callIfRunning('plotPaths', source)) ?? [];
  const [only] = paths;
  if (paths.length <= 1) return { ...source, path: only?.path ?? '' };
  const answer = await questions.pick<string>({
    title,
    placeholder: l10n.t('Which number of {0}?', formatName(source.topic)),
    choices: paths.map(({ path, value }) => ({
      value: path,
      label: formatName(path.replace(/^\./, '')),
      description: value.toLocaleString(env.language, { maximumSignificantDigits: 15 }),
    })),
  });
  return answer.kind === 'answered' ? { ...source, path: answer.value } : undefined;
}
