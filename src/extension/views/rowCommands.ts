/**
 * What a click on a row does, or Enter.
 *
 * VS Code keeps the arguments of a row's command only until the row is drawn again: a click that is on its way then fails, and
 * nothing happens, now and again in a view that a flood redraws four times a second. So rows have a command without
 * arguments, of their view, which finds the row by the selection: VS Code tells that first. Of a row below one that is
 * drawn again it does not know either, until it has asked for those rows once more: then the row is waited for.
 */
import { commands, type Disposable, type TreeItem, type TreeView } from 'vscode';
import type { Clock } from '../../base/clock.ts';
import type { ViewId } from '../../contracts/manifest.ts';

const LOOK_INTERVAL_MS = 20;
/** Longer than any window takes to draw a tree. */
const MAX_LOOKS = 100;

/** The item as VS Code gets it. */
export function withRowCommand(item: TreeItem, viewId: ViewId): TreeItem {
  if (item.command?.arguments !== undefined) item.command = { command: openRowOf(viewId), title: '' };
  return item;
}

export interface RowCommandOptions<Row> {
  view: TreeView<Row>;
  clock: Clock;
  /** The item of a row, with the command that the row is for. */
  itemOf: (row: Row) => TreeItem;
}

export function registerRowCommand<Row>(
  viewId: ViewId,
  { view, clock, itemOf }: RowCommandOptions<Row>,
): Disposable {
  let newest = 0;
  return commands.registerCommand(openRowOf(viewId), async () => {
    const own = ++newest;
    for (let looks = 1; view.selection.length === 0 && looks < MAX_LOOKS; looks++)
      await new Promise<void>((resolve) => void clock.setTimeout(resolve, LOOK_INTERVAL_MS));
    // Another click came while this one waited: the row is the other's.
    if (own !== newest) return;
    const [row] = view.selection;
    const command = row && itemOf(row).command;
    if (command !== undefined) await commands.executeCommand(command.command, ...(command.arguments ?? []));
  });
}

/** For rows alone: it is in no menu. */
function openRowOf(viewId: ViewId): string {
  return `${viewId}.openRow`;
}
