// SQL that finds groups which may look like a given one. The text index `by_words` of error_groups finds those that share a
// word; what is read of them is ranked here, so that a type that thousands share does not hide the few that matter.
import type { Query } from './queries.ts';
import { GROUP_WORDS } from './schema.ts';
import { WEIGHTS, typesOf, wordsOf } from './similarity.ts';
import type { Inputs } from './similarity.ts';

/** Words of a template that are looked for; 200 characters have some dozens. */
const MAX_WORDS = 40;

interface Asked {
  /** Of the group itself: not looked for. */
  readonly except: readonly string[];
  readonly inputs: Inputs;
  readonly resolvedOnly: boolean;
  readonly limit: number;
}

/** `shared` is never below the score (similarity.ts): it takes the share of the asked group's own parts. */
export function selectCandidates(companyId: number, { except, inputs, resolvedOnly, limit }: Asked): Query {
  const types = typesOf(inputs);
  const words = wordsOf(inputs.template).slice(0, MAX_WORDS);
  // The last word of a type is the one that tells: of `java.io.IOException` not `java`.
  const typeWords = types.flatMap((type) => wordsOf(type).slice(-1));
  const tokens = [...new Set([...words, ...typeWords])];
  // Without any word there are the frames, and no index.
  const alike =
    tokens.length > 0
      ? `hasAnyTokens(${GROUP_WORDS}, {tokens:Array(String)})`
      : 'hasAny(inputs.frames, {frames:Array(String)})';
  const resolved = resolvedOnly
    ? ` AND fingerprint GLOBAL IN (SELECT fingerprint FROM group_state FINAL
          WHERE company_id = {company:UInt32} AND resolved_until > toDateTime64(0, 3, 'UTC'))`
    : '';
  return {
    query: `WITH JSONExtract(grouping, 'Tuple(rootType String, outerType String, frames Array(String), template String)') AS inputs
      SELECT toString(fingerprint) AS fingerprint_text, grouping,
        {type_weight:Float64} * hasAny({types:Array(String)}, [inputs.rootType, inputs.outerType])
          + {frames_weight:Float64} * length(arrayIntersect(inputs.frames, {frames:Array(String)})) / {frame_count:UInt32}
          + {words_weight:Float64} * length(arrayIntersect(tokens(lowerUTF8(inputs.template), 'splitByNonAlpha'), {words:Array(String)})) / {word_count:UInt32}
          AS shared
      FROM error_groups
      WHERE company_id = {company:UInt32} AND ${alike}
        AND fingerprint NOT IN ({except:Array(FixedString(32))})${resolved}
      ORDER BY shared DESC, first_received DESC, fingerprint LIMIT 1 BY fingerprint LIMIT {limit:UInt32}`,
    query_params: {
      company: companyId,
      tokens,
      types,
      words,
      frames: inputs.frames,
      word_count: Math.max(words.length, 1),
      frame_count: Math.max(inputs.frames.length, 1),
      type_weight: WEIGHTS.type,
      frames_weight: WEIGHTS.frames,
      words_weight: WEIGHTS.words,
      except,
      limit,
    },
  };
}

/** The newest error of each group, given when that was. */
export function selectNewest(companyId: number, fingerprints: readonly string[], times: readonly number[]): Query {
  return {
    query: `SELECT toString(fingerprint) AS fingerprint_text, toString(id) AS id_text, message, exception_type FROM errors
      WHERE company_id = {company:UInt32} AND timestamp IN (SELECT fromUnixTimestamp64Milli(arrayJoin({times:Array(Int64)}), 'UTC'))
        AND fingerprint IN ({fingerprints:Array(FixedString(32))})
      ORDER BY timestamp DESC, id DESC LIMIT 1 BY fingerprint LIMIT {limit:UInt32}`,
    query_params: { company: companyId, times, fingerprints, limit: fingerprints.length },
  };
}
