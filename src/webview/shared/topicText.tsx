/** A topic on the screen: its slashes step back, and a level of right-to-left text can't reorder the others. */
import { useContext } from 'preact/hooks';
import { shorten } from './format.ts';
import { Marked, SearchText } from './highlight.tsx';
import { hitsOf } from './hits.ts';

export function TopicText({ topic, maxCharacters = 1000 }: { topic: string; maxCharacters?: number }) {
  const text = shorten(topic, maxCharacters);
  // Of the whole topic: what is searched for may have slashes in it.
  const hits = hitsOf(text, useContext(SearchText));
  let start = 0;
  const levels = text.split('/').map((level) => {
    const bounds = { start, end: start + level.length };
    start = bounds.end + 1;
    return bounds;
  });
  return (
    <span class="topic" dir="ltr">
      {levels.map((level, i) => (
        <span key={i}>
          {i > 0 && (
            <span class="topic-slash">
              <Marked text={text} hits={hits} start={level.start - 1} end={level.start} />
            </span>
          )}
          <bdi>
            <Marked text={text} hits={hits} start={level.start} end={level.end} />
          </bdi>
        </span>
      ))}
    </span>
  );
}
