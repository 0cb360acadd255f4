/**
 * The parts of this room that bring MQTT.js: what the engine loads when it is first a client of a broker, as a bundle of
 * its own (esbuild.js).
 */
export { testConnection } from './testConnection.ts';
export { WorkbenchClient } from './workbenchClient.ts';
