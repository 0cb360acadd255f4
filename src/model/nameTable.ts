/**
 * Names that occur again and again, each kept once and known by a small number: topics, client ids.
 *
 * A name lives as long as somebody holds it. Its number is then given to another name, and who keeps something by
 * numbers is told (`onDidFree`).
 */
import { Emitter } from '../base/event.ts';

export class Name {
  readonly text: string;
  readonly ref: number;
  /** Messages and others that refer to it. */
  holders = 0;

  constructor(text: string, ref: number) {
    this.text = text;
    this.ref = ref;
  }
}

export class NameTable<N extends Name> {
  readonly #create: (text: string, ref: number) => N;
  readonly #byText = new Map<string, N>();
  readonly #byRef: (N | undefined)[] = [];
  readonly #freeRefs: number[] = [];
  readonly #didFree = new Emitter<number>();

  /** Fires with the number of a name that nobody holds any more. */
  readonly onDidFree = this.#didFree.event;

  constructor(create: (text: string, ref: number) => N) {
    this.#create = create;
  }

  find(text: string): N | undefined {
    return this.#byText.get(text);
  }

  /** HOT PATH. The name, made if it is new. Who keeps it holds it (`holders`). */
  get(text: string): N {
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    const ref = this.#freeRefs.pop() ?? this.#byRef.length;
    const name = this.#create(text, ref);
    this.#byText.set(text, name);
    this.#byRef[ref] = name;
    return name;
  }

  /** @param ref of a name that is held. */
  at(ref: number): N {
    return this.#byRef[ref]!; // held: it is there
  }

  all(): Iterable<N> {
    return this.#byText.values();
  }

  release(name: N): void {
    name.holders--;
    if (name.holders > 0) return;
    this.#byText.delete(name.text);
    this.#byRef[name.ref] = undefined;
    this.#freeRefs.push(name.ref);
    this.#didFree.fire(name.ref);
  }
}
