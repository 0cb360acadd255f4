/** A topic on the screen: its slashes step back, and a level of right-to-left text can't reorder the others. */
import { shorten } from './format.ts';

export function TopicText({ topic, maxCharacters = 1000 }: { topic: string; maxCharacters?: number }) {
  const levels = shorten(topic, maxCharacters).split('/');
  return (
    <span class="topic" dir="ltr">
      {levels.map((level, i) => (
        <span key={i}>
          {i > 0 && <span class="topic-slash">/</span>}
          <bdi>{level}</bdi>
        </span>
      ))}
    </span>
  );
}
