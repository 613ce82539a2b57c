import * as z from 'zod';
import { unlessBlank } from '../maas/order-rules.ts';
import { statusReader } from '../status-words.ts';
import { isWebUrl } from '../web-url.ts';
import { wireId, wireNumber, wireText, wireUrl, wireWord } from '../wire-reading.ts';

/** The document's six models without their common prefix; also the keys of `CLOUDSWAY_ENDPOINT_PATHS`. */
export const endpointKeys = ['t2v', 'i2v', 'i2v_live', 't2v_director', 'i2v_director', 's2v'] as const;
export type EndpointKey = (typeof endpointKeys)[number];

/** Whether the model follows camera moves in brackets. */
export function isDirector(key: EndpointKey): boolean {
  return key.endsWith('_director');
}

/** The body of `POST {endpointPath}/hailuo/video/generate`. It has no model: the path chooses that. */
export const createRequestSchema = z.object({
  prompt: wireText.optional(),
  promptOptimizer: z.boolean().optional(),
  firstFrameImage: wireText.optional(),
  subjectReference: z
    .array(z.object({ type: z.literal('character'), image: z.array(z.string()).length(1) }))
    .length(1)
    .optional(),
});
export type CreateRequest = z.input<typeof createRequestSchema>;

const flag = (name: string) => z.boolean(`${name} must be true or false`).optional();

const dataUrl = /^data:image\/(jpeg|jpg|png);base64,[A-Za-z0-9+/]+={0,2}$/;

/** A blank is absent: the document's own examples send one for what is not given. */
function imageText(name: string) {
  const message = `${name} must be an http or https URL, or a data URL of a JPEG or PNG in base64`;
  const isImage = (text: string) => text === '' || isWebUrl(text) || dataUrl.test(text);
  return z.string(message).trim().refine(isImage, message).transform(unlessBlank);
}

/** The table gives a text, the example a list, and "the array length is limited to 1". */
function oneImage(name: string) {
  const message = `${name} must be one image, as text or as a list of one`;
  return z
    .union([z.string(), z.tuple([z.string()])], message)
    .transform((given) => (typeof given === 'string' ? given : given[0]))
    .pipe(imageText(name));
}

const notCharacter = 'type must be "character"';

function subjectList(name: string) {
  const message = `${name} must be a list of one subject: {"type": "character", "image": […]}`;
  const subject = z.object({ type: z.literal('character', notCharacter), image: oneImage('image') }, message);
  return z
    .tuple([subject], message)
    .transform(([first]) => first)
    .optional();
}

/** Tables and examples differ in how they spell and nest the fields: all of their ways are read. */
const bodySchema = z.object(
  {
    prompt: z.string('prompt must be text').optional(),
    promptOptimizer: flag('promptOptimizer'),
    prompt_optimizer: flag('prompt_optimizer'),
    firstFrameImage: imageText('firstFrameImage').optional(),
    first_frame_image: imageText('first_frame_image').optional(),
    subjectReference: subjectList('subjectReference'),
    subject_reference: subjectList('subject_reference'),
    type: z.string(notCharacter).transform(unlessBlank).optional(),
    image: oneImage('image').optional(),
  },
  'The body must be a JSON object',
);

/** A value, and the field in which the client gave it. */
interface Given<Value> {
  readonly name: string;
  readonly value: Value;
}

/** What a client orders, however it is spelled. */
export interface OrderBody {
  readonly prompt?: string | undefined;
  readonly promptOptimizer?: Given<boolean> | undefined;
  readonly firstFrameImage?: Given<string> | undefined;
  readonly subject?: Given<{ readonly image?: string | undefined }> | undefined;
}

/** The body of an order as a client may send it, whichever path it goes to. */
export const orderBodySchema = bodySchema.transform((body, context): OrderBody => {
  const { type, image } = body;
  if (image !== undefined && type !== 'character') {
    context.addIssue({ code: 'custom', path: ['type'], message: notCharacter });
  }
  return {
    prompt: unlessBlank(body.prompt),
    promptOptimizer: givenOnce(
      { promptOptimizer: body.promptOptimizer, prompt_optimizer: body.prompt_optimizer },
      context,
    ),
    firstFrameImage: givenOnce(
      { firstFrameImage: body.firstFrameImage, first_frame_image: body.first_frame_image },
      context,
    ),
    subject: givenOnce(
      {
        subjectReference: body.subjectReference,
        subject_reference: body.subject_reference,
        image: type === undefined && image === undefined ? undefined : { image },
      },
      context,
    ),
  };
});

