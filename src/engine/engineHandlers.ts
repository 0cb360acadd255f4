/** The engine's methods by name, as the RPC server looks them up: the compiler tells when one is missing. */
import type { EngineMethods } from '../contracts/engine.ts';
import type { Engine } from './engine.ts';
import type { Handlers } from './rpcServer.ts';

export function handlersOf(engine: Engine): Handlers<EngineMethods> {
  return {
    startBroker: (params) => engine.startBroker(params),
    stopBroker: (params) => engine.stopBroker(params),
    setLimits: (params) => engine.setLimits(params),
    publish: (params) => engine.publish(params),
    subscribe: (params) => engine.subscribe(params),
    unsubscribe: (params) => engine.unsubscribe(params),
    listSubscriptions: () => engine.listSubscriptions(),
    clearRetained: (params) => engine.clearRetained(params),
    listClients: () => engine.listClients(),
    topicChildren: (params) => engine.topicChildren(params),
    topicPath: (params) => engine.topicPath(params),
    findTopics: (params) => engine.findTopics(params),
    watchTopics: (params) => engine.watchTopics(params),
    clearTopics: () => engine.clearTopics(),
    watchMessages: (params) => engine.watchMessages(params),
    unwatchMessages: (params) => engine.unwatchMessages(params),
    message: (params) => engine.message(params),
  };
}
