/** Every kind of listener against the one suite of transports. */
import { transportKinds } from '../../suites/transportPeers.ts';
import { testTransport } from '../../suites/transportSuite.ts';

for (const kind of transportKinds()) testTransport(kind);
