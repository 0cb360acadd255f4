/**
 * What a view has found, in order: ids by their place. The first that was found is at 0, and a place is never another
 * one's. What is no longer held leaves at the front. Costs eight bytes an id, and nothing where all are meant: of ids that
 * follow each other without a gap, the first of a block says the others.
 */

const IDS_PER_BLOCK = 4096;

interface Block {
  readonly firstId: number;
  /** Undefined as long as there is no gap. */
  ids: Float64Array | undefined;
}

export class FoundIds {
  /** From the place `#blocksStart` on. */
  #blocks: Block[] = [];
  #blocksStart = 0;
  #first = 0;
  #end = 0;

  /** Place of the oldest; `end` if there is none. */
  get first(): number {
    return this.#first;
  }

  /** Place that the next one will have. */
  get end(): number {
    return this.#end;
  }

  /** @param id higher than all before. */
  push(id: number): void {
    const offset = this.#end - this.#blocksStart;
    const at = offset % IDS_PER_BLOCK;
    if (at === 0) this.#blocks.push({ firstId: id, ids: undefined });
    const block = this.#blocks.at(-1)!; // there is one from the first on
    if (block.ids === undefined && id !== block.firstId + at) {
      const { firstId } = block;
      block.ids = new Float64Array(IDS_PER_BLOCK).map((_, i) => firstId + i);
    }
    if (block.ids !== undefined) block.ids[at] = id;
    this.#end++;
  }

  /** @param place `first` or more, below `end`. Undefined for others. */
  idAt(place: number): number | undefined {
    if (place < this.#first || place >= this.#end) return undefined;
    const offset = place - this.#blocksStart;
    const block = this.#blocks[Math.floor(offset / IDS_PER_BLOCK)]!; // of every place there is one
    const at = offset % IDS_PER_BLOCK;
    return block.ids === undefined ? block.firstId + at : block.ids[at];
  }

  /** Place of this id, or of the next one that is there; `end` if there is none. */
  placeOf(id: number): number {
    return this.search((each) => each >= id);
  }

  /** The first place whose id fulfils what those before do not, and those behind do. */
  search(isReached: (id: number) => boolean): number {
    let low = this.#first;
    let high = this.#end;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (isReached(this.idAt(middle)!))
        high = middle; // low ≤ middle < high
      else low = middle + 1;
    }
    return low;
  }

  /** Lets go of ids below. */
  dropBefore(id: number): void {
    this.#first = this.placeOf(id);
    const blocks = Math.floor((this.#first - this.#blocksStart) / IDS_PER_BLOCK);
    if (blocks === 0) return;
    this.#blocks.splice(0, blocks);
    this.#blocksStart += blocks * IDS_PER_BLOCK;
  }

  /** Places start again at 0. */
  clear(): void {
    this.#blocks = [];
    this.#blocksStart = 0;
    this.#first = 0;
    this.#end = 0;
  }
}
