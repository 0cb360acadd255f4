/** MQTT over every kind of listener. */
import { testMqtt } from '../../suites/mqttSuite.ts';
import { transportKinds } from '../../suites/transportPeers.ts';

for (const kind of transportKinds()) testMqtt(kind);
