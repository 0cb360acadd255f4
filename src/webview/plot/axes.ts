/** Which of the two value axes a line belongs to. Pure. */

export type AxisSide = 'left' | 'right';
/** `automatic`: on the right where it would be a flat line on the left, or make one of the first line. */
export type AxisChoice = AxisSide | 'automatic';

/** So many times larger, or smaller, than the first line: then it gets the other axis. */
const MAX_RATIO = 50;

export interface AxisLine {
  min: number;
  max: number;
  choice: AxisChoice;
}

export function sidesOf(lines: readonly AxisLine[]): AxisSide[] {
  const first = lines.find(({ choice }) => choice !== 'right');
  const firstSize = first === undefined ? 0 : sizeOf(first);
  return lines.map((line) => {
    if (line.choice !== 'automatic') return line.choice;
    const size = sizeOf(line);
    if (size === 0 || firstSize === 0) return 'left';
    return size > firstSize * MAX_RATIO || firstSize > size * MAX_RATIO ? 'right' : 'left';
  });
}

function sizeOf({ min, max }: AxisLine): number {
  return Math.max(Math.abs(min), Math.abs(max));
}
