import type { IncomingMessage } from 'node:http';
import * as z from 'zod';
import type { Answer } from './answer.ts';
import { passesChallenge } from './callback-challenge.ts';
import type { Dialect, Order } from './dialect.ts';
import { type CreateFault, faultStages } from './faults.ts';
import { checkImage, type ImageVerdict } from './image-check.ts';
import { type JobDraft, planJob } from './job.ts';
import { startCallbacks } from './job-callbacks.ts';
import { readJson } from './request-body.ts';
import { type Simulation, toErrorAnswer } from './simulation.ts';
import type { VideoShape } from './video-maker.ts';

interface Accepting {
  readonly route: string;
  readonly request: unknown;
  readonly order: Order;
}

/** Serves one order. A job is on disk before anything is answered. */
export async function answerCreate(
  simulation: Simulation,
  route: string,
  message: IncomingMessage,
): Promise<Answer> {
  const { dialect, faults } = simulation;
  simulation.createRequests += 1;
  const request = await readJson(message);
  const url = new URL(message.url ?? '/', simulation.origin);
  const parsed = dialect.orderSchema(route, url).safeParse(request);
  if (!parsed.success) {
    return toErrorAnswer(dialect, { status: 400, message: z.prettifyError(parsed.error), route });
  }
  const fault = faults.drawOne({ stage: faultStages.create, prompt: parsed.data.prompt });
  return answerDespite(fault, simulation, { route, request, order: parsed.data });
}

async function answerDespite(
  fault: CreateFault | undefined,
  simulation: Simulation,
  accepting: Accepting,
): Promise<Answer> {
  const { dialect } = simulation;
  const { route } = accepting;
  switch (fault?.kind) {
    case undefined:
      return accept(simulation, accepting);
    case 'drop_before_accepting':
      return { kind: 'drop' };
    case 'drop_after_accepting':
      await accept(simulation, accepting);
      return { kind: 'drop' };
    case 'create_hangs':
      await accept(simulation, accepting);
      return { kind: 'hang' };
    case 'create_error':
      return toErrorAnswer(dialect, { ...fault, message: 'the service is out of order', route });
    case 'create_html':
      return { kind: 'html', status: fault.status };
    case 'moderate_at_submit':
      return toErrorAnswer(dialect, { status: 400, message: dialect.refusals.moderated, route });
  }
}

async function accept(simulation: Simulation, { route, request, order }: Accepting): Promise<Answer> {
  const { dialect, faults, videos } = simulation;
  if (!(await passesChallenge(simulation, order))) {
    const message = 'the callback URL did not answer the challenge';
    return toErrorAnswer(dialect, { status: 400, message, route });
  }
  const images = await checkImages(order, dialect.imageTypes);
  const job = planJob({
    id: dialect.newJobId(route),
    route,
    request,
    order,
    ...images,
    acceptedAt: simulation.clock.now(),
    jobSeconds: simulation.jobSeconds,
    jobFaults: faults.drawAll({ stage: faultStages.job, prompt: order.prompt }),
    callbackFaults: faults.drawAll({ stage: faultStages.callback, prompt: order.prompt }),
  });
  simulation.log.accepted(job);
  // Only to have it ready in time: whoever downloads it meets the error.
  if (job.failure === undefined) videos.make(job.shape).catch(() => undefined);
  await startCallbacks(simulation, job);
  return { kind: 'json', status: 200, body: dialect.createdBody({ job, status: 'queued' }) };
}

async function checkImages(
  order: Order,
  types: Dialect['imageTypes'],
): Promise<Pick<JobDraft, 'failure' | 'shape'>> {
  const { firstFrameImage, lastFrameImage, subjectImage } = order;
  const [frame, ...others] = await Promise.all([
    checkImage(firstFrameImage, types),
    checkImage(lastFrameImage, types),
    checkImage(subjectImage, types),
  ]);
  const failure = [frame, ...others].find((verdict) => verdict.failure !== undefined)?.failure;
  return { shape: toShape(frame, order.seconds), ...(failure === undefined ? {} : { failure }) };
}

const shortSidePixels = 720;
const defaultSeconds = 6;

/** A video follows the shape of its first frame, as far as the documents let an image be long. */
function toShape({ size = { width: 16, height: 9 } }: ImageVerdict, seconds = defaultSeconds): VideoShape {
  const aspect = Math.min(5 / 2, Math.max(2 / 5, size.width / size.height));
  const longSidePixels = Math.round((shortSidePixels * Math.max(aspect, 1 / aspect)) / 2) * 2;
  return aspect >= 1
    ? { width: longSidePixels, height: shortSidePixels, seconds }
    : { width: shortSidePixels, height: longSidePixels, seconds };
}
