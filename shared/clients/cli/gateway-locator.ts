import { setTimeout as sleep } from 'node:timers/promises';
import { gatewayAddressConfig } from '../../config.ts';
import { readCommandConfig } from './command-config.ts';
import { CommandError } from './command-error.ts';
import { findLocalGateway, type LocalGateway } from './local-gateway.ts';
import { type SpawnedGateway, spawnLocalGateway } from './spawn-local-gateway.ts';

export interface GatewayAddress {
  readonly url: string;
  readonly apiKey: string;
}

/** Where the gateway is, also after the one that was there has gone. */
export interface GatewayLocator {
  /** Throws a CommandError when there is none. */
  locate(): Promise<GatewayAddress>;
  /** Says that the located gateway does not answer: `locate` looks anew. */
  forget(): void;
  /** Ends the gateway that was started, if one was. */
  stop(): Promise<void>;
}

const maxStarts = 20;
const startPauseMs = 1000;

/**
 * The gateway of CONCH_URL, else the local one that serves, else one that lives as long as the command. None is
 * started after `signal`.
 */
export function createGatewayLocator(signal: AbortSignal): GatewayLocator {
  const { CONCH_URL, CONCH_API_KEY } = readCommandConfig(gatewayAddressConfig);
  if (CONCH_URL === undefined) return createLocalLocator(signal);
  if (CONCH_API_KEY === undefined)
    throw new CommandError('CONCH_URL is set, so CONCH_API_KEY must be set too');
  const address = { url: CONCH_URL.replace(/(\/v1)?\/*$/, ''), apiKey: CONCH_API_KEY };
  return { locate: async () => address, forget() {}, stop: async () => {} };
}

function createLocalLocator(signal: AbortSignal): GatewayLocator {
  let located: LocalGateway | undefined;
  let own: SpawnedGateway | undefined;
  async function start(): Promise<string | undefined> {
    await own?.stop();
    signal.throwIfAborted();
    own = spawnLocalGateway();
    return own.failure;
  }
  return {
    async locate() {
      located ??= (await findLocalGateway()) ?? (await startOrJoin(start));
      return located;
    },
    forget() {
      located = undefined;
    },
    stop: async () => own?.stop(),
  };
}

/** Of several that start at once only one gets the data directory: the others wait and use that one. */
async function startOrJoin(start: () => Promise<string | undefined>): Promise<LocalGateway> {
  process.stderr.write('starting a local gateway with simulated providers …\n');
  for (let starts = 1; ; starts += 1) {
    const failure = await start();
    if (failure !== undefined && (starts === maxStarts || !isTaken(failure))) throw new CommandError(failure);
    if (failure !== undefined) await sleep(startPauseMs);
    const gateway = await findLocalGateway();
    if (gateway !== undefined) return gateway;
    if (failure === undefined)
      throw new CommandError('The local gateway says it is ready, but does not answer');
  }
}

/** Whether a gateway says that another one has its directory, or has just taken one of its ports. */
function isTaken(failure: string): boolean {
  return /^(Another gateway|Port \d+ is in use)/m.test(failure);
}
