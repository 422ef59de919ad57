// A zod schema as clients are shown it: without what says nothing, because every word of it is in every conversation.
// So the two tools that SEED.md names go out with its very schemas; unknown arguments are refused all the same.
import * as z from 'zod';

export type WireSchema = Readonly<Record<string, unknown>> & { readonly type: 'object' };

export function toWireSchema(schema: z.ZodObject, io: 'input' | 'output'): WireSchema {
  const { $schema: _, ...shown } = z.toJSONSchema(schema, { io, override: ({ jsonSchema }) => shorten(jsonSchema) });
  return { ...shown, type: 'object' };
}

function shorten(schema: z.core.JSONSchema.BaseSchema): void {
  if (schema.additionalProperties === false) delete schema.additionalProperties;
  // The bounds that zod gives every integer.
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
}
