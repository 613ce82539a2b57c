import { type HttpAnswer, jsonAnswer } from '../../shared/http/http-event.ts';

/** GET /health: the function starts and its settings are right. */
export async function getHealth(): Promise<HttpAnswer> {
  return jsonAnswer(200, { status: 'ok' });
}
