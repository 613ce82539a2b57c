import { generationFailedCode } from './wire.ts';

export function toErrorBody(code: number, msg: string) {
  return { code, msg, data: null };
}

export function toCreated(taskId: string) {
  return { code: 200, msg: 'success', data: { taskId } };
}

export function toCredit(credits: number) {
  return { code: 200, msg: 'success', data: credits };
}

/** What the dialect tells of a task. Times are Unix milliseconds. */
export interface ShownTask {
  readonly taskId: string;
  readonly model: string;
  readonly state: string;
  /** The order, which is shown as JSON within JSON. */
  readonly order: object;
  readonly videoUrl?: string | undefined;
  readonly failure?: { readonly failCode: string; readonly failMsg: string } | undefined;
  readonly createTime: number;
  readonly updateTime?: number;
  /** Present once it has ended. */
  readonly completeTime?: number | undefined;
  readonly creditsConsumed?: number | undefined;
}

/** The answer to a look. */
export function toRecord(task: ShownTask) {
  const { createTime, updateTime, completeTime, creditsConsumed } = task;
  return {
    code: 200,
    message: 'success',
    data: {
      ...toTask(task),
      ...(task.failure ?? { failCode: '', failMsg: '' }),
      ...(completeTime !== undefined && { costTime: completeTime - createTime, completeTime }),
      createTime,
      ...(updateTime !== undefined && { updateTime }),
      ...(creditsConsumed !== undefined && { creditsConsumed }),
    },
  };
}

/** The body of a callback: as a look, but for the code of a failure and the time that it took, which is in seconds here. */
export function toCallback(task: ShownTask) {
  const { state, createTime, completeTime, failure } = task;
  const costTime = completeTime === undefined ? undefined : Math.round((completeTime - createTime) / 1000);
  return {
    code: failure === undefined ? 200 : generationFailedCode,
    msg: `The task is in the state ${state}`,
    data: {
      ...toTask(task),
      ...(failure ?? { failCode: null, failMsg: null }),
      ...(costTime !== undefined && { costTime }),
      createTime,
      ...(completeTime !== undefined && { completeTime }),
    },
  };
}

function toTask({ taskId, model, state, order, videoUrl, failure }: ShownTask) {
  const result = videoUrl === undefined ? '' : JSON.stringify({ resultUrls: [videoUrl] });
  return {
    taskId,
    model,
    state,
    param: JSON.stringify(order),
    resultJson: failure === undefined ? result : null,
  };
}
