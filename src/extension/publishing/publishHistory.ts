/**
 * What was published last from this window's workspace, the newest first: bounded in count and in characters, so that VS Code,
 * which reads it at each start, does not notice. Of a payload that is too long the head is kept.
 *
 * Knows nothing of VS Code.
 */
import type { Clock } from '../../base/clock.ts';
import { Emitter, type Event } from '../../base/event.ts';
import type { PublishDraft } from '../../contracts/publishForm.ts';

export interface PublishedEntry {
  id: number;
  atMs: number;
  /** How often in a row. */
  times: number;
  draft: PublishDraft;
  /** `draft` has only the head of its payload. */
  isCut: boolean;
}

/** Where it is kept. */
export interface HistoryStore {
  readonly publishHistory: readonly PublishedEntry[];
  rememberPublishHistory(entries: readonly PublishedEntry[]): Promise<void>;
}

export const MAX_ENTRIES = 50;
const MAX_PAYLOAD_CHARACTERS = 16_384;
const HEAD_CHARACTERS = 2_048;
/** Of all of them, written as JSON. */
const MAX_CHARACTERS = 262_144;

export class PublishHistory {
  readonly #store: HistoryStore;
  readonly #clock: Clock;
  readonly #changed = new Emitter<void>();

  readonly onDidChange: Event<void> = this.#changed.event;

  constructor(store: HistoryStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** The newest first. */
  get entries(): readonly PublishedEntry[] {
    return this.#store.publishHistory;
  }

  with(id: number): PublishedEntry | undefined {
    return this.entries.find((entry) => entry.id === id);
  }

  async add(draft: PublishDraft): Promise<void> {
    await this.#keep(withPublished(this.entries, draft, this.#clock.nowMs()));
  }

  async clear(): Promise<void> {
    await this.#keep([]);
  }

  async #keep(entries: readonly PublishedEntry[]): Promise<void> {
    await this.#store.rememberPublishHistory(entries);
    this.#changed.fire();
  }
}

export function withPublished(
  entries: readonly PublishedEntry[],
  published: PublishDraft,
  atMs: number,
): readonly PublishedEntry[] {
  const { repeat: _ofTheForm, ...whole } = published;
  const isCut = whole.payloadText.length > MAX_PAYLOAD_CHARACTERS;
  const draft = isCut ? { ...whole, payloadText: headOf(whole.payloadText) } : whole;
  const [newest] = entries;
  const isSame = newest !== undefined && !isCut && JSON.stringify(newest.draft) === JSON.stringify(draft);
  const entry: PublishedEntry = isSame
    ? { ...newest, atMs, times: newest.times + 1 }
    : { id: (newest?.id ?? 0) + 1, atMs, times: 1, draft, isCut };
  const kept: PublishedEntry[] = [];
  let characters = 0;
  for (const each of [entry, ...(isSame ? entries.slice(1) : entries)].slice(0, MAX_ENTRIES)) {
    characters += JSON.stringify(each).length;
    if (characters > MAX_CHARACTERS) break;
    kept.push(each);
  }
  return kept;
}

/** Not through the middle of a character. */
function headOf(text: string): string {
  return text.slice(0, HEAD_CHARACTERS).replace(/[\uD800-\uDBFF]$/, '');
}
