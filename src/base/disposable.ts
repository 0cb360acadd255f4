/** Things that hold a resource until `dispose`. VS Code's shape, without importing VS Code. */

export interface Disposable {
  dispose(): void;
}

/** Collects disposables and disposes of them together, last first, each at most once. */
export class DisposableStore implements Disposable {
  #items: Disposable[] = [];
  #disposed = false;

  /** Returns the item, so that it can be stored where it is made. After `dispose`, disposes of it at once. */
  add<T extends Disposable>(item: T): T {
    if (this.#disposed) item.dispose();
    else this.#items.push(item);
    return item;
  }

  dispose(): void {
    this.#disposed = true;
    for (const item of this.#items.splice(0).reverse()) item.dispose();
  }
}

export function toDisposable(dispose: () => void): Disposable {
  return { dispose };
}
