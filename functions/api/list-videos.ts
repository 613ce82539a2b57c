import * as z from 'zod';
import { quoted } from '../../shared/domain/shown-text.ts';
import type { Task } from '../../shared/domain/task.ts';
import { ConchError } from '../../shared/errors.ts';
import { type HttpAnswer, jsonAnswer } from '../../shared/http/http-event.ts';
import { toVideoId } from '../../shared/ids.ts';
import { statesOf, videoStatuses } from '../../shared/ordering/video-object.ts';
import { readAnyId } from '../../shared/providers/id-forms.ts';
import type { TaskFilter } from '../../shared/storage/list-task-views.ts';
import type { AccountRequest, ApiDependencies } from './api-dependencies.ts';
import { limitParameter } from './limit-parameter.ts';
import { metadataNameOf } from './metadata-name.ts';
import { timeParameter } from './time-parameter.ts';
import { describeVideo } from './video-answer.ts';

export const listVideosParameters = z
  .record(z.string(), z.string())
  .transform(gatherMetadata)
  .pipe(
    z.strictObject({
      after: z.string().optional(),
      limit: limitParameter,
      order: z.enum(['asc', 'desc'], 'must be asc or desc').default('desc'),
      status: z.enum(videoStatuses, `must be ${videoStatuses.join(', ')}`).optional(),
      model: z.string().optional(),
      provider: z.string().optional(),
      metadata: z.array(z.tuple([z.string(), z.string()]), 'must name what it asks for').optional(),
      created_after: timeParameter.optional(),
      created_before: timeParameter.optional(),
    }),
  );
type Parameters = z.infer<typeof listVideosParameters>;

/** Every `metadata[name]` and `metadata.name` of a query becomes a pair of name and value. */
function gatherMetadata(query: Readonly<Record<string, string>>): Record<string, unknown> {
  const pairs: [string, string][] = [];
  const rest = Object.entries(query).filter(([parameter, value]) => {
    const name = metadataNameOf(parameter);
    if (name !== undefined) pairs.push([name, value]);
    return name === undefined;
  });
  return { ...(pairs.length > 0 && { metadata: pairs }), ...Object.fromEntries(rest) };
}

/** GET /v1/videos: the account's videos by time of acceptance, the newest first. */
export async function listVideos(
  { parameters, account }: AccountRequest<Parameters>,
  api: ApiDependencies,
): Promise<HttpAnswer> {
  const { after, limit, order, created_after: from, created_before: before } = parameters;
  requireRange(from, before);
  const last = after === undefined ? undefined : await requireCursor(after, account, api);
  const filter = toFilter(parameters);
  const query = { account, limit, order, from, before, after: last, ...(filter && { filter }) };
  const { views, hasMore, lastId } = await api.tasks.listTaskViews(query);
  const data = views.map((view) => describeVideo(view, api));
  return jsonAnswer(200, {
    object: 'list',
    data,
    has_more: hasMore,
    first_id: data.at(0)?.id ?? null,
    last_id: lastId === undefined ? null : toVideoId(lastId),
  });
}

function toFilter({ status, model, provider, metadata }: Parameters): TaskFilter | undefined {
  const filter = { states: status && statesOf(status), model, provider, metadata };
  return Object.values(filter).every((value) => value === undefined) ? undefined : filter;
}

function requireRange(from: string | undefined, before: string | undefined): void {
  if (from === undefined || before === undefined || from < before) return;
  const message = `created_before must be later than created_after; got ${before} and ${from}`;
  throw new ConchError('invalid_query', message, { param: 'created_before' });
}

async function requireCursor(after: string, account: string, { tasks }: ApiDependencies): Promise<Task> {
  const id = readAnyId(after);
  const task = id === undefined ? undefined : await tasks.getTask(id);
  if (task?.account === account) return task;
  throw new ConchError('invalid_query', `after: ${quoted(after)} is no video of this account`, {
    param: 'after',
  });
}
