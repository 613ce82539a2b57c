import * as z from 'zod';
import { unlessBlank } from '../maas/order-rules.ts';
import { isWebUrl } from '../web-url.ts';
import type { EndpointKey } from './wire.ts';

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
