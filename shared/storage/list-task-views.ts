import type { Task, TaskState } from '../domain/task.ts';
import type { VideoRequest } from '../domain/video-request.ts';
import { fromRequestItem, requestKey } from './task-items.ts';
import type { TaskTable, TaskView } from './task-store.ts';
import { readItems, type TaskRange, walkTasks } from './walk-tasks.ts';

/** What a task must have; what is absent does not matter. */
export interface TaskFilter {
  readonly states?: readonly TaskState[] | undefined;
  readonly model?: string | undefined;
  readonly provider?: string | undefined;
  /** Names with their values, all of which the order must carry. */
  readonly metadata?: readonly (readonly [name: string, value: string])[] | undefined;
}

export interface TaskQuery extends TaskRange {
  /** 1 to 100. */
  readonly limit: number;
  readonly filter?: TaskFilter;
}

export interface TaskPage {
  readonly views: readonly TaskView[];
  /** True also where the search was broken off; then nobody knows. */
  readonly hasMore: boolean;
  /** The next page begins behind this task: the last of the page, or where the search was broken off. */
  readonly lastId: string | undefined;
}

/** What one page may cost: a search that finds little is broken off after so many tasks. */
const maxSearched = 1000;
const searchBatch = 100;

export async function listTaskViews(
  table: TaskTable,
  query: TaskQuery,
  searchLimit = maxSearched,
): Promise<TaskPage> {
  const { limit, filter } = query;
  const found: TaskView[] = [];
  let searched = 0;
  // One more than the page tells whether there is a next one.
  for await (const tasks of walkTasks(table, query, filter === undefined ? limit + 1 : searchBatch)) {
    const wanted = tasks.filter((task) => isWanted(task, filter));
    const missing = limit + 1 - found.length;
    const views = await readViews(table, filter?.metadata === undefined ? wanted.slice(0, missing) : wanted);
    found.push(...views.filter(({ request }) => hasMetadata(request, filter)));
    searched += tasks.length;
    if (found.length > limit) return toPage(found.slice(0, limit), true);
    if (searched >= searchLimit) return { views: found, hasMore: true, lastId: tasks.at(-1)?.id };
  }
  return toPage(found, false);
}

function toPage(views: readonly TaskView[], hasMore: boolean): TaskPage {
  return { views, hasMore, lastId: views.at(-1)?.task.id };
}

function isWanted(task: Task, { states, model, provider }: TaskFilter = {}): boolean {
  return (
    task.deletedAt === undefined &&
    (states === undefined || states.includes(task.state)) &&
    (model === undefined || task.model === model) &&
    (provider === undefined || task.provider === provider)
  );
}

function hasMetadata({ metadata = {} }: VideoRequest, { metadata: asked = [] }: TaskFilter = {}): boolean {
  const given = new Map(Object.entries(metadata));
  return asked.every(([name, value]) => given.get(name) === value);
}

async function readViews(table: TaskTable, tasks: readonly Task[]): Promise<TaskView[]> {
  const requests = await readRequests(
    table,
    tasks.map(({ id }) => id),
  );
  return tasks.flatMap((task) => {
    const request = requests.get(task.id);
    return request === undefined ? [] : [{ task, request }];
  });
}

/** By the ids of their tasks. */
export async function readRequests(
  table: TaskTable,
  ids: readonly string[],
): Promise<ReadonlyMap<string, VideoRequest>> {
  const items = await readItems(table, ids.map(requestKey));
  return new Map(items.map((item) => [item['pk']?.S ?? '', fromRequestItem(item)]));
}
