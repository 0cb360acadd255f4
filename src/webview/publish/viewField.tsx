/** A line under a field: what is wrong with it, or what is odd about it. */
import type { ComponentChildren } from 'preact';
import { Icon } from '../shared/icons.tsx';

export function Problem({ children }: { children: ComponentChildren }) {
  return (
    <span class="problem">
      <Icon name="error" />
      <span>{children}</span>
    </span>
  );
}

export function Hint({ children }: { children: ComponentChildren }) {
  return (
    <span class="hint">
      <Icon name="info" />
      <span>{children}</span>
    </span>
  );
}
