/**
 * The points of one line of a plot: times and values, bounded. The newest are kept one by one; of older ones, the lowest
 * and the highest of each bucket, so that the shape of the whole past stays, and every peak in it.
 *
 * A bucket is a number of points that followed each other, the same for all buckets. When there are too many buckets, two
 * neighbours become one: the lowest of both is the lowest of the lowest. So the whole of what is thinned is equally fine.
 * Seventeen bytes a point.
 */

const FIRST_CAPACITY = 1024;
/** Fewer would be two points for two. */
const FIRST_BUCKET_POINTS = 4;

export interface Points {
  readonly timesMs: Float64Array<ArrayBuffer>;
  /** NaN where the line breaks. */
  readonly values: Float64Array<ArrayBuffer>;
}

export class PlotPoints {
  readonly #maxPoints: number;
  #times = new Float64Array(FIRST_CAPACITY);
  #values = new Float64Array(FIRST_CAPACITY);
  /** 1 where something that is no number came before the point; of a bucket's second one, within the bucket. */
  #gaps = new Uint8Array(FIRST_CAPACITY);
  #count = 0;
  /** So many from the start on are buckets: two points each, the earlier one first, the same twice where it is both. */
  #thinned = 0;
  #bucketPoints = FIRST_BUCKET_POINTS;
  /** Of the points that it may have, what the last bucket has. */
  #lastBucketPoints = FIRST_BUCKET_POINTS;
  #isGapAhead = false;
  #added = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;

  /** @param maxPoints 16 or more. */
  constructor(maxPoints: number) {
    this.#maxPoints = maxPoints;
  }

  /** Points that are held. */
  get count(): number {
    return this.#count;
  }

  /** All that were ever added. */
  get added(): number {
    return this.#added;
  }

  /** Of all that were added. */
  get min(): number {
    return this.#min;
  }

  get max(): number {
    return this.#max;
  }

  /** Undefined before the first point. */
  get oldestAtMs(): number | undefined {
    return this.#count === 0 ? undefined : this.#times[0];
  }

  get newestAtMs(): number | undefined {
    return this.#count === 0 ? undefined : this.#times[this.#count - 1];
  }

  get newestValue(): number | undefined {
    return this.#count === 0 ? undefined : this.#values[this.#count - 1];
  }

  /** From here on every point is kept. Undefined while none is thinned. */
  get thinnedBeforeMs(): number | undefined {
    return this.#thinned === 0 ? undefined : this.#times[this.#thinned];
  }

  /** How many points that followed each other became two. */
  get bucketPoints(): number {
    return this.#bucketPoints;
  }

