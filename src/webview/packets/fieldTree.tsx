/**
 * The fields of the opened packet, each with its value and what that means, as a tree that is always open.
 *
 * It keeps the focus itself and names the field that is marked. Arrow keys go from field to field; Left goes to the field
 * that one is a part of, Right to its first part.
 */
import { shorten } from '../shared/format.ts';
import { t } from '../shared/l10n.ts';
import { VirtualList } from '../shared/virtualList.tsx';
import { type FieldRow, rowOfByte } from './fieldRows.ts';
import type { PageProps } from './pageProps.ts';
import type { OpenedPacket } from './state.ts';

/** The height of .field-row in packets.css. */
const rowPixels = 22;
const maxIndentLevels = 8;

export function FieldTree({ opened, dispatch }: Pick<PageProps, 'dispatch'> & { opened: OpenedPacket }) {
  const { rows, mark, detail } = opened;
  const { offset, mask } = detail.fault ?? {};
  const faulty = offset === undefined ? -1 : rowOfByte(rows, offset, mask);
  const pressed = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const row = rowOfKey(event.key, mark.row, rows);
    if (row === undefined) return;
    dispatch({ kind: 'fieldMarked', row });
    event.preventDefault();
  };
  return (
    <VirtualList
      rowCount={rows.length}
      rowPixels={rowPixels}
      rowToShow={mark.row < 0 ? undefined : mark.row}
      attributes={{
        id: 'packet-fields',
        class: 'field-tree',
        role: 'tree',
        tabIndex: 0,
        'aria-label': t('Fields'),
        ...(mark.row >= 0 && { 'aria-activedescendant': `field-${mark.row}` }),
        onKeyDown: pressed,
      }}
      renderRow={(row) => {
        const each = rows[row];
        if (each === undefined) return null;
        const { field, level } = each;
        const isFaulty = row === faulty;
        const isSelected = row === mark.row;
        const marks = `${isSelected ? 'list-row-selected' : ''} ${isFaulty ? 'field-faulty' : ''}`;
        return (
          // biome-ignore lint/a11y/useFocusableInteractive: the tree has the focus, see the file's header.
          // biome-ignore lint/a11y/useKeyWithClickEvents: keys are the tree's.
          <div
            key={row}
            id={`field-${row}`}
            class={`list-row field-row ${field.bit === undefined ? '' : 'field-bit'} ${marks}`}
            style={{ '--indent': Math.min(level - 1, maxIndentLevels) }}
            role="treeitem"
            aria-level={level}
            aria-posinset={each.position}
            aria-setsize={each.siblings}
            aria-selected={isSelected}
            {...(field.children !== undefined && { 'aria-expanded': true })}
            aria-label={[field.name, field.value, field.meaning].filter(Boolean).join(', ')}
            title={[field.name, field.value, field.meaning].filter(Boolean).join('\n')}
            onClick={() => dispatch({ kind: 'fieldMarked', row })}
          >
            <span class="field-name">{field.name}</span>
            <span class="field-value">
              <bdi dir="ltr">{shorten(field.value, 300)}</bdi>
            </span>
            <span class="field-meaning">{field.meaning}</span>
          </div>
        );
      }}
    />
  );
}

function rowOfKey(key: string, row: number, rows: readonly FieldRow[]): number | undefined {
  switch (key) {
    case 'ArrowUp':
      return Math.max(0, row - 1);
    case 'ArrowDown':
      return Math.min(rows.length - 1, row + 1);
    case 'ArrowLeft':
      return Math.max(0, rows[row]?.parent ?? 0);
    case 'ArrowRight':
      return rows[row]?.field.children?.length ? row + 1 : row;
    case 'Home':
      return 0;
    case 'End':
      return rows.length - 1;
    default:
      return undefined;
  }
}
