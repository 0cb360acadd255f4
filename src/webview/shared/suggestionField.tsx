/**
 * A field for a topic, or another text of many that are known, that completes what is typed.
 *
 * The combobox of the ARIA practices: the input keeps the focus, arrow keys walk the list, Enter takes, Escape closes.
 * Knows how to ask for suggestions, not where they come from.
 */
import { useEffect, useRef, useState } from 'preact/hooks';

export interface SuggestionFieldProps {
  id: string;
  /** Where no label of the page names the field. */
  label?: string;
  value: string;
  isInvalid: boolean;
  placeholder: string;
  title?: string;
  /** Id of an element that says more. */
  describedBy?: string;
  /** Names the list. */
  listLabel: string;
  /** The answer to the last `onFind`, with the text it is for. */
  suggestions: { text: string; values: readonly string[] };
  onInput(value: string): void;
  onFind(text: string): void;
}

const maxShown = 50;

export function SuggestionField(props: SuggestionFieldProps) {
  const { id, value, suggestions } = props;
  const [isOpen, setIsOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const list = useRef<HTMLDivElement>(null);
  // An answer for another text is late; the very value that is typed needs no completion.
  const values =
    suggestions.text === value ? suggestions.values.filter((each) => each !== value).slice(0, maxShown) : [];
  const isShown = isOpen && values.length > 0;
  const listId = `${id}-suggestions`;
  const optionId = (index: number) => `${listId}-${index}`;

  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: 'nearest' });
  }, [active]);

  useEffect(() => {
    if (isShown) list.current?.scrollIntoView({ block: 'nearest' });
  }, [isShown]);

  const open = () => {
    setIsOpen(true);
    setActive(-1);
    props.onFind(value);
  };
  const close = () => {
    setIsOpen(false);
    setActive(-1);
  };
  const take = (taken: string) => {
    props.onInput(taken);
    close();
  };
  const pressed = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey) return;
    const activeValue = isShown ? values[active] : undefined;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (!isShown) open();
      else if (!event.altKey)
        setActive(nextActive(active, event.key === 'ArrowDown' ? 1 : -1, values.length));
      else if (event.key === 'ArrowUp') close();
    } else if (event.key === 'Enter') {
      // Never submits: a topic on its way is easily published to by mistake.
      if (activeValue !== undefined) take(activeValue);
      else close();
    } else if (event.key === 'Escape' && isShown) close();
    else return;
    event.preventDefault();
  };

  return (
    <div class="combobox">
      <input
        id={id}
        class={`text-input text-input-code ${props.isInvalid ? 'text-input-invalid' : ''}`}
        type="text"
        role="combobox"
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        placeholder={props.placeholder}
        value={value}
        aria-expanded={isShown}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-invalid={props.isInvalid}
        {...(props.label !== undefined && { 'aria-label': props.label })}
        {...(props.title !== undefined && { title: props.title })}
        {...(props.describedBy !== undefined && { 'aria-describedby': props.describedBy })}
        {...(isShown && active >= 0 && { 'aria-activedescendant': optionId(active) })}
        onInput={(event) => {
          const text = event.currentTarget.value;
          props.onInput(text);
          props.onFind(text);
          setIsOpen(true);
          setActive(-1);
        }}
        onClick={() => value === '' && open()}
        onKeyDown={pressed}
        onBlur={close}
      />
      <div
        ref={list}
        id={listId}
        class="suggestions"
        role="listbox"
        aria-label={props.listLabel}
        hidden={!isShown}
      >
        {values.map((each, index) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the input keeps the focus, see the file's header.
          // biome-ignore lint/a11y/useKeyWithClickEvents: keys are the input's.
          <div
            key={each}
            id={optionId(index)}
            class={`suggestion ${index === active ? 'suggestion-active' : ''}`}
            role="option"
            aria-selected={index === active}
            // Before the click, the input would lose the focus and close the list.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => take(each)}
          >
            <Matched suggestion={each} text={value} />
          </div>
        ))}
      </div>
    </div>
  );
}

/** The suggestion, with what was typed of it set apart. */
function Matched({ suggestion, text }: { suggestion: string; text: string }) {
  const at = text === '' ? -1 : suggestion.toLowerCase().indexOf(text.toLowerCase());
  if (at === -1) return <bdi>{suggestion}</bdi>;
  return (
    <bdi>
      {suggestion.slice(0, at)}
      <b>{suggestion.slice(at, at + text.length)}</b>
      {suggestion.slice(at + text.length)}
    </bdi>
  );
}

/** From -1, no row, through all rows and around. */
function nextActive(active: number, by: number, rowCount: number): number {
  if (active === -1) return by > 0 ? 0 : rowCount - 1;
  return (active + by + rowCount) % rowCount;
}