/** What stands in one of several fields that mean the same. */
function givenOnce<Value>(
  fields: Readonly<Record<string, Value | undefined>>,
  context: z.RefinementCtx,
): Given<Value> | undefined {
  const given = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, value }],
  );
  const [first, second] = given;
  if (first !== undefined && second !== undefined) {
    const message = `${first.name} and ${second.name} mean the same; give one of them`;
    context.addIssue({ code: 'custom', path: [second.name], message });
  }
  return first;
}

const maxPromptLength = 2000;

/**
 * What the document demands of an order for one model; without a key only what holds for all. A first frame may
 * come with an order from text, as its table says. Prompts are counted in Unicode code points.
 */
export function checkOrder(order: OrderBody, key: EndpointKey | undefined, context: z.RefinementCtx): void {
  const { prompt = '', firstFrameImage: frame, subject } = order;
  const refuse = (field: string, message: string) =>
    context.addIssue({ code: 'custom', path: [field], message: `${field} ${message}` });
  if ([...prompt].length > maxPromptLength) refuse('prompt', `is longer than ${maxPromptLength} characters`);
  if (key === undefined) return;
  const start = key.slice(0, 3);
  if (start === 't2v' && prompt === '') refuse('prompt', `is required for ${key}`);
  if (start === 'i2v' && frame === undefined) refuse('firstFrameImage', `is required for ${key}`);
  if (start !== 's2v') {
    if (subject !== undefined) refuse(subject.name, 'is taken by s2v alone; leave it out');
    return;
  }
  if (subject?.value.image === undefined)
    refuse(subject?.name ?? 'subjectReference', 'needs the image of a subject');
  if (frame !== undefined) refuse(frame.name, 'is not taken beside a subject; leave it out');
}

const originStatusSchema = z
  .object({ status_code: wireNumber, statusCode: wireNumber, status_msg: wireText, statusMsg: wireText })
  .transform((wire) => ({
    code: wire.status_code ?? wire.statusCode,
    message: wire.status_msg ?? wire.statusMsg,
  }))
  .nullish()
  .catch(undefined);

export type OriginStatus = z.infer<typeof originStatusSchema>;

/** The table of the document is in camel case, its examples are in snake case: both are read. */
export const createdSchema = z
  .object({ taskId: wireId, task_id: wireId, base_resp: originStatusSchema, baseResp: originStatusSchema })
  .transform((wire) => ({
    taskId: wire.taskId ?? wire.task_id,
    originStatus: wire.base_resp ?? wire.baseResp,
  }));

/** The answer of `GET …/task/{taskId}`. Its task id is the origin's, not ours: it is not read. */
export const wireTaskSchema = z
  .object({
    status: wireWord,
    fileId: wireId,
    file_id: wireId,
    base_resp: originStatusSchema,
    baseResp: originStatusSchema,
  })
  .transform((wire) => ({
    status: wire.status,
    fileId: wire.fileId ?? wire.file_id,
    originStatus: wire.base_resp ?? wire.baseResp,
  }));

/** The answer of `GET …/file?taskId=…&fileId=…`. */
export const wireFileSchema = z
  .object({ mediaUrl: wireUrl, media_url: wireUrl, expireTime: wireNumber, expire_time: wireNumber })
  .transform((wire) => ({
    url: wire.mediaUrl ?? wire.media_url,
    /** Unix time in seconds or in milliseconds. */
    expireTime: wire.expireTime ?? wire.expire_time,
  }));

/** How each status word is meant. */
export const meaningOf = statusReader({
  preparing: 'queued',
  queueing: 'queued',
  processing: 'running',
  success: 'succeeded',
  fail: 'failed',
});
