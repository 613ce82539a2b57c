import type { HttpEvent } from '../../../shared/http/http-event.ts';
import { mediaType, readJson } from '../../../shared/http/request-body.ts';
import { findOperation } from './find-operation.ts';
import { ContractFault } from './hold-to-contract.ts';
import { validatorOf } from './validator.ts';

/**
 * Throws ContractFault where our own API took a body of JSON that the published contract does not have. The doors are
 * left out: they tolerate more than they tell of, such as blanks.
 */
export function holdRequestToContract(event: HttpEvent, status: number): void {
  const { requestContext, rawPath, body = '' } = event;
  const isOwn = rawPath.startsWith('/v1/') && !rawPath.startsWith('/v1/ai/');
  if (!isOwn || status >= 300 || body === '' || mediaType(event) !== 'application/json') return;
  const operation = findOperation(requestContext.http.method, rawPath);
  const schema = operation?.requestBody?.content['application/json']?.schema;
  const faults = schema === undefined ? ['no body is documented'] : validatorOf(schema)(readJson(event));
  if (faults.length === 0) return;
  throw new ContractFault(
    `${operation?.operationId ?? rawPath} took a body, against /openapi.json: ${faults.join('; ')}`,
  );
}
