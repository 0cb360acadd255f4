/** A text on the screen, with what the page searches for set apart. */
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { type Hit, hitsOf, stretchesOf } from './hits.ts';

/** What is searched for; empty for nothing. */
export const SearchText = createContext('');

/** `text`, or a part of it, with what the page searches for marked. */
export function Searched({ text }: { text: string }) {
  const wanted = useContext(SearchText);
  return <Marked text={text} hits={hitsOf(text, wanted)} />;
}

export interface MarkedProps {
  text: string;
  hits: readonly Hit[];
  start?: number;
  end?: number;
}

export function Marked({ text, hits, start, end }: MarkedProps) {
  return (
    <>
      {stretchesOf(text, hits, start, end).map((stretch, i) =>
        stretch.isHit ? (
          <mark key={i} class="hit">
            {stretch.text}
          </mark>
        ) : (
          stretch.text
        ),
      )}
    </>
  );
}
