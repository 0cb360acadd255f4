/** The panels' own icons, 16 pixels, drawn with lines in the colour of the text around them. */

const paths = {
  copy: 'M5.5 5.5h7v8h-7zM10.5 5.5v-3h-7v8h2',
  check: 'M3 8.5l3.2 3.2L13 5',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  play: 'M5 3.2v9.6L12.5 8z',
  open: 'M7 3.5H3.5v9h9V9M9.5 2.5h4v4M13.5 2.5l-6 6',
  send: 'M2.5 2.8l11 5.2-11 5.2 2-5.2zM4.5 8h5',
  toEnd: 'M8 2.5v8M4.5 7L8 10.5 11.5 7M3.5 13.5h9',
  chevron: 'M6 3.8L10.2 8 6 12.2',
  warning: 'M8 2.2l6.3 11.3H1.7zM8 6.5v3.2M8 11.2v.9',
  error: 'M8 1.8a6.2 6.2 0 100 12.4A6.2 6.2 0 008 1.8zM8 4.8v4M8 10.4v1',
  info: 'M8 1.8a6.2 6.2 0 100 12.4A6.2 6.2 0 008 1.8zM8 7.2v4M8 4.7v1',
  add: 'M8 3v10M3 8h10',
  up: 'M8 12.5v-9M4.2 7L8 3.2 11.8 7',
  down: 'M8 3.5v9M4.2 9L8 12.8 11.8 9',
  previous: 'M9.8 3.8L5.6 8l4.2 4.2',
  next: 'M6.2 3.8L10.4 8l-4.2 4.2',
  fromClient: 'M2.5 8h10M9 4.5L12.5 8 9 11.5',
  toClient: 'M13.5 8h-10M7 4.5L3.5 8 7 11.5',
  inspect: 'M2.5 3.5h11v9h-11zM9 3.5v9M4.5 6h2.5M4.5 8.5h2.5',
  copyAs: 'M5.5 5.5h7v8h-7zM10.5 5.5v-3h-7v8h2M7.5 8.5h3M7.5 10.7h3',
  diff: 'M8 2.5v6M5 5.5h6M5 12.5h6',
  compare: 'M3 3.5h4v9H3zM9 3.5h4v9H9z',
  plot: 'M2.8 2.5v10.7h10.7M5 10l2.6-3.4 2.2 1.8L13 4.2',
  save: 'M3 2.8h8l2.2 2.2v8.2H3zM5.5 2.8v3.4h4.6V2.8M5.5 13.2V9.4h5v3.8',
  record: 'M8 4.2a3.8 3.8 0 100 7.6 3.8 3.8 0 000-7.6z',
  stop: 'M4.5 4.5h7v7h-7z',
  pin: 'M6 2.5h4v4l2 2.5H4l2-2.5zM8 9v4.5',
  remove: 'M4 4l8 8M12 4l-8 8',
  zoomIn: 'M7 2.8a4.2 4.2 0 100 8.4 4.2 4.2 0 000-8.4zM10.2 10.2l3.3 3.3M5 7h4M7 5v4',
  zoomOut: 'M7 2.8a4.2 4.2 0 100 8.4 4.2 4.2 0 000-8.4zM10.2 10.2l3.3 3.3M5 7h4',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class={`icon icon-${name}`} width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
