/** Bytes that are written one behind the other, in a buffer that grows. Big endian, unless told. */

const firstBytes = 256;

export class ByteWriter {
  #bytes = new Uint8Array(firstBytes);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** A copy of what was written. */
  get bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  uint8(value: number): void {
    const at = this.#more(1);
    this.#view.setUint8(at, value);
  }

  uint16(value: number): void {
    const at = this.#more(2);
    this.#view.setUint16(at, value);
  }

  uint32(value: number, isLittleEndian = false): void {
    const at = this.#more(4);
    this.#view.setUint32(at, value, isLittleEndian);
  }

  uint64(value: bigint, isLittleEndian = false): void {
    const at = this.#more(8);
    this.#view.setBigUint64(at, BigInt.asUintN(64, value), isLittleEndian);
  }

  float32(value: number, isLittleEndian = false): void {
    const at = this.#more(4);
    this.#view.setFloat32(at, value, isLittleEndian);
  }

  float64(value: number, isLittleEndian = false): void {
    const at = this.#more(8);
    this.#view.setFloat64(at, value, isLittleEndian);
  }

  append(bytes: Uint8Array): void {
    const at = this.#more(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** Where the next bytes go. Before the buffer is looked at: it may be another one then. */
  #more(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const longer = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2));
      longer.set(this.#bytes);
      this.#bytes = longer;
      this.#view = new DataView(longer.buffer);
    }
    return at;
  }
}
