/** Packets that came behind a CONNECT, or an AUTH, that is still being checked: in their order, until it is over. */

/** The transport is paused meanwhile, so one chunk at most. */
export const MAX_HELD_BYTES = 1024 * 1024;

export class HeldFrames {
  #frames: Uint8Array[] = [];
  #bytes = 0;

  /**
   * @param frame borrowed for this call.
   * @returns false when there is no room for it.
   */
  hold(frame: Uint8Array): boolean {
    this.#bytes += frame.length;
    if (this.#bytes > MAX_HELD_BYTES) return false;
    this.#frames.push(new Uint8Array(frame)); // Copy: it is borrowed.
    return true;
  }

  /** All of them, which are held no longer. */
  take(): readonly Uint8Array[] {
    const frames = this.#frames;
    this.#frames = [];
    this.#bytes = 0;
    return frames;
  }
}
