/** How an invocation ended, in Lambda's and Step Functions' words. */
export type FunctionOutcome =
  | { readonly kind: 'returned'; readonly payload: unknown }
  | {
      readonly kind: 'failed';
      readonly errorType: string;
      readonly errorMessage: string;
      readonly trace?: string[];
    };
