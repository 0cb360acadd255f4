/** The Packets view as a whole: what is asked for, the list, the opened packet, and how they share the space. */
import { useRef } from 'preact/hooks';
import type { PacketsFilter } from '../../contracts/packetsPage.ts';
import { shorten } from '../shared/format.ts';
import { useSize } from '../shared/hooks.ts';
import { t } from '../shared/l10n.ts';
import { rowCountOf, waitingCountOf } from '../shared/listState.ts';
import { Splitter } from '../shared/splitter.tsx';
import { EmptyList } from './emptyList.tsx';
import { PacketList } from './packetList.tsx';
import { PacketPane } from './packetPane.tsx';
import type { PageProps } from './pageProps.ts';
import { QueryBar } from './queryBar.tsx';
import { defaultChoices } from './state.ts';
import { StatusLine } from './statusLine.tsx';

const nameCharacters = 200;
/** From this width on, the opened packet stands beside the list; else below it. */
const besidePixels = 700;

/** Empty until it is known what is shown. */
export function PacketsPage(props: PageProps) {
  const { filter } = props.state;
  return filter === undefined ? null : <Page {...props} filter={filter} />;
}

function Page({ filter, ...props }: PageProps & { filter: PacketsFilter }) {
  const { state, dispatch } = props;
  const [page, size] = useSize<HTMLElement>();
  const split = useRef<HTMLDivElement>(null);
  const isBeside = (size?.widthPixels ?? 0) >= besidePixels;
  const isEmpty = rowCountOf(state.list) === 0 && waitingCountOf(state.list) === 0;
  const { opened, choices } = state;
  const share = opened === undefined ? '100%' : `${choices.listShare * 100}%`;
  return (
    <main ref={page} class="panel" aria-label={nameOf(filter)}>
      <QueryBar {...props} filter={filter} />
      <StatusLine {...props} />
      {isEmpty && opened === undefined ? (
        <EmptyList {...props} filter={filter} />
      ) : (
        <div ref={split} class={`split ${isBeside ? '' : 'split-stacked'}`} style={{ '--list-share': share }}>
          <PacketList {...props} />
          {opened !== undefined && (
            <>
              <Splitter
                label={t('Size of the packet list')}
                isVertical={isBeside}
                share={choices.listShare}
                defaultShare={defaultChoices.listShare}
                container={() => split.current}
                onChange={(listShare) => dispatch({ kind: 'choicesChanged', choices: { listShare } })}
              />
              <PacketPane {...props} opened={opened} />
            </>
          )}
        </div>
      )}
    </main>
  );
}

/** What a screen reader calls the page. */
function nameOf({ client }: PacketsFilter): string {
  return client === '' ? t('Packets') : t('Packets of {0}', shorten(client, nameCharacters));
}
