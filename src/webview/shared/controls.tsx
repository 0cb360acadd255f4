/** Small controls that the pages use. Native elements with VS Code's colours; nothing here keeps state of a panel. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon, type IconName } from './icons.tsx';
import { t } from './l10n.ts';

export interface ActionProps {
  icon: IconName;
  /** Said by screen readers and shown as a tooltip; shown as text too where `isTextShown`. */
  label: string;
  isTextShown?: boolean;
  tooltip?: string;
  class?: string;
  isDisabled?: boolean;
  /** For one that is on or off. */
  isPressed?: boolean;
  onClick(): void;
}

export function Action(props: ActionProps) {
  const { icon, label, isTextShown, tooltip, class: className = '', onClick } = props;
  return (
    <button
      type="button"
      class={`action ${isTextShown ? 'action-with-text' : ''} ${className}`}
      aria-label={label}
      title={tooltip ?? label}
      disabled={props.isDisabled ?? false}
      {...(props.isPressed !== undefined && { 'aria-pressed': props.isPressed })}
      onClick={onClick}
    >
      <Icon name={icon} />
      {isTextShown && <span class="action-text">{label}</span>}
    </button>
  );
}

const confirmationMs = 1500;

/** An action whose icon turns into a check mark for a moment, and which says so. */
export function CopyAction({ label, onCopy }: { label: string; onCopy(): void }) {
  const [isDone, setIsDone] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = () => {
    onCopy();
    setIsDone(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setIsDone(false), confirmationMs);
  };
  return (
    <>
      <Action
        icon={isDone ? 'check' : 'copy'}
        label={label}
        class={isDone ? 'action-done' : ''}
        onClick={copy}
      />
      <span class="screen-reader-only" role="status">
        {isDone ? t('Copied') : ''}
      </span>
    </>
  );
}

export interface SegmentOption<Value> {
  value: Value;
  label: string;
  tooltip: string;
}

export interface SegmentsProps<Value> {
  /** Names the group, and joins its radio buttons. */
  name: string;
  labelledBy: string;
  options: readonly SegmentOption<Value>[];
  value: Value;
  onChange(value: Value): void;
}

/** One of a few, side by side: radio buttons, so that arrow keys and screen readers know them. */
export function Segments<Value extends string | number>(props: SegmentsProps<Value>) {
  return (
    <div class="segments" role="radiogroup" aria-labelledby={props.labelledBy}>
      {props.options.map(({ value, label, tooltip }) => (
        <label key={value} class="segment" title={tooltip}>
          <input
            type="radio"
            name={props.name}
            checked={value === props.value}
            onChange={() => props.onChange(value)}
          />
          <span>{label}</span>
        </label>
      ))}
    </div>
  );
}

export type NoticeKind = 'info' | 'warning' | 'error';

/** A line that says something about what is below it, with its buttons. */
export function Notice({ kind, children }: { kind: NoticeKind; children: ComponentChildren }) {
  return (
    <div class={`notice notice-${kind}`}>
      <Icon name={kind} />
      <div class="notice-words">{children}</div>
    </div>
  );
}
