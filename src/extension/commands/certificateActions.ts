/** What is done about TLS for devices. A bundle of its own: needed once in a project. */
export { deleteDevelopmentCa } from './deleteDevelopmentCa.ts';
export { exportCaCertificate } from './exportCaCertificate.ts';
export { newClientCertificate } from './newClientCertificate.ts';
export { setUpTls } from './setUpTls.ts';
export { showTlsNotes } from './showTlsNotes.ts';
export { turnOffTls } from './turnOffTls.ts';
