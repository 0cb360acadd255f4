/**
 * Points of some lines as a table in CSV (RFC 4180): a row for each time, the time in ISO 8601 UTC, a column a line.
 *
 * Made a part at a time, so that a table of a million rows holds nobody up. Lines that have a point at the same time share
 * a row. Pure.
 */
import type { Points } from '../model/plotPoints.ts';
import { textCell } from '../recording/csv.ts';

export interface CsvLine {
  name: string;
  points: Points;
}

export class PlotCsv {
  readonly #lines: readonly CsvLine[];
  /** Of each line, how many of its points are written. */
  readonly #written: number[];
  readonly #totalPoints: number;
  #writtenPoints = 0;
  #isHeaderWritten = false;

  constructor(lines: readonly CsvLine[]) {
    this.#lines = lines;
    this.#written = lines.map(() => 0);
    this.#totalPoints = lines.reduce((sum, { points }) => sum + points.timesMs.length, 0);
  }

  /** 0 to 1, by the points that are written. */
  get progress(): number {
    return this.#totalPoints === 0 ? 1 : this.#writtenPoints / this.#totalPoints;
  }

  /** The next rows, each with its line end; with the header before the first. Empty at the end. */
  next(maxRows: number): string {
    let text = '';
    if (!this.#isHeaderWritten) {
      this.#isHeaderWritten = true;
      // A device named them: a name must not become a formula.
      text = `${['time', ...this.#lines.map(({ name }) => textCell(name))].join(',')}\r\n`;
    }
    for (let row = 0; row < maxRows && this.#writtenPoints < this.#totalPoints; row++) text += this.#row();
    return text;
  }

  #row(): string {
    const atMs = this.#lines.reduce(
      (first, { points }, i) => Math.min(first, points.timesMs[this.#written[i]!] ?? first), // one a line
      Number.POSITIVE_INFINITY,
    );
    let row = new Date(atMs).toISOString();
    this.#lines.forEach(({ points }, i) => {
      const at = this.#written[i]!; // one a line
      row += ',';
      if (points.timesMs[at] !== atMs) return;
      row += points.values[at];
      this.#written[i] = at + 1;
      this.#writtenPoints++;
    });
    return `${row}\r\n`;
  }
}