  /** @param value finite. */
  add(timeMs: number, value: number): void {
    if (this.#count === this.#maxPoints) this.#thin();
    if (this.#count === this.#times.length) this.#grow();
    const at = this.#count++;
    // Times never go back, also where the machine's clock was set: a plot is read from left to right.
    this.#times[at] = at === 0 ? timeMs : Math.max(timeMs, this.#times[at - 1]!);
    this.#values[at] = value;
    this.#gaps[at] = this.#isGapAhead ? 1 : 0;
    this.#isGapAhead = false;
    this.#added++;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
  }

  /** The line breaks here. */
  breakLine(): void {
    if (this.#count > 0) this.#isGapAhead = true;
  }

  /** All that is held of a range. No breaks: for a table. */
  held(fromMs: number, toMs: number): Points {
    const start = this.#firstFrom(fromMs);
    const end = this.#firstAfter(toMs);
    const out = new PointList(end - start);
    for (let i = start; i < end; i++) if (!this.#isTwice(i)) out.push(this.#times[i]!, this.#values[i]!); // below count
    return out.take();
  }

  /**
   * What to draw of a range: with the point before it and the one after, so that the line reaches the edges. Where that
   * is more than `maxPoints`, the lowest and the highest of each stretch of time; the stretches stay where they are when
   * the range moves.
   *
   * @param maxPoints 16 or more.
   */
  draw(fromMs: number, toMs: number, maxPoints: number): Points {
    let start = Math.max(0, this.#firstFrom(fromMs) - 1);
    if (this.#isTwice(start)) start--;
    const end = Math.min(this.#count, this.#firstAfter(toMs) + 1);
    let gaps = 0;
    for (let i = start; i < end; i++) gaps += this.#gaps[i]!; // below count
    if (end - start + gaps > maxPoints)
      return this.#drawStretches({ start, end, maxPoints, hasGaps: gaps > 0, rangeMs: toMs - fromMs });
    const out = new PointList(end - start + gaps);
    for (let i = start; i < end; i++) {
      if (this.#gaps[i] === 1 && i > start) out.push(this.#times[i]!, Number.NaN);
      if (!this.#isTwice(i)) out.push(this.#times[i]!, this.#values[i]!);
    }
    return out.take();
  }

  #drawStretches(range: {
    start: number;
    end: number;
    maxPoints: number;
    hasGaps: boolean;
    rangeMs: number;
  }): Points {
    const { start, end, maxPoints, hasGaps, rangeMs } = range;
    // One more for where the first begins, and one at each side.
    const stretches = Math.max(1, Math.floor(maxPoints / (hasGaps ? 4 : 2)) - 3);
    const stretchMs = rangeMs > 0 ? rangeMs / stretches : 1;
    const out = new PointList(maxPoints);
    for (let i = start; i < end; ) {
      const stretch = Math.floor(this.#times[i]! / stretchMs); // below count, here and below
      let low = i;
      let high = i;
      if (this.#gaps[i] === 1 && i > start) out.push(this.#times[i]!, Number.NaN);
      let isBroken = false;
      for (i++; i < end && Math.floor(this.#times[i]! / stretchMs) === stretch; i++) {
        if (this.#values[i]! < this.#values[low]!) low = i;
        if (this.#values[i]! > this.#values[high]!) high = i;
        isBroken ||= this.#gaps[i] === 1;
      }
      const first = Math.min(low, high);
      const second = Math.max(low, high);
      out.push(this.#times[first]!, this.#values[first]!);
      if (isBroken) out.push(this.#times[second]!, Number.NaN);
      if (second !== first) out.push(this.#times[second]!, this.#values[second]!);
    }
    return out.take();
  }

  /** The older half of the points that are kept one by one becomes buckets. */
  #thin(): void {
    const half = Math.floor((this.#count - this.#thinned) / 2);
    const room = Math.min(half, this.#bucketPoints - this.#lastBucketPoints);
    // A bucket is two points: one made of a single point would overwrite the next.
    const rest = half - room - ((half - room) % this.#bucketPoints === 1 ? 1 : 0);
    const start = this.#thinned + room;
    const end = start + rest;
    for (let i = this.#thinned; i < start; i++)
      this.#mergeInto(this.#thinned - 2, this.#times[i]!, this.#values[i]!, this.#gaps[i]!); // below count
    this.#lastBucketPoints += room;
    for (let i = start; i < end; i += this.#bucketPoints)
      this.#addBucket(i, Math.min(i + this.#bucketPoints, end));
    this.#moveDown(end, this.#thinned);
    while (this.#thinned > this.#maxPoints / 2) this.#mergeBuckets();
  }

  #addBucket(start: number, end: number): void {
    let low = start;
    let high = start;
    const gapBefore = this.#gaps[start]!; // below count, here and below
    let gapWithin = 0;
    for (let i = start + 1; i < end; i++) {
      if (this.#values[i]! < this.#values[low]!) low = i;
      if (this.#values[i]! > this.#values[high]!) high = i;
      gapWithin |= this.#gaps[i]!;
    }
    const at = this.#thinned;
    // In this order: `at` is at most the first of them, and `at + 1` at most the second.
    this.#copyPoint(Math.min(low, high), at);
    this.#copyPoint(Math.max(low, high), at + 1);
    this.#gaps[at] = gapBefore;
    this.#gaps[at + 1] = gapWithin;
    this.#thinned += 2;
    this.#lastBucketPoints = end - start;
  }

  /** One more point for the bucket at `at`; it is later than those that are in it. */
  #mergeInto(at: number, time: number, value: number, gap: number): void {
    if (gap === 1) this.#gaps[at + 1] = 1;
    const first = this.#values[at]!; // a bucket is below count
    const second = this.#values[at + 1]!;
    if (value < Math.min(first, second)) {
      // What was the highest comes first.
      if (first < second) this.#copyPoint(at + 1, at);
      this.#setPoint(at + 1, time, value);
    } else if (value > Math.max(first, second)) {
      if (first > second) this.#copyPoint(at + 1, at);
      this.#setPoint(at + 1, time, value);
    }
  }

  #mergeBuckets(): void {
    let to = 0;
    for (let from = 0; from < this.#thinned; from += 4, to += 2) {
      for (const i of [0, 1]) {
        this.#copyPoint(from + i, to + i);
        this.#gaps[to + i] = this.#gaps[from + i]!;
      }
      if (from + 2 >= this.#thinned) continue;
      for (const i of [from + 2, from + 3])
        this.#mergeInto(to, this.#times[i]!, this.#values[i]!, this.#gaps[i]!);
    }
    const hasOdd = this.#thinned % 4 === 2;
    if (!hasOdd) this.#lastBucketPoints += this.#bucketPoints;
    this.#bucketPoints *= 2;
    this.#moveDown(this.#thinned, to);
    this.#thinned = to;
  }

  /** What begins at `from` begins at `to`. */
  #moveDown(from: number, to: number): void {
    for (const column of [this.#times, this.#values, this.#gaps]) column.copyWithin(to, from, this.#count);
    this.#count -= from - to;
  }

  #copyPoint(from: number, to: number): void {
    this.#setPoint(to, this.#times[from]!, this.#values[from]!); // both below count
  }

  #setPoint(at: number, time: number, value: number): void {
    this.#times[at] = time;
    this.#values[at] = value;
  }

  /** The second of a bucket that has one point alone. */
  #isTwice(index: number): boolean {
    return (
      index < this.#thinned &&
      index % 2 === 1 &&
      this.#times[index] === this.#times[index - 1] &&
      this.#values[index] === this.#values[index - 1]
    );
  }

  #firstFrom(timeMs: number): number {
    return this.#search((time) => time >= timeMs);
  }

  #firstAfter(timeMs: number): number {
    return this.#search((time) => time > timeMs);
  }

  #search(isReached: (timeMs: number) => boolean): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isReached(this.#times[middle]!))
        high = middle; // below count
      else low = middle + 1;
    }
    return low;
  }

  #grow(): void {
    const capacity = Math.min(this.#maxPoints, this.#times.length * 2);
    this.#times = copyOf(this.#times, new Float64Array(capacity));
    this.#values = copyOf(this.#values, new Float64Array(capacity));
    this.#gaps = copyOf(this.#gaps, new Uint8Array(capacity));
  }
}

function copyOf<A extends Float64Array | Uint8Array>(from: A, to: A): A {
  to.set(from);
  return to;
}

class PointList {
  readonly #times: Float64Array<ArrayBuffer>;
  readonly #values: Float64Array<ArrayBuffer>;
  length = 0;

  constructor(capacity: number) {
    this.#times = new Float64Array(capacity);
    this.#values = new Float64Array(capacity);
  }

  push(timeMs: number, value: number): void {
    this.#times[this.length] = timeMs;
    this.#values[this.length] = value;
    this.length++;
  }

  /** Of exactly their length: both buffers are given away. */
  take(): Points {
    const { length } = this;
    const isFull = length === this.#times.length;
    return isFull
      ? { timesMs: this.#times, values: this.#values }
      : { timesMs: this.#times.slice(0, length), values: this.#values.slice(0, length) };
  }
}
