/** What a Task state calls. */
export type Resource =
  | { readonly kind: 'function'; readonly functionArn: string }
  | { readonly kind: 'invoke' }
  | { readonly kind: 'updateItem'; readonly waitsForToken: boolean };

/** Absent when a resource is none of the supported: a function's ARN, `lambda:invoke`, `dynamodb:updateItem`. */
export function toResource(arn: string): Resource | undefined {
  if (/^arn:aws[\w-]*:lambda:[\w-]*:\d*:function:[\w-]+(:[\w$-]+)?$/.test(arn)) {
    return { kind: 'function', functionArn: arn };
  }
  switch (arn.replace(/^arn:aws[\w-]*:states:[\w-]*:\d*:/, '')) {
    case 'lambda:invoke':
      return { kind: 'invoke' };
    case 'aws-sdk:dynamodb:updateItem':
      return { kind: 'updateItem', waitsForToken: false };
    case 'aws-sdk:dynamodb:updateItem.waitForTaskToken':
      return { kind: 'updateItem', waitsForToken: true };
    default:
      return undefined;
  }
}
