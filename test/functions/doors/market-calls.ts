import { expect } from 'vitest';
import * as z from 'zod';
import { readAnyId } from '../../../shared/providers/id-forms.ts';
import type { ServedApi } from '../../support/served-api.ts';

const createdSchema = z.strictObject({
  code: z.literal(200),
  msg: z.literal('success'),
  data: z.strictObject({ taskId: z.string() }),
});

/** The routes of the market dialect, called with one key. */
export function marketCalls(api: ServedApi, key: string) {
  const headers = { authorization: `Bearer ${key}` };
  const path = '/api/v1/jobs/createTask';
  return {
    place: (json: unknown) => api.call({ method: 'POST', path, json, headers }),
    /** Throws where the order is not accepted in the dialect. */
    async order(json: unknown) {
      const { status, body } = await api.call({ method: 'POST', path, json, headers });
      expect({ status, body }).toMatchObject({ status: 200 });
      const { taskId } = createdSchema.parse(body).data;
      const view = await api.tables.tasks.getTaskView(readAnyId(taskId) ?? '');
      if (view === undefined) throw new Error('The order was not accepted');
      return { ...view, taskId };
    },
    lookAt: (taskId: string) => api.call({ path: `/api/v1/jobs/recordInfo?taskId=${taskId}`, headers }),
  };
}

/** The example of a document with its images at `url`; the callback stays where it is. */
export function withImages(text: string, url: string): unknown {
  return JSON.parse(text.replaceAll(/https:\/\/img[^"]+/g, url));
}
