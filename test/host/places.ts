/**
 * Where parts of the screen are, frame by frame: what must stay where it is while other things change.
 *
 * The page itself looks, before each frame that it draws: a jump back and forth between two looks from here would be missed.
 */
import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';

export type Edge = 'left' | 'top' | 'right' | 'bottom';

/** A CSS selector below the root, and the edges that must not move. Of several elements, all of their places together. */
export type Part = readonly [selector: string, ...edges: readonly Edge[]];

/**
 * Does something that changes what is in the page, and asserts that in every frame until it is done these parts were where
 * they had been. One watch of a page at a time.
 *
 * @param change must wait until what it did is on the screen.
 */
export async function assertStays(
  root: Locator,
  parts: Readonly<Record<string, Part>>,
  change: () => Promise<void>,
): Promise<void> {
  await root.evaluate(startLooking, parts);
  await change();
  const { frames, places } = await root.evaluate(stopLooking);
  assert.ok(frames > 1, `the page drew ${frames} frames`);
  const moved = Object.entries(places).filter(
    ([, [first, ...others]]) => first === notThere || others.length > 0,
  );
  assert.deepEqual(Object.fromEntries(moved), {});
}

/** Asserts that of each part all elements are at one place, as the cells of a column are. */
export async function assertAligned(root: Locator, columns: Readonly<Record<string, Part>>): Promise<void> {
  await root.evaluate(startLooking, columns);
  const { places } = await root.evaluate(stopLooking);
  const torn = Object.entries(places).filter(
    ([, [place = notThere]]) => place === notThere || place.includes(separator),
  );
  assert.deepEqual(Object.fromEntries(torn), {});
}

/** Pixels of the page. */
export type Place = Readonly<Record<Edge, number>>;

/** Now: of the root, and of what matches below it. */
export async function placesIn(root: Locator, selector: string): Promise<Place[]> {
  return root.evaluate(placesOf, selector);
}

const notThere = '';
/** As written in the page, which knows none of this file. */
const separator = ', ';

/** Of the page's types only this much is known here. */
interface PlacedElement {
  getBoundingClientRect(): Place;
  querySelectorAll(selector: string): Iterable<PlacedElement>;
  readonly ownerDocument: { readonly defaultView: PageWindow };
}

interface PageWindow {
  watchedPlaces: Watch;
  requestAnimationFrame(look: () => void): void;
}

interface Watch {
  frames: number;
  isOver: boolean;
  /** By name: each other set of places, in the order in which they came; empty where nothing was there. */
  readonly places: Record<string, string[]>;
}

/** Runs in the page. */
function placesOf(root: PlacedElement, selector: string): Place[] {
  return [root, ...root.querySelectorAll(selector)].map((each) => {
    const { left, top, right, bottom } = each.getBoundingClientRect();
    return { left, top, right, bottom };
  });
}

/** Runs in the page. */
function startLooking(root: PlacedElement, parts: Readonly<Record<string, Part>>): void {
  const page = root.ownerDocument.defaultView;
  const watch: Watch = { frames: 0, isOver: false, places: {} };
  page.watchedPlaces = watch;
  const look = (): void => {
    if (watch.isOver) return;
    watch.frames++;
    for (const [name, [selector, ...edges]] of Object.entries(parts)) {
      const seen = Array.from(root.querySelectorAll(selector), (element) => {
        const bounds = element.getBoundingClientRect();
        return edges.map((edge) => `${edge} ${Math.round(bounds[edge])}`).join(' ');
      });
      const place = [...new Set(seen)].sort().join(', ');
      watch.places[name] ??= [];
      if (!watch.places[name].includes(place)) watch.places[name].push(place);
    }
    page.requestAnimationFrame(look);
  };
  look();
}

/** Runs in the page. */
function stopLooking({ ownerDocument }: PlacedElement): Watch {
  const watch = ownerDocument.defaultView.watchedPlaces;
  watch.isOver = true;
  return watch;
}
