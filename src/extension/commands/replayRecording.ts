/**
 * Replay Recording…: a file, or a recording that is open, published again to the local broker, or to another one where one is
 * connected: as it was, faster, slower or step by step. From the explorer or a row the recording is not asked for.
 */
import path from 'node:path';
import { l10n, Uri } from 'vscode';
import { type ConnectionId, LOCAL_BROKER } from '../../contracts/connections.ts';
import type { ReplayParams, ReplaySpeed } from '../../contracts/recordings.ts';
import { askSteps, keeping } from '../questions/askSteps.ts';
import type { Answer, Choice, StepPosition } from '../questions/userQuestions.ts';
import { MAX_FACTOR, MIN_FACTOR, parseFactor } from '../recording/typedTimes.ts';
import type { Services } from '../services.ts';
import { explainStartReplay, fileName } from '../words/recordingWords.ts';
import { problemWithTopicName } from '../words/topicWords.ts';
import { askForTarget, hasOtherTargets } from './connectionSteps.ts';
import { ensureRunning } from './launch.ts';
import { localPathOf } from './localFiles.ts';
import { askForRecordingFile, recordingArgument } from './openRecording.ts';
import { mayPublish } from './publishSteps.ts';
import { askTopicFilter, EVERYTHING } from './recordingSteps.ts';

type Pace = Pick<ReplayParams, 'speed' | 'isPaused' | 'longestGapSeconds'>;
type Source = ReplayParams['source'];

const LONG_PAUSE_SECONDS = 5;

export async function replayRecording(services: Services, argument: unknown): Promise<void> {
  const title = l10n.t('Replay Recording');
  const { engine, memory, questions } = services;
  const source = await sourceOf(services, title, argument);
  if (source === undefined) return;
  const isAsked = hasOtherTargets(services);
  if (!isAsked && !(await ensureRunning(services, title))) return;
  let target: ConnectionId = LOCAL_BROKER;
  let pace: Pace = { speed: { kind: 'factor', factor: 1 }, isPaused: false };
  let topicPrefix = memory.replayPrefix;
  let topicFilter = EVERYTHING;
  let retain: ReplayParams['retain'] = 'kept';
  const targetStep = keeping(
    (position) =>
      askForTarget(services, { title, position, placeholder: l10n.t('Broker to replay to') }, target),
    (answer) => {
      target = answer;
    },
  );
  const answered = await askSteps([
    ...(isAsked ? [targetStep] : []),
    keeping(
      (position) => askPace(services, title, position),
      (answer) => {
        pace = answer;
      },
    ),
    keeping(
      (position) =>
        questions.text({
          ...{ title, position, value: topicPrefix },
          prompt: l10n.t('Topic prefix, so that lab/a becomes prefix/lab/a. Empty: the topics as they were.'),
          problemWith: (text) => (text === '' ? undefined : problemWithTopicName(text)),
        }),
      (answer) => {
        topicPrefix = answer;
      },
    ),
    keeping(
      (position) =>
        askTopicFilter(services, {
          ...{ title, position, value: topicFilter },
          placeholder: l10n.t('Topic filter of what to replay: # for everything'),
          ...(source.kind === 'connection' && { connection: source.connection }),
        }),
      (answer) => {
        topicFilter = answer;
      },
    ),
    keeping(
      (position) => askRetain(services, title, position),
      (answer) => {
        retain = answer;
      },
    ),
  ]);
  if (!answered) return;
  if (isAsked && target === LOCAL_BROKER && !(await ensureRunning(services, title))) return;
  if (!(await mayPublish(services, { connection: target, what: replayName(services, source) }))) return;
  await memory.rememberReplayPrefix(topicPrefix);
  const result = await engine.call('startReplay', {
    ...{ source, retain, target, ...pace },
    ...(topicPrefix !== '' && { topicPrefix }),
    ...(topicFilter !== EVERYTHING && { topicFilters: [topicFilter] }),
  });
  const problem = explainStartReplay(result);
  if (problem !== undefined) await questions.say('error', problem);
}

function replayName({ recordings }: Services, source: Source): string {
  if (source.kind === 'file') return fileName(source.file);
  const open = recordings.open.find(({ connection }) => connection === source.connection);
  return open === undefined ? '' : fileName(open.file);
}

