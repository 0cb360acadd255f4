/** A plot into a file: its points as CSV, which the engine writes part by part, or its picture as PNG. */
import path from 'node:path';
import { l10n, Uri, workspace } from 'vscode';
import type { CsvColumn, TimeRange } from '../../contracts/plots.ts';
import { saveFolder } from '../commands/localFiles.ts';
import { EngineDiedError } from '../engineClient.ts';
import { explainWriteFailure } from '../words/messageWords.ts';
import type { PlotPanelsOptions } from './plotPanels.ts';

type Options = Pick<PlotPanelsOptions, 'engine' | 'questions'>;

const allTimes: TimeRange = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY };

export async function savePng({ questions }: Options, png: Uint8Array): Promise<void> {
  const uri = await questions.saveAs(l10n.t('Save Plot as PNG'), suggested('png'));
  if (uri !== undefined) await write({ questions }, uri, png);
}

export async function saveCsv(
  { engine, questions }: Options,
  table: { columns: readonly CsvColumn[]; range: TimeRange | undefined },
): Promise<void> {
  const { columns, range = allTimes } = table;
  const opened =
    columns.length === 0 ? undefined : await engine.callIfRunning('openCsv', { columns, ...range });
  if (opened === undefined) {
    await questions.say('warning', l10n.t('The points are gone with the MQTT engine that held them.'));
    return;
  }
  const { csvId } = opened;
  try {
    const uri = await questions.saveAs(l10n.t('Save Points as CSV'), suggested('csv'));
    const bytes = uri && (await fetchCsv({ engine, questions }, csvId));
    if (uri !== undefined && bytes !== undefined) await write({ questions }, uri, bytes);
  } finally {
    await engine.callIfRunning('closeCsv', { csvId });
  }
}

/** Undefined when the person has had enough of it. */
async function fetchCsv({ engine, questions }: Options, csvId: number): Promise<Uint8Array | undefined> {
  return questions.whileWorking(l10n.t('Writing the points…'), async ({ report, signal }) => {
    const parts: Uint8Array[] = [];
    for (let done = 0; done < 1; ) {
      if (signal.aborted) return undefined;
      const part = await engine.callIfRunning('csvPart', { csvId });
      if (part === undefined) throw new EngineDiedError(undefined);
      parts.push(part.bytes);
      done = part.progress;
      report(done);
    }
    return joined(parts);
  });
}

async function write({ questions }: Pick<Options, 'questions'>, uri: Uri, bytes: Uint8Array): Promise<void> {
  const name = path.posix.basename(uri.path);
  try {
    await workspace.fs.writeFile(uri, bytes);
  } catch (cause) {
    await questions.say('error', explainWriteFailure(name, cause));
    return;
  }
  questions.confirm(l10n.t('Saved {0}.', name));
}

/** By the time, not by what a device named. */
function suggested(extension: string): Uri {
  const now = new Date().toISOString().slice(0, 19).replaceAll(':', '').replace('T', '-');
  return Uri.joinPath(saveFolder(), `plot-${now}.${extension}`);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
