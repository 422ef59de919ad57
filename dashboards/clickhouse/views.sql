-- For panels of one's own: tables of one company with what the dashboards otherwise work out themselves. Ask with
--
--   SELECT * FROM errata.company_errors(company = 1) WHERE time > now() - INTERVAL 1 HOUR
--
-- They read as who asks: a viewer of another company gets nothing (company-viewer.sql). Who may ask needs SELECT on the view.

CREATE OR REPLACE VIEW errata.company_errors SQL SECURITY INVOKER AS
WITH
  (SELECT (groupArray(fingerprint), groupArray(resolved_until)) FROM errata.group_state FINAL
    WHERE company_id = {company:UInt32} AND resolved_until > toDateTime64(0, 3, 'UTC')) AS known,
  (SELECT (groupArrayIf(id, state = 'resolved'), groupArrayIf(id, state = 'open')) FROM errata.error_state FINAL
    WHERE company_id = {company:UInt32}) AS own
SELECT id, timestamp AS time, received_at, service, severity, error_type, exception_type, message, environment, release, host,
  trace_id, toString(fingerprint) AS group_id,
  (timestamp <= transform(CAST(fingerprint, 'FixedString(32)'), known.1, known.2, toDateTime64(0, 3, 'UTC'))
    AND NOT has(own.2, id)) OR has(own.1, id) AS resolved
FROM errata.errors WHERE company_id = {company:UInt32};

CREATE OR REPLACE VIEW errata.company_attempts SQL SECURITY INVOKER AS
SELECT attempt_id AS id, max(started_at) AS started, any(rule_id) AS rule, argMax(target_key, seq) AS target, argMax(state, seq) AS how,
  argMax(outcome, seq) AS ended_as, argMax(suppression, seq) AS held_back, any(error_id) AS error, argMax(attempt, seq) AS json
FROM errata.attempt_events WHERE company_id = {company:UInt32} GROUP BY attempt_id;

CREATE OR REPLACE VIEW errata.company_groups SQL SECURITY INVOKER AS
SELECT toString(fingerprint) AS id, count() AS errors, min(timestamp) AS first_seen, max(timestamp) AS last_seen,
  argMax(service, timestamp) AS service, max(severity) AS severity
FROM errata.errors WHERE company_id = {company:UInt32} GROUP BY fingerprint;
