import type { OpenApiOperation } from './openapi-operation.ts';

/** The request as a command to copy; `CONCH_URL` and `CONCH_API_KEY` are the reader's. */
export function toCurl(method: string, operation: OpenApiOperation): string {
  const { requestBody, responses, security } = operation;
  const example = requestBody?.content['application/json']?.example;
  const arguments_ = [
    ...(method === 'GET' || example !== undefined ? [] : [`-X ${method}`]),
    ...(responses['302'] === undefined ? [] : ['-L -o video.mp4']),
    ...(security.length === 0 ? [] : ['-H "authorization: Bearer $CONCH_API_KEY"']),
    ...(example === undefined
      ? []
      : ["-H 'content-type: application/json'", `-d ${quote(JSON.stringify(example))}`]),
  ];
  const lines = [`curl "$CONCH_URL${operation['x-example-path']}"`, ...arguments_];
  return lines.join(' \\\n  ');
}

/** One word of a shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
