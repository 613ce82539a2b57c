declare module 'asl-validator' {
  /** Checks a definition in the Amazon States Language against the published schemas. */
  function validate(definition: unknown): {
    readonly isValid: boolean;
    errorsText(separator?: string): string;
  };
  export = validate;
}
