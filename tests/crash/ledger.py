"""What must be true of the rows alone: plain SQL, one query per sentence that it may have to say."""

import psycopg

# A query answers the values of the sentence before it, one row per discrepancy.
LAWS = {
    "{}: {} in the row, {} in the last journal entry": """
        SELECT id, r.state || ' at ' || r.version, coalesce(j.to_state || ' at ' || j.version, 'nothing')
        FROM requests r LEFT JOIN LATERAL (
            SELECT * FROM journal WHERE request_id = r.id ORDER BY version DESC LIMIT 1) j ON true
        WHERE (r.state, r.version) IS DISTINCT FROM (j.to_state, j.version)""",
    "{}: the journal lacks version {}": """
        SELECT request_id, n FROM (SELECT request_id, version, row_number() OVER (
            PARTITION BY request_id ORDER BY version) n FROM journal) j WHERE version <> n""",
    "{}: version {} leaves {}, but the one before reached {}": """
        SELECT request_id, version, from_state, before FROM (SELECT *, lag(to_state) OVER (
            PARTITION BY request_id ORDER BY version) before FROM journal) j
        WHERE from_state IS DISTINCT FROM before""",
    "{}: a journal without a request": """
        SELECT DISTINCT request_id FROM journal WHERE request_id NOT IN (SELECT id FROM requests)""",
    "{}: still accepted, no card was issued": "SELECT id FROM requests WHERE state = 'accepted'",
    "{}: its intake says {}, but a request {}": """
        SELECT i.request_id, coalesce(outcome, 'nothing'), CASE WHEN r.id IS NULL THEN 'is missing' ELSE 'is there' END
        FROM intakes i LEFT JOIN requests r ON r.id = i.request_id
        WHERE outcome IS NULL OR (outcome = 'recorded') <> (r.id IS NOT NULL)""",
    "{}: nobody submitted it": "SELECT id FROM requests WHERE id NOT IN (SELECT request_id FROM intakes)",
    "{}: the decision {} is pending": "SELECT request_id, trigger FROM decisions WHERE outcome IS NULL",
    "{}: the decision {} was booked {} times": """
        SELECT d.request_id, d.trigger, count(j.version) FROM decisions d LEFT JOIN journal j
            ON j.request_id = d.request_id AND j.version = d.booked_version AND j.action = d.trigger
        WHERE d.outcome = 'booked' GROUP BY d.request_id, d.idempotency_key HAVING count(j.version) <> 1""",
    "{}: version {} ({}) was decided {} times": """
        SELECT j.request_id, j.version, j.action, count(d.request_id) FROM journal j LEFT JOIN decisions d
            ON d.request_id = j.request_id AND d.booked_version = j.version
        WHERE j.action NOT IN ('submit', 'edit', 'judge', 'set_points', 'message', 'finish', 'expire', 'erase',
            'reissue')
        GROUP BY j.request_id, j.version HAVING count(d.request_id) <> 1""",
    "{}: {} numbers were drawn for {} warranty": """
        SELECT id, drawn, granted FROM (SELECT id,
            (SELECT count(*) FROM pool_numbers n WHERE n.request_id = r.id) drawn,
            (SELECT count(DISTINCT request_id) FROM assignments a WHERE a.request_id = r.id AND policy IS NOT NULL)
                granted FROM requests r WHERE kind <> 'unit-replacement') counted WHERE drawn <> granted""",
    "number {} stands on cards of {} requests": """
        SELECT number, count(DISTINCT request_id) FROM cards GROUP BY number HAVING count(DISTINCT request_id) > 1""",
    "{}: its card has the number {} of somebody else": """
        SELECT c.request_id, c.number FROM cards c LEFT JOIN pool_numbers n USING (number)
        WHERE n.request_id IS DISTINCT FROM c.request_id""",
    "{}: {}, with {} valid cards instead of {}": """
        SELECT id, state, valid, due FROM (SELECT id, state,
            (SELECT count(*) FROM cards c WHERE c.request_id = r.id AND status = 'valid') valid,
            (SELECT count(DISTINCT request_id) FROM assignments a WHERE a.request_id = r.id AND policy IS NOT NULL
                AND state = 'processed') due FROM requests r WHERE kind <> 'unit-replacement') counted
        WHERE valid <> due""",
    "{}: card version {} is {}, though a later one is not": """
        SELECT c.request_id, c.version, c.status FROM cards c WHERE c.status IN ('pending', 'valid')
            AND c.version < (SELECT max(version) FROM cards o WHERE o.request_id = c.request_id)""",
    "{}: card version {} is pending": "SELECT request_id, version FROM cards WHERE status = 'pending'",
    "{}: {} live requests hold the outdoor serial {}": """
        SELECT string_agg(id, ' and ' ORDER BY id), count(*), serial
        FROM request_units u JOIN requests r ON r.id = u.request_id
        WHERE role = 'outdoor' AND state <> 'cancelled' AND (kind = 'unit-replacement') = outgoing AND NOT EXISTS (
            SELECT FROM serial_claims c WHERE c.request_id = r.id AND c.serial = u.serial AND permit_id IS NOT NULL)
        GROUP BY r.country, r.kind, serial HAVING count(*) > 1""",
    "{}: {}, and holds {} of its {} outdoor serials": """
        SELECT id, state, held, count FROM (SELECT r.id, r.state, count(u.serial),
            (SELECT count(*) FROM serial_claims c WHERE c.request_id = r.id) held
            FROM requests r JOIN request_units u ON u.request_id = r.id AND u.role = 'outdoor'
                AND outgoing = (kind = 'unit-replacement') GROUP BY r.id) counted
        WHERE held <> CASE state WHEN 'cancelled' THEN 0 ELSE count END""",
    "{}: version {} ({}) queued {} emails to the requester instead of {}": """
        SELECT * FROM (SELECT j.request_id, j.version, j.action, (SELECT count(*) FROM emails e
            WHERE e.request_id = j.request_id AND e.cause = 'v' || j.version AND e.recipient = 'requester') queued,
            CASE WHEN action IN ('submit', 'deny', 'flag_wrong_data', 'finish', 'amend', 'adjust', 'cancel', 'expire',
                'cancel_by_end_user') OR action = 'process' AND to_state <> 'accepted' THEN 1 ELSE 0 END due
            FROM journal j WHERE action <> 'message') counted WHERE queued <> due""",
    "{}: {}, with {} replacements and {} charges": """
        SELECT id, state, replaced, charged FROM (SELECT id, state,
            (SELECT count(*) FROM replacements p WHERE p.request_id = r.id AND undone_at IS NULL) replaced,
            (SELECT count(*) FILTER (WHERE reverses IS NULL) - count(reverses) FROM charges c
                WHERE c.request_id = r.id) charged
            FROM requests r WHERE kind = 'unit-replacement') counted
        WHERE replaced <> charged OR replaced <> (state = 'processed')::int""",
    "{}: at {}, though it was last moved to {}": """
        SELECT p.serial, p.place, m.target FROM unit_places p JOIN LATERAL (SELECT target FROM stock_movements s
            WHERE s.country = p.country AND s.serial = p.serial ORDER BY id DESC LIMIT 1) m ON true
        WHERE p.place <> m.target""",
    "{}: {} stands on its card beside {} that took its place": """
        SELECT c.request_id, p.old_serial, p.new_serial FROM cards c JOIN replacements p ON p.undone_at IS NULL
        WHERE c.status = 'valid' AND c.face -> 'units' @> jsonb_build_array(jsonb_build_object('serial', p.old_serial))
            AND c.face ->> 'country' = p.country""",
    "{}: line {} has {} points in the ledger instead of {}": """
        SELECT * FROM (SELECT l.request_id, l.n,
            (SELECT coalesce(sum(points), 0) FROM ledger b WHERE b.request_id = l.request_id AND b.line = l.n) booked,
            CASE WHEN r.state = 'cancelled' OR rate IS NULL THEN 0 ELSE coalesce(override,
                (rate ->> 'default_points')::int * quantity * (rate ->> 'multiplier')::int) END due
            FROM request_lines l JOIN requests r ON r.id = l.request_id) counted WHERE booked <> due""",
    "{}: line {} was granted {} times": """
        SELECT request_id, line, count(*) FROM ledger WHERE cause = 'grant' GROUP BY request_id, line
        HAVING count(*) > 1""",
    "{}: line {} is booked for {}, who did not ask for it": """
        SELECT b.request_id, b.line, b.login FROM ledger b LEFT JOIN requests r ON r.id = b.request_id
            LEFT JOIN request_lines l ON l.request_id = b.request_id AND l.n = b.line
        WHERE r.login IS DISTINCT FROM b.login OR l.n IS NULL""",
    "{}: the email {} failed, and nobody knows why": """
        SELECT request_id, event FROM emails WHERE status = 'failed' AND coalesce(error, '') = ''""",
}


def discrepancies(connection: psycopg.Connection) -> list[str]:
    """A sentence for every row that breaks a law."""
    return [sentence.format(*row) for sentence, query in LAWS.items() for row in connection.execute(query).fetchall()]
