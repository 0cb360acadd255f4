/**
 * What a click on a row does, or Enter.
 *
 * VS Code keeps the arguments of a row's command only until the row is drawn again: a click that is on its way then fails, and
 * nothing happens, now and again in a view that a flood redraws four times a second. So rows have a command without
 * arguments, of their view, which finds the row by the selection: VS Code tells that first.
 */
import { commands, type Disposable, type TreeItem, type TreeView } from 'vscode';
import type { ViewId } from '../../contracts/manifest.ts';

/** The item as VS Code gets it. */
export function withRowCommand(item: TreeItem, viewId: ViewId): TreeItem {
  if (item.command?.arguments !== undefined) item.command = { command: openRowOf(viewId), title: '' };
  return item;
}

/** @param itemOf the item of a row, with the command that the row is for. */
export function registerRowCommand<Row>(
  viewId: ViewId,
  view: TreeView<Row>,
  itemOf: (row: Row) => TreeItem,
): Disposable {
  return commands.registerCommand(openRowOf(viewId), async () => {
    const [row] = view.selection;
    const command = row && itemOf(row).command;
    if (command !== undefined) await commands.executeCommand(command.command, ...(command.arguments ?? []));
  });
}

/** For rows alone: it is in no menu. */
function openRowOf(viewId: ViewId): string {
  return `${viewId}.openRow`;
}
