/** How much there is, and what is not shown, in words beside each other. */

export interface CountWords {
  words: string;
  tooltip: string;
  isWarning: boolean;
}

export function Counts({ counts }: { counts: readonly CountWords[] }) {
  return (
    <p class="panel-counts">
      {counts.map(({ words, tooltip, isWarning }) => (
        <span key={tooltip} class={isWarning ? 'count count-warning' : 'count'} title={tooltip}>
          {words}
        </span>
      ))}
    </p>
  );
}
