/**
 * A series of a plot: the number at one path in the messages of a topic, or of each topic that a filter matches.
 *
 * Reads the messages that a view has found, each once and in their order, when it is told to; a message costs nothing as
 * it comes. A topic with a number is a line of its own. Knows nothing of payloads: a `NumberReader` does.
 */
import type { MessageLog } from './messageLog.ts';
import type { MessageView } from './messageView.ts';
import { PlotPoints } from './plotPoints.ts';

/**
 * The number in a payload, at one path of it. At once where that is quick, later where a decoder takes its time. The
 * bytes are borrowed until it returns.
 */
export type NumberReader = (
  payload: Uint8Array,
  topic: string,
) => number | undefined | Promise<number | undefined>;

const MAX_LINES = 16;
/** Topics that have had no number yet, and may have one. */
const MAX_TOPICS = 1000;
/** How many messages are with a slow reader at a time, and how many bytes of payload, about. */
const MAX_WAITING = 256;
const MAX_WAITING_BYTES = 4 * 1024 * 1024;
/** Between two looks at the clock: some tens of microseconds. */
const READ_PER_LOOK = 32;

export class PlotLine {
  readonly topic: string;
  readonly points: PlotPoints;
  otherMessages = 0;

  constructor(topic: string, points: PlotPoints) {
    this.topic = topic;
    this.points = points;
  }
}

export interface PlotSeriesOptions {
  id: number;
  view: MessageView;
  log: MessageLog;
  readNumber: NumberReader;
  /** Of a line. */
  maxPoints: number;
  /** There may be more to read: a slow reader has answered. */
  onReady(): void;
}

interface Waiting {
  readonly topic: string;
  readonly receivedAtMs: number;
  readonly number: number | undefined | Promise<number | undefined>;
}

export class PlotSeries {
  readonly id: number;
  readonly view: MessageView;
  #startsLate: boolean;
  readonly #options: PlotSeriesOptions;
  /** By topic; a topic without a number has an empty line. */
  readonly #lines = new Map<string, PlotLine>();
  /** Those with a number, in the order in which they came. */
  #drawn: PlotLine[] = [];
  #nextPlace = 0;
  #generation: number;
  #missedMessages = 0;
  #hasMoreTopics = false;
  /** Of the messages that are with a slow reader, the first one's place. */
  #waitingPlace: number | undefined;

  constructor(options: PlotSeriesOptions) {
    const { id, view, log } = options;
    this.id = id;
    this.view = view;
    this.#startsLate = log.droppedMessages > 0;
    this.#options = options;
    this.#generation = view.generation;
  }

  /** The history had dropped messages before the series was opened, and was not emptied since. */
  get startsLate(): boolean {
    return this.#startsLate;
  }

  get lines(): readonly PlotLine[] {
    return this.#drawn;
  }

  /** On topics that have no line. */
  get otherMessages(): number {
    let sum = 0;
    for (const line of this.#lines.values()) if (line.points.added === 0) sum += line.otherMessages;
    return sum;
  }

  get generation(): number {
    return this.#generation;
  }

  /** How much of what the view has found is read, 0 to 1. */
  get progress(): number {
    const { first, end } = this.view;
    const read = this.#waitingPlace ?? this.#nextPlace;
    return end === first ? 1 : Math.max(0, read - first) / (end - first);
  }

  get hasMoreTopics(): boolean {
    return this.#hasMoreTopics;
  }

  get missedMessages(): number {
    return this.#missedMessages;
  }

  line(topic: string): PlotLine | undefined {
    return this.#lines.get(topic);
  }

  /**
   * Reads what the view has found, until the time is up. True when some of it is left that can be read now.
   *
   * @param isTimeUp asked about every hundred microseconds.
   */
  read(isTimeUp: () => boolean): boolean {
    if (this.#waitingPlace !== undefined) return false;
    const { view, log, readNumber } = this.#options;
    if (view.generation !== this.#generation) this.#startOver();
    if (view.first > this.#nextPlace) {
      this.#missedMessages += view.first - this.#nextPlace;
      this.#nextPlace = view.first;
    }
    const waiting: Waiting[] = [];
    let isLate = false;
    let waitingBytes = 0;
    for (let looked = 1; this.#nextPlace < view.end; looked++) {
      // `first` or more, below `end`.
      const message = log.message(view.idAt(this.#nextPlace++)!);
      if (message === undefined) {
        this.#missedMessages++;
        continue;
      }
      const { topic, receivedAtMs } = message;
      const number = readNumber(message.payload, topic);
      isLate ||= number instanceof Promise;
      if (isLate) {
        this.#waitingPlace ??= this.#nextPlace - 1;
        waiting.push({ topic, receivedAtMs, number });
        waitingBytes += message.payloadBytes;
        if (waiting.length === MAX_WAITING || waitingBytes >= MAX_WAITING_BYTES) break;
      } else this.#add(topic, receivedAtMs, number as number | undefined); // no promise has come
      if (looked % READ_PER_LOOK === 0 && isTimeUp()) break;
    }
    if (isLate) {
      void this.#addLater(waiting);
      return false;
    }
    return this.#nextPlace < view.end;
  }

  async #addLater(waiting: readonly Waiting[]): Promise<void> {
    const numbers = await Promise.all(
      // A decoder that fails has found no number.
      waiting.map(({ number }) => Promise.resolve(number).catch(() => undefined)),
    );
    this.#waitingPlace = undefined;
    waiting.forEach(({ topic, receivedAtMs }, i) => {
      this.#add(topic, receivedAtMs, numbers[i]);
    });
    this.#options.onReady();
  }

  #add(topic: string, receivedAtMs: number, number: number | undefined): void {
    const line = this.#lines.get(topic) ?? this.#addTopic(topic);
    if (line === undefined) return;
    if (number === undefined) {
      line.otherMessages++;
      line.points.breakLine();
      return;
    }
    if (line.points.added === 0) {
      if (this.#drawn.length === MAX_LINES) {
        this.#hasMoreTopics = true;
        return;
      }
      this.#drawn.push(line);
    }
    line.points.add(receivedAtMs, number);
  }

  #addTopic(topic: string): PlotLine | undefined {
    if (this.#lines.size === MAX_TOPICS) {
      this.#hasMoreTopics = true;
      return undefined;
    }
    const line = new PlotLine(topic, new PlotPoints(this.#options.maxPoints));
    this.#lines.set(topic, line);
    return line;
  }

  #startOver(): void {
    this.#generation = this.#options.view.generation;
    this.#lines.clear();
    this.#drawn = [];
    this.#nextPlace = 0;
    this.#missedMessages = 0;
    this.#hasMoreTopics = false;
    this.#startsLate = false;
  }
}