async function sourceOf(services: Services, title: string, argument: unknown): Promise<Source | undefined> {
  if (argument instanceof Uri) return fileSource(services, argument);
  const row = recordingArgument(services, argument);
  if (row !== undefined) return { kind: 'connection', connection: row.connection };
  const { recordings, questions } = services;
  if (recordings.open.length > 0) {
    const another = -1;
    const answer = await questions.pick({
      title,
      placeholder: l10n.t('Recording to replay'),
      choices: [
        ...recordings.open.map(({ connection, file }) => ({
          value: connection,
          label: fileName(file),
          icon: 'record',
          description: path.dirname(file),
        })),
        { value: another, label: l10n.t('Choose a File…'), icon: 'folder-opened' },
      ],
    });
    if (answer.kind !== 'answered') return undefined;
    if (answer.value !== another) return { kind: 'connection', connection: answer.value };
  }
  const uri = await askForRecordingFile(services, l10n.t('Choose a recording to replay'));
  return uri && fileSource(services, uri);
}

async function fileSource(services: Services, uri: Uri): Promise<Source | undefined> {
  const file = await localPathOf(services, uri);
  return file === undefined ? undefined : { kind: 'file', file };
}

async function askPace(services: Services, title: string, position: StepPosition): Promise<Answer<Pace>> {
  const factor = (value: number): ReplaySpeed => ({ kind: 'factor', factor: value });
  const custom: Pace = { speed: factor(1), isPaused: false };
  const choices: Choice<Pace>[] = [
    {
      value: { speed: factor(1), isPaused: false },
      label: '×1',
      icon: 'play',
      description: l10n.t('with the original timing'),
    },
    {
      value: { speed: factor(1), isPaused: false, longestGapSeconds: LONG_PAUSE_SECONDS },
      label: l10n.t('×1 Without Long Pauses'),
      icon: 'play',
      description: l10n.t('of more than {0} seconds', LONG_PAUSE_SECONDS),
    },
    {
      value: { speed: factor(10), isPaused: false },
      label: '×10',
      icon: 'run-all',
      description: l10n.t('faster'),
    },
    {
      value: { speed: factor(0.1), isPaused: false },
      label: '×0.1',
      icon: 'watch',
      description: l10n.t('slower'),
    },
    { value: custom, label: l10n.t('Another Speed…'), icon: 'dashboard' },
    {
      value: { speed: { kind: 'fastest' }, isPaused: false },
      label: l10n.t('As Fast as Possible'),
      icon: 'rocket',
    },
    {
      value: { speed: factor(1), isPaused: true },
      label: l10n.t('Step by Step'),
      icon: 'debug-step-over',
      description: l10n.t('each message when you say so'),
    },
  ];
  for (;;) {
    const placeholder = l10n.t('How fast to replay');
    const answer = await services.questions.pick({ title, position, placeholder, choices });
    if (answer.kind !== 'answered' || answer.value !== custom) return answer;
    const typed = await services.questions.text({
      ...{ title, value: '2', position: { ...position, step: Math.max(2, position.step) } },
      prompt: l10n.t('How many times as fast, {0} to {1}', MIN_FACTOR, MAX_FACTOR),
      problemWith: (text) =>
        parseFactor(text) === undefined
          ? l10n.t('This is no number from {0} to {1}.', MIN_FACTOR, MAX_FACTOR)
          : undefined,
    });
    if (typed.kind === 'cancelled') return typed;
    if (typed.kind === 'answered')
      return { kind: 'answered', value: { ...custom, speed: factor(parseFactor(typed.value) ?? 1) } };
  }
}

function askRetain(
  { questions }: Services,
  title: string,
  position: StepPosition,
): Promise<Answer<ReplayParams['retain']>> {
  return questions.pick<ReplayParams['retain']>({
    ...{ title, position },
    placeholder: l10n.t('Keep the RETAIN flag?'),
    choices: [
      {
        value: 'kept',
        label: l10n.t('Retained as They Were'),
        description: l10n.t('the broker keeps them for later subscribers'),
      },
      {
        value: 'dropped',
        label: l10n.t('Not Retained'),
        description: l10n.t('the replay leaves nothing behind'),
      },
    ],
  });
}
