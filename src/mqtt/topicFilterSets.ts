/**
 * Topic filters as the sets of topic names that they match: what two have in common, and whether some cover another.
 *
 * Pure functions of valid filters, without a share prefix: hand in the filter that follows it. That a wildcard at the
 * start does not match into `$` topics [MQTT-4.7.2-1] holds here as in `topicMatches`.
 */
import { topicMatches } from './topics.ts';

/** Stands for a level that no filter names: no valid filter contains it. [MQTT-4.7.3-2] */
const UNNAMED_LEVEL = '\0';

/** The filter that matches exactly what both match, which is always one filter; undefined if that is nothing. */
export function intersectTopicFilters(a: string, b: string): string | undefined {
  if (startsWithWildcard(a) ? b.startsWith('$') : startsWithWildcard(b) && a.startsWith('$')) {
    return undefined;
  }
  const left = a.split('/');
  const right = b.split('/');
  const common: string[] = [];
  for (let i = 0; ; i++) {
    const x = left[i];
    const y = right[i];
    // "#" takes whatever the other has from here on: nothing at all too, as it matches its parent.
    if (x === '#') return filterOf([...common, ...right.slice(i)]);
    if (y === '#') return filterOf([...common, ...left.slice(i)]);
    if (x === undefined || y === undefined) return x === y ? filterOf(common) : undefined;
    if (x !== '+' && y !== '+' && x !== y) return undefined;
    common.push(x === '+' ? y : x);
  }
}

/** Undefined for no characters, which no topic name is: "/#" and "+" would have that in common. [MQTT-4.7.3-1] */
function filterOf(levels: readonly string[]): string | undefined {
  return levels.join('/') || undefined;
}

/**
 * Whether each topic name that the filter matches is matched by one or another of the filters.
 *
 * It is enough to try names with levels that no filter knows in place of the wildcards: what matches such a name
 * matches every other in its place. Of what stands for "#", one level more than the longest filter has is as good as
 * any number.
 */
export function topicFilterIsCovered(topicFilter: string, by: readonly string[]): boolean {
  const levels = topicFilter.split('/').map((level) => (level === '+' ? UNNAMED_LEVEL : level));
  if (levels.at(-1) !== '#') return isMatchedByAny(levels.join('/'), by);
  levels.pop();
  let longest = levels.length;
  for (const filter of by) longest = Math.max(longest, filter.split('/').length);
  // "#" and "/#" would match the name without characters, which there is not. [MQTT-4.7.3-1]
  if (levels.join('/') === '') levels.push(UNNAMED_LEVEL);
  for (; levels.length <= longest + 1; levels.push(UNNAMED_LEVEL)) {
    if (!isMatchedByAny(levels.join('/'), by)) return false;
  }
  return true;
}

function isMatchedByAny(topic: string, filters: readonly string[]): boolean {
  return filters.some((filter) => topicMatches(filter, topic));
}

function startsWithWildcard(filter: string): boolean {
  return filter.startsWith('+') || filter.startsWith('#');
}
