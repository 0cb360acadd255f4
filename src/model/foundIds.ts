/**
 * What a view has found, in order: ids by their place. The first that was found is at 0, and a place is never another
 * one's. What is no longer held leaves at the front. Costs eight bytes an id.
 */

const IDS_PER_BLOCK = 4096;

export class FoundIds {
  /** From the place `#blocksStart` on. */
  #blocks: Float64Array[] = [];
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
    if (at === 0) this.#blocks.push(new Float64Array(IDS_PER_BLOCK));
    this.#blocks.at(-1)![at] = id; // there is one from the first on
    this.#end++;
  }

  /** @param place `first` or more, below `end`. Undefined for others. */
  idAt(place: number): number | undefined {
    if (place < this.#first || place >= this.#end) return undefined;
    const offset = place - this.#blocksStart;
    return this.#blocks[Math.floor(offset / IDS_PER_BLOCK)]?.[offset % IDS_PER_BLOCK];
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
