import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { LocalServer } from '../local-server.ts';
import type { TimerClock } from '../timer-clock.ts';
import { type Answer, sendAnswer } from './answer.ts';
import { createCallbackSender } from './callback-sender.ts';
import { answerCancel } from './cancel-route.ts';
import { answerControl, listJobs, type SimulatedJob } from './control-route.ts';
import { answerCreate } from './create-route.ts';
import type { Dialect } from './dialect.ts';
import { answerDownload } from './download-route.ts';
import { createFaultPlan } from './fault-plan.ts';
import type { FaultInput } from './faults.ts';
import { resumeCallbacks } from './job-callbacks.ts';
import { openJobLog } from './job-log.ts';
import { answerLook } from './look-route.ts';
import { type Simulation, toErrorAnswer } from './simulation.ts';
import type { VideoMaker } from './video-maker.ts';

export interface SimulatedProviderOptions {
  readonly dialect: Dialect;
  /** Its jobs lie here, in a file of its own; they survive a kill. */
  readonly dataDirectory: string;
  /** Any free port when absent. */
  readonly port?: number;
  readonly clock: TimerClock;
  /** From acceptance to success. */
  readonly jobSeconds: number;
  readonly videos: VideoMaker;
  /** The only key that it lets in. */
  readonly apiKey: string;
}

interface ProviderControls {
  /** Every accepted job, oldest first. */
  jobs(): SimulatedJob[];
  /** Orders that reached the server since it started, refused and dropped ones included. */
  createRequests(): number;
  /** When requests with a right key came, the newest 20,000, oldest first. */
  requestTimes(): readonly Date[];
  /** Replaces all faults; throws when one of them is malformed. */
  setFaults(faults: readonly FaultInput[]): void;
}

export interface SimulatedProvider extends LocalServer, ProviderControls {}

/** Starts a server that speaks `dialect`, and resumes the jobs and callbacks of an earlier run. */
export async function startSimulatedProvider(options: SimulatedProviderOptions): Promise<SimulatedProvider> {
  const server = createServer();
  const origin = await listen(server, options.port ?? 0);
  const { listener, stop, ...controls } = openSimulatedProvider(options, origin);
  server.on('request', listener);
  return {
    url: origin,
    ...controls,
    async close() {
      stop();
      const closed = new Promise((resolve) => server.once('close', resolve));
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

interface OpenProvider extends ProviderControls {
  readonly listener: RequestListener;
  /** Sends no more callbacks. */
  stop(): void;
}

/** What the server at `origin` serves. */
export function openSimulatedProvider(options: SimulatedProviderOptions, origin: string): OpenProvider {
  const simulation = createSimulation(options, origin);
  resumeCallbacks(simulation);
  return {
    listener: (request, response) => void serve(simulation, request, response),
    stop: () => simulation.sender.close(),
    jobs: () => listJobs(simulation),
    createRequests: () => simulation.createRequests,
    requestTimes: () => simulation.requestTimes,
    setFaults: (faults) => simulation.faults.set(faults),
  };
}

function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address: AddressInfo | string | null = server.address();
      if (address === null || typeof address === 'string') throw new Error('The server has no port');
      resolve(`http://127.0.0.1:${address.port}`);
    });
  });
}

function createSimulation(options: SimulatedProviderOptions, origin: string): Simulation {
  const { dialect, apiKey, jobSeconds, clock, videos, dataDirectory } = options;
  return {
    dialect,
    apiKey,
    jobSeconds,
    clock,
    origin,
    videos,
    log: openJobLog(join(dataDirectory, `${dialect.name}-jobs.jsonl`)),
    sender: createCallbackSender(clock),
    faults: createFaultPlan(),
    tallies: new Map(),
    createRequests: 0,
    requestTimes: [],
  };
}

async function serve(simulation: Simulation, request: IncomingMessage, response: ServerResponse) {
  try {
    await sendAnswer(await answer(simulation, request), request, response);
  } catch (error) {
    // A client that hangs up in the middle of a video is no fault of ours.
    if (!response.headersSent) console.error(`The simulated ${simulation.dialect.name} broke down:`, error);
    response.destroy();
  }
}

function answer(simulation: Simulation, request: IncomingMessage): Answer | Promise<Answer> {
  const url = new URL(request.url ?? '/', simulation.origin);
  if (url.pathname.startsWith('/_simulation/')) return answerControl(simulation, request, url.pathname);
  if (url.pathname.startsWith('/videos/')) return answerDownload(simulation, url.pathname);
  return answerApi(simulation, request, url);
}

function answerApi(simulation: Simulation, request: IncomingMessage, url: URL): Answer | Promise<Answer> {
  const { dialect, apiKey } = simulation;
  if (dialect.presentedKey(request.headers) !== apiKey) {
    return toErrorAnswer(dialect, { status: 401, message: dialect.refusals.wrongKey });
  }
  noteRequest(simulation);
  const createRoute = request.method === 'POST' ? dialect.matchCreate(url) : undefined;
  if (createRoute !== undefined) return answerCreate(simulation, createRoute, request);
  const { cancel } = dialect;
  if (request.method === 'DELETE' && cancel?.match(url) !== undefined) {
    return answerCancel(simulation, cancel, url);
  }
  const isRead = request.method === 'GET';
  const look = dialect.looks.find(({ match }) => isRead && match(url) !== undefined);
  if (look !== undefined) return answerLook(simulation, look, url);
  if (isRead && dialect.balance?.match(url)) {
    return { kind: 'json', status: 200, body: dialect.balance.body() };
  }
  return toErrorAnswer(dialect, { status: 404, message: dialect.refusals.notFound });
}

const keptRequestTimes = 20_000;

function noteRequest({ requestTimes, clock }: Simulation): void {
  requestTimes.push(clock.now());
  if (requestTimes.length > keptRequestTimes) requestTimes.shift();
}
