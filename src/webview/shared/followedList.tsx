/**
 * A list that follows what comes, newest last: a listbox over rows that stay in the engine.
 *
 * It keeps the focus itself and names the selected row (aria-activedescendant), as VS Code's own lists do: rows come and
 * go under a flood, and a focus that sat on one would be lost with it. Rows are known by their places. What a row shows
 * is its user's business.
 */
import type { ComponentChildren, RefObject } from 'preact';
import { Icon } from './icons.tsx';
import {
  firstPlace,
  type ListAction,
  type ListedRow,
  type ListedView,
  type ListState,
  rowCountOf,
  waitingCountOf,
} from './listState.ts';
import { VirtualList } from './virtualList.tsx';

const pageRows = 10;

export interface FollowedListProps<Row extends ListedRow> {
  list: ListState<Row, ListedView>;
  /** Names the area, and the list in it. */
  areaLabel: string;
  label: string;
  /** Of the list. */
  class: string;
  /** Before the place, in the id of a row. */
  idPrefix: string;
  rowPixels: number;
  /** The area, for who must know its size. */
  area?: RefObject<HTMLElement>;
  /** The name of a row; undefined until it has come. */
  rowLabel(row: Row | undefined): string;
  renderRow(row: Row): ComponentChildren;
  /** Of a row, beside the class `list-row`. */
  rowClass(row: Row | undefined): string;
  waitingWords(count: number): string;
  /** Enter, or a double click. */
  onOpen?(row: Row): void;
  /** A key with Ctrl or Cmd; true where something was done. */
  onShortcut?(key: string): boolean;
  dispatch(action: ListAction): void;
}

export function FollowedList<Row extends ListedRow>(props: FollowedListProps<Row>) {
  const { list, dispatch } = props;
  const first = firstPlace(list);
  const rowCount = rowCountOf(list);
  const current = list.selected?.place;
  const isFollowing = list.flow === 'following';
  const waitingCount = waitingCountOf(list);
  const rowId = (place: number) => `${props.idPrefix}-${place}`;

  const pressed = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey) {
      if (props.onShortcut?.(event.key) !== true) return;
    } else if (event.altKey) return;
    else if (event.key === ' ') dispatch({ kind: isFollowing ? 'paused' : 'followed' });
    else if (event.key === 'Enter' && props.onOpen !== undefined) {
      const row = list.selected?.row;
      if (row !== undefined) props.onOpen(row);
    } else if (event.key in movesOfKeys)
      dispatch({ kind: 'selectionMoved', by: movesOfKeys[event.key] ?? 0 });
    else return;
    event.preventDefault();
  };

  return (
    <section {...(props.area && { ref: props.area })} class="list-area" aria-label={props.areaLabel}>
      <VirtualList
        firstRow={first}
        rowCount={rowCount}
        rowPixels={props.rowPixels}
        isFollowing={isFollowing}
        rowToShow={list.shownPlace}
        onScrolled={(to) => dispatch({ kind: to === 'end' ? 'scrolledToEnd' : 'scrolledBack' })}
        onRowsInPage={(from, end) => dispatch({ kind: 'rowsInPage', first: from, end })}
        attributes={{
          class: `followed-list ${props.class} ${waitingCount > 0 ? 'followed-list-waiting' : ''}`,
          role: 'listbox',
          tabIndex: 0,
          'aria-label': props.label,
          ...(current !== undefined && { 'aria-activedescendant': rowId(current) }),
          onKeyDown: pressed,
        }}
        renderRow={(place) => {
          const row = list.rows.get(place);
          const isSelected = place === current;
          return (
            // biome-ignore lint/a11y/useFocusableInteractive: the listbox has the focus, see the file's header.
            // biome-ignore lint/a11y/useKeyWithClickEvents: keys are the listbox's.
            <div
              key={place}
              id={rowId(place)}
              class={`list-row ${props.rowClass(row)} ${isSelected ? 'list-row-selected' : ''}`}
              role="option"
              aria-selected={isSelected}
              aria-posinset={place - first + 1}
              aria-setsize={rowCount}
              aria-label={props.rowLabel(row)}
              onClick={() => dispatch({ kind: 'selected', place })}
              onDblClick={() => row !== undefined && props.onOpen?.(row)}
            >
              {row === undefined ? <span class="row-loading" /> : props.renderRow(row)}
            </div>
          );
        }}
      />
      {waitingCount > 0 && (
        <button type="button" class="button waiting" onClick={() => dispatch({ kind: 'followed' })}>
          <Icon name="toEnd" />
          {props.waitingWords(waitingCount)}
        </button>
      )}
    </section>
  );
}

const movesOfKeys: Record<string, number> = {
  ArrowUp: -1,
  ArrowDown: 1,
  PageUp: -pageRows,
  PageDown: pageRows,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};
