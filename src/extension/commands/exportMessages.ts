/**
 * Export Messages…: of a topic or filter, of all or of some time, as JSON Lines or CSV.
 *
 * From a row of a tree its topics are offered; with `{query}`, as a view of messages has one, they are not asked for.
 */
import path from 'node:path';
import { l10n } from 'vscode';
import { type ConnectionId, LOCAL_BROKER } from '../../contracts/connections.ts';
import type { MessageQuery } from '../../contracts/messages.ts';
import type { ExportParams } from '../../contracts/recordings.ts';
import { askSteps, keeping, type Step } from '../questions/askSteps.ts';
import type { Answer, Choice, StepPosition } from '../questions/userQuestions.ts';
import type { Services } from '../services.ts';
import { showFile } from '../showFile.ts';
import { formatName } from '../words/formats.ts';
import { explainExport, fileName } from '../words/recordingWords.ts';
import { branchFilterArgument, connectionArgument } from './arguments.ts';
import { askTimeSpan, type TimeSpan } from './askTimeSpan.ts';
import { fileIn, localPathOf, usualFolder } from './localFiles.ts';
import { askTopicFilter, EVERYTHING } from './recordingSteps.ts';
import { withExportProgress } from './withExportProgress.ts';

type Format = ExportParams['format'];

export async function exportMessages(services: Services, argument: unknown): Promise<void> {
  const title = l10n.t('Export Messages');
  const given = queryArgument(argument);
  let connection = connectionArgument(argument) ?? LOCAL_BROKER;
  let topicFilter = branchFilterArgument(argument) ?? EVERYTHING;
  let span: TimeSpan = {};
  let format: Format = 'jsonLines';

  const steps: Step[] = [];
  const isRow = branchFilterArgument(argument) !== undefined || connection !== LOCAL_BROKER;
  const hasOthers = services.recordings.open.length + services.connections.brokers.length > 0;
  if (given === undefined && !isRow && hasOthers)
    steps.push(
      keeping(
        (position) => askConnection(services, title, position),
        (answer) => {
          connection = answer;
        },
      ),
    );
  if (given === undefined)
    steps.push(
      keeping(
        (position) =>
          askTopicFilter(services, {
            ...{ title, position, value: topicFilter, connection },
            placeholder: l10n.t('Topic filter of what to export: # for everything'),
          }),
        (answer) => {
          topicFilter = answer;
        },
      ),
    );
  steps.push(
    keeping(
      (position) => askTimeSpan(services, { title, position }),
      (answer) => {
        span = answer;
      },
    ),
    keeping(
      (position) => askFormat(services, title, position),
      (answer) => {
        format = answer;
      },
    ),
  );
  if (!(await askSteps(steps))) return;
  const file = await askForFile(services, format);
  if (file === undefined) return;
  const query = given ?? { source: { kind: 'broker', connection }, topicFilter };
  await run(services, { query, ...span, file, format });
}

async function run(services: Services, params: Omit<ExportParams, 'exportId'>): Promise<void> {
  const { engine, questions } = services;
  const result = await withExportProgress(services, params.file, (exportId) =>
    engine.call('exportMessages', { exportId, ...params }),
  );
  const outcome = explainExport(result, params.file);
  if (outcome === undefined) return;
  const { ok, message } = outcome;
  if (result.kind !== 'exported') {
    await questions.say(result.kind === 'nothingToExport' ? 'information' : 'error', message);
    return;
  }
  const show = l10n.t('Show File');
  const button = await questions.say(ok ? 'information' : 'warning', message, show);
  if (button === show) await showFile(params.file);
}

function askConnection(
  { recordings, connections, questions }: Services,
  title: string,
  position: StepPosition,
): Promise<Answer<ConnectionId>> {
  const local: Choice<ConnectionId> = {
    value: LOCAL_BROKER,
    label: l10n.t('Local Broker'),
    icon: 'broadcast',
  };
  const open = recordings.open.map(
    ({ connection, file }): Choice<ConnectionId> => ({
      value: connection,
      label: fileName(file),
      icon: 'record',
      description: path.dirname(file),
    }),
  );
  const brokers = connections.brokers.map(
    ({ connection, name }): Choice<ConnectionId> => ({
      value: connection,
      label: formatName(name),
      icon: 'server',
    }),
  );
  return questions.pick({
    ...{ title, position, choices: [local, ...brokers, ...open] },
    placeholder: l10n.t('Whose messages to export'),
  });
}

function askFormat({ questions }: Services, title: string, position: StepPosition): Promise<Answer<Format>> {
  const choices: Choice<Format>[] = [
    {
      value: 'jsonLines',
      label: l10n.t('JSON Lines'),
      description: l10n.t('all of each message; can be opened and replayed'),
    },
    { value: 'csv', label: l10n.t('CSV'), description: l10n.t('for spreadsheets and scripts') },
    {
      value: 'excelCsv',
      label: l10n.t('CSV for Excel'),
      description: l10n.t('with the byte order mark by which Excel sees UTF-8'),
    },
  ];
  return questions.pick({ ...{ title, position, choices }, placeholder: l10n.t('Format of the file') });
}

async function askForFile(services: Services, format: Format): Promise<string | undefined> {
  const ending = format === 'jsonLines' ? 'jsonl' : 'csv';
  const suggested = fileIn(usualFolder(services), `messages.${ending}`);
  const uri = await services.questions.saveAs(l10n.t('Export Messages'), suggested, {
    button: l10n.t('Export'),
    filters: { [format === 'jsonLines' ? l10n.t('JSON Lines') : l10n.t('CSV')]: [ending] },
  });
  return uri && localPathOf(services, uri);
}

/** `{query}`, as the contract has it: handed in by our own views alone. */
function queryArgument(argument: unknown): MessageQuery | undefined {
  if (typeof argument !== 'object' || argument === null || !('query' in argument)) return undefined;
  const { query } = argument;
  const isQuery = typeof query === 'object' && query !== null && 'source' in query;
  return isQuery ? (query as MessageQuery) : undefined;
}
