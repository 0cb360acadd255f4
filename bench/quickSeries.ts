/** What `--quick` measures: ours alone, in short windows, and the bare sketch once a round. */
import type { Load } from './load/loads.ts';
import { YARDSTICK } from './report/quick.ts';
import { type Series, seriesOfWorkload } from './series.ts';
import type { Workload } from './workloads.ts';

/** Warm-ups stay as they are: a broker that is half warm costs more, and would seem to have become slower. */
const MEASURE_MS = 500;
/** Of what is done some times over. */
const TIMES = 3;

export function quickSeries(workloads: readonly Workload[]): Series[] {
  return workloads.map((workload) => {
    const ours = seriesOfWorkload({ ...workload, load: shortened(workload.load) }, ['workbench']);
    if (workload.id !== YARDSTICK) return ours;
    // The sketch in full windows: all else is told in its time.
    const { contenders } = seriesOfWorkload(workload, ['sketch']);
    return { ...ours, contenders: [...ours.contenders, ...contenders] };
  });
}

function shortened(load: Load): Load {
  switch (load.kind) {
    case 'flow':
    case 'roundTrip':
    case 'offline':
      return { ...load, measureMs: MEASURE_MS };
    case 'retained':
      return { ...load, times: TIMES };
    case 'connections':
    case 'idle':
    case 'resume':
      return load;
  }
}
