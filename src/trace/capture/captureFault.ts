/** A file that is no capture, or a broken one: what was seen, and where. Expected of what a person opens. */
export class CaptureFault extends Error {
  /** In the file, bytes from its start. */
  readonly offset: number;

  /** @param message a whole sentence, and what to do. */
  constructor(message: string, offset: number) {
    super(`${message} (Byte ${offset} of the file.)`);
    this.name = 'CaptureFault';
    this.offset = offset;
  }
}
